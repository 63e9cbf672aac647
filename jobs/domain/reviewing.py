"""What the operator decides about reviews: `[review]`, `[opinions]` and `[channels]` of codegen.toml."""

import re
from datetime import datetime, time
from typing import Annotated, Self

from pydantic import Field, model_validator

from jobs.domain.base_model import Frozen
from jobs.domain.window import DAYS, Day, Window, zone_of

_HOURS = re.compile(r"([01]\d|2[0-3]):([0-5]\d)\s*-\s*([01]\d|2[0-3]):([0-5]\d)")
_TIME = re.compile(r"([01]\d|2[0-3]):([0-5]\d)")

AGE = re.compile(r"([1-9]\d{0,2}) (day|hour)s?")
"""How long a review may wait, as the operator writes it."""


class ReviewTable(Frozen):
    """The `[review]` table."""

    fixes: Annotated[int, Field(ge=0, le=10)] = 2
    """Runs in a row that may try to mend a failing pipeline."""
    retries: Annotated[int, Field(ge=0, le=2)] = 1
    """How often a failed job is run again before its failure counts; infrastructure gets two in any case."""
    per_reviewer: Annotated[int, Field(ge=1)] = 8
    """Open merge requests of this bot that one person is asked to review at the same time."""
    issue_label: str = "codegen"
    """Label of issues that ask for a change; empty takes no issue in, whatever is commented there."""


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
    """Time zone of these hours, and of the morning."""
    digest: str = ""
    """Time of day such as 07:30 at which the channel is told what came of the night; empty for never."""
    remind: str = ""
    """How long a review may wait, such as 2 days or 36 hours, until it is named in the morning."""
    days: Annotated[tuple[Day, ...], Field(min_length=1)] = DAYS[:5]
    """Days on which both are said; reviews that wait for days wait for these."""

    @model_validator(mode="after")
    def _readable(self) -> Self:
        if self.quiet and not _HOURS.fullmatch(self.quiet):
            raise ValueError("quiet must be two times of day such as 22:00-07:00")
        if self.digest and not _TIME.fullmatch(self.digest):
            raise ValueError("digest must be a time of day such as 07:30")
        if self.remind and not AGE.fullmatch(self.remind):
            raise ValueError('remind must be a time such as "2 days" or "36 hours"')
        if self.quiet:
            self._window()
        zone_of(self.zone)
        return self

    def quiet_until(self, now: datetime) -> datetime | None:
        """When the quiet hours that are now end; None outside of them."""
        return self._window().next_closing(now) if self.quiet else None

    def _window(self) -> Window:
        opens, _, closes = self.quiet.partition("-")
        return Window(
            opens=time.fromisoformat(opens.strip()), closes=time.fromisoformat(closes.strip()), zone=self.zone
        )
