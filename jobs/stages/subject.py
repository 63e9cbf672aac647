"""What is verified."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from jobs.domain.base_model import Frozen
from jobs.domain.patch import Patch, Sha
from jobs.domain.prompts import PromptSet
from jobs.domain.repository_file import Gate
from jobs.domain.review import Repository
from jobs.domain.run import NamedProof
from jobs.domain.spec import Spec
from jobs.settings import NO_HELP, ChecksTable


class Consumer(Frozen):
    """A repository that depends on the changed one."""

    name: str
    """Full path of its project."""
    repository: Repository | None = None
    """Where it lives; None when there is a problem."""
    environment: str | None = None
    """Directory with its dependencies."""
    suite: tuple[str, ...] = ()
    """Its suite's command; empty means its own, else detected."""
    problem: str = ""
    """Why it cannot be run."""


@dataclass(frozen=True)
class Subject:
    """What is verified: a change between commits, and what it is meant to do."""

    spec: Spec
    """What is wanted."""
    repository: Repository
    """Where it lives."""
    target_base: Sha
    """Tests, test settings and evidence compare with it."""
    start: Sha
    """Where this run began; the target base on a first run."""
    patch: Patch
    """start → head."""
    total: Patch
    """target base → head."""
    named: tuple[NamedProof, ...]
    """Tests that the engine names as proof."""
    environment: str | None
    """Directory with the repository's dependencies."""
    suite: tuple[str, ...]
    """The suite's command; empty means the repository's own, else detected."""
    gates: Mapping[str, Gate] = field(default_factory=dict)
    """What checks' failures mean, as the operator says."""
    checks: ChecksTable = NO_HELP
    """What the operator gives checks to work with."""
    consents: frozenset[str] = frozenset()
    """Keys of content that a person allowed."""
    consumers: tuple[Consumer, ...] = ()
    """Whose suites are run with the change."""
    built: bool = False
    """True when `environment` was built from the target base's manifests, not given by the operator."""
    unbuilt: str = ""
    """Why there is none although the repository needs one; empty when there is, or none is needed."""
    prompts: PromptSet | None = None
    """What a second model is asked with; None is what is shipped."""
