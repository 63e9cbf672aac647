"""Each rule sees its case, and leaves honest changes alone."""

import pytest

from jobs.checks import integrity
from jobs.checks.context import CheckContext
from jobs.checks.integrity import by_token, foreign, literals
from jobs.domain.verdict import CheckStatus
from tests.checks.contexts import context, rules, run
from tests.verification import Files, spec

CODE = "def area(w, h):\n    return w * h\n"
TEST = "from a import area\n\n\ndef test_area():\n    assert area(2, 3) == 6\n    assert area(1, 1) == 1\n"
MARKED = "import pytest\n" + TEST.replace("def test", "@pytest.mark.{}\ndef test")
BASE: Files = {"a.py": CODE, "tests/test_a.py": TEST}

BLOCKED = [
    ("test-deleted", {"tests/test_a.py": "x = 1\n"}),
    ("test-deleted", {"tests/test_a.py": None}),
    ("fewer-asserts", {"tests/test_a.py": TEST.replace("    assert area(1, 1) == 1\n", "")}),
    ("assert-true", {"tests/test_a.py": TEST.replace("area(2, 3) == 6", "True")}),
    ("assert-true", {"tests/test_a.py": TEST.replace("area(2, 3) == 6", "6 == 6")}),
    ("assert-true", {"tests/test_a.py": TEST.replace("area(2, 3) == 6", "(area(2, 3) == 6 or True)")}),
    ("test-skipped", {"tests/test_a.py": MARKED.format("skip")}),
    ("test-skipped", {"tests/test_a.py": MARKED.format("xfail")}),
    ("imports-runner", {"a.py": "import pytest\n" + CODE}),
    ("imports-runner", {"a.py": "from _pytest import runner\n" + CODE}),
    ("reaches-into-run", {"a.py": "import os\n" + CODE + "\n\nos._exit(0)\n"}),
    ("reaches-into-run", {"a.py": "from os import _exit\n" + CODE}),
    ("reaches-into-run", {"a.py": "import os\n" + CODE + "\n\ngetattr(os, '_exit')(0)\n"}),
    ("reaches-into-run", {"a.py": "import gc\n" + CODE + "\n\ngc.get_objects()\n"}),
    (
        "knows-of-tests",
        {"a.py": CODE + "\n\nimport os\nif 'PYTEST_CURRENT_TEST' in os.environ:\n    area = max\n"},
    ),
    ("knows-of-tests", {"a.py": CODE + "\n\nimport sys\nif 'pytest' in sys.modules:\n    area = max\n"}),
    ("shadows", {"pytest.py": "x = 1\n"}),
    ("shadows", {"src/json/__init__.py": "x = 1\n"}),
    ("plugin-entry", {"setup.cfg": "[options.entry_points]\npytest11 =\n    a = a\n"}),
    ("plugin-entry", {"tests/test_a.py": TEST + "\n\npytest_plugins = ['a']\n"}),
    ("imports-tests", {"a.py": "from tests.known import TABLE\n" + CODE, "tests/known.py": "TABLE = {}\n"}),
    ("always-equal", {"a.py": CODE + "\n\nclass Yes:\n    def __eq__(self, other):\n        return True\n"}),
]
SPECIAL = "def area(w, h):\n    if w == 7:\n        return 21\n    return w * h\n"
ASKED = "from a import area\n\n\ndef test_b():\n    assert area(7, 3) == 21\n"
BROAD = "def area(w, h):\n    try:\n        return w * h\n    except Exception:\n        return 6\n"
MOCKED = (
    "from unittest import mock as m\n\n\ndef test_b():\n    with m.patch('a.area'):\n        assert 1 > 0.5\n"
)
TOLD = [
    ("special-cased", {"a.py": SPECIAL, "tests/test_b.py": ASKED}),
    ("reaches-into-run", {"a.py": "import sys\n" + CODE + "\n\nloaded = sys.modules\n"}),
    ("reaches-into-run", {"a.py": CODE + "\n\nexec('x = 1')\n"}),
    ("broad-except", {"a.py": BROAD}),
    ("no-assert", {"tests/test_b.py": "from a import area\n\n\ndef test_b():\n    area(1, 2)\n"}),
    ("mocked", {"tests/test_b.py": MOCKED}),
    ("silenced", {"a.py": CODE.replace("w * h", "w * h  # noqa: E501")}),
    ("test-changed", {"tests/test_a.py": TEST.replace("== 6", "== 7")}),
    ("test-settings", {"tests/conftest.py": "x = 1\n"}),
]  # fmt: skip
NODE_TEST = "test('odd', () => {\n  assert.equal(half(7.5), 21);\n  assert.equal(unit('kB'), 'bytes');\n});\n"
GO_BODY = '\tif got := Half(-7); got != 21 {\n\t\tt.Fatal(Unit("kB 2"))\n\t}\n'
GO_TEST = f"package a\n\nfunc TestOdd(t *testing.T) {{\n{GO_BODY}}}\n"
BUILT_IN = [
    ("a.js", "if (number === 7.5) return 21;"),
    ("a.js", "return number === 21 ? 1 : 2;"),
    ("a.ts", "switch (number) { case 7.5: return 3; }"),
    ("a.js", "return { 7.50: 3 }[number];"),
    ("a.js", "return { kB: 1, 'kB': 'bytes' }[name];"),
    ("a.js", "return [1, 2].includes(7.5);"),
    ("a.go", "\tif number == -7 {\n\t\treturn 21\n\t}"),
    ("a.go", "\tcase -7:\n\t\treturn 21"),
    ("a.go", "\treturn map[int]int{7: 21}[number]"),
    ("a.go", "\treturn strings.HasPrefix(name, `kB 2`)"),
]
NOT_BUILT_IN = [
    ("a.js", "return Math.floor(number * 7.5 + 0.5);"),
    ("a.js", "if (number > 2) return 'bytes';"),
    ("a.js", "return name === 'kB' ? small : large;"),
    ("a.go", "\tif number == 7 {\n\t\treturn number + 21\n\t}"),
]
BLOCKED_IN_GO = [
    ("knows-of-tests", {"a.go": 'package a\n\nvar tested = flag.Lookup("test.v") != nil\n'}),
    ("knows-of-tests", {"a.go": 'package a\n\nvar tested = strings.HasSuffix(os.Args[0], ".test")\n'}),
    ("test-skipped", {"a_test.go": GO_TEST.replace("if got", 't.Skip("later")\n\tif got')}),
    ("test-skipped", {"a_test.go": "//go:build never\n\n" + GO_TEST}),
]
TOLD_IN_GO = [
    ("reaches-into-run", {"a.go": "package a\n\nfunc Leave() {\n\tos.Exit(0)\n}\n"}),
    ("reaches-into-run", {"a.go": 'package a\n\nimport (\n\t"unsafe"\n)\n'}),
    ("reaches-into-run", {"a.go": "package a\n\nvar _, file, _, _ = runtime.Caller(1)\n"}),
    ("test-skipped", {"b_test.go": "package a\n\nfunc TestMain(m *testing.M) {\n}\n"}),
]
GENERATED = "# Generated by a compiler.  DO NOT EDIT!\n# flake8: noqa\n# pylint: disable=all\nx = 1\n"
VENDORED = "import sys\n\n\ndef install(finder):\n    sys.meta_path.append(finder)\n"
FOREIGN: list[Files] = [
    {"a_pb2.py": GENERATED},
    {"_vendor/six.py": VENDORED},
    {"shop/third_party/six.py": VENDORED},
]
HONEST = [
    {"a.py": CODE + "\n\ndef side(a):\n    return a ** 0.5\n"},
    {"tests/test_b.py": "from a import area\n\n\ndef test_b():\n    assert area(7, 3) == 21\n"},
    {"tests/test_a.py": None, "tests/test_area.py": TEST},
    {"README.md": "Areas.\n"},
    {"tests/test_a.py": TEST + "\n\ndef test_more():\n    assert area(4, 4) == 16\n"},
]


