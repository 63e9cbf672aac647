"""What a run has used and what it may use."""

from decimal import Decimal
from typing import Self

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

    def __add__(self, other: Self) -> "Spend":
        """Both together."""
        return Spend(
            requests=self.requests + other.requests,
            input_tokens=self.input_tokens + other.input_tokens,
            output_tokens=self.output_tokens + other.output_tokens,
            usd=self.usd + other.usd,
            priced=self.priced and other.priced,
            seconds=self.seconds + other.seconds,
        )


class Cap(Frozen):
    """What one task may use at the most."""

    usd: Decimal = Decimal("5")
    """Money, in US dollars."""
    tokens: int = 2_000_000
    """Tokens in and out together."""
    minutes: float = 60.0
    """Wall clock, in minutes."""
    requests: int = 120
    """Calls to a model."""
    rounds: int = 3
    """Generate-and-verify turns."""
