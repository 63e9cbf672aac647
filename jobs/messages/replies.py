"""What was written in the thread after the work had ended: kept, and acted on after a click."""

from jobs.domain.feedback import Feedback, FeedbackKind
from jobs.domain.task import Task, TaskState
from jobs.messages import blocks
from jobs.ports import Message
from jobs.render import render

SHOWN = 5
"""How many replies are quoted."""
QUOTE = 200
"""Most characters of one."""

_OFFERED = frozenset(
    {TaskState.IN_REVIEW, TaskState.REJECTED, TaskState.STOPPED, TaskState.FAILED, TaskState.CANCELLED}
)


def pending(task: Task) -> tuple[Feedback, ...]:
    """Replies that no run takes unless a person says so."""
    said = tuple(one for one in task.feedback if one.kind is FeedbackKind.REPLY)
    return said if task.state in _OFFERED else ()


def replies(task: Task) -> Message:
    """The offer to act on them; raises ValueError when there are none or there is no thread."""
    said = pending(task)
    if task.thread is None or task.thread.ts is None or not said:
        raise ValueError(f"task {task.id} has no replies to act on")
    quoted = [f"{one.by}: {one.text}" for one in said[:SHOWN]]
    words = {"taken": False, "count": len(said), "said": [blocks.one_line(one, QUOTE) for one in quoted]}
    text = render("thread/replies.mrkdwn.j2", **words)
    return Message(
        channel=task.thread.channel,
        thread_ts=task.thread.ts,
        text=text.partition("\n")[0],
        blocks=(
            *blocks.named(task),
            blocks.section(text),
            *blocks.actions(f"{task.id}-replies", blocks.revise_button(task.id)),
        ),
        key=f"{task.id}/replies/{said[0].id}",
    )


def replies_taken(task: Task, key: str) -> Message:
    """That message once a run has taken them."""
    if task.thread is None or task.thread.ts is None:
        raise ValueError(f"task {task.id} has no thread for its replies")
    text = render("thread/replies.mrkdwn.j2", taken=True)
    return Message(
        channel=task.thread.channel,
        thread_ts=task.thread.ts,
        text=text,
        blocks=(*blocks.named(task), blocks.section(text)),
        key=key,
    )
