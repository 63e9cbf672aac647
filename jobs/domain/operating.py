"""What the operator decides about running tasks: `[worker]` and `[backlog]` of codegen.toml."""

from typing import Annotated, Self

from pydantic import Field, model_validator

from jobs.domain.base_model import Frozen
from jobs.domain.plan import ANYTIME, Label, Overlap
from jobs.domain.window import Window


class WorkerTable(Frozen):
    """The `[worker]` table."""

    runs: Annotated[int, Field(ge=1, le=64)] = 4
    """Runs at the same time in one worker process."""
    lease_seconds: Annotated[float, Field(ge=1, le=120)] = 8.0
    """How long a run's lease lives without being renewed, in seconds."""
    metrics: Annotated[int, Field(ge=0, le=65535)] | None = None
    """Port of `/metrics` and `/health`; METRICS_PORT wins over it, left out there is no page."""
    metrics_host: str = "127.0.0.1"
    """Address the page is bound to: only this machine sees it unless this says otherwise."""
    grace_seconds: Annotated[float, Field(ge=0, le=3600)] = 5.0
    """How long runs may go on after SIGTERM before they are left to another worker, in seconds."""
    toolchains: tuple[Label, ...] = ()
    """What this worker has beyond the ordinary, such as go: tasks that need it start here."""


class BacklogTable(Frozen):
    """The `[backlog]` table."""

    running: Annotated[int, Field(ge=1)] = 32
    """Tasks running at the same time, on all workers together."""
    per_repository: Annotated[int, Field(ge=1)] = 8
    """Tasks running at the same time in one repository."""
    windows: dict[Label, Window] = {}  # noqa: RUF012  # pydantic copies defaults
    """Hours within which tasks may start, by name."""
    overlap: Overlap = Overlap.SERIALISE
    """What tasks do about others with some of the same declared paths, unless they say so themselves."""
    channels: dict[str, Label] = {}  # noqa: RUF012  # pydantic copies defaults
    """Channel id → the window of tasks from there that name none."""

    @model_validator(mode="after")
    def _known_windows(self) -> Self:
        problems = [
            f"channels.{where}: there is no window {name} in [backlog.windows]"
            for where, name in self.channels.items()
            if name not in self.windows and name != ANYTIME
        ]
        problems += [f"windows.{name}: opens on no day" for name, one in self.windows.items() if not one.days]
        if ANYTIME in self.windows:
            problems.append(f"windows.{ANYTIME}: this name is taken: it means no window")
        if problems:
            raise ValueError("; ".join(problems))
        return self
