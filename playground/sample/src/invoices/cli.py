"""The command `invoices`."""

import argparse
import sys
from datetime import date

from .files import FileError, load
from .report import report, totals


def main(argv=None):
    """Run the command; returns its exit status."""
    options = _parser().parse_args(argv)
    try:
        invoices = [load(path) for path in options.files]
    except FileError as error:
        sys.stderr.write(f"invoices: {error}\n")
        return 1
    sys.stdout.write(options.text(invoices, options) + "\n")
    return 0


def _show(invoices, options):
    return "\n\n".join(report(invoice) for invoice in invoices)


def _total(invoices, options):
    return totals(invoices)


def _overdue(invoices, options):
    late = [invoice for invoice in invoices if invoice.overdue(options.today)]
    return "\n".join(f"{one.number}  {one.customer}  due {one.due}" for one in late) or "none"


def _parser():
    parser = argparse.ArgumentParser(prog="invoices", description="Invoices from JSON files.")
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    show = commands.add_parser("show", help="print invoices")
    show.set_defaults(text=_show)
    sums = commands.add_parser("total", help="print totals and their sum")
    sums.set_defaults(text=_total)
    late = commands.add_parser("overdue", help="list what is overdue")
    late.add_argument("--today", type=date.fromisoformat, default=date.today(), metavar="DATE")
    late.set_defaults(text=_overdue)
    for command in (show, sums, late):
        command.add_argument("files", nargs="+", metavar="FILE")
    return parser
