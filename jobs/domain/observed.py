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
    url: str = ""
    """Where it can be seen."""


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
