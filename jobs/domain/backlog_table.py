"""What the operator decides about the order of work: `[backlog]` of codegen.toml."""

from typing import Annotated, Self

from pydantic import Field, model_validator

from jobs.domain.base_model import Frozen
from jobs.domain.plan import ANYTIME, Label, Overlap
from jobs.domain.window import Window


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
