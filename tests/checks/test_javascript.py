"""Reading JavaScript by token: faults, assertions turned around, names."""

import pytest

from jobs.checks.javascript.mutants import mutants_of
from jobs.checks.javascript.names import declared
from jobs.checks.javascript.tokens import tokens
from jobs.checks.javascript.turned import turned
from jobs.checks.toolchains.javascript import Runner, shuffles


def faults(line: str) -> set[str]:
    return {one.source for one in mutants_of("a.js", line, frozenset({1}))}


@pytest.mark.parametrize(
    ("line", "fault"),
    [
        ("return a + b;", "return a - b;"),
        ("return a + b;", "return undefined;"),
        ("return { a: 1 };", "return undefined;"),
        ("if (a < b) go();", "if (a >= b) go();"),
        ("if (a) go();", "if (!(a)) go();"),
        ("const x = a && !b;", "const x = a || !b;"),
        ("const x = a && !b;", "const x = a && b;"),
        ("const x = a === 10;", "const x = a !== 10;"),
        ("const x = a === 10;", "const x = a === 11;"),
        ("const x = 0.5;", "const x = (0.5 + 1);"),
        ("let ok = true;", "let ok = false;"),
        ("sum += n;", "sum -= n;"),
        ("say('hi');", "say('hi~');"),
    ],
)
def test_each_kind_of_fault(line: str, fault: str) -> None:
    assert fault in faults(line)


@pytest.mark.parametrize(
    "line",
    [
        'import { a } from "./a.js";',
        "// a + b === 1",
        "const re = /a+b&&c/;",
        "const t = `1 + ${a}`;",
        "const m: Map<string, number> = x;",
        "const y = -x;",
    ],
)
def test_nothing_where_a_fault_would_be_none_or_no_code(line: str) -> None:
    assert faults(line) == set()


def test_only_the_wanted_lines() -> None:
    assert [one.line for one in mutants_of("a.ts", "a + b;\nc + d;\n", frozenset({2}))] == [2]


@pytest.mark.parametrize(
    ("said", "opposite"),
    [
        ("assert.equal(f(1), 2);", "assert.notEqual(f(1), 2);"),
        ("assert.ok(f(1) || g, 'm');", "assert.ok(!(f(1) || g), 'm');"),
        ("assert(f(1));", "assert(!(f(1)));"),
        ("expect(f(1)).toBe(2);", "expect(f(1)).not.toBe(2);"),
        ("expect(f(1)).not.toBe(2);", "expect(f(1)).toBe(2);"),
    ],
)
def test_the_first_plain_assertion_is_turned_around(said: str, opposite: str) -> None:
    source = f'test("other", () => {{ assert(1); }});\nit("half up", async () => {{\n  {said}\n}});\n'
    found = turned("a.test.js", source, ("group", "half up"))
    assert found is not None
    assert found.source == source.replace(said, opposite)


def test_an_assertion_that_need_not_be_reached_is_left_alone() -> None:
    assert turned("a.test.js", 'test("a", () => { if (x) { assert(y); } });', ("a",)) is None


def test_declared_names() -> None:
    source = "export function one() {}\nconst two = 2;\nclass Three { four() {} }\nexports.five = 5;\n"
    assert {"one", "two", "Three", "four", "five"} <= declared(source)


def test_a_template_with_templates_in_it_is_one_token() -> None:
    assert [one.text for one in tokens("a = `x ${b ? `y ${c}` : 1} z`;")][2] == "`x ${b ? `y ${c}` : 1} z`"


@pytest.mark.parametrize(
    ("runner", "version", "expected"),
    [
        (Runner.JEST, "29.7.0", True),
        (Runner.JEST, "30.0.0-beta.1", True),
        (Runner.JEST, "29.4.3", False),
        (Runner.JEST, "", False),
        (Runner.VITEST, "1.6.1", True),
        (Runner.NODE, "", False),
    ],
)
def test_which_runner_shuffles(runner: Runner, version: str, expected: bool) -> None:
    assert shuffles(runner, version) is expected
