"""What a run has used and what it may use."""

from decimal import Decimal
from typing import Annotated, Self

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
