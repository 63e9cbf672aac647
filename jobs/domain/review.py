"""What a person reviews: the merge request and the repository it is for."""

import re
from enum import StrEnum
from typing import Final

from jobs.domain.base_model import Frozen
from jobs.domain.patch import Sha
from jobs.domain.starter import NamedStarter

DRAFT: Final = "Draft: "
"""GitLab has no draft parameter: the title's prefix makes one."""

_DRAFTS: Final = re.compile(r"^(?:\s*(?:draft:|\[draft\]|\(draft\)))+\s*", re.IGNORECASE)


def ready_title(title: str) -> str:
    """The title without whatever makes GitLab take it for a draft."""
    return _DRAFTS.sub("", title)


class Repository(Frozen):
    """A project as the forge knows it."""

    path: str
    """Full path, such as payments/api; for a local repository its folder."""
    url: str
    """Where git fetches from and pushes to; never holds a credential."""
    web_url: str = ""
    """Where people see it."""
    default_branch: str = "main"
    """The branch settings are taken from."""
    branches: tuple[str, ...] = ()
    """Some branch names, for pickers."""
    members: tuple[str, ...] = ()
    """Usernames who may review."""
    archived: bool = False
    """True while nobody may change anything in it."""
    templates: tuple[NamedStarter, ...] = ()
    """What specs for it may begin with, by its `.codegen.yml`."""


class MergeRequestState(StrEnum):
    """Where a merge request is in its life."""

    OPENED = "opened"
    MERGED = "merged"
    CLOSED = "closed"
    LOCKED = "locked"


class MergeRequest(Frozen):
    """A merge request as last observed."""

    project: str
    """Full path of the project, as it is now."""
    project_id: int | None = None
    """Its number, which stays when it is renamed or moved; None where it is not known yet."""
    iid: int
    """Number within the project."""
    url: str
    """Where people see it."""
    title: str
    """Title, with its `Draft: ` prefix if any."""
    source_branch: str
    """The branch that holds the change."""
    target_branch: str
    """The branch it is for."""
    sha: Sha | None = None
    """Head commit, once the forge knows it."""
    draft: bool = False
    """True while it may not be merged."""
    state: MergeRequestState = MergeRequestState.OPENED
    """Where it is in its life."""
    wanted: tuple[str, ...] = ()
    """Usernames to ask for review as soon as one has room, best first: nobody had when it was opened."""


class Proposal(Frozen):
    """What a merge request should say; creating and updating take the same."""

    project: str
    """Full path of the project."""
    source_branch: str
    """The branch that holds the change."""
    target_branch: str
    """The branch it is for."""
    title: str
    """Without the draft prefix; 240 characters at most."""
    description: str
    """GitLab Markdown, 1,000,000 characters at most, quick actions and mentions neutralised."""
    draft: bool
    """True: prefixed so that nobody merges it unread."""
    labels: tuple[str, ...] = ()
    """Labels to add."""
    reviewers: tuple[str, ...] = ()
    """Usernames to ask for review."""
    squash: bool | None = None
    """Whether its commits become one; None is the project's own setting."""
    remove_source_branch: bool = True
    """Whether its branch goes when it is merged."""


class PipelineStatus(StrEnum):
    """What the head pipeline says."""

    NONE = "none"
    PENDING = "pending"
    PASSED = "passed"
    FAILED = "failed"
