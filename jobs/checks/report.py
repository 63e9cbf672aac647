"""Reading a JUnit report that the tested program could have written: capped, without entities."""

from collections.abc import Mapping
from enum import StrEnum
from typing import Final
from xml.etree.ElementTree import Element, ParseError

from defusedxml.common import DefusedXmlException
from defusedxml.ElementTree import fromstring

from jobs.domain.base_model import Frozen

MAX_REPORT: Final = 8_000_000
"""Bytes of a report that are read; a larger one is refused."""
MAX_MESSAGE: Final = 600
"""Characters kept of what a failing test said."""


class CaseOutcome(StrEnum):
    """How one test ended."""

    PASSED = "passed"
    FAILED = "failed"
    ERROR = "error"
    SKIPPED = "skipped"


class Manner(StrEnum):
    """In which way a test failed; it decides whether the failure shows anything."""

    ASSERTION = "assertion"
    """It asserted, and the assertion did not hold."""
    CRASH = "crash"
    """The code under test raised while the test ran."""
    MISSING = "missing"
    """A module or name that it needs is not there."""
    OTHER = "other"
    """Anything else: the test itself is broken, or its set-up is."""


class Case(Frozen):
    """One test in a report."""

    id: str
    """Node id, as the test runner spells it."""
    outcome: CaseOutcome
    """How it ended."""
    manner: Manner | None = None
    """How it failed; None when it did not."""
    message: str = ""
    """What it said when it failed."""


class ReportError(Exception):
    """The report is missing, too large or no JUnit XML."""


def read_junit(content: bytes | None) -> dict[str, Case]:
    """The tests in a report by id, the worse outcome winning; raises ReportError."""
    if content is None:
        raise ReportError("the test runner left no report")
    if len(content) > MAX_REPORT:
        raise ReportError(f"the report is larger than {MAX_REPORT // 1_000_000} MB")
    try:
        root = fromstring(content, forbid_dtd=True)
    except (ParseError, DefusedXmlException, ValueError) as error:
        raise ReportError("the report is not well-formed XML") from error
    cases: dict[str, Case] = {}
    for element in root.iter("testcase"):
        case = _case(element)
        known = cases.get(case.id)
        if known is None or _WORSE[case.outcome] > _WORSE[known.outcome]:
            cases[case.id] = case
    return cases


_WORSE: Final[Mapping[CaseOutcome, int]] = {
    CaseOutcome.PASSED: 0,
    CaseOutcome.SKIPPED: 1,
    CaseOutcome.FAILED: 2,
    CaseOutcome.ERROR: 3,
}


def collection_error(cases: Mapping[str, Case], path: str) -> Case | None:
    """Why a test file could not be loaded, or None."""
    module = path.removesuffix(".py").replace("/", ".")
    for name in (module, path, f"unittest.loader._FailedTest.{module}"):
        if name in cases and cases[name].outcome is CaseOutcome.ERROR:
            return cases[name]
    return None


def _case(element: Element) -> Case:
    facts = {one.get("name", ""): one.get("value", "") for one in element.iter("property")}
    outcome, message = _ending(element)
    manner = None
    if outcome in (CaseOutcome.FAILED, CaseOutcome.ERROR):
        told = facts.get("manner", "")
        manner = Manner(told) if told in Manner.__members__.values() else _guess(message)
    return Case(id=facts.get("id") or _spelled(element), outcome=outcome, manner=manner, message=message)


def _ending(element: Element) -> tuple[CaseOutcome, str]:
    for tag, outcome in (("error", CaseOutcome.ERROR), ("failure", CaseOutcome.FAILED)):
        found = element.find(tag)
        if found is not None:
            said = found.get("message") or ""
            if said == "collection failure":
                return outcome, (found.text or said).strip()[-MAX_MESSAGE:]
            return outcome, (said or found.text or "").strip()[:MAX_MESSAGE]
    if element.find("skipped") is not None:
        return CaseOutcome.SKIPPED, ""
    return CaseOutcome.PASSED, ""


def _guess(message: str) -> Manner:
    if message.startswith(("AssertionError", "assert ", "Failed: DID NOT RAISE")):
        return Manner.ASSERTION
    if any(
        name in message for name in ("ImportError", "ModuleNotFoundError", "NameError: ", "AttributeError: ")
    ):
        return Manner.MISSING
    return Manner.OTHER


def _spelled(element: Element) -> str:
    name, where = element.get("name", ""), element.get("classname", "")
    return f"{where}.{name}" if where else name
