"""What codegen.toml says; every problem at once."""

from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Self

from pydantic import Field, model_validator

from jobs.domain.base_model import Frozen
from jobs.domain.budget import Cap
from jobs.domain.coding_agent import AgentName, CodingAgent
from jobs.domain.engines import EngineSettings, agent_problems
from jobs.domain.environment import RegistriesTable
from jobs.domain.intake import GateTable
from jobs.domain.ledger import BudgetTable
from jobs.domain.operating import BacklogTable, WorkerTable
from jobs.domain.people import is_group
from jobs.domain.plan import Label, Plan
from jobs.domain.prompts import PromptsTable
from jobs.domain.repository_file import Gate
from jobs.domain.reviewing import ChannelTable, OpinionTable, ReviewTable
from jobs.domain.reworking import ReworkTable
from jobs.domain.starter import SpecsTable
from jobs.redaction import found_in


class RepositorySettings(Frozen):
    """One `[repositories."group/project"]` table of codegen.toml."""

    channels: tuple[str, ...] = ()
    """Slack channel ids that may use it; it is the default of the channels that name it first."""
    people: tuple[str, ...] = ()
    """Slack users or user groups that may ask for changes; empty: everybody in its channels but guests."""
    maintainers: tuple[str, ...] = ()
    """Slack users or user groups that may also cancel and retry what others asked for."""
    reviewers: tuple[str, ...] = ()
    """GitLab usernames asked to review."""
    self_consent: bool = False
    """True: the requester may consent to, and confirm, their own change if they are otherwise asked to."""
    environment: Path | None = None
    """A directory with the repository's dependencies, mounted read-only: a Python virtual environment."""
    suite: tuple[str, ...] = ()
    """The command that runs the whole test suite, when it cannot be detected; its first word is a program."""
    gates: dict[str, Gate] = {}  # noqa: RUF012  # pydantic copies defaults
    """What a check's failure means, by its name: block, warn or off; wins over .codegen.yml."""
    consumers: tuple[str, ...] = ()
    """Full paths of projects that depend on this one: their tests are run with each change."""
    cap: Cap | None = None
    """What one task may use here; left out, `[limits]`."""
    running: Annotated[int, Field(ge=1)] | None = None
    """Tasks running at the same time here; left out, `[backlog] per_repository`."""
    toolchain: Label | None = None
    """What a worker must have for it, such as go; left out, any worker will do."""


class ChecksTable(Frozen):
    """The `[checks]` table: what verification may use besides a repository's own tools."""

    analysers: Path | None = None
    """A virtual environment with bandit and ruff, mounted read-only; built by `make analysers`."""
    advisories: Path | None = None
    """A file or folder of known vulnerabilities as OSV JSON, see https://ossf.github.io/osv-schema/."""


NO_HELP = ChecksTable()
"""Nothing beyond a repository's own tools."""


