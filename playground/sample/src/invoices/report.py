"""Invoices as text."""

from .money import shown, total
from .tax import percent

WIDTH = 50


def report(invoice):
    """An invoice as it is read on a screen."""
    head = f"{invoice.number}  {invoice.customer}  {invoice.issued.isoformat()}"
    return "\n".join(
        [
            head,
            "",
            *_lines(invoice),
            "",
            _row("Net", invoice.net),
            *(_row(f"VAT {percent(rate)}", tax) for rate, _, tax in invoice.taxes if tax),
            _row("Total", invoice.total),
            f"Due {invoice.due.isoformat()}",
        ]
    )


def totals(invoices):
    """One row per invoice and their sum."""
    rows = [_row(f"{one.number}  {one.customer}"[:38], one.total) for one in invoices]
    return "\n".join([*rows, _row("Sum", total(one.total for one in invoices))])


def _lines(invoice):
    for line in invoice.lines:
        left = f"{line.quantity:>4} x {line.description}"[:32]
        yield f"{left:<32}{shown(line.price):>8}{shown(line.total):>10}"
        if line.discount:
            yield f"{'':>7}less {line.discount:g}%"


def _row(name, value):
    return f"{name:<40}{shown(value):>{WIDTH - 40}}"
