"""Independent tests that are of no use: broken ones, and ones that pass without the change."""

from collections.abc import Iterator

import pytest

from jobs.domain.verdict import CheckStatus, EvidenceStatus
from tests.stages.test_independent import HALF_UP, Opinions, verified
from tests.verification import Workshop, build_environment, check, proof, told, workshop

pytestmark = [pytest.mark.cases, pytest.mark.asyncio(loop_scope="session")]

BROKEN = "def test_half_up(no_such_fixture):\n    assert no_such_fixture\n"


@pytest.fixture(scope="module")
def shop() -> Iterator[Workshop]:
    with workshop(build_environment()) as one:
        yield one


async def test_a_broken_test_is_asked_for_once_more_and_then_there_is_none(shop: Workshop) -> None:
    shop.cache.stored.clear()
    mended = Opinions(BROKEN, HALF_UP)
    assert proof(await verified(shop, mended)).status is EvidenceStatus.PROVEN
    assert "no_such_fixture" in mended.tests.asked[1].text
    shop.cache.stored.clear()
    hopeless = Opinions(BROKEN, BROKEN + "\n")
    verdict = await verified(shop, hopeless)
    assert len(hopeless.tests.asked) == 2
    assert check(verdict, "blind_tests").status is CheckStatus.NOT_AVAILABLE, told(verdict)
    assert proof(verdict).status is EvidenceStatus.NOT_PROVEN


async def test_a_change_that_does_nothing_is_not_proven_by_a_test_that_passes_anyway(shop: Workshop) -> None:
    shop.cache.stored.clear()
    anyway = HALF_UP.replace('"2.665")) == "2.67"', '"2.671")) == "2.67"')
    verdict = await verified(shop, Opinions(anyway))
    assert proof(verdict).status is EvidenceStatus.NOT_PROVEN, told(verdict)
