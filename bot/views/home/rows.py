"""Rows of App Home: a task, a review, a task in the queue; each with what can be done about it."""

from bot.views import blocks, fit
from bot.views.blocks import Block
from bot.views.home import choices
from bot.views.home.nouns import Home, Review
from bot.views.home.words import home_words
from bot.views.words import OptionWords
from jobs.domain.action import Action
from jobs.domain.plan import Priority
from jobs.domain.task import Task, TaskState, Thread
from jobs.messages import state_line
from jobs.messages.blocks import one_line
from jobs.render import Mrkdwn, mrkdwn, render

STATE = 500
"""Most characters of where a task is."""
ADDRESS = 600
"""A longer address is left out: it could not stand in a row."""

_RETRIED = frozenset({TaskState.REJECTED, TaskState.STOPPED, TaskState.FAILED})


def thread_address(home: Home, thread: Thread | None) -> str:
    """Where a thread can be read in a browser; empty without one."""
    if thread is None or thread.ts is None or not home.address:
        return ""
    return f"{home.address}archives/{thread.channel}/p{thread.ts.replace('.', '')}"


def task_row(home: Home, task: Task) -> Block:
    """One of the person's tasks, with the one thing that can be done about it."""
    row = _section(_told(home, task), f"mine-{task.id}")
    button = _button(task)
    return row | {"accessory": button} if button else row


def review_row(home: Home, review: Review) -> Block:
    """A merge request to look at."""
    task = review.task
    request = task.merge_request
    text = render(
        "home/review.mrkdwn.j2",
        title=one_line(task.spec.title, 120),
        url=_fitting(request.url) if request else "",
        minutes=review.minutes,
        tier=review.tier,
        draft=bool(request and request.draft),
        repository=one_line(task.spec.repository, 120),
        requester=task.requester.id,
        thread=thread_address(home, task.thread),
    )
    row = _section(text, f"review-{task.id}")
    if request is None or not _fitting(request.url):
        return row
    button = blocks.button(Action.OPEN_MR.value, home_words().open, task.id)
    return row | {"accessory": button | {"url": request.url}}


def queue_rows(home: Home, task: Task) -> list[Block]:
    """A task that waits: why, and for whom it is theirs to change, how."""
    row = _section(_told(home, task, queued=True), f"queue-{task.id}")
    if task.id not in home.changeable or task.cancel is not None:
        return [row]
    words = home_words()
    elements = [
        _priority(task),
        blocks.button(choices.EDIT, words.edit, choices.value(task.id)),
        _cancel(task),
    ]
    return [row, {"type": "actions", "block_id": f"acts-{task.id}", "elements": elements}]


def _told(home: Home, task: Task, *, queued: bool = False) -> str:
    request = task.merge_request
    url = _fitting(request.url) if request else ""
    named = queued and task.requester.id != home.person
    chosen = task.id in home.changeable or task.plan.priority is Priority.NORMAL  # then it stands below
    return render(
        "home/task.mrkdwn.j2",
        title=one_line(task.spec.title, 120),
        thread=thread_address(home, task.thread),
        url=url,
        iid=request.iid if request else 0,
        repository=one_line(task.spec.repository, 120),
        requester=task.requester.id if named else "",
        priority=task.plan.priority if queued and not chosen else "",
        state=Mrkdwn(_state(task)),
    )


def _state(task: Task) -> str:
    # the step changes every few seconds: it stands in the thread
    run = task.run.model_copy(update={"step": ""}) if task.run else None
    line = state_line(task.model_copy(update={"run": run}), listed=True)
    return fit.fit(" ".join(line.split()), STATE)


def _button(task: Task) -> Block | None:
    words = home_words()
    if task.state in _RETRIED:
        return blocks.button(choices.RETRY, words.retry, choices.value(task.id))
    if task.state is TaskState.PROPOSED and task.looked_at:
        return blocks.button(choices.EDIT, words.mend, choices.value(task.id))
    if task.state in (TaskState.PROPOSED, TaskState.RUNNING) and task.cancel is None:
        return _cancel(task)
    return None


def _cancel(task: Task) -> Block:
    words = home_words()
    text = words.sure_text.format(title=one_line(task.spec.title, 200))
    return {
        **blocks.button(choices.CANCEL, words.cancel, choices.value(task.id)),
        "confirm": {
            "title": blocks.plain(words.sure, 100),
            "text": blocks.plain(text, 300),
            "confirm": blocks.plain(words.sure_yes, 30),
            "deny": blocks.plain(words.sure_no, 30),
        },
    }


def _priority(task: Task) -> Block:
    words = home_words()
    labels = {Priority.HIGH: words.high, Priority.NORMAL: words.normal, Priority.LOW: words.low}
    options = [
        blocks.option(choices.value(task.id, one.value), OptionWords(text=label))
        for one, label in labels.items()
    ]
    return blocks.select(
        choices.PRIORITY,
        options=options,
        value=choices.value(task.id, task.plan.priority.value),
        placeholder=words.priority,
    )


def _section(text: str, block_id: str) -> Block:
    return blocks.section(text) | {"block_id": block_id}


def _fitting(url: str) -> str:
    return url if len(mrkdwn(url)) <= ADDRESS else ""
