from decimal import Decimal

import pytest

from invoices.money import AmountError, amount, shown, to_cents, total


def test_amount_reads_decimals():
    assert amount(" 12.50 ") == Decimal("12.50")


@pytest.mark.parametrize("text", ["", "twelve", "1,5", "nan", "inf"])
def test_amount_refuses_other_text(text):
    with pytest.raises(AmountError):
        amount(text)


def test_to_cents_has_two_decimals():
    assert str(to_cents(Decimal("3"))) == "3.00"
    assert to_cents(Decimal("2.664")) == Decimal("2.66")
    assert to_cents(Decimal("2.675")) == Decimal("2.68")


def test_total_of_nothing_is_zero():
    assert total([]) == 0


def test_shown_sets_thousands_apart():
    assert shown(Decimal("1234.5")) == "1,234.50"