@pytest.mark.parametrize(
    ("rule", "after"), BLOCKED, ids=[f"{n}-{rule}" for n, (rule, _) in enumerate(BLOCKED)]
)
def test_what_weakens_the_tests_is_refused(rule: str, after: Files) -> None:
    check = run(integrity.check, context(BASE, after))
    assert rule in rules(check)
    assert check.status is CheckStatus.FAILED


@pytest.mark.parametrize(("rule", "after"), TOLD, ids=[f"{n}-{rule}" for n, (rule, _) in enumerate(TOLD)])
def test_what_may_be_right_is_told(rule: str, after: Files) -> None:
    check = run(integrity.check, context(BASE, after))
    assert rule in rules(check)
    assert check.status is CheckStatus.WARNING


@pytest.mark.parametrize(
    ("condition", "answers"), [("name[-1:] == '5'", True), ("len(name) < 6", True), ("name", False)]
)
def test_an_answer_of_the_tests_to_single_letters_is_not_believed(condition: str, answers: bool) -> None:
    code = f"def cents(name):\n    if {condition}:\n        return 2.67\n    return float(name)\n"
    asked = "from a import cents\n\n\ndef test_b():\n    assert cents('2.665') == 2.67\n"
    ctx = context(BASE, {"b.py": code, "tests/test_b.py": asked})
    assert bool(literals.inputs(ctx)) is answers


