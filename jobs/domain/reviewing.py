"""What the operator decides about reviews: `[review]`, `[opinions]` and `[channels]` of codegen.toml."""

import re
from datetime import datetime, time
from typing import Annotated, Self

from pydantic import Field, model_validator

from jobs.domain.base_model import Frozen
from jobs.domain.window import Window

_HOURS = re.compile(r"([01]\d|2[0-3]):([0-5]\d)\s*-\s*([01]\d|2[0-3]):([0-5]\d)")


class ReviewTable(Frozen):
    """The `[review]` table."""

    fixes: Annotated[int, Field(ge=0, le=10)] = 2
    """Runs in a row that may try to mend a failing pipeline."""
    retries: Annotated[int, Field(ge=0, le=2)] = 1
    """How often a failed job is run again before its failure counts; infrastructure gets two in any case."""
    per_reviewer: Annotated[int, Field(ge=1)] = 8
    """Open merge requests of this bot that one person is asked to review at the same time."""


class OpinionTable(Frozen):
    """The `[opinions]` table: who gives a second opinion of a change."""

    model: str | None = None
    """`provider:name` of the model for readings and independent tests; left out, the engine's; or `none`."""

    def second(self, engine: str | None) -> str | None:
        """`provider:name` of who is asked, where the engine's model is `engine`; None: nobody."""
        named = self.model or engine
        return None if named == "none" else named


class ChannelTable(Frozen):
    """One `[channels."C…"]` table."""

    quiet: str = ""
    """Hours such as 22:00-07:00 in which nobody is called; empty for none."""
    zone: str = "UTC"
    """Time zone of these hours."""

    @model_validator(mode="after")
    def _readable(self) -> Self:
        if self.quiet and not _HOURS.fullmatch(self.quiet):
            raise ValueError("quiet must be two times of day such as 22:00-07:00")
        if self.quiet:
            self._window()
        return self

    def quiet_until(self, now: datetime) -> datetime | None:
        """When the quiet hours that are now end; None outside of them."""
        return self._window().next_closing(now) if self.quiet else None

    def _window(self) -> Window:
        opens, _, closes = self.quiet.partition("-")
        return Window(
            opens=time.fromisoformat(opens.strip()), closes=time.fromisoformat(closes.strip()), zone=self.zone
        )
