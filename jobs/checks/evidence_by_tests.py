"""How named tests prove a criterion, by kind of change.

bugfix: a test fails on the target base, by assertion or because the product crashes on the test's input
(never by an import or a broken test), and passes on the head three times. feature, boilerplate: the same,
or the test needs a name that the change defines and a fault in a changed line is caught by assertion.
tests: passes on both sides and catches a fault that the old suite misses. refactor: passes on both sides.
docs: passes on the head.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final

from jobs.checks.acceptance_runs import Acceptance
from jobs.checks.changes import SourceChange
from jobs.checks.mutation_runs import Mutation
from jobs.checks.names import adds_unused, defined_by, same_program
from jobs.checks.report import Case, CaseOutcome, Manner, collection_error
from jobs.domain.spec import Kind
from jobs.domain.verdict import Author, EvidenceStatus, Outcome, Strength

ENOUGH_MUTANTS: Final = 3
"""So many faults without any reaction make a proof invalid."""

_BAD: Final = (CaseOutcome.FAILED, CaseOutcome.ERROR)


@dataclass(frozen=True)
class Facts:
    """Everything that was executed for one criterion."""

    kind: Kind
    nodes: tuple[str, ...]
    author: Author
    runs: Acceptance
    mutation: Mutation
    capped: bool
    changes: tuple[SourceChange, ...]
    module_of: Callable[[str], str]
    built_in: tuple[str, ...] = ()
    """Literals of the tests that the change builds into the product."""
    reaches: bool = False
    """True when the change can reach into the test run."""
    replaces: bool = False
    """True when the change's tests put something else in the place of a part of the program."""
    asks: bool = False
    """True when the change asks where, when or by whom it is run."""
    hides: bool = False
    """True when the change compares what nobody can read, or asks who is calling."""

    def killed(self) -> bool:
        """True when a fault in a changed line made one of the named tests fail by assertion."""
        return any(one.killed(node) for one in self.mutation.tried for node in self.nodes)

    def numb(self) -> bool:
        """True when enough faults were tried and no test reacted to any."""
        tried = self.mutation.tried
        return len(tried) >= ENOUGH_MUTANTS and not any(one.noticed for one in tried)


@dataclass(frozen=True)
class Judged:
    """What follows for the criterion."""

    status: EvidenceStatus
    reason: str
    strength: Strength | None = None
    base: Outcome | None = None
    head: Outcome | None = None


def judge_tests(facts: Facts) -> Judged:
    """Status, strength and both outcomes."""
    problem = next((one.problem for one in facts.runs.head if one.problem), "")
    if problem:
        return Judged(EvidenceStatus.NOT_PROVEN, f"The tests say nothing: {problem}.")
    if facts.runs.rewritten:
        return Judged(EvidenceStatus.NOT_PROVEN, f"The tests write over {facts.runs.rewritten[0]}.")
    head, why = _on_head(facts)
    base, manners = _on_base(facts)
    if head is not Outcome.PASSED:
        contradicted = head is Outcome.FAILED
        status = EvidenceStatus.CONTRADICTED if contradicted else EvidenceStatus.NOT_PROVEN
        return Judged(status, why, base=base, head=head)
    status, reason = _by_kind(facts, base, manners)
    deaf = sorted(set(facts.nodes) & facts.mutation.deaf)
    if deaf:
        status = EvidenceStatus.NOT_PROVEN
        reason = f"{deaf[0]} still passes with its assertion turned around: it checks nothing."
    if status is EvidenceStatus.PROVEN and facts.numb():
        status = EvidenceStatus.NOT_PROVEN
        reason = f"The tests notice none of {len(facts.mutation.tried)} faults put into the changed lines."
    doubt = _doubt(facts) if status is EvidenceStatus.PROVEN else ""
    if doubt:
        status, reason = EvidenceStatus.NOT_PROVEN, doubt
    strength = _strength(facts, base) if status is EvidenceStatus.PROVEN else None
    return Judged(status, reason, strength=strength, base=base, head=head)


def _doubt(facts: Facts) -> str:
    """Why what the tests show is not believed, or nothing."""
    mutation = facts.mutation
    if mutation.disagrees:
        return "The tests passed, but fail when they are run again in another way."
    if facts.built_in:
        return f"The code holds the tests' own input {facts.built_in[0]}: it may be right for nothing else."
    if facts.hides:
        return (
            "The code depends on an encoded value or on who is calling: it may be right for the tests alone."
        )
    if facts.asks:
        return "The code asks where, when or by whom it is run: it may be right for the tests alone."
    if facts.reaches and not facts.killed():
        return "The change can reach into the test run, and no fault put into it is noticed."
    if facts.replaces and not facts.killed():
        return "The tests replace a part of the program, and no fault put into the rest is noticed."
    if facts.kind is Kind.BUGFIX and adds_unused(facts.changes):
        return "Nothing of the program uses what the change adds."
    if facts.kind in (Kind.BUGFIX, Kind.FEATURE, Kind.BOILERPLATE) and same_program(facts.changes):
        return "The program is the same as before apart from comments."
    engine = facts.author is Author.ENGINE and facts.kind in (Kind.REFACTOR, Kind.DOCS)
    if engine and not (facts.killed() or set(facts.nodes) & mutation.sharp) and _challenged(mutation):
        return "The tests were written with the change, and nothing shows that they check anything."
    return ""


def _challenged(mutation: Mutation) -> bool:
    return "test runner" not in mutation.unavailable


def _on_head(facts: Facts) -> tuple[Outcome, str]:
    outcomes: list[Outcome] = []
    for node in facts.nodes:
        _, runs = facts.runs.cases(node)
        outcome, why = _one_on_head(node, runs, facts)
        if outcome is not Outcome.PASSED:
            return outcome, why
        outcomes.append(outcome)
    return Outcome.PASSED, ""


