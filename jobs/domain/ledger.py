"""Budgets: whose money a run spends, how much is left, and what a run that does not fit lacks; pure."""

from collections.abc import Mapping
from datetime import datetime, time
from decimal import Decimal
from enum import StrEnum
from typing import Annotated

from pydantic import AfterValidator, Field

from jobs.domain.base_model import Frozen
from jobs.domain.budget import Cap, Spend
from jobs.domain.window import instant, zone_of


class Measure(StrEnum):
    """What is counted; amounts are whole numbers of the smallest unit."""

    USD = "usd"
    """In millionths of a dollar."""
    TOKENS = "tokens"
    MINUTES = "minutes"
    """Wall clock, in milliseconds."""
    CPU = "cpu_seconds"
    """Processor time in the sandbox, in milliseconds."""


Amounts = dict[Measure, int]
"""How much of each measure."""


class Holder(StrEnum):
    """What sort of thing has a budget."""

    TASK = "task"
    PERSON = "person"
    CHANNEL = "channel"
    BATCH = "batch"
    MONTH = "month"


class Limit(Frozen):
    """How much may be used; what is left out is not limited."""

    usd: Annotated[Decimal, Field(gt=0)] | None = None
    """Money, in US dollars."""
    tokens: Annotated[int, Field(gt=0)] | None = None
    """Tokens in and out together."""
    minutes: Annotated[float, Field(gt=0)] | None = None
    """Wall clock, in minutes."""
    cpu_seconds: Annotated[float, Field(gt=0)] | None = None
    """Processor time of sandboxed commands, in seconds."""

    @property
    def amounts(self) -> Amounts:
        """What is limited, in whole numbers."""
        given = {Measure(name): value for name, value in self if value is not None}
        return {measure: _whole(measure, value) for measure, value in given.items()}


class BudgetTable(Frozen):
    """The `[budgets]` table: limits over many runs. Those of persons, channels and all are for a month."""

    zone: Annotated[str, AfterValidator(lambda name: str(zone_of(name)))] = "UTC"
    """Time zone in which a month begins."""
    month: Limit = Limit()
    """Everybody together."""
    person: Limit = Limit()
    """Each person."""
    channel: Limit = Limit()
    """Each channel."""
    batch: Limit = Limit()
    """Each batch, in all; a batch may set less for itself."""
    task: Limit = Limit()
    """Each task, all its runs together."""
    people: dict[str, Limit] = {}  # noqa: RUF012  # pydantic copies defaults
    """Slack user id → that person's own limit, in place of `person`."""
    channels: dict[str, Limit] = {}  # noqa: RUF012  # pydantic copies defaults
    """Channel id → that channel's own limit, in place of `channel`."""

    def period(self, now: datetime) -> str:
        """The month that a moment belongs to, such as 2026-11."""
        return f"{now.astimezone(zone_of(self.zone)):%Y-%m}"

    def renewal(self, now: datetime) -> datetime:
        """When the next month begins, in UTC."""
        zone = zone_of(self.zone)
        today = now.astimezone(zone).date()
        first = today.replace(year=today.year + today.month // 12, month=today.month % 12 + 1, day=1)
        return instant(first, time(0), zone)

    def of_person(self, person: str, month: str) -> "Account":
        """A person's budget for a month."""
        limit = self.people.get(person, self.person).amounts
        return Account(holder=Holder.PERSON, id=person, period=month, limit=limit)

    def of_channel(self, channel: str, month: str) -> "Account":
        """A channel's budget for a month."""
        limit = self.channels.get(channel, self.channel).amounts
        return Account(holder=Holder.CHANNEL, id=channel, period=month, limit=limit)

    def of_everybody(self, month: str) -> "Account":
        """What all runs of a month count against."""
        return Account(holder=Holder.MONTH, period=month, limit=self.month.amounts)


class Account(Frozen):
    """One budget that a run counts against."""

    holder: Holder
    """What sort of thing it belongs to."""
    id: str = ""
    """Of whom: a task, person, channel or batch id; empty for everybody."""
    period: str = ""
    """The month; empty for one that is never renewed."""
    limit: Amounts = {}  # noqa: RUF012  # pydantic copies defaults
    """How much may be used."""

    @property
    def stem(self) -> str:
        """Its name over all months."""
        return f"{self.holder}:{self.id}"

    @property
    def name(self) -> str:
        """Its name in this month."""
        return f"{self.stem}:{self.period}"


class Balance(Frozen):
    """What has been used of an account."""

    spent: Amounts = {}  # noqa: RUF012  # pydantic copies defaults
    """By runs that have ended."""
    held: Amounts = {}  # noqa: RUF012  # pydantic copies defaults
    """Set aside for runs under way."""


class Shortage(Frozen):
    """Why a run does not fit."""

    account: Account
    """The one that lacks most of what was asked."""
    measure: Measure
    """Of what."""
    missing: int = 0
    """How much, in the measure's unit; 0 when another task is next."""
    behind: str = ""
    """Id of the task that is next; it was passed once."""
    renews_at: datetime | None = None
    """When there is more by itself; None for never, or when running tasks will give back enough."""
    never: bool = False
    """True: it asks for more than the whole budget; `missing` is how much more."""


def cap_amounts(cap: Cap) -> Amounts:
    """What a run may use at the most."""
    return {
        Measure.USD: _whole(Measure.USD, cap.usd),
        Measure.TOKENS: cap.tokens,
        Measure.MINUTES: _whole(Measure.MINUTES, cap.minutes),
        Measure.CPU: _whole(Measure.CPU, cap.cpu_seconds),
    }


def spend_amounts(spend: Spend) -> Amounts:
    """What a run has used."""
    return {
        Measure.USD: _whole(Measure.USD, spend.usd),
        Measure.TOKENS: spend.input_tokens + spend.output_tokens,
        Measure.MINUTES: round(spend.seconds * 1000),
        Measure.CPU: _whole(Measure.CPU, spend.cpu_seconds),
    }


def shortage(account: Account, balance: Balance, wanted: Amounts, renews_at: datetime) -> Shortage | None:
    """What an account lacks for `wanted`, or None when it has room."""
    over = {measure: _over(account, balance, wanted, measure) for measure in account.limit}
    measure = max(over, key=lambda one: over[one] / account.limit[one], default=None)
    if measure is None or over[measure] <= 0:
        return None
    beyond = {one: wanted.get(one, 0) - most for one, most in account.limit.items()}
    largest = max(beyond, key=lambda one: beyond[one] / account.limit[one])
    if beyond[largest] > 0:
        return Shortage(account=account, measure=largest, missing=beyond[largest], never=True)
    return Shortage(
        account=account,
        measure=measure,
        missing=over[measure],
        renews_at=renews_at if account.period and not possible(account, balance, wanted) else None,
    )


def possible(account: Account, balance: Balance, wanted: Amounts) -> bool:
    """True when it fits, or will once what is held for others is given back unused."""
    return all(balance.spent.get(one, 0) + wanted.get(one, 0) <= most for one, most in account.limit.items())


def _over(account: Account, balance: Balance, wanted: Amounts, measure: Measure) -> int:
    used = balance.spent.get(measure, 0) + balance.held.get(measure, 0)
    return used + wanted.get(measure, 0) - account.limit[measure]


def _whole(measure: Measure, value: Decimal | float) -> int:
    unit: Mapping[Measure, int] = {Measure.USD: 1_000_000, Measure.MINUTES: 60_000, Measure.CPU: 1000}
    return round(value * unit.get(measure, 1))