class OperatorFile(Frozen):
    """codegen.toml."""

    repositories: dict[str, RepositorySettings] = {}  # noqa: RUF012  # pydantic copies defaults
    """Full project path → its settings; a repository that is not here cannot be used."""
    operators: tuple[str, ...] = ()
    """Slack users or user groups that may do everything."""
    limits: Cap = Cap()
    """What one task may use."""
    engine: EngineSettings = EngineSettings()
    """How code is generated."""
    engines: dict[AgentName, CodingAgent] = {}  # noqa: RUF012  # pydantic copies defaults
    """Coding agents' programs that may write as well, by name."""
    gate: GateTable = GateTable()
    """How specs are looked at before anything is spent."""
    opinions: OpinionTable = OpinionTable()
    """Who gives a second opinion."""
    worker: WorkerTable = WorkerTable()
    """How much one worker process runs at once."""
    backlog: BacklogTable = BacklogTable()
    """What may start when."""
    budgets: BudgetTable = BudgetTable()
    """What many runs together may use."""
    checks: ChecksTable = ChecksTable()
    """What changes are checked with."""
    registries: RegistriesTable = RegistriesTable()
    """Where environments are built from."""
    review: ReviewTable = ReviewTable()
    """What is done about open merge requests."""
    channels: dict[str, ChannelTable] = {}  # noqa: RUF012  # pydantic copies defaults
    """Channel id → its quiet hours and its mornings."""
    rework: ReworkTable = ReworkTable()
    """How open merge requests are worked on."""
    people: dict[str, str] = {}  # noqa: RUF012  # pydantic copies defaults
    """GitLab username → Slack user id; what people linked themselves comes second."""
    prompts: PromptsTable = PromptsTable()
    """What models are told in other words than the shipped ones."""
    specs: SpecsTable = SpecsTable()
    """What specs begin with besides the shipped templates."""

    @model_validator(mode="after")
    def _known_engines(self) -> Self:
        problems = agent_problems(self.engine, self.engines)
        problems += [
            f"engines.{name}.env.{variable}: holds what looks like a key; name its variable in `key`"
            for name, one in self.engines.items()
            for variable, value in one.env.items()
            if found_in(f"{variable}={value}")
        ]
        if problems:
            raise ValueError("; ".join(problems))
        return self

    @property
    def offered(self) -> tuple[str, ...]:
        """Every engine that a spec may ask for, the ordinary one first."""
        return self.engine.offered(self.engines)

    @property
    def groups(self) -> frozenset[str]:
        """Every Slack user group that has a role, by the id or @handle that stands here."""
        tables = self.repositories.values()
        named = (*self.operators, *(who for one in tables for who in (*one.people, *one.maintainers)))
        return frozenset(filter(is_group, named))

    def with_groups(self, members: Mapping[str, tuple[str, ...]]) -> "OperatorFile":
        """The same with members after each group; the group stays, so that no list becomes empty."""

        def all_of(named: tuple[str, ...]) -> tuple[str, ...]:
            return tuple(dict.fromkeys(who for one in named for who in (one, *members.get(one, ()))))

        tables = {
            path: one.model_copy(
                update={"people": all_of(one.people), "maintainers": all_of(one.maintainers)}
            )
            for path, one in self.repositories.items()
        }
        return self.model_copy(update={"operators": all_of(self.operators), "repositories": tables})

    def default_repository(self, channel: str) -> str | None:
        """The repository preselected in a channel: the first in the file that names it."""
        return next((path for path, one in self.repositories.items() if channel in one.channels), None)

    def consenting(self, repository: str, *, requester: str) -> tuple[str, ...]:
        """Who may allow what needs a consent: maintainers, else operators; rarely the requester."""
        own = self.repositories.get(repository, RepositorySettings())
        named = [[one for one in people if not is_group(one)] for people in (own.maintainers, self.operators)]
        asked = [[one for one in people if own.self_consent or one != requester] for people in named]
        return tuple(asked[0] or asked[1])

    def may_confirm(self, repository: str, *, requester: str, person: str) -> bool:
        """Whether a person's look counts as the proof of a criterion: another one's, unless allowed."""
        own = self.repositories.get(repository, RepositorySettings())
        listed = not own.people or person in (*own.people, *own.maintainers, *self.operators)
        return listed and (own.self_consent or person != requester)

    def cap_for(self, repository: str) -> Cap:
        """What one task may use in a repository."""
        own = self.repositories.get(repository)
        return own.cap if own and own.cap else self.limits

    def running_in(self, repository: str) -> int:
        """How many tasks may run at the same time in a repository."""
        own = self.repositories.get(repository)
        return own.running if own and own.running else self.backlog.per_repository

    def plan_for(self, plan: Plan, *, repository: str, channel: str | None) -> Plan:
        """A plan with what the operator decides where it says nothing: window, overlap, toolchain."""
        own = self.repositories.get(repository)
        decided = {
            "window": plan.window or self.backlog.channels.get(channel or ""),
            "overlap": plan.overlap or self.backlog.overlap,
            "toolchain": own.toolchain if own else None,
        }
        return plan.model_copy(update=decided)
