"""What an independent test may and may not do to a criterion."""

import itertools
from dataclasses import replace

import pytest

from jobs.checks import blind_tests
from jobs.checks.blind_runs import Blind, broken
from jobs.checks.evidence_blind import weighed
from jobs.checks.report import Case, CaseOutcome, Manner
from jobs.domain.spec import Kind
from jobs.domain.verdict import (
    Author,
    CheckStatus,
    Evidence,
    EvidenceStatus,
    ExecutedProof,
    Outcome,
    ProofKind,
    Strength,
)
from tests.checks.contexts import context, run
from tests.checks.trials import trial, with_trials
from tests.fakes import FakeModel
from tests.verification import spec

PATH = "tests/test_blind_1.py"
NODE = f"{PATH}::test_one"


def evidence(
    status: EvidenceStatus, strength: Strength | None = None, by: Author = Author.ENGINE
) -> Evidence:
    proof = ExecutedProof(kind=ProofKind.TESTS, tests=("t",), by=by)
    return Evidence(criterion="AC1", status=status, strength=strength, head=Outcome.FAILED, proof=proof)


@pytest.mark.parametrize(
    ("case", "kind", "usable"),
    [
        (Case(id=NODE, outcome=CaseOutcome.FAILED, manner=Manner.ASSERTION), Kind.BUGFIX, True),
        (Case(id=NODE, outcome=CaseOutcome.FAILED, manner=Manner.CRASH), Kind.BUGFIX, True),
        (Case(id=NODE, outcome=CaseOutcome.PASSED), Kind.BUGFIX, True),
        (Case(id=NODE, outcome=CaseOutcome.FAILED, manner=Manner.MISSING), Kind.FEATURE, True),
        (Case(id=NODE, outcome=CaseOutcome.FAILED, manner=Manner.MISSING), Kind.BUGFIX, False),
        (Case(id=NODE, outcome=CaseOutcome.FAILED, manner=Manner.OTHER), Kind.FEATURE, False),
        (Case(id=NODE, outcome=CaseOutcome.ERROR, manner=Manner.OTHER), Kind.BUGFIX, False),
        (Case(id=NODE, outcome=CaseOutcome.SKIPPED), Kind.BUGFIX, False),
        (Case(id="tests.test_blind_1", outcome=CaseOutcome.ERROR, manner=Manner.OTHER), Kind.FEATURE, False),
        (Case(id="another", outcome=CaseOutcome.PASSED), Kind.BUGFIX, False),
    ],
)
def test_a_test_is_usable_when_it_ran_on_the_target_base(case: Case, kind: Kind, usable: bool) -> None:
    ran = replace(trial(), cases={case.id: case})
    assert (broken(ran, NODE, kind=kind, path=PATH) == "") is usable


def test_a_run_that_says_nothing_is_no_test() -> None:
    assert "cannot be run: killed" in broken(trial(problem="killed"), NODE, kind=Kind.BUGFIX, path=PATH)


def test_an_independent_proof_stands_where_the_own_is_not_strong() -> None:
    strong, weak = Strength.STRONG, Strength.WEAK
    blind = evidence(EvidenceStatus.PROVEN, strong, Author.BLIND)
    for own in (evidence(EvidenceStatus.NOT_PROVEN), evidence(EvidenceStatus.PROVEN, weak)):
        assert weighed(own, blind, guessed=False) == blind
    own = evidence(EvidenceStatus.PROVEN, strong)
    assert weighed(own, blind, guessed=False) == own


def test_an_independent_test_never_rejects_and_never_saves_a_change() -> None:
    every = [evidence(status, by=Author.BLIND) for status in EvidenceStatus]
    owns = [evidence(status, Strength.STRONG) for status in EvidenceStatus]
    for own, other, guessed in itertools.product(owns, every, (False, True)):
        after = weighed(own, other, guessed=guessed).status
        if own.status is EvidenceStatus.CONTRADICTED:
            assert after is EvidenceStatus.CONTRADICTED
        else:
            assert after is not EvidenceStatus.CONTRADICTED
        if other.status is EvidenceStatus.CONTRADICTED and not guessed:
            assert after is not EvidenceStatus.PROVEN


def test_why_there_is_no_independent_test_is_said() -> None:
    ctx = replace(context({}, {"a.py": "a = 1\n"}, wanted=spec()), model=FakeModel([]))
    none = Blind(wanted=("AC1",), missing={"AC1": "The model is rate limited."})
    check = run(blind_tests.check, with_trials(ctx, blind=none))
    assert check.status is CheckStatus.NOT_AVAILABLE
    assert check.findings[0].text == "AC1: The model is rate limited."
    nobody = run(blind_tests.check, with_trials(replace(ctx, model=None)))
    assert (nobody.status, nobody.blocking) == (CheckStatus.NOT_AVAILABLE, False)
    named = replace(ctx, spec=spec(tests=("tests/test_a.py::test_a",)))
    assert run(blind_tests.check, with_trials(named)).status is CheckStatus.SKIPPED
