"""What a run has used and what it may use."""

from decimal import Decimal
from typing import Annotated, Protocol, Self

from pydantic import Field

from jobs.domain.base_model import Frozen


class Spend(Frozen):
    """What has been used so far."""

    requests: int = 0
    """Calls to a model."""
    input_tokens: int = 0
    """Tokens sent, cached ones included."""
    output_tokens: int = 0
    """Tokens received."""
    usd: Decimal = Decimal(0)
    """Money, from public price lists."""
    priced: bool = True
    """False: some call was to a model without a known price, so `usd` is a lower bound."""
    seconds: float = 0.0
    """Wall clock, in seconds."""
    cpu_seconds: float = 0.0
    """Processor time of sandboxed commands, in seconds."""

    def __add__(self, other: Self) -> "Spend":
        """Both together."""
        return Spend(
            requests=self.requests + other.requests,
            input_tokens=self.input_tokens + other.input_tokens,
            output_tokens=self.output_tokens + other.output_tokens,
            usd=self.usd + other.usd,
            priced=self.priced and other.priced,
            seconds=self.seconds + other.seconds,
            cpu_seconds=self.cpu_seconds + other.cpu_seconds,
        )


class Cap(Frozen):
    """What one run of a task may use at the most."""

    usd: Annotated[Decimal, Field(ge=0)] = Decimal("5")
    """Money, in US dollars."""
    tokens: Annotated[int, Field(ge=0)] = 2_000_000
    """Tokens in and out together."""
    minutes: Annotated[float, Field(ge=0)] = 60.0
    """Wall clock, in minutes."""
    cpu_seconds: Annotated[float, Field(ge=0)] = 14_400.0
    """Processor time of sandboxed commands, in seconds."""
    requests: int = 120
    """Calls to a model."""
    rounds: int = 3
    """Generate-and-verify turns."""

    def used_up(self, used: Spend) -> str:
        """What leaves no room for another call of a model, in a sentence; empty while there is room."""
        if used.requests >= self.requests:
            return f"The task has used its {self.requests} model calls."
        if used.input_tokens + used.output_tokens >= self.tokens:
            return f"The task has used its {self.tokens:,} tokens."
        if used.usd >= self.usd:
            return f"The task has used its {self.usd} US dollars."
        return ""


class _Tokens(Protocol):
    @property
    def input_tokens(self) -> int: ...
    @property
    def output_tokens(self) -> int: ...


class _Price(Protocol):
    @property
    def total_price(self) -> Decimal: ...


class Billed(Protocol):
    """An answer of a model, as far as it costs something."""

    @property
    def model_name(self) -> str | None:
        """As price lists spell it."""

    @property
    def usage(self) -> _Tokens:
        """Tokens in and out."""

    def cost(self) -> _Price:
        """By public price lists; raises LookupError when the model is in none."""


def spend_of(answer: Billed) -> Spend:
    """What one answer used; `priced` is False when no price list has the model."""
    usd = price(answer)
    return Spend(
        requests=1,
        input_tokens=answer.usage.input_tokens,
        output_tokens=answer.usage.output_tokens,
        usd=usd or Decimal(0),
        priced=usd is not None,
    )


def price(answer: Billed) -> Decimal | None:
    """What an answer cost in US dollars by public price lists; None when the model is in none."""
    if not answer.model_name:
        return None
    try:
        return answer.cost().total_price
    except (LookupError, ValueError):
        return None
