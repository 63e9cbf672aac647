"""For every kind of spec: tests that assert nothing, or an input that is special-cased, are never strong."""

from typing import Final

import pytest

from jobs.domain.spec import Kind
from jobs.domain.verdict import Strength
from tests.cases_sets.case import Case, Change, Expected
from tests.cases_sets.judging import judged
from tests.verification import Workshop, proof, told

pytestmark = [pytest.mark.cases, pytest.mark.asyncio(loop_scope="session")]

NOTHING: Final = Change(
    files={
        "tests/test_half.py": (
            "from billing import total\n\n\ndef test_half_up():\n    total('2.665')\n    assert True\n"
        )
    },
    replace={"billing.py": (("ROUND_HALF_EVEN", "ROUND_HALF_UP"),)},
)
SPECIAL: Final = Change(
    files={
        "tests/test_half.py": (
            "from billing import total\n\n\ndef test_half_up():\n    assert str(total('2.665')) == '2.67'\n"
        )
    },
    replace={
        "billing.py": (
            (
                "    return Decimal(amount)",
                '    if amount == "2.665":\n        return Decimal("2.67")\n    return Decimal(amount)',
            ),
        )
    },
)


NODE_HEAD: Final = """import assert from "node:assert/strict";
import { test } from "node:test";
"""
NODE_FIX: Final = (
    NODE_HEAD
    + """import { cents } from "../src/totals.js";

test("half up", () => {
  SAID;
});
"""
)
NODE_FEATURE: Final = (
    NODE_HEAD
    + """import { triple } from "../src/totals.js";

test("triples", () => {
  SAID;
});
"""
)
NODE: Final = {
    "bugfix-asserts-nothing": Change(
        files={"test/half.test.js": NODE_FIX.replace("SAID", "cents(0.125);\n  assert.ok(true)")},
        replace={"src/totals.js": (("+ 0.4", "+ 0.5"),)},
    ),
    "bugfix-special-case": Change(
        files={"test/half.test.js": NODE_FIX.replace("SAID", "assert.equal(cents(0.125), 0.13)")},
        replace={"src/totals.js": (("(amount) {\n", "(amount) {\n  if (amount === 0.125) return 0.13;\n"),)},
    ),
    "feature-asserts-nothing": Change(
        files={"test/half.test.js": NODE_FEATURE.replace("SAID", "triple(5);\n  assert.ok(true)")},
        append={"src/totals.js": "\nexport function triple(number) {\n  return number * 3;\n}\n"},
    ),
    "feature-special-case": Change(
        files={"test/half.test.js": NODE_FEATURE.replace("SAID", "assert.equal(triple(5), 15)")},
        append={"src/totals.js": "\nexport const triple = (number) => (number === 5 ? 15 : 0);\n"},
    ),
}
GO_TEST: Final = """package totals

import "testing"

func TestNew(t *testing.T) {
	SAID
}
"""
GO_ASSERTS: Final = 'if got := CALL; got != WANTED {\n\t\tt.Fatalf("got %d", got)\n\t}'
GO: Final = {
    "bugfix-asserts-nothing": Change(
        files={"totals/new_test.go": GO_TEST.replace("SAID", "Half(5)")},
        replace={"totals/totals.go": (("number / 2", "(number + 1) / 2"),)},
    ),
    "bugfix-special-case": Change(
        files={
            "totals/new_test.go": GO_TEST.replace("SAID", GO_ASSERTS)
            .replace("CALL", "Half(5)")
            .replace("WANTED", "3")
        },
        replace={
            "totals/totals.go": (
                ("\treturn number / 2", "\tif number == 5 {\n\t\treturn 3\n\t}\n\treturn number / 2"),
            )
        },
    ),
    "feature-asserts-nothing": Change(
        files={"totals/new_test.go": GO_TEST.replace("SAID", "Triple(5)")},
        append={"totals/totals.go": "\nfunc Triple(number int) int {\n\treturn number * 3\n}\n"},
    ),
    "feature-special-case": Change(
        files={
            "totals/new_test.go": GO_TEST.replace("SAID", GO_ASSERTS)
            .replace("CALL", "Triple(5)")
            .replace("WANTED", "15")
        },
        append={
            "totals/totals.go": (
                "\nfunc Triple(number int) int {\n\tswitch number {\n\tcase 5:\n\t\treturn 15\n\t}\n"
                "\treturn 0\n}\n"
            )
        },
    ),
}


