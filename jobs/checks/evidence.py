"""What executions say about each criterion: status, author and strength of its proof.

Who wrote a proof is decided by its body, not by who names it. A test counts as a person's
(`Author.PERSON`) only when its file is on the target base and this change leaves it, and every helper or
data file beside tests, alone: then no engine touched a line of it. A test that the change adds or edits
is the engine's, even when a person named its id in the spec: the id is the person's requirement, the body
is not theirs. An engine's proof is weak until a fault put into a changed line makes it fail by assertion;
a person's is strong unless such faults were tried and none made it fail. Product code that holds the
tests' own literals caps any proof at weak. An independent test (`Author.BLIND`) was written without the
change and counts as a person's; see evidence_blind. A declared command is the person's own words; it is
strong when it fails on the target base and names no file that this change touches.
"""

from collections.abc import Iterable
from typing import Final

from jobs.checks.acceptance_runs import Acceptance
from jobs.checks.context import CheckContext
from jobs.checks.endings import Ending, endings
from jobs.checks.evidence_blind import with_blind
from jobs.checks.evidence_by_tests import judge_tests
from jobs.checks.evidence_facts import facts
from jobs.checks.evidence_logs import printed_by_command, printed_by_tests
from jobs.checks.layout import is_test, is_test_module
from jobs.domain.spec import Criterion, Kind
from jobs.domain.verdict import (
    Author,
    Check,
    CheckStatus,
    Evidence,
    EvidenceStatus,
    ExecutedProof,
    Outcome,
    ProofKind,
    Strength,
)
from jobs.ports import Result

_NO_PROOF: Final = ExecutedProof(kind=ProofKind.NONE)


def nothing_ran(ctx: CheckContext, *, reason: str) -> tuple[Evidence, ...]:
    """Evidence when no execution was allowed."""
    return tuple(_open(one, _named(ctx, one), reason) for one in ctx.spec.criteria)


async def gather(ctx: CheckContext) -> tuple[Evidence, ...]:
    """One piece of evidence per criterion, from executed facts only."""
    return tuple([await _of(ctx, criterion) for criterion in ctx.spec.criteria])


def under(checks: Iterable[Check], found: tuple[Evidence, ...]) -> tuple[Evidence, ...]:
    """No proof is strong while a check rejects the change."""
    if not any(one.blocking and one.status is CheckStatus.FAILED for one in checks):
        return found
    weak = {"strength": Strength.WEAK}
    return tuple(one.model_copy(update=weak) if one.strength is not None else one for one in found)


async def _of(ctx: CheckContext, criterion: Criterion) -> Evidence:
    own = await _own(ctx, criterion)
    return own if criterion.proof is not None else await with_blind(ctx, own)


async def _own(ctx: CheckContext, criterion: Criterion) -> Evidence:
    proof = criterion.proof
    if proof is not None and proof.review:
        executed = ExecutedProof(kind=ProofKind.REVIEW)
        return _open(criterion, executed, "Another person must confirm this.")
    if proof is not None and proof.command is not None:
        return await _by_command(ctx, criterion, proof.command)
    if ctx.proofs.get(criterion.id):
        return await _by_tests(ctx, criterion)
    if ctx.spec.kind is Kind.REFACTOR:
        return await _by_suite(ctx, criterion)
    return _open(criterion, _NO_PROOF, "No test, command or review is named for it.")


async def _by_tests(ctx: CheckContext, criterion: Criterion) -> Evidence:
    nodes = ctx.proofs[criterion.id]
    runs = await ctx.trials.acceptance()
    author = _author(ctx, nodes)
    if runs is None:
        executed = ExecutedProof(kind=ProofKind.TESTS, tests=nodes, by=author)
        return _open(criterion, executed, "The named tests are not there, or cannot be run one by one.")
    found = facts(ctx, nodes, author=author, runs=runs, mutation=await ctx.trials.mutation())
    judged = judge_tests(found)
    return Evidence(
        criterion=criterion.id,
        status=judged.status,
        strength=judged.strength,
        base=judged.base,
        head=judged.head,
        proof=ExecutedProof(kind=ProofKind.TESTS, command=_command(runs, nodes), tests=nodes, by=author),
        reason=judged.reason,
        log=printed_by_tests(runs, nodes),
    )