def _one_on_head(node: str, runs: list[dict[str, Case]], facts: Facts) -> tuple[Outcome, str]:
    if not all(runs):
        error = collection_error(facts.runs.head[0].cases, facts.module_of(node))
        if error is not None:
            return Outcome.FAILED, f"{node} cannot be loaded on the head: {error.message}"
        return Outcome.ABSENT, f"{node} is not there."
    verdicts = [_worst(cases) for cases in runs]
    if len(set(verdicts)) > 1:
        return Outcome.FLAKY, f"{node} {facts.runs.by_order(verdicts)}"
    if verdicts[0] is CaseOutcome.PASSED:
        return Outcome.PASSED, ""
    if verdicts[0] is CaseOutcome.SKIPPED:
        return Outcome.ABSENT, f"{node} is skipped."
    bad = next(case for case in runs[0].values() if case.outcome in _BAD)
    if bad.outcome is CaseOutcome.ERROR and bad.manner is not Manner.MISSING:
        return Outcome.ERROR, f"{node} cannot be set up: {bad.message}"
    return Outcome.FAILED, f"{node} fails on the head: {bad.message}"


def _on_base(facts: Facts) -> tuple[Outcome, frozenset[Manner]]:
    """What the named tests did on the target base together, and in which manners they failed."""
    if facts.runs.base.problem:
        return Outcome.ERROR, frozenset()
    bad: list[Case] = []
    absent = False
    for node in facts.nodes:
        cases, _ = facts.runs.cases(node)
        error = collection_error(facts.runs.base.cases, facts.module_of(node))
        if not cases and error is None:
            absent = True
        bad += [case for case in cases.values() if case.outcome in _BAD] + ([error] if error else [])
    if absent:
        return Outcome.ABSENT, frozenset()
    if not bad:
        return Outcome.PASSED, frozenset()
    manners = frozenset(_manner(case, facts) for case in bad)
    shown = manners <= {Manner.ASSERTION, Manner.CRASH}
    return (Outcome.FAILED if shown else Outcome.ERROR), manners


def _manner(case: Case, facts: Facts) -> Manner:
    """MISSING only when the change defines what is missing; any other missing thing is a broken test."""
    if case.manner is not Manner.MISSING:
        return case.manner if case.manner and case.outcome is CaseOutcome.FAILED else Manner.OTHER
    known = defined_by(facts.changes)
    told = case.message
    return Manner.MISSING if any(f"'{name}'" in told for name in known) else Manner.OTHER


def _by_kind(facts: Facts, base: Outcome, manners: frozenset[Manner]) -> tuple[EvidenceStatus, str]:
    proven, open_ = EvidenceStatus.PROVEN, EvidenceStatus.NOT_PROVEN
    if facts.kind is Kind.DOCS:
        return proven, "Passes on the head."
    if facts.kind is Kind.REFACTOR:
        same = base is Outcome.PASSED
        return (proven, "Passes on both sides.") if same else (open_, "Does not pass on the target base.")
    if facts.kind is Kind.TESTS:
        return _new_tests(facts, base)
    if base is Outcome.FAILED:
        how = "by assertion" if Manner.ASSERTION in manners else "because the code crashes"
        return proven, f"Fails on the target base {how}, passes on the head three times."
    if base is Outcome.PASSED:
        return open_, "Passes on the target base as well: it does not show this change."
    if (
        facts.kind is not Kind.BUGFIX
        and manners
        and manners <= {Manner.MISSING, Manner.ASSERTION, Manner.CRASH}
    ):
        return _missing_symbol(facts)
    if facts.runs.base.problem:
        return open_, f"On the target base the tests say nothing: {facts.runs.base.problem}."
    return open_, "Does not fail on the target base by assertion, but by an error in the test or its imports."


def _new_tests(facts: Facts, base: Outcome) -> tuple[EvidenceStatus, str]:
    if base is not Outcome.PASSED:
        return EvidenceStatus.NOT_PROVEN, "Does not pass on the target base."
    if facts.mutation.unavailable:
        return EvidenceStatus.NOT_PROVEN, f"It is not known what it catches: {facts.mutation.unavailable}."
    missed = {mutant.source for mutant in facts.mutation.missed_by_suite}
    for one in facts.mutation.tried:
        if one.mutant.source in missed and any(one.killed(node) for node in facts.nodes):
            where = f"{one.mutant.path}:{one.mutant.line}"
            return EvidenceStatus.PROVEN, f"Catches a fault at {where} that the old suite misses."
    return EvidenceStatus.NOT_PROVEN, "Catches no fault that the old suite misses."


def _missing_symbol(facts: Facts) -> tuple[EvidenceStatus, str]:
    if facts.mutation.unavailable:
        return EvidenceStatus.NOT_PROVEN, f"It is not known what it checks: {facts.mutation.unavailable}."
    if not facts.killed():
        return EvidenceStatus.NOT_PROVEN, "Needs what this change defines, but catches no fault in it."
    return EvidenceStatus.PROVEN, "Needs what this change defines, and catches a fault in it by assertion."


def _strength(facts: Facts, base: Outcome) -> Strength:
    if facts.capped:
        return Strength.WEAK
    if facts.killed():
        return Strength.STRONG
    unchallenged = not facts.mutation.tried and base is Outcome.FAILED
    return Strength.WEAK if facts.author is Author.ENGINE or not unchallenged else Strength.STRONG


def _worst(cases: Mapping[str, Case]) -> CaseOutcome:
    outcomes = {case.outcome for case in cases.values()}
    for bad in _BAD:
        if bad in outcomes:
            return bad
    return CaseOutcome.PASSED if CaseOutcome.PASSED in outcomes else CaseOutcome.SKIPPED
