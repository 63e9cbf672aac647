from decimal import Decimal

import pytest

from invoices.line import Line, LineError


def line(**changes):
    given = {"description": "Cable", "quantity": Decimal(3), "price": Decimal("4.20")}
    return Line(**{**given, **changes})


def test_total_is_quantity_times_price():
    assert line().total == Decimal("12.60")


def test_discount_is_taken_off():
    assert line(discount=Decimal(10)).total == Decimal("11.34")


@pytest.mark.parametrize(
    "changes",
    [
        {"description": " "},
        {"quantity": Decimal(0)},
        {"discount": Decimal(101)},
        {"vat": "luxury"},
    ],
)
def test_impossible_lines_are_refused(changes):
    with pytest.raises(LineError):
        line(**changes)


def test_reading_fills_in_defaults():
    read = Line.read({"description": "Cable", "price": "4.20"})
    assert (read.quantity, read.discount, read.vat) == (1, 0, "standard")
