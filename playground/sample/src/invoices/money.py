"""Amounts of money: decimal numbers with two decimals."""

from decimal import Decimal, InvalidOperation

CENT = Decimal("0.01")
ZERO = Decimal("0.00")


class AmountError(ValueError):
    """Text that is not an amount."""


def amount(text):
    """The decimal number that a text means; raises AmountError for anything else."""
    try:
        value = Decimal(str(text).strip())
    except InvalidOperation:
        raise AmountError(f"{text!r} is not an amount") from None
    if not value.is_finite():
        raise AmountError(f"{text!r} is not an amount")
    return value


def to_cents(value):
    """An amount as it stands on paper: two decimals."""
    return value.quantize(CENT)


def total(values):
    """The sum of amounts; no amounts give zero."""
    return sum(values, ZERO)


def shown(value):
    """An amount with two decimals and thousands apart."""
    return f"{value:,.2f}"