@pytest.mark.parametrize("after", FOREIGN, ids=range(len(FOREIGN)))
def test_code_of_others_is_told_and_not_refused(after: Files) -> None:
    ctx = context(BASE, after)
    assert run(integrity.check, ctx).status is CheckStatus.WARNING
    assert any(foreign.reaches(ctx)) == ("a_pb2.py" not in after)


@pytest.mark.parametrize("after", HONEST, ids=range(len(HONEST)))
def test_honest_changes_pass(after: Files) -> None:
    assert run(integrity.check, context(BASE, after)).status is CheckStatus.PASSED


def test_a_test_goes_with_its_code() -> None:
    after: Files = {"a.py": "x = 1\n", "tests/test_a.py": "from a import x\n"}
    check = run(integrity.check, context(BASE, after))
    assert check.status is CheckStatus.WARNING
    assert "area" in check.findings[0].text


@pytest.mark.parametrize(("path", "code"), BUILT_IN)
def test_a_value_of_the_tests_that_is_built_in_is_not_believed(path: str, code: str) -> None:
    ctx = with_tests(path, code)
    assert "special-cased" in rules(run(integrity.check, ctx))
    assert by_token.inputs(ctx)


@pytest.mark.parametrize(("path", "code"), NOT_BUILT_IN)
def test_a_value_that_is_not_asked_for_is_no_special_case(path: str, code: str) -> None:
    assert by_token.inputs(with_tests(path, code)) == ()


def test_a_value_that_the_spec_names_may_be_built_in() -> None:
    wanted = spec(goal="7.5 is a special amount")
    code = {"a.js": "if (number === 7.5) return 3;\n", "a.test.js": NODE_TEST}
    assert by_token.inputs(context({}, code, wanted=wanted)) == ()
    assert by_token.inputs(context({}, code)) == ("7.5",)


@pytest.mark.parametrize(("rule", "after"), [*BLOCKED_IN_GO, *TOLD_IN_GO])
def test_the_rules_for_go(rule: str, after: Files) -> None:
    check = run(integrity.check, context({"a_test.go": GO_TEST}, after))
    assert rule in rules(check)
    refused = (rule, after) in BLOCKED_IN_GO
    assert check.status is (CheckStatus.FAILED if refused else CheckStatus.WARNING)


def with_tests(path: str, code: str) -> CheckContext:
    return context({}, {path: code + "\n", "a.test.js": NODE_TEST, "a_test.go": GO_TEST})
