"""Tests in JavaScript and Go that are deleted or assert less are seen; moved ones and dead code's are not."""

import pytest

from jobs.checks import integrity
from jobs.checks.integrity.titled import assertions
from jobs.domain.verdict import CheckStatus
from tests.checks.contexts import context, rules, run
from tests.verification import Files

HALF = 'test("half [2]", () => {\n  assert.equal(half(4), 2);\n});\n'
DOUBLE = 'test("doubles", () => {\n  assert.equal(double(4), 8);\n});\n'
HEAD = 'import { test } from "node:test";\nimport { double, half } from "../a.js";\n'
NODE: Files = {
    "a.js": "export const half = (one) => one / 2;\nexport const double = (one) => one * 2;\n",
    "test/a.test.js": HEAD + HALF + DOUBLE,
}
GO_HALF = "func TestHalf(t *testing.T) {\n\tif Half(4) != 2 {\n\t\tt.Fatal(4)\n\t}\n}\n"
GO_DOUBLE = "func TestDouble(t *testing.T) {\n\tcheck(t, Double(4), 8)\n}\n"
GO: Files = {
    "a.go": "package a\n\nfunc Half(one int) int {\n\treturn one / 2\n}\n\n"
    "func Double(one int) int {\n\treturn one * 2\n}\n",
    "a_test.go": f"package a\n\n{GO_HALF}\n{GO_DOUBLE}",
}
REFUSED: list[tuple[str, Files, Files]] = [
    ("test-deleted", NODE, {"test/a.test.js": HEAD + HALF}),
    ("test-deleted", NODE, {"test/a.test.js": None}),
    ("fewer-asserts", NODE, {"test/a.test.js": HEAD + HALF + DOUBLE.replace("assert.equal", "Object.is")}),
    ("test-deleted", GO, {"a_test.go": f"package a\n\n{GO_HALF}"}),
    ("test-deleted", GO, {"a_test.go": None}),
    (
        "fewer-asserts",
        GO,
        {"a_test.go": f"package a\n\n{GO_HALF}\n{GO_DOUBLE.replace('check(t, ', 'same(')}"},
    ),
]
PASSING: list[tuple[Files, Files]] = [
    (NODE, {"test/a.test.js": HEAD + HALF, "test/b.test.js": HEAD + DOUBLE}),
    (NODE, {"test/a.test.js": HEAD + HALF, "a.js": "export const half = (one) => one / 2;\n"}),
    (NODE, {"test/a.test.js": f'{HEAD}{HALF}describe("numbers", () => {{\n{DOUBLE}}});\n'}),
    (GO, {"a_test.go": f"package a\n\n{GO_HALF}", "b_test.go": f"package a\n\n{GO_DOUBLE}"}),
    (GO, {"a_test.go": f"package a\n\n{GO_HALF}", "a.go": (GO["a.go"] or "").partition("func Double")[0]}),
]


@pytest.mark.parametrize(("rule", "before", "after"), REFUSED)
def test_it_is_refused(rule: str, before: Files, after: Files) -> None:
    check = run(integrity.check, context(before, after))
    assert rule in rules(check)
    assert check.status is CheckStatus.FAILED


@pytest.mark.parametrize(("before", "after"), PASSING)
def test_it_is_not_refused(before: Files, after: Files) -> None:
    assert run(integrity.check, context(before, after)).status is not CheckStatus.FAILED


@pytest.mark.parametrize(
    ("path", "source", "count"),
    [
        ("a.test.js", "assert(a); assert.deepEqual(a, b); expect(a).toBe(b); // assert(c)", 3),
        ("a.test.ts", "t.assert.ok(a); expect.soft(a).toBe(1)", 2),
        ("a_test.go", "t.Errorf(a)\nrequire.NoError(t, err)\n// t.Fatal(b)\n", 2),
    ],
)
def test_assertions_are_counted_by_their_usual_names(path: str, source: str, count: int) -> None:
    assert assertions(path, source) == count
