"""docs: what people can see changes together with its documentation, when the spec says so."""

import pytest

from jobs.checks import docs
from jobs.domain.verdict import Check, CheckStatus
from tests.checks.contexts import context, run
from tests.verification import Files, spec

OLD = "def total(amount):\n    return amount\n"
NEW = "def total(amount, rate):\n    return amount * rate\n"


def judged(before: Files, after: Files) -> Check:
    return run(docs.check, context(before, after, wanted=spec(docs="required")))


def test_nothing_is_asked_where_the_spec_does_not() -> None:
    assert run(docs.check, context({"a.py": OLD}, {"a.py": NEW})).status is CheckStatus.SKIPPED


def test_a_public_change_without_documentation_is_rejected() -> None:
    check = judged({"a.py": OLD}, {"a.py": NEW})
    assert check.status is CheckStatus.FAILED
    assert check.summary == "1 public change comes without documentation, which the spec requires."
    assert [(one.path, one.line, one.text) for one in check.findings] == [
        ("a.py", 1, "The function total changes and is not documented.")
    ]


def test_documented_in_a_file() -> None:
    check = judged({"a.py": OLD}, {"a.py": NEW, "docs/use.md": "Call `total(amount, rate)`.\n"})
    assert (check.status, check.summary) == (CheckStatus.PASSED, "Documented in docs/use.md.")


def test_documented_in_a_docstring() -> None:
    check = judged({"a.py": OLD}, {"a.py": NEW.replace(":\n", ':\n    """Amount times rate."""\n')})
    assert (check.status, check.summary) == (CheckStatus.PASSED, "Documented in docstrings.")


def test_documentation_that_does_not_mention_it_warns() -> None:
    check = judged({"a.py": OLD}, {"a.py": NEW, "README.md": "Fixed things.\n"})
    assert check.status is CheckStatus.WARNING


@pytest.mark.parametrize(
    ("line", "name"),
    [
        ('parser.add_argument("-r", "--rate")', "The option --rate"),
        ('@click.option("--rate/--no-rate")\ndef _f(): pass', "The option --rate/--no-rate"),
        ('@app.get("/rates/{day}")\ndef _f(): pass', "The endpoint /rates/{day}"),
        ('@app.route("/rates")\ndef _f(): pass', "The endpoint /rates"),
    ],
)
def test_options_and_endpoints_count(line: str, name: str) -> None:
    check = judged({"a.py": OLD}, {"a.py": OLD + line + "\n"})
    assert [one.text for one in check.findings] == [f"{name} changes and is not documented."]
    quiet = judged({"a.py": OLD}, {"a.py": OLD + line + "\n", "README.md": name + "\n"})
    assert quiet.status is CheckStatus.PASSED


def test_a_change_of_nothing_public_still_needs_its_documentation() -> None:
    body = OLD.replace("return amount", "return round(amount)")
    assert judged({"a.py": OLD}, {"a.py": body}).status is CheckStatus.FAILED
    assert judged({"a.py": OLD}, {"a.py": body, "CHANGELOG": "Rounds.\n"}).status is CheckStatus.PASSED
