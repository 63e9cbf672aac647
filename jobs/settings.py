"""What the operator decides: this process's environment and codegen.toml; every problem at once."""

import os
import re
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated

from pydantic import Field, SecretStr, ValidationError

from jobs.domain.base_model import Frozen
from jobs.domain.budget import Cap
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
from jobs.domain.spec import EngineName
from jobs.domain.starter import SpecsTable
from jobs.errors import Refused

_SECRET = re.compile(r"TOKEN|_KEY$|SECRET|PASSWORD")
_KNOWN = {
    "missing": "is missing",
    "extra_forbidden": "is not a field of this document",
    "too_long": "has {actual_length} entries; {max_length} are the most",
    "string_too_long": "has more than {max_length} characters",
}
_PASSWORD = re.compile(r"://[^/@]*:([^/@]+)@")
_ADDRESSES = ("REDIS_URL", "PIP_INDEX_URL", "GOPROXY")


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


class EngineSettings(Frozen):
    """The `[engine]` table."""

    model: str | None = None
    """`provider:name`; CODEGEN_MODEL wins over it."""
    models: Annotated[tuple[EngineName, ...], Field(max_length=20)] = ()
    """Further models that a spec may ask for, each `provider:name`."""

    def offers(self, name: str) -> bool:
        """Whether a spec may ask for this one."""
        return name in (self.model, *self.models)


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


class WorkerSettings(Frozen):
    """The worker's environment."""

    redis_url: SecretStr
    """REDIS_URL."""
    slack_bot_token: SecretStr
    """SLACK_BOT_TOKEN."""
    slack_api_url: str
    """SLACK_API_URL, ending in a slash."""
    gitlab_url: str
    """GITLAB_URL, without a trailing slash."""
    gitlab_token: SecretStr
    """GITLAB_TOKEN."""
    model: str | None
    """CODEGEN_MODEL, or `[engine] model`."""
    home: Path
    """CODEGEN_HOME: mirrors, checkouts, workspaces."""
    operator: OperatorFile
    """codegen.toml."""


def worker_settings(environment: Mapping[str, str] = os.environ) -> WorkerSettings:
    """The worker's settings; raises Refused with every problem, by the variable's name."""
    problems = missing(environment, "REDIS_URL", "SLACK_BOT_TOKEN", "GITLAB_URL", "GITLAB_TOKEN")
    operator, port = OperatorFile(), dict[str, str]()
    try:
        operator, port = _with_port(operator_file(environment), environment)
    except Refused as refused:
        problems |= refused.problems
    if problems or port:
        raise Refused(problems | port)
    return WorkerSettings(
        redis_url=SecretStr(environment["REDIS_URL"]),
        slack_bot_token=SecretStr(environment["SLACK_BOT_TOKEN"]),
        slack_api_url=slack_api_url(environment),
        gitlab_url=environment["GITLAB_URL"].rstrip("/"),
        gitlab_token=SecretStr(environment["GITLAB_TOKEN"]),
        model=environment.get("CODEGEN_MODEL") or operator.engine.model,
        home=home(environment),
        operator=operator,
    )


def _with_port(operator: OperatorFile, environment: Mapping[str, str]) -> tuple[OperatorFile, dict[str, str]]:
    named = environment.get("METRICS_PORT")
    if not named:
        return operator, {}
    if not named.isdigit() or int(named) > 65535:
        return operator, {"METRICS_PORT": "is not a port number"}
    update = {"worker": operator.worker.model_copy(update={"metrics": int(named)})}
    return operator.model_copy(update=update), {}


def missing(environment: Mapping[str, str], *names: str) -> dict[str, str]:
    """A problem for each variable that is not set or empty."""
    return {name: "is not set; see .env.example" for name in names if not environment.get(name)}


def secret_values(environment: Mapping[str, str]) -> tuple[str, ...]:
    """What must never be shown or logged: every token, key and password of an environment."""
    named = [text for name, text in environment.items() if _SECRET.search(name)]
    named += [one for name in _ADDRESSES for one in _PASSWORD.findall(environment.get(name, ""))]
    return tuple(sorted({one for one in named if len(one) >= 6}, key=len, reverse=True))


def slack_api_url(environment: Mapping[str, str]) -> str:
    """Where Slack's Web API is, ending in a slash."""
    return (environment.get("SLACK_API_URL") or "https://slack.com/api/").rstrip("/") + "/"


def home(environment: Mapping[str, str] = os.environ) -> Path:
    """CODEGEN_HOME; else /var/lib/codegen for root (a dropped uid cannot enter root's home), else XDG's."""
    if environment.get("CODEGEN_HOME"):
        return Path(environment["CODEGEN_HOME"])
    if os.geteuid() == 0:
        return Path("/var/lib/codegen")
    data = environment.get("XDG_DATA_HOME") or Path.home() / ".local" / "share"
    return Path(data) / "codegen"


def operator_file(environment: Mapping[str, str] = os.environ) -> OperatorFile:
    """codegen.toml at CODEGEN_CONFIG, else in the current directory; raises Refused with every problem."""
    named = environment.get("CODEGEN_CONFIG")
    path = Path(named or "codegen.toml")
    if not path.exists():
        if named:
            raise Refused({"CODEGEN_CONFIG": f"there is no file {path}; see codegen.example.toml"})
        return OperatorFile()
    try:
        return OperatorFile.model_validate(tomllib.loads(path.read_text(encoding="utf-8")))
    except ValidationError as error:
        raise Refused(problems_by_field(error, prefix=path.name)) from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, OSError) as error:
        raise Refused({path.name: f"cannot be read: {error}"}) from None


def problems_by_field(error: ValidationError, prefix: str = "") -> dict[str, str]:
    """pydantic's complaints, one sentence per field path; the refused values are never repeated."""
    problems: dict[str, str] = {}
    for one in error.errors(include_url=False, include_input=False):
        place = ".".join(str(part) for part in one["loc"]) or "document"
        field = f"{prefix}: {place}" if prefix else place
        told = _KNOWN.get(one["type"])
        words = told.format(**one.get("ctx", {})) if told else one["msg"].removeprefix("Value error, ")
        problems.setdefault(field, words)
    return problems
