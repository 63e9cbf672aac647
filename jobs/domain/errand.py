"""Something that a form needs from where only a worker gets to: an issue of GitLab, a model's answer."""

from enum import StrEnum

from jobs.domain.base_model import Frozen


class ErrandKind(StrEnum):
    """What is asked for."""

    ISSUE = "issue"
    """The title and text of an issue."""
    SPLIT = "split"
    """A batch of small specs in place of a large one."""
    LOOK = "look"
    """What is known of each spec of a batch before it is approved."""


class Errand(Frozen):
    """One request to whichever worker is first; nobody waits for it longer than a person looks at a form."""

    id: str
    """Unguessable."""
    kind: ErrandKind
    """What is asked for."""
    repository: str
    """Full path of the project it is about."""
    iid: int = 0
    """Number of the issue."""
    url: str = ""
    """Its address, as the person gave it."""
    task: str = ""
    """Id of the task whose spec is to be split."""
    document: str = ""
    """The batch to be looked at, as JSON."""


class Fetched(Frozen):
    """What came of an errand."""

    title: str = ""
    """Of the issue."""
    text: str = ""
    """Of the issue, as its author wrote it; or the batch as YAML; or what is known of a batch, as JSON."""
    problem: str = ""
    """A sentence for the person when nothing came of it."""
