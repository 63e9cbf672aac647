"""What a check gets to see; nothing else reaches it."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field

from jobs.checks.acceptance_runs import Acceptance
from jobs.checks.blind_runs import Blind
from jobs.checks.changes import SourceChange
from jobs.checks.commands import Analyse
from jobs.checks.consumer_runs import Consumed
from jobs.checks.mutation_runs import Mutation
from jobs.checks.programs import Programs
from jobs.checks.suites import BaseSuite, HeadSuite
from jobs.checks.toolchains.protocol import Toolchain
from jobs.domain.patch import Patch
from jobs.domain.prompts import PromptSet
from jobs.domain.repository_file import RepositoryFile
from jobs.domain.spec import Spec
from jobs.domain.verdict import Check
from jobs.ports import Model, Note, Result
from jobs.settings import NO_HELP, ChecksTable


@dataclass(frozen=True)
class Trials:
    """Test runs, each made at the first call and shared by every check that needs it."""

    toolchain: Toolchain
    """How tests are run here."""
    base_suite: Callable[[], Awaitable[BaseSuite]]
    """The suite on the target base."""
    head_suite: Callable[[], Awaitable[HeadSuite]]
    """The target base's tests on the head."""
    acceptance: Callable[[], Awaitable[Acceptance | None]]
    """The named tests on both sides; None when there are none."""
    mutation: Callable[[], Awaitable[Mutation]]
    """Mutants of the changed lines."""
    blind: Callable[[], Awaitable[Blind]]
    """Tests that were written without the change, on both sides."""
    blind_faults: Callable[[], Awaitable[Mutation]]
    """Mutants of the changed lines, tried with those tests."""
    consumers: Callable[[], Awaitable[tuple[Consumed, ...]]]
    """Suites of repositories that depend on this one, with the change and without it."""
    command: Callable[[str], Awaitable[tuple[Result, Result]]]
    """A declared command on the target base and on the head."""
    analyse: Analyse
    """Commands of ours on the target base and on the head, which has the target base's tool settings."""
    read_base: Callable[[str], Awaitable[bytes | None]]
    """A file of the target base."""
    programs: Programs
    """Where analysers are."""


@dataclass(frozen=True)
class CheckContext:
    """One verification as a check sees it."""

    spec: Spec
    """What is wanted."""
    patch: Patch
    """start → head: blocking findings are for these lines only."""
    total: Patch
    """target base → head: tests and evidence compare over this."""
    changes: tuple[SourceChange, ...]
    """The files of `total` with both contents."""
    proofs: Mapping[str, tuple[str, ...]]
    """Criterion id → node ids of the tests that are to prove it."""
    note: Note
    """Says what is being done."""
    repository: RepositoryFile = field(default_factory=RepositoryFile)
    """What the repository says about itself on its default branch."""
    settings: ChecksTable = NO_HELP
    """What the operator gives checks to work with."""
    model: Model | None = None
    """Who is asked for an opinion; None: nobody."""
    prompts: PromptSet | None = None
    """What it is asked with; None is what is shipped."""
    consents: frozenset[str] = frozenset()
    """Keys of content that a person allowed."""
    runs: Trials | None = None
    """Test runs; None for checks that need nothing executed."""

    @property
    def trials(self) -> Trials:
        """Test runs; only for checks that name them in NEEDS."""
        if self.runs is None:
            raise LookupError("this check must name what it needs in NEEDS")
        return self.runs

    @property
    def nodes(self) -> tuple[str, ...]:
        """Every named test, once."""
        return tuple(dict.fromkeys(node for nodes in self.proofs.values() for node in nodes))


CheckFunction = Callable[[CheckContext], Awaitable[Check]]
"""The one shape of a check."""
