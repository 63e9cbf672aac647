"""Diffs, reports, canaries and patterns are read as they are, hostile ones too."""

import ast

import pytest

from jobs.checks.canary import hatch, problem
from jobs.checks.diff import added_lines, added_numbers, removed_lines, touched_lines
from jobs.checks.globs import matches
from jobs.checks.javascript import mutants as by_token
from jobs.checks.mutants import MAX_MUTANTS, executed, mutants_of, spread
from jobs.checks.report import Case, CaseOutcome, Manner, ReportError, read_junit

DIFF = """diff --git a/a.py b/a.py
index 1..2 100644
--- a/a.py
+++ b/a.py
@@ -1,3 +1,4 @@
 one
-two
+2
+++ looks like a header
 three
@@ -10 +11 @@ def f():
-ten
+10
\\ No newline at end of file
diff --git "a/gr\\303\\274n.py" "b/gr\\303\\274n.py"
new file mode 100644
--- /dev/null
+++ "b/gr\\303\\274n.py"
@@ -0,0 +1 @@
+x = 1
"""


def test_a_diff_gives_lines_with_their_numbers() -> None:
    assert [(one.path, one.number, one.text) for one in added_lines(DIFF)] == [
        ("a.py", 2, "2"),
        ("a.py", 3, "++ looks like a header"),
        ("a.py", 11, "10"),
        ("grün.py", 1, "x = 1"),
    ]
    assert [one.text for one in removed_lines(DIFF)] == ["two", "ten"]
    assert added_numbers(DIFF)["a.py"] == {2, 3, 11}


@pytest.mark.parametrize(
    ("path", "pattern", "expected"),
    [
        ("src/a.py", "src/**", True),
        ("src/a/b.py", "src/*", False),
        ("a.py", "**/a.py", True),
        ("x/y/a.py", "**/a.py", True),
        ("src/a.py", "src/", True),
        ("srcs/a.py", "src/**", False),
        ("a+b.py", "a+b.py", True),
    ],
)
def test_patterns(path: str, pattern: str, expected: bool) -> None:
    assert matches(path, [pattern]) is expected


@pytest.mark.parametrize(
    "content",
    [
        None,
        b"",
        b"<testsuite><testcase",
        b'<!DOCTYPE a [<!ENTITY b "c">]><testsuite>&b;</testsuite>',
        b"<a>" + b"x" * 9_000_000 + b"</a>",
    ],
)
def test_a_report_that_is_none_is_refused(content: bytes | None) -> None:
    with pytest.raises(ReportError):
        read_junit(content)


def test_the_worse_outcome_of_a_test_counts() -> None:
    report = b"""<testsuites><testsuite>
      <testcase classname="tests.test_a" name="test_x"/>
      <testcase classname="tests.test_a" name="test_x"><error message="teardown"/></testcase>
      <testcase name="y"><properties><property name="id" value="t.py::y"/>
        <property name="manner" value="assertion"/></properties><failure message="assert 1 == 2"/></testcase>
    </testsuite></testsuites>"""
    cases = read_junit(report)
    assert cases["tests.test_a.test_x"].outcome is CaseOutcome.ERROR
    assert cases["t.py::y"].manner is Manner.ASSERTION


def test_a_canary_is_never_the_same_and_notices_each_lie() -> None:
    one, other = hatch(functions=True), hatch(functions=True)
    assert one.name != other.name
    assert one.must_fail.isdisjoint(other.must_fail)
    good = {name: Case(id=f"tests/{one.name}::{name}", outcome=CaseOutcome.PASSED) for name in one.must_pass}
    bad = {name: Case(id=f"tests/{one.name}::{name}", outcome=CaseOutcome.FAILED) for name in one.must_fail}
    assert problem(one, good | bad) == ""
    assert "not in its report" in problem(one, good)
    forged = {name: case.model_copy(update={"outcome": CaseOutcome.PASSED}) for name, case in bad.items()}
    assert "tampered" in problem(one, good | forged)
    for name in forged:
        assert "tampered" in problem(one, good | {**bad, name: forged[name]})


def test_a_canary_may_be_missing_only_where_the_compiler_refused_everything() -> None:
    one = hatch(functions=True)
    refused = {name: Case(id=name, outcome=CaseOutcome.ERROR) for name in (f"tests/{one.name}", "a_test.go")}
    assert problem(one, refused) == ""
    passed = {"b_test.go::TestB": Case(id="b_test.go::TestB", outcome=CaseOutcome.PASSED)}
    assert "not in its report" in problem(one, refused | passed)
    assert "not in its report" in problem(one, {"a_test.go": refused["a_test.go"]})
    assert "not in its report" in problem(one, {})


def test_mutants_stand_on_the_wanted_lines_and_are_valid() -> None:
    source = (
        "def price(n, vip):\n"
        '    """Docs stay."""\n'
        "    if n > 10 and not vip:\n"
        "        return (n * 2\n"
        "                + 1)\n"
        "    return f'{n} x'\n"
    )
    found = mutants_of("a.py", source, frozenset({3, 4, 5, 6}))
    assert {one.line for one in found} <= {3, 4, 5, 6}
    assert all(one.source != source and compile(one.source, "a.py", "exec") for one in found)
    texts = " ".join(one.text for one in found)
    assert "`>` → `<=`" in texts
    assert "`and` → `or`" in texts
    assert "Docs" not in texts
    picked = spread(found, 4)
    assert len({one.line for one in picked}) >= 3
    assert mutants_of("a.py", "not python (", frozenset({1})) == []
    assert executed(source, frozenset({4})) >= {4, 5}


def test_of_a_large_file_only_so_many_mutants_are_made_and_each_is_valid() -> None:
    rows = [f"x{number} = ({number} +\n    y); z = 1\n" for number in range(3000)]
    source = "".join([*rows, "@wraps(1)\ndef f(a):\n    return a == 2\n"])
    found = mutants_of("a.py", source, frozenset(range(1, 7000)))
    assert len(found) == MAX_MUTANTS == len({one.line for one in found})
    last = mutants_of("a.py", source, frozenset({6001, 6003}))
    assert {one.line for one in last} == {6001, 6003}
    for one in (found[0], *last):
        ast.parse(one.source)
    assert len(by_token.mutants_of("a.js", source, frozenset(range(1, 7000)))) == MAX_MUTANTS


def test_the_lines_that_a_change_touches_are_counted_before_it() -> None:
    diff = """--- a/old.sql
+++ b/new.sql
@@ -3,2 +3,1 @@
--- a comment of SQL
 ok
@@ -20,1 +19,2 @@
 b
+c
--- /dev/null
+++ b/fresh.txt
@@ -0,0 +1 @@
+new
--- a/gone.txt
+++ /dev/null
@@ -1 +0,0 @@
-x
"""
    assert touched_lines(diff) == {"old.sql": (3, 20), "gone.txt": (1, 1)}
