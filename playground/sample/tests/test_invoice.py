from datetime import date
from decimal import Decimal

import pytest

from invoices.invoice import Invoice, InvoiceError
from invoices.line import Line


def invoice(*lines, **changes):
    given = {
        "number": "2026-031",
        "customer": "Brandt & Co",
        "issued": date(2026, 3, 2),
        "lines": lines or (Line("Cable", Decimal(3), Decimal("4.20")),),
    }
    return Invoice(**{**given, **changes})


def test_total_is_net_and_taxes():
    assert invoice().net == Decimal("12.60")
    assert invoice().total == Decimal("14.99")


def test_due_after_the_terms():
    assert invoice().due == date(2026, 4, 1)
    assert invoice(terms=14).due == date(2026, 3, 16)


def test_overdue_once_the_terms_are_over():
    assert not invoice().overdue(date(2026, 3, 31))
    assert invoice().overdue(date(2026, 4, 2))


def test_a_credit_note_is_never_overdue():
    credit = invoice(Line("Cable, returned", Decimal(1), Decimal("-4.20")))
    assert credit.total < 0
    assert not credit.overdue(date(2030, 1, 1))


def test_an_invoice_needs_a_line():
    with pytest.raises(InvoiceError, match="needs a line"):
        Invoice.read({"number": "1", "customer": "A", "issued": "2026-03-02"})


def test_what_is_missing_is_named():
    with pytest.raises(InvoiceError, match="customer is missing"):
        Invoice.read({"number": "1"})
