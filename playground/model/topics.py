"""What the scripted model knows about the sample repository: two bugs and a feature."""

import re

from playground.model.known import Change, Modules, Place, Topic
from playground.model.talk import Criterion

NUMBER = r"(-?\d+(?:\.\d+)?)"


def _place(name: str, symbol: str, shape: str | None = None, *, optional: bool = False) -> Place:
    return Place(name, symbol, re.compile(shape or symbol, re.MULTILINE), optional)


def _change(place: str, find: str, replace: str, done: str) -> Change:
    return Change(place, re.compile(find, re.MULTILINE), replace, re.compile(done, re.MULTILINE))


def _changelog(words: str) -> Change:
    return _change("changelog", r"^## Unreleased\n", f"## Unreleased\n- {words}\n", re.escape(words))


CHANGELOG = _place("changelog", "^## Unreleased", optional=True)


def _rounding_header(modules: Modules) -> str:
    return (
        '"""Half a cent is rounded up, away from zero."""\n\nfrom decimal import Decimal\n\n'
        f"from {modules['line']} import Line\nfrom {modules['tax']} import tax\n"
    )


def _rounding_test(criterion: Criterion) -> str | None:
    if found := re.search(rf"VAT at the (\w+) rate.* net of {NUMBER} is {NUMBER}", criterion.text):
        return f'assert tax(Decimal("{found[2]}"), "{found[1]}") == Decimal("{found[3]}")'
    if found := re.search(rf"line of (?:{NUMBER} [x×] )?{NUMBER} .*?totals {NUMBER}", criterion.text):
        quantity, price, total = found[1] or "1", found[2], found[3]
        return f'assert Line("Cable", Decimal("{quantity}"), Decimal("{price}")).total == Decimal("{total}")'
    return None


ROUNDING = Topic(
    symptom=re.compile(r"half[- ]up|banker", re.IGNORECASE),
    places=(
        _place("money", r"\.quantize\(", r"^def \w+\(value\):[\s\S]*\.quantize\(CENT"),
        _place("tax", r"def tax\("),
        _place("line", r"^class Line\b"),
        _place("rounding", r"^# Rounding", optional=True),
        CHANGELOG,
    ),
    changes=(
        _change(
            "money",
            r"^from decimal import Decimal, InvalidOperation$",
            "from decimal import ROUND_HALF_UP, Decimal, InvalidOperation",
            r"import ROUND_HALF_UP",
        ),
        _change(
            "money",
            r"value\.quantize\(CENT\)",
            "value.quantize(CENT, rounding=ROUND_HALF_UP)",
            r"CENT, rounding=ROUND_HALF_UP",
        ),
        _change(
            "rounding",
            r"^3\. nothing else: (.*)$",
            r"3. nothing else: \1\n\nHalf a cent is rounded up, away from zero: 2.665 becomes 2.67, "
            r"and -2.665 becomes -2.67.",
            r"^Half a cent is rounded up",
        ),
        _changelog("Half a cent is rounded up, away from zero, in line totals and in VAT."),
        _change(
            "tax", r"^from \.(\w+) import total$", r"from .\1 import to_cents, total", r"import to_cents"
        ),
        _change(
            "tax",
            r"return round\(net \* RATES\[rate\], 2\)",
            "return to_cents(net * RATES[rate])",
            r"return to_cents\(",
        ),
    ),
    test_file="test_half_up.py",
    header=_rounding_header,
    test=_rounding_test,
    summary=(
        "Amounts were rounded to the even cent, because Decimal does so unless told otherwise. They are now "
        "rounded half up, away from zero, in one place, which the tax uses as well."
    ),
    assumption={
        "question": "Does a line's total after its discount round half up as well?",
        "options": ("Yes, every amount on the invoice", "No, only lines without a discount"),
        "chosen": "Yes, every amount on the invoice",
    },
)


