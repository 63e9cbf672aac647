"""Putting a run's change into its thread as a file, when somebody asks for it."""

from jobs import messages
from jobs.domain.act import Act
from jobs.domain.patch import HandedOver
from jobs.domain.task import Task
from jobs.ports import Messenger
from jobs.settings import OperatorFile
from jobs.stages.thread import put_change
from jobs.worker.consenting import LATE


async def handed_over(
    act: Act, task: Task, *, messenger: Messenger, operator: OperatorFile
) -> HandedOver | None:
    """Where the file is, put there now if it was not; None when there is nothing to show, or not there.

    Doing it again after a crash changes nothing. Raises Stop when Slack refuses and Transient.
    """
    run, thread = task.run, task.thread
    if run is None or thread is None or thread.ts is None or run.number != act.payload.get("run"):
        return None
    if task.handed_over is not None and task.handed_over.run == run.id:
        return task.handed_over
    repository = operator.repositories.get(task.spec.repository)
    if repository is None or thread.channel not in repository.channels or not messages.diff_offered(run):
        return None
    return HandedOver(run=run.id, url=await put_change(task, run, thread.ts, messenger))


def shown(task: Task, came: HandedOver | None) -> tuple[Task, str]:
    """The task with where its change stands."""
    if came is None:
        return task, LATE
    return (task if came == task.handed_over else task.note(handed_over=came)), "act.diff"
