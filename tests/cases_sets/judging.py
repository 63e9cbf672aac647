"""Verification of one case."""

from dataclasses import replace

from jobs.domain.run import NamedProof
from jobs.domain.verdict import Verdict
from jobs.stages.verify import verify
from tests.cases_sets.case import Case, commits
from tests.verification import Workshop


async def judged(case: Case, shops: dict[bool, Workshop]) -> Verdict:
    shop = shops[case.pytest]
    base, head = await commits(case, shop)
    subject = await shop.subject(case.wanted(), base, head)
    if case.named:
        subject = replace(subject, named=(NamedProof(criterion="AC1", tests=case.named),))
    return await verify(subject, workspaces=shop.workspaces, cache=shop.cache, note=shop.steps)