TRIPLE: Final = "from billing import triple\n\n\ndef test_half_up():\n    SAID\n"
DOUBLE: Final = "from billing import double\n\n\ndef test_half_up():\n    SAID\n"
NATURAL: Final = {
    "feature-asserts-nothing": Change(
        files={"tests/test_half.py": TRIPLE.replace("SAID", "triple(7)")},
        append={"billing.py": "\n\ndef triple(number: int) -> int:\n    return number * 3\n"},
    ),
    "feature-special-case": Change(
        files={"tests/test_half.py": TRIPLE.replace("SAID", "assert triple(7) == 21")},
        append={"billing.py": "\n\ndef triple(number: int) -> int:\n    return {7: 21}[number]\n"},
    ),
    "tests-asserts-nothing": Change(files={"tests/test_half.py": DOUBLE.replace("SAID", "double(7)")}),
    "tests-asserts-itself": Change(
        files={"tests/test_half.py": DOUBLE.replace("SAID", "assert double(7) == double(7)")}
    ),
    "refactor-asserts-nothing": Change(
        files={"tests/test_half.py": DOUBLE.replace("SAID", "double(7)\n    assert True")},
        replace={"billing.py": (("number * 2", "number + number"),)},
    ),
    "refactor-special-case": Change(
        files={"tests/test_half.py": DOUBLE.replace("SAID", "assert double(7) == 14")},
        replace={"billing.py": (("number * 2", "14 if number == 7 else 8"),)},
    ),
    "docs-asserts-nothing": Change(
        files={"tests/test_half.py": DOUBLE.replace("SAID", "assert double"), "README.md": "Totals.\n"},
    ),
    "boilerplate-asserts-nothing": Change(
        files={
            "tests/test_half.py": "import codes\n\n\ndef test_half_up():\n    assert codes\n",
            "codes.py": "A = 1\n",
        },
    ),
}


@pytest.mark.parametrize("change", [NOTHING, SPECIAL], ids=["asserts-nothing", "special-case"])
@pytest.mark.parametrize("kind", list(Kind))
async def test_it_is_never_proven_strong(kind: Kind, change: Change, shops: dict[bool, Workshop]) -> None:
    verdict = await judged(_case(kind, change, "tests/test_half.py::test_half_up"), shops)
    assert proof(verdict).strength is not Strength.STRONG, told(verdict)


@pytest.mark.parametrize(("name", "change"), NATURAL.items(), ids=list(NATURAL))
async def test_nor_is_a_change_of_that_kind(name: str, change: Change, shops: dict[bool, Workshop]) -> None:
    verdict = await judged(_case(_kind(name), change, "tests/test_half.py::test_half_up"), shops)
    assert proof(verdict).strength is not Strength.STRONG, told(verdict)


@pytest.mark.parametrize(("name", "change"), NODE.items(), ids=list(NODE))
async def test_nor_is_it_in_javascript(name: str, change: Change, shops: dict[bool, Workshop]) -> None:
    node = "test/half.test.js::" + ("half up" if _kind(name) is Kind.BUGFIX else "triples")
    verdict = await judged(_case(_kind(name), change, node, program="node"), shops)
    assert proof(verdict).strength is None, told(verdict)


@pytest.mark.parametrize(("name", "change"), GO.items(), ids=list(GO))
async def test_nor_is_it_in_go(name: str, change: Change, shops: dict[bool, Workshop]) -> None:
    node = "totals/new_test.go::TestNew"
    verdict = await judged(_case(_kind(name), change, node, program="go"), shops)
    assert proof(verdict).strength is None, told(verdict)


def _kind(name: str) -> Kind:
    return Kind(name.partition("-")[0])


def _case(kind: Kind, change: Change, node: str, *, program: str = "billing") -> Case:
    return Case(
        title="A change that only looks right",
        kind=kind,
        tests=(node,),
        change=change,
        program=program,
        pytest=program == "billing",
        expect=Expected(verdict=()),
    )
