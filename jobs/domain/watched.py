"""What is remembered of a merge request between two looks."""

from datetime import datetime

from pydantic import Field

from jobs.domain.base_model import Frozen
from jobs.domain.observed import Sight
from jobs.domain.owed import Owed
from jobs.domain.patch import Sha


class Watched(Frozen):
    """A task's merge request as it was last seen, and what was done about it."""

    version: int = 0
    """Counts the looks that were written down: two workers never write the same one."""
    sight: Sight | None = None
    """What the last look saw."""
    active_at: datetime | None = None
    """When something last changed: what is quiet for long is looked at seldom."""
    full_at: datetime | None = None
    """When everything was last asked for, whatever GitLab said of its age."""
    retried: dict[str, int] = Field(default_factory=dict)
    """Name of a job that failed by itself → how often it was run again on this head."""
    rerun: dict[str, int] = Field(default_factory=dict)
    """Name of a job that infrastructure failed → how often it was run again on this head."""
    fixes: int = 0
    """Runs that were to mend the pipeline since it last passed."""
    handled: str = ""
    """The failed pipeline that was dealt with, with the jobs that failed."""
    lifted: Sha | None = None
    """The head that was made ready for review: done once, a person may make it a draft again."""
    noted: str = ""
    """Digest of what our note in the merge request says."""
    owed: Owed | None = None
    """What GitLab refused to let us write; None when all is written."""
    stops: int = 0
    """Looks in a row that GitLab refused."""
    stopped_at: datetime | None = None
    """When the first of these was."""
