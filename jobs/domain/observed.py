"""What one look at a merge request saw: facts of GitLab, no opinion."""

from datetime import datetime

from jobs.domain.base_model import Frozen
from jobs.domain.patch import Sha
from jobs.domain.review import MergeRequest, PipelineStatus


class Comment(Frozen):
    """One note that a person (or a bot) wrote on a merge request."""

    id: int
    """Note id."""
    discussion: str
    """Id of its discussion."""
    author: str
    """Username."""
    text: str
    """Markdown, as written."""
    at: datetime
    """When, with time zone."""
    ours: bool = False
    """True when this bot's token wrote it."""
    resolvable: bool = False
    """True when somebody may resolve its discussion."""
    resolved: bool = False
    """True when somebody has."""
    path: str | None = None
    """The file it is about."""
    line: int | None = None
    """The line there, on the new side."""
    commit: Sha | None = None
    """The head it was written on."""
    url: str = ""
    """Where it can be read."""


class Pipeline(Frozen):
    """One pipeline of one commit."""

    id: int
    """Pipeline id."""
    commit: Sha
    """What it ran on."""
    status: PipelineStatus
    """What it says."""
    ours: bool = False
    """True when it holds nothing but our own commit status: without CI, GitLab makes one for that."""
    url: str = ""
    """Where it can be seen."""


class FailedJob(Frozen):
    """One job of a pipeline that failed and was not allowed to."""

    id: int
    """Job id."""
    name: str
    """As the CI file names it."""
    stage: str = ""
    """Its stage."""
    reason: str = ""
    """GitLab's failure_reason, such as script_failure or runner_system_failure."""
    log: str = ""
    """The end of its log, without terminal colours."""
    tests: tuple[str, ...] = ()
    """Tests that its report names as failed, each with the first lines of what it says."""
    url: str = ""
    """Where it can be seen."""


class Listed(Frozen):
    """What a list says of a merge request: enough to know whether to look."""

    project: str
    """Full path of the project."""
    iid: int
    """Number within the project."""
    updated_at: datetime
    """When GitLab saw its last change."""


class Sight(Frozen):
    """A merge request with everything around it, at one moment."""

    merge_request: MergeRequest
    """State, branches, head."""
    description: str = ""
    """Its text, as it stands now."""
    author: str = ""
    """Username of who opened it."""
    reviewers: tuple[str, ...] = ()
    """Usernames asked for review."""
    approvers: tuple[str, ...] = ()
    """Usernames who approve now."""
    changes_wanted: tuple[str, ...] = ()
    """Usernames who request changes now."""
    comments: tuple[Comment, ...] = ()
    """Every comment, oldest first; GitLab's own system notes are left out."""
    pipeline: Pipeline | None = None
    """The newest pipeline of the present head; None when there is none."""
    conflicts: bool = False
    """True when it cannot be merged without somebody's work."""
    target_head: Sha | None = None
    """Where the target branch is."""
    merged_by: str = ""
    """Who merged it."""
    closed_by: str = ""
    """Who closed it."""
    updated_at: datetime | None = None
    """When GitLab saw its last change."""

    @property
    def ci(self) -> Pipeline | None:
        """The pipeline, where it says more than we said ourselves."""
        return None if self.pipeline is None or self.pipeline.ours else self.pipeline
