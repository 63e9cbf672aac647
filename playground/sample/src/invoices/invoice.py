"""An invoice: lines, taxes, and when it is due."""

from dataclasses import dataclass
from datetime import date, timedelta

from .line import Line
from .money import total
from .tax import by_rate

TERMS = 30


class InvoiceError(ValueError):
    """Something that is not an invoice."""


@dataclass(frozen=True)
class Invoice:
    """What a customer owes, or is owed when the total is negative."""

    number: str
    customer: str
    issued: date
    lines: tuple
    terms: int = TERMS

    def __post_init__(self):
        if not self.lines:
            raise InvoiceError(f"{self.number}: an invoice needs a line")
        if self.terms < 0:
            raise InvoiceError(f"{self.number}: the terms must not be negative")

    @property
    def net(self):
        """The sum of the lines."""
        return total(line.total for line in self.lines)

    @property
    def taxes(self):
        """Rate, net and tax for each rate."""
        return by_rate(self.lines)

    @property
    def total(self):
        """Net and taxes together."""
        return self.net + total(tax for _, _, tax in self.taxes)

    @property
    def due(self):
        """The last day on which it is paid in time."""
        return self.issued + timedelta(days=self.terms)

    def overdue(self, today):
        """Whether it is overdue on a day; a credit note never is."""
        return self.total > 0 and today >= self.due

    @classmethod
    def read(cls, data):
        """An invoice from the content of its file."""
        try:
            return cls(
                number=data["number"],
                customer=data["customer"],
                issued=date.fromisoformat(data["issued"]),
                lines=tuple(Line.read(line) for line in data.get("lines", ())),
                terms=int(data.get("terms", TERMS)),
            )
        except KeyError as error:
            raise InvoiceError(f"{error.args[0]} is missing") from None
