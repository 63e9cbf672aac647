"""What the requester is told alone while the task's channel cannot be written to."""

from jobs.domain.task import Task, TaskState
from jobs.messages import blocks
from jobs.messages.head import state_line
from jobs.render import render

_UNDER_WAY = frozenset({TaskState.PROPOSED, TaskState.WAITING, TaskState.RUNNING})


def astray_key(task: Task) -> str:
    """Names what is told, so that it is told once: that it is under way, and each end of a run."""
    if task.state in _UNDER_WAY:
        return f"astray:{task.id}"
    return f"astray:{task.id}:{task.runs}:{task.state.value}"


def astray(task: Task, why: str) -> str:
    """Why the channel is silent and where the task is, in mrkdwn; raises ValueError without a channel."""
    if task.thread is None:
        raise ValueError(f"task {task.id} is not talked about in Slack")
    request = task.merge_request
    return render(
        "thread/astray.mrkdwn.j2",
        channel=task.thread.channel,
        why=why,
        title=blocks.one_line(task.spec.title, 150),
        task=task.id,
        state=state_line(task),
        url=request.url if request else "",
    )
