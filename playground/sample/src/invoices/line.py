"""One line of an invoice."""

from dataclasses import dataclass
from decimal import Decimal

from .money import amount, to_cents
from .tax import RATES

HUNDRED = Decimal(100)


class LineError(ValueError):
    """A line that cannot be on an invoice."""


@dataclass(frozen=True)
class Line:
    """Some quantity of something at a price."""

    description: str
    quantity: Decimal
    price: Decimal
    discount: Decimal = Decimal(0)
    vat: str = "standard"

    def __post_init__(self):
        if not self.description.strip():
            raise LineError("a line needs a description")
        if self.quantity <= 0:
            raise LineError(f"{self.description}: the quantity must be above 0")
        if not 0 <= self.discount <= HUNDRED:
            raise LineError(f"{self.description}: the discount must be from 0 to 100")
        if self.vat not in RATES:
            raise LineError(f"{self.description}: unknown VAT rate {self.vat!r}")

    @property
    def gross(self):
        """Quantity times price, not rounded."""
        return self.quantity * self.price

    @property
    def total(self):
        """What the line adds to the invoice, after its discount."""
        return to_cents(self.gross * (HUNDRED - self.discount) / HUNDRED)

    @classmethod
    def read(cls, data):
        """A line from its part of an invoice file."""
        return cls(
            description=str(data.get("description", "")),
            quantity=amount(data.get("quantity", "1")),
            price=amount(data.get("price", "")),
            discount=amount(data.get("discount", "0")),
            vat=data.get("vat", "standard"),
        )
