"""The tier and the minutes of a review follow from the verdict's facts alone."""

from typing import Any

from jobs.domain.patch import ChangeStatus, FileChange
from jobs.domain.question import Question
from jobs.domain.risk import SURVIVED, UNCOVERED, Risk, Tier, risk
from jobs.domain.verdict import Check, CheckStatus, EvidenceStatus, Finding, Strength
from tests.factories import a_patch, a_run, a_verdict, an_evidence


def rated(*checks: Check, files: int = 1, lines: int = 2, evidence: Any = None, **fields: Any) -> Risk:
    changed = tuple(
        FileChange(path=f"{at}.py", status=ChangeStatus.MODIFIED, added=lines // files) for at in range(files)
    )
    verdict = a_verdict(checks=checks, evidence=(evidence or an_evidence(),))
    return risk(a_run(patch=a_patch(files=changed), verdict=verdict, **fields))


def found(name: str, rule: str, count: int = 1, status: CheckStatus = CheckStatus.WARNING) -> Check:
    findings = tuple(Finding(rule=rule, text="x", path="0.py", line=at + 1) for at in range(count))
    return Check(name=name, status=status, summary="x", findings=findings)


def test_a_small_proven_change_is_low() -> None:
    assert rated() == Risk(tier=Tier.LOW, minutes=3, reasons=())


def test_minutes_follow_the_formula() -> None:
    question = Question(id="Q1", text="Which?", options=("a",), chosen="a")
    one = rated(
        found("coverage", UNCOVERED, 2),
        found("mutation", SURVIVED),
        found("lint", "E501", 3),
        files=2,
        lines=100,
        assumptions=(question,),
        evidence=an_evidence(strength=Strength.WEAK),
    )
    assert one.minutes == 2 + 2 + 100 // 25 + 3 + 2 + 2 + 3 + 3
    assert one.tier is Tier.HIGH
    assert one.reasons == (
        "100 changed lines",
        "2 places that no test runs",
        "1 fault that no test notices",
        "1 assumption",
        "1 weakly proven",
    )


def test_what_is_open_or_failed_weighs_most() -> None:
    open_ = rated(evidence=an_evidence(status=EvidenceStatus.NOT_PROVEN, strength=None))
    assert (open_.tier, open_.reasons[0]) == (Tier.MEDIUM, "1 criterion not proven")
    failed = rated(found("security", "eval", status=CheckStatus.FAILED), lines=120)
    assert (failed.tier, failed.reasons[0]) == (Tier.MEDIUM, "failed: security")


def test_a_linters_words_do_not_raise_the_tier() -> None:
    assert rated(found("lint", "E501", 30)).tier is Tier.LOW
    assert rated(found("lint", "E501", 30)).minutes == 3 + 20


def test_a_run_without_a_verdict_has_a_risk_too() -> None:
    assert risk(a_run()).tier is Tier.LOW
