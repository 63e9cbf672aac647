"""Where to look first: what is open, then by risk, each place once."""

from jobs.domain.question import Question
from jobs.domain.risk import SURVIVED, UNCOVERED
from jobs.domain.verdict import Check, CheckStatus, EvidenceStatus, Finding, Strength
from jobs.messages.look_first import look_first
from tests.factories import a_patch, a_run, a_verdict, an_evidence


def finding(rule: str, line: int) -> Finding:
    return Finding(rule=rule, text=f"{rule}!", path="a.py", line=line)


def test_places_come_in_the_order_of_risk() -> None:
    checks = (
        Check(name="types", status=CheckStatus.NOT_AVAILABLE, summary="mypy is missing"),
        Check(name="lint", status=CheckStatus.WARNING, summary="s", findings=(finding("E501", 1),)),
        Check(name="mutation", status=CheckStatus.WARNING, summary="s", findings=(finding(SURVIVED, 2),)),
        Check(name="coverage", status=CheckStatus.WARNING, summary="s", findings=(finding(UNCOVERED, 3),)),
        Check(name="security", status=CheckStatus.FAILED, summary="s", findings=(finding("eval", 4),)),
        Check(name="suite", status=CheckStatus.PASSED, summary="s", findings=(finding("flaky", 5),)),
    )
    evidence = (
        an_evidence(criterion="AC1", status=EvidenceStatus.NOT_PROVEN, reason="open", strength=None),
        an_evidence(criterion="AC2", strength=Strength.WEAK, reason="weak"),
    )
    question = Question(id="Q1", text="Which?", options=("a",), chosen="a")
    run = a_run(verdict=a_verdict(checks=checks, evidence=evidence), assumptions=(question,), patch=a_patch())
    assert [where for where, _ in look_first(run)] == [
        *("AC1", "a.py:4", "a.py:3", "a.py:2", "assumption Q1", "a.py:1", "types", "AC2", "src/totals.py"),
    ]


def test_the_same_words_about_the_same_place_come_once() -> None:
    twice = Check(name="lint", status=CheckStatus.WARNING, summary="s", findings=(finding("E501", 1),) * 2)
    run = a_run(verdict=a_verdict(checks=(twice,)))
    assert [where for where, _ in look_first(run)] == ["a.py:1"]
