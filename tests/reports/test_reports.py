"""Reports as the tools that read them want them, whatever the verdict holds."""

import json
import re
from typing import Any

from defusedxml.ElementTree import fromstring
from hypothesis import given
from hypothesis import strategies as st

from jobs.domain.risk import SURVIVED, UNCOVERED
from jobs.domain.verdict import Check, CheckStatus, Covered, EvidenceStatus, Finding, Verdict
from jobs.reports import reports
from tests.factories import a_spec, a_verdict, an_evidence

SEVERITIES = {"info", "minor", "major", "critical", "blocker"}
COVERED = Covered(path="src/totals.py", ran=(3, 9), idle=(4,))
CHECKS = (
    Check(name="suite", status=CheckStatus.PASSED, summary="12 tests pass", seconds=1.5),
    Check(
        name="coverage",
        status=CheckStatus.WARNING,
        summary="2 of 3",
        findings=(Finding(rule=UNCOVERED, text="This line is not run.", path="src/totals.py", line=4),),
        covered=(COVERED,),
        blocking=False,
    ),
    Check(
        name="mutation",
        status=CheckStatus.WARNING,
        summary="1 of 2 survive",
        findings=(Finding(rule=SURVIVED, text="< became <=", path="src/totals.py", line=9),),
    ),
    Check(
        name="policy",
        status=CheckStatus.FAILED,
        summary="ci may not be changed",
        findings=(Finding(rule="ci", text="x\x00y", path=".gitlab-ci.yml"),),
    ),
    Check(name="security", status=CheckStatus.NOT_AVAILABLE, summary="bandit is not installed"),
)


def made(*checks: Check, **fields: Any) -> dict[str, bytes]:
    return reports(a_spec(), a_verdict(checks=checks, **fields))


def xml(content: bytes) -> Any:
    return fromstring(re.sub(rb"<!DOCTYPE[^>]*>", b"", content))


def test_junit_has_a_case_per_check_and_per_criterion() -> None:
    open_ = an_evidence(status=EvidenceStatus.NOT_PROVEN, strength=None, reason="no test")
    root = xml(made(*CHECKS, evidence=(open_,))["junit.xml"])
    assert root.tag == "testsuites"
    first, second = root.findall("testsuite")
    assert (first.get("tests"), first.get("failures"), first.get("skipped")) == ("5", "1", "1")
    assert (second.get("tests"), second.get("failures")) == ("1", "1")
    cases = {one.get("name"): one for one in root.iter("testcase")}
    assert all(one.get("classname") and one.get("time") for one in cases.values())
    assert cases["policy"].find("failure").get("message") == "ci may not be changed"
    assert cases["policy"].find("failure").text == ".gitlab-ci.yml: x\ufffdy"
    assert cases["policy"].get("file") == ".gitlab-ci.yml"
    assert "bandit is not installed" in cases["security"].find("skipped").get("message")
    assert len(cases["suite"].findall("failure")) == 0


def test_code_quality_has_what_gitlab_asks_for() -> None:
    entries = json.loads(made(*CHECKS)["codequality.json"])
    assert {one["check_name"]: one["severity"] for one in entries} == {
        f"coverage.{UNCOVERED}": "info",
        f"mutation.{SURVIVED}": "major",
        "policy.ci": "blocker",
    }
    for one in entries:
        assert one["severity"] in SEVERITIES
        assert re.fullmatch(r"[0-9a-f]{64}", one["fingerprint"])
        assert one["location"]["path"] and one["location"]["lines"]["begin"] >= 1
        assert one["description"]


def test_the_same_finding_on_another_line_keeps_its_fingerprint_and_doubles_differ() -> None:
    def prints(*lines: int) -> list[str]:
        found = tuple(Finding(rule="x", text="same", path="a.py", line=line) for line in lines)
        check = Check(name="lint", status=CheckStatus.WARNING, summary="s", findings=found)
        return [one["fingerprint"] for one in json.loads(made(check)["codequality.json"])]

    assert prints(3, 8) == prints(4, 80)
    assert len(set(prints(3, 8))) == 2


def test_cobertura_counts_the_changed_statements() -> None:
    content = made(*CHECKS)["cobertura.xml"]
    assert b"<!DOCTYPE coverage SYSTEM" in content
    root = xml(content)
    needed = {
        "line-rate",
        "branch-rate",
        "lines-covered",
        "lines-valid",
        "complexity",
        "version",
        "timestamp",
    }
    assert needed <= set(root.attrib)
    assert (root.get("lines-covered"), root.get("lines-valid"), root.get("line-rate")) == ("2", "3", "0.6667")
    assert [one.tag for one in root] == ["sources", "packages"]
    entry = root.find("packages/package/classes/class")
    assert (entry.get("filename"), [one.tag for one in entry]) == ("src/totals.py", ["methods", "lines"])
    assert [(one.get("number"), one.get("hits")) for one in entry.iter("line")] == [
        ("3", "1"),
        ("4", "0"),
        ("9", "1"),
    ]


def test_without_a_measurement_there_is_no_coverage_report() -> None:
    assert set(made(*CHECKS[2:])) == {"junit.xml", "codequality.json"}


TEXT = st.text(max_size=40)


@given(
    summary=TEXT,
    found=st.lists(st.builds(Finding, rule=TEXT, text=TEXT, path=TEXT | st.none(), line=st.integers(1, 9))),
    status=st.sampled_from(CheckStatus),
)
def test_any_text_gives_readable_files(summary: str, found: list[Finding], status: CheckStatus) -> None:
    covered = (Covered(path=summary or "a", ran=(1,), idle=()),)
    check = Check(name="lint", status=status, summary=summary, findings=tuple(found), covered=covered)
    files = reports(a_spec(), Verdict(checks=(check,), evidence=(an_evidence(reason=summary),)))
    xml(files["junit.xml"])
    xml(files["cobertura.xml"])
    assert isinstance(json.loads(files["codequality.json"]), list)
