"""JUnit XML: one case per check and one per criterion.

GitLab reads `testcase` with `classname`, `name`, `file` and `time`, and `failure`, `error`, `skipped` and
`system-out` in it, see https://docs.gitlab.com/ci/testing/unit_test_reports/.
"""

from collections.abc import Iterable
from xml.etree.ElementTree import Element, SubElement

from jobs.domain.spec import Spec
from jobs.domain.verdict import Check, CheckStatus, Evidence, EvidenceStatus, Verdict
from jobs.reports.xml import document, legal

_SILENT = frozenset({CheckStatus.NOT_AVAILABLE, CheckStatus.SKIPPED})


def junit(spec: Spec, verdict: Verdict) -> str:
    """The report; what is not proven is a failure, what could not be checked is skipped with its reason."""
    root = Element("testsuites", name="codegen verify")
    _suite(root, "checks", [_check(one) for one in verdict.checks])
    texts = {one.id: one.text for one in spec.criteria}
    _suite(root, "criteria", [_criterion(one, texts.get(one.criterion, "")) for one in verdict.evidence])
    return document(root)


def _suite(root: Element, name: str, cases: Iterable[Element]) -> None:
    suite = SubElement(root, "testsuite", name=f"codegen.{name}")
    suite.extend(cases)
    counted = {
        "tests": len(suite),
        "failures": len(suite.findall("*/failure")),
        "errors": 0,
        "skipped": len(suite.findall("*/skipped")),
        "time": f"{sum(float(one.get('time', '0')) for one in suite):.3f}",
    }
    for field, value in counted.items():
        suite.set(field, str(value))


def _check(check: Check) -> Element:
    case = Element("testcase", classname="codegen.checks", name=check.name, time=f"{check.seconds:.3f}")
    told = "\n".join([*map(_line, _findings(check)), *([check.log] if check.log else [])])
    if check.status is CheckStatus.FAILED and check.blocking:
        _with(case, "failure", check.summary, told)
    elif check.status in _SILENT:
        _with(case, "skipped", f"{check.status.replace('_', ' ')}: {check.summary}", "")
    else:
        SubElement(case, "system-out").text = legal(f"{check.summary}\n{told}".strip())
    path = next((one.path for one in check.findings if one.path), None)
    if path:
        case.set("file", legal(path))
    return case


def _criterion(one: Evidence, text: str) -> Element:
    case = Element("testcase", classname="codegen.criteria", name=legal(f"{one.criterion} {text}"), time="0")
    if one.status is not EvidenceStatus.PROVEN:
        _with(case, "failure", f"{one.status.replace('_', ' ')}: {one.reason}", one.proof.command or "")
    else:
        SubElement(case, "system-out").text = legal(f"proven ({one.strength}): {one.reason}")
    return case


def _with(case: Element, kind: str, message: str, text: str) -> None:
    child = SubElement(case, kind, message=legal(message))
    if kind == "failure":
        child.set("type", "codegen")
    child.text = legal(text) or None


def _findings(check: Check) -> Iterable[tuple[str, str]]:
    for one in check.findings:
        place = f"{one.path}:{one.line}" if one.line else one.path or one.rule
        yield place, one.text


def _line(found: tuple[str, str]) -> str:
    return f"{found[0]}: {found[1]}"
