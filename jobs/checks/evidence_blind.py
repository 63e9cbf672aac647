"""What an independent test adds to a criterion's evidence.

| the independent test                             | the criterion                                     |
|--------------------------------------------------|---------------------------------------------------|
| proves it                                        | proven by it, unless the change's own is strong   |
| runs and fails on the head                       | not proven, whatever the change's own tests say   |
| passes on both sides, or needs a name it guessed | as without it                                     |
| any, where the change's own tests fail           | as without it                                     |

It never contradicts alone: a model wrote it, so a person decides.
"""

from typing import Final

from jobs.checks.blind_runs import Blind
from jobs.checks.context import CheckContext
from jobs.checks.evidence_by_tests import Judged, judge_tests
from jobs.checks.evidence_facts import facts
from jobs.checks.evidence_logs import printed_by_tests
from jobs.checks.mutation_runs import Mutation
from jobs.checks.report import CaseOutcome, Manner
from jobs.domain.verdict import Author, Evidence, EvidenceStatus, ExecutedProof, ProofKind, Strength

_NOT_ASKED: Final = Mutation(unavailable="not asked for")


async def with_blind(ctx: CheckContext, own: Evidence) -> Evidence:
    """The criterion's evidence with its independent test taken into account."""
    blind = await ctx.trials.blind()
    node = blind.nodes.get(own.criterion)
    if node is None or blind.runs is None:
        return own
    # an own strong proof stays: then only a disagreement counts, which needs no faults
    strong = own.strength is Strength.STRONG
    judged = judge_tests(
        facts(
            ctx,
            (node,),
            author=Author.BLIND,
            runs=blind.runs,
            mutation=_NOT_ASKED if strong else await ctx.trials.blind_faults(),
            beside=blind.file,
        )
    )
    return weighed(own, _evidence(own.criterion, node, blind, judged), guessed=guessed(blind, node))


def weighed(own: Evidence, other: Evidence, *, guessed: bool) -> Evidence:
    """The table above: the change's own evidence and the independent one."""
    if own.status is EvidenceStatus.CONTRADICTED:
        return own
    if other.status is EvidenceStatus.PROVEN:
        return own if own.strength is Strength.STRONG else other
    if other.status is EvidenceStatus.CONTRADICTED and not guessed:
        reason = f"An independent test disagrees: {other.reason}"
        return other.model_copy(update={"status": EvidenceStatus.NOT_PROVEN, "reason": reason})
    return own


def guessed(blind: Blind, node: str) -> bool:
    """True when the test fails on the head for want of a name: it says nothing of what the change does."""
    if blind.runs is None:
        return True
    _, heads = blind.runs.cases(node)
    bad = [case for run in heads for case in run.values() if case.outcome is not CaseOutcome.PASSED]
    return not bad or any(case.manner not in (Manner.ASSERTION, Manner.CRASH) for case in bad)


def _evidence(criterion: str, node: str, blind: Blind, judged: Judged) -> Evidence:
    command = blind.runs.head[0].command.replace(" ".join(blind.runs.files), node) if blind.runs else None
    return Evidence(
        criterion=criterion,
        status=judged.status,
        strength=judged.strength,
        base=judged.base,
        head=judged.head,
        proof=ExecutedProof(kind=ProofKind.TESTS, command=command, tests=(node,), by=Author.BLIND),
        reason=judged.reason,
        log=printed_by_tests(blind.runs, (node,)) if blind.runs else "",
    )
