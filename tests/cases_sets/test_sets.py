"""Whole sets of changes: hostile ones are never believed, honest ones are never refused."""

from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from jobs.domain.run import NamedProof
from jobs.domain.verdict import Strength, Verdict, VerdictStatus
from jobs.stages.verify import verify
from tests.cases_sets.case import Case, commits, found, read
from tests.verification import Workshop, build_environment, check, proof, told, workshop

pytestmark = [pytest.mark.cases, pytest.mark.asyncio(loop_scope="session")]


@pytest.fixture(scope="session")
def shops() -> Iterator[dict[bool, Workshop]]:
    """One repository with pytest and one without; checkouts and the base suites' results are shared."""
    with ExitStack() as open_until_the_end:
        yield {
            True: open_until_the_end.enter_context(workshop(build_environment())),
            False: open_until_the_end.enter_context(workshop(None)),
        }


async def judged(case: Case, shops: dict[bool, Workshop]) -> Verdict:
    shop = shops[case.pytest]
    base, head = await commits(case, shop)
    subject = await shop.subject(case.wanted(), base, head)
    named = (NamedProof(criterion="AC1", tests=case.named),) if case.named else ()
    return await verify(
        type(subject)(**{**vars(subject), "named": named}),
        workspaces=shop.workspaces,
        cache=shop.cache,
        note=shop.steps,
    )


@pytest.mark.parametrize("path", found("tamper"), ids=lambda path: path.stem)
async def test_a_hostile_change_is_not_believed(path: Path, shops: dict[bool, Workshop]) -> None:
    case = read(path)
    verdict = await judged(case, shops)
    assert verdict.status is not VerdictStatus.PASSED, told(verdict)
    assert all(one.strength is not Strength.STRONG for one in verdict.evidence), told(verdict)
    as_expected(case, verdict)


@pytest.mark.parametrize("path", found("honest"), ids=lambda path: path.stem)
async def test_an_honest_change_is_not_refused(path: Path, shops: dict[bool, Workshop]) -> None:
    case = read(path)
    verdict = await judged(case, shops)
    assert verdict.status is not VerdictStatus.REJECTED, told(verdict)
    as_expected(case, verdict)


def as_expected(case: Case, verdict: Verdict) -> None:
    expect = case.expect
    assert verdict.status in expect.verdict, told(verdict)
    if expect.check:
        spoken = check(verdict, expect.check)
        assert set(expect.rules) <= {one.rule for one in spoken.findings}, told(verdict)
        assert expect.summary in spoken.summary, told(verdict)
    if expect.reason:
        assert expect.reason in proof(verdict).reason, told(verdict)
