"""Totals of invoices."""

from decimal import ROUND_HALF_EVEN, Decimal


def total(amount: str) -> Decimal:
    """Round to cents."""
    return Decimal(amount).quantize(Decimal("0.01"), rounding=ROUND_HALF_EVEN)


def double(number: int) -> int:
    """Twice a number."""
    return number * 2
