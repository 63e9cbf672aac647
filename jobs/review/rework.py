"""What becomes of a task because of what people say of its merge request; pure."""

from datetime import datetime

from jobs.domain.observed import Sight
from jobs.domain.task import Task
from jobs.settings import OperatorFile


def decide(
    task: Task, before: Sight | None, sight: Sight, *, operator: OperatorFile, now: datetime
) -> Task | None:
    """The task on its way to a run that acts on what was said; None when nothing calls for one."""
    return None