async def _by_command(ctx: CheckContext, criterion: Criterion, command: str) -> Evidence:
    base, head = await ctx.trials.command(command)
    executed = ExecutedProof(kind=ProofKind.COMMAND, command=command, by=Author.PERSON)
    there, here = _exit(base), _exit(head)
    must_fail_before = ctx.spec.kind in (Kind.BUGFIX, Kind.FEATURE)
    strength = None
    if here is not Outcome.PASSED:
        status = EvidenceStatus.CONTRADICTED if here is Outcome.FAILED else EvidenceStatus.NOT_PROVEN
        reason = f"The command ends with exit status {head.exit_code} on the head."
    elif must_fail_before and there is Outcome.PASSED:
        status, reason = EvidenceStatus.NOT_PROVEN, "The command succeeds without this change as well."
    elif must_fail_before and there is not Outcome.FAILED:
        status, reason = EvidenceStatus.NOT_PROVEN, "The command cannot be run on the target base."
    else:
        touched = any(one.path in command for one in ctx.changes)
        strong = there is Outcome.FAILED and not touched
        status, strength = EvidenceStatus.PROVEN, Strength.STRONG if strong else Strength.WEAK
        reason = "The command succeeds on the head" + (" only." if there is Outcome.FAILED else ".")
    return Evidence(
        criterion=criterion.id,
        status=status,
        strength=strength,
        base=there,
        head=here,
        proof=executed,
        reason=reason,
        log=printed_by_command(base, head),
    )


async def _by_suite(ctx: CheckContext, criterion: Criterion) -> Evidence:
    base, head = await ctx.trials.base_suite(), await ctx.trials.head_suite()
    executed = ExecutedProof(kind=ProofKind.TESTS, command=base.command, by=Author.PERSON)
    if base.problem or head.trial.problem or not base.passing:
        return _open(criterion, executed, "There is no suite that could show that nothing changed.")
    became = [ending for ending, _ in (await endings(ctx, base, head)).values()]
    if not set(became) <= {Ending.KEPT, Ending.GONE}:
        return _open(criterion, executed, "Not every test that passes on the target base passes on the head.")
    gone = became.count(Ending.GONE)
    told = f"; {gone} went with the code that they were about." if gone else "."
    if gone == len(became):
        return _open(criterion, executed, "No test is left that could show that nothing else changed.")
    return Evidence(
        criterion=criterion.id,
        status=EvidenceStatus.PROVEN,
        strength=Strength.WEAK,
        base=Outcome.PASSED,
        head=Outcome.PASSED,
        proof=executed,
        reason=f"All {len(became) - gone} existing tests give the same results on both sides{told}",
    )


def _author(ctx: CheckContext, nodes: tuple[str, ...]) -> Author:
    touched = {path for one in ctx.changes for path in (one.path, one.file.old_path)}
    files = {ctx.trials.toolchain.file_of(node) for node in nodes}
    shared = any(is_test(path) and not is_test_module(path) for path in touched if path)
    shared = shared or any(one.companion for one in ctx.changes)
    return Author.ENGINE if shared or files & touched else Author.PERSON


def _named(ctx: CheckContext, criterion: Criterion) -> ExecutedProof:
    proof = criterion.proof
    if proof is not None and proof.review:
        return ExecutedProof(kind=ProofKind.REVIEW)
    if proof is not None and proof.command is not None:
        return ExecutedProof(kind=ProofKind.COMMAND, command=proof.command, by=Author.PERSON)
    nodes = ctx.proofs.get(criterion.id, ())
    return ExecutedProof(kind=ProofKind.TESTS, tests=nodes) if nodes else _NO_PROOF


def _open(criterion: Criterion, proof: ExecutedProof, reason: str) -> Evidence:
    return Evidence(criterion=criterion.id, status=EvidenceStatus.NOT_PROVEN, proof=proof, reason=reason)


def _command(runs: Acceptance, nodes: tuple[str, ...]) -> str:
    return runs.head[0].command.replace(" ".join(runs.files), " ".join(nodes))


def _exit(result: Result) -> Outcome:
    if result.exit_code == 0:
        return Outcome.PASSED
    unusable = result.timed_out or result.exit_code is None or result.exit_code in (126, 127)
    return Outcome.ERROR if unusable or (result.exit_code or 0) >= 128 else Outcome.FAILED
