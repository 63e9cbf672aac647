"""Telling the thread: the head message rewritten in place, one summary reply when a run ends."""

from jobs import messages
from jobs.domain.run import Run, RunState
from jobs.domain.task import Task
from jobs.ports import Messenger

DIFF = 1_000_000
"""Most characters of a diff put into the thread: Slack's bound for a snippet."""


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
        ts = await messenger.put(messages.head(task), ts=task.thread.ts)
    if ts != task.thread.ts:
        task = task.note(thread=task.thread.model_copy(update={"ts": ts}))
    run = task.run
    if run is not None and run.ended and run.state is not RunState.SUPERSEDED:
        await messenger.put(messages.summary(task))
        await _attach_diff(task, run, ts, messenger)
    return task


async def _attach_diff(task: Task, run: Run, ts: str, messenger: Messenger) -> None:
    patch = run.patch
    if task.thread is None or patch is None or not messages.diff_attached(run):
        return
    content = patch.diff.encode("utf-8", "surrogateescape").decode("utf-8", "replace")
    await messenger.upload(
        channel=task.thread.channel,
        thread_ts=ts,
        name=f"{run.state}.diff",
        title=f"The change that was not opened ({len(patch.files)} files)",
        content=content[:DIFF],
        key=run.id,
    )