def _due_test(criterion: Criterion) -> str | None:
    day = r"(\d{4})-(\d\d)-(\d\d)"
    found = re.search(rf"issued on {day} with terms of (\d+) days is not overdue on {day}", criterion.text)
    if not found:
        return None
    year, month, of_month, terms, *on = (int(part) for part in found.groups())
    issued, today = f"date({year}, {month}, {of_month})", "date({}, {}, {})".format(*on)
    return (
        'line = Line("Cable", Decimal(3), Decimal("4.20"))\n'
        f'    invoice = Invoice("2026-031", "Brandt & Co", {issued}, (line,), terms={terms})\n'
        f"    assert not invoice.overdue({today})"
    )


DUE_DAY = Topic(
    symptom=re.compile(r"overdue", re.IGNORECASE),
    places=(
        _place("invoice", r"def overdue\("),
        _place("line", r"^class Line\b"),
        CHANGELOG,
    ),
    changes=(
        _changelog("An invoice is overdue from the day after its due day."),
        _change("invoice", r"today >= self\.due", "today > self.due", r"today > self\.due"),
    ),
    test_file="test_due_day.py",
    header=lambda modules: (
        '"""An invoice may still be paid in time on its due day."""\n\n'
        "from datetime import date\nfrom decimal import Decimal\n\n"
        f"from {modules['invoice']} import Invoice\nfrom {modules['line']} import Line\n"
    ),
    test=_due_test,
    summary="An invoice counted as overdue on its due day; it now does from the day after.",
)

CSV_FUNCTION = '''def csv_lines(invoice):
    """An invoice's lines as CSV, with a header."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\\n")
    writer.writerow(["description", "quantity", "price", "total"])
    for line in invoice.lines:
        writer.writerow([line.description, line.quantity, line.price, line.total])
    return text.getvalue()


'''


def _csv_header(modules: Modules) -> str:
    return (
        '"""Invoice lines as CSV."""\n\nfrom datetime import date\nfrom decimal import Decimal\n\n'
        f"from {modules['invoice']} import Invoice\nfrom {modules['line']} import Line\n"
        f"from {modules['report']} import csv_lines\n\n\n"
        "def rows(description, quantity, price):\n"
        "    line = Line(description, Decimal(quantity), Decimal(price))\n"
        '    invoice = Invoice("2026-031", "Brandt & Co", date(2026, 3, 2), (line,))\n'
        "    return csv_lines(invoice).splitlines()\n"
    )


def _csv_test(criterion: Criterion) -> str | None:
    if found := re.search(r"header ([\w,]+)", criterion.text):
        return f'assert rows("Plug", "2", "4.20")[0] == "{found[1]}"'
    if found := re.search(rf"row .*such as (\w+),{NUMBER},{NUMBER},{NUMBER}", criterion.text):
        name, quantity, price, total = found.groups()
        row = f"{name},{quantity},{price},{total}"
        return f'assert rows("{name}", "{quantity}", "{price}")[1:] == ["{row}"]'
    if re.search(r"comma.*quotes", criterion.text):
        return 'assert rows("Cable, 2 m", "3", "4.20")[1] == \'"Cable, 2 m",3,4.20,12.60\''
    return None


CSV_EXPORT = Topic(
    symptom=re.compile(r"\bCSV\b"),
    places=(
        _place("report", r"def report\("),
        _place("invoice", r"^class Invoice\b"),
        _place("line", r"^class Line\b"),
        CHANGELOG,
    ),
    changes=(
        _change(
            "report",
            r"^from \.(\w+) import shown, total$",
            r"import csv\nimport io\n\nfrom .\1 import shown, total",
            r"^import csv$",
        ),
        _changelog("`csv_lines` gives an invoice's lines as CSV."),
        _change(
            "report", r"^def _lines\(", CSV_FUNCTION.replace("\\", "\\\\") + "def _lines(", r"def csv_lines"
        ),
    ),
    test_file="test_csv_lines.py",
    header=_csv_header,
    test=_csv_test,
    summary="A new function, csv_lines, gives an invoice's lines as CSV with a header.",
    assumption={
        "question": "Which name does the function get?",
        "options": ("csv_lines", "to_csv"),
        "chosen": "csv_lines",
    },
)

TOPICS = (ROUNDING, DUE_DAY, CSV_EXPORT)
"""Everything it knows; the first whose symptom is in the task counts."""
