"""What happened to a merge request between two looks, each fact once."""

from datetime import datetime
from enum import StrEnum

from jobs.domain.base_model import Frozen


class NewsKind(StrEnum):
    """What happened."""

    REVIEW_REQUESTED = "review_requested"
    APPROVED = "approved"
    UNAPPROVED = "unapproved"
    CHANGES_REQUESTED = "changes_requested"
    COMMENT = "comment"
    RESOLVED = "resolved"
    REOPENED_DISCUSSION = "reopened_discussion"
    PIPELINE_STARTED = "pipeline_started"
    PIPELINE_PASSED = "pipeline_passed"
    PIPELINE_FAILED = "pipeline_failed"
    RERUN = "rerun"
    """Failed jobs are run again."""
    FLAKY = "flaky"
    """Jobs passed when they were run again."""
    FIXING = "fixing"
    """A run is to mend what the pipeline found."""
    FIXES_USED_UP = "fixes_used_up"
    INFRASTRUCTURE = "infrastructure"
    """Jobs failed for reasons outside the code."""
    READY = "ready"
    """The draft became ready for review."""
    DRAFTED = "drafted"
    CONFLICT = "conflict"
    CONFLICT_OVER = "conflict_over"
    PUSHED = "pushed"
    """Somebody else's commits are on the branch."""
    RETARGETED = "retargeted"
    TARGET_MOVED = "target_moved"
    MERGED = "merged"
    CLOSED = "closed"
    REOPENED = "reopened"
    GONE = "gone"
    """It cannot be watched any longer."""
    RENAMED = "renamed"
    """Its project was renamed or moved."""
    UNWRITTEN = "unwritten"
    """GitLab does not let us write in it, for a while now."""
    LINKED = "linked"
    """A person's two accounts are known to belong together."""


QUIET = frozenset(
    {NewsKind.PIPELINE_STARTED, NewsKind.RERUN, NewsKind.TARGET_MOVED, NewsKind.RESOLVED, NewsKind.DRAFTED}
)
"""Said only together with something else: by themselves they call nobody."""

SILENT = frozenset({NewsKind.MERGED, NewsKind.CLOSED, NewsKind.REOPENED, NewsKind.GONE})
"""What the head message shows at once, also in quiet hours."""


class News(Frozen):
    """One thing that happened."""

    id: str
    """Which look saw it, and as which of its facts: the same fact has the same id."""
    kind: NewsKind
    """What happened."""
    at: datetime
    """When it was seen, with time zone."""
    who: tuple[str, ...] = ()
    """GitLab usernames it is about."""
    text: str = ""
    """What was written, or names of jobs."""
    where: str = ""
    """File and line, branch or commit it is about."""
    url: str = ""
    """Where it can be seen."""
