"""Telling the thread: the head message rewritten in place, one summary reply when a run ends."""

from datetime import datetime, timedelta

from pydantic import JsonValue

from jobs import messages
from jobs.domain.run import Run, RunState
from jobs.domain.task import Task
from jobs.ports import Message, Messenger
from jobs.redaction import scrub

DIFF = 1_000_000
"""Most characters of a diff put into the thread: Slack's bound for a snippet."""


ANSWER_IS_NEW = timedelta(seconds=30)
"""How long after a person's answer the question is rewritten; at the end of the run it is once more."""


async def announce(task: Task, messenger: Messenger) -> Task:
    """Bring the thread up to date with the task; returns it with the head message's timestamp.

    Doing it twice changes nothing: every message is found again by its key. Raises Stop when Slack refuses
    for good and Transient when trying again may help.
    """
    if task.thread is None:
        return task
    if task.batch is not None and task.thread.ts is not None:
        ts = task.thread.ts  # the batch has one head message for all its tasks
    else:
        ts = await messenger.put(scrubbed(messages.head(task)), ts=task.thread.ts)
    if ts != task.thread.ts:
        task = task.note(thread=task.thread.model_copy(update={"ts": ts}))
    run = task.run
    if run is not None and run.hold is not None and _to_say(run, task.updated_at):
        await messenger.put(scrubbed(messages.consent(task)))
        await _attach_held(task, run, ts, messenger)
    for before in task.untold:
        await _sum_up(task.model_copy(update={"run": before}), before, ts, messenger)
    if run is not None and run.ended and run.state is not RunState.SUPERSEDED:
        await _sum_up(task, run, ts, messenger)
    return task.note(untold=()) if task.untold else task


async def _sum_up(task: Task, run: Run, ts: str, messenger: Messenger) -> None:
    await messenger.put(scrubbed(messages.summary(task)))
    await _attach_diff(task, run, ts, messenger)


def _to_say(run: Run, now: datetime) -> bool:
    """True while the question is new, its answer is new, or the run has ended: not at every step."""
    answer = run.hold.answer if run.hold else None
    return run.state is RunState.HELD or run.ended or (answer is not None and now - answer.at < ANSWER_IS_NEW)


def scrubbed(message: Message) -> Message:
    """The message without anything that looks like a credential; it never grows."""
    blocks = tuple({name: _scrubbed(value) for name, value in block.items()} for block in message.blocks)
    return message.model_copy(update={"text": scrub(message.text), "blocks": blocks})


def _scrubbed(value: JsonValue) -> JsonValue:
    if isinstance(value, str):
        return scrub(value)
    if isinstance(value, list):
        return [_scrubbed(one) for one in value]
    if isinstance(value, dict):
        return {name: _scrubbed(one) for name, one in value.items()}
    return value


async def _attach_held(task: Task, run: Run, ts: str, messenger: Messenger) -> None:
    """What is to be allowed, for those who are asked."""
    if task.thread is None or run.patch is None or run.hold is None or run.state is not RunState.HELD:
        return
    content = run.patch.diff.encode("utf-8", "surrogateescape").decode("utf-8", "replace")
    await messenger.upload(
        channel=task.thread.channel,
        thread_ts=ts,
        name="held.diff",
        title="The change that waits for a consent",
        content=scrub(content)[:DIFF],
        key=f"{run.id}/held/{run.hold.id}",
    )


async def _attach_diff(task: Task, run: Run, ts: str, messenger: Messenger) -> None:
    if messages.diff_attached(run):
        await put_change(task, run, ts, messenger)


async def put_change(task: Task, run: Run, ts: str, messenger: Messenger) -> str:
    """Put a run's change into the thread as a file, once; returns where it is, empty when that is unknown."""
    patch = run.patch
    if task.thread is None or patch is None:
        raise ValueError(f"run {run.id} has no change for a thread")
    unopened = messages.diff_attached(run)
    what = "The change that was not opened" if unopened else f"The change of run {run.number}"
    files = f"{len(patch.files)} {'file' if len(patch.files) == 1 else 'files'}"
    content = scrub(patch.diff.encode("utf-8", "surrogateescape").decode("utf-8", "replace"))
    cut = ", cut" if len(content) > DIFF else ""
    return await messenger.upload(
        channel=task.thread.channel,
        thread_ts=ts,
        name=f"{run.state}.diff" if unopened else "change.diff",
        title=f"{what} ({files}{cut})",
        content=content[:DIFF],
        key=run.id,
    )
