from decimal import Decimal

from invoices.line import Line
from invoices.tax import by_rate, percent, tax


def test_tax_at_each_rate():
    assert tax(Decimal("100.00"), "standard") == Decimal("19.00")
    assert tax(Decimal("100.00"), "reduced") == Decimal("7.00")
    assert tax(Decimal("100.00"), "none") == 0


def test_taxes_are_summed_per_rate():
    lines = [
        Line("Book", Decimal(1), Decimal("10.00"), vat="reduced"),
        Line("Cable", Decimal(1), Decimal("20.00")),
        Line("Plug", Decimal(2), Decimal("5.00")),
    ]
    assert by_rate(lines) == [
        ("standard", Decimal("30.00"), Decimal("5.70")),
        ("reduced", Decimal("10.00"), Decimal("0.70")),
    ]


def test_percent_as_people_write_it():
    assert percent("reduced") == "7%"
