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


@pytest.mark.parametrize("change", [NOTHING, SPECIAL], ids=["asserts-nothing", "special-case"])
@pytest.mark.parametrize("kind", list(Kind))
async def test_it_is_never_proven_strong(kind: Kind, change: Change, shops: dict[bool, Workshop]) -> None:
    case = Case(
        title="A change that only looks right",
        kind=kind,
        tests=("tests/test_half.py::test_half_up",),
        change=change,
        expect=Expected(verdict=()),
    )
    verdict = await judged(case, shops)
    assert proof(verdict).strength is not Strength.STRONG, told(verdict)
