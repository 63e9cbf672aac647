"""Runs unittest and writes a JUnit report.

Usage: unittest_run.py REPORT.xml discover [FOLDER] | NAME… — a name is dotted, or a file's path.
"""

import os
import random
import sys
import time
import traceback
import unittest
from pathlib import Path
from types import TracebackType
from typing import Any
from xml.etree.ElementTree import Element, ElementTree, SubElement

import tracing

Raised = tuple[type[BaseException], BaseException, TracebackType] | tuple[None, None, None]


class Recorder(unittest.TestResult):
    """Turns each ending into a testcase element."""

    def __init__(self) -> None:
        super().__init__()
        self.suite = Element("testsuite", name="unittest")

    def addSuccess(self, test: unittest.TestCase) -> None:
        """Passed."""
        self._case(test)

    def addFailure(self, test: unittest.TestCase, err: Raised) -> None:
        """An assertion did not hold."""
        self._bad(test, "failure", err, "assertion")
        super().addFailure(test, err)

    def addError(self, test: unittest.TestCase, err: Raised) -> None:
        """Something else was raised, or the module could not be loaded."""
        loading = type(test).__name__ == "_FailedTest"
        manner = "missing" if loading or isinstance(err[1], (ImportError, NameError)) else _manner(err)
        self._bad(test, "error" if loading else "failure", err, manner)
        super().addError(test, err)

    def addSkip(self, test: unittest.TestCase, reason: str) -> None:
        """Skipped."""
        SubElement(self._case(test), "skipped", message=reason)

    def addExpectedFailure(self, test: unittest.TestCase, err: Raised) -> None:
        """Failed as declared: nothing is shown."""
        SubElement(self._case(test), "skipped", message="expected failure")

    def addUnexpectedSuccess(self, test: unittest.TestCase) -> None:
        """Passed although declared to fail."""
        SubElement(self._case(test), "failure", message="unexpected success")
        super().addUnexpectedSuccess(test)

    def addSubTest(self, test: unittest.TestCase, subtest: Any, err: Raised | None) -> None:
        """A part of a test failed."""
        if err is not None and err[0] is not None:
            failed = issubclass(err[0], test.failureException)
            self._bad(test, "failure", err, "assertion" if failed else _manner(err))
        super().addSubTest(test, subtest, err)

    def _case(self, test: unittest.TestCase) -> Element:
        case = SubElement(self.suite, "testcase", name=test.id())
        properties = SubElement(case, "properties")
        SubElement(properties, "property", name="id", value=test.id())
        return case

    def _bad(self, test: unittest.TestCase, tag: str, raised: Raised, manner: str) -> None:
        case = self._case(test)
        properties = case.find("properties")
        if properties is not None:
            SubElement(properties, "property", name="manner", value=manner)
        text = "".join(traceback.format_exception_only(raised[0], raised[1])).strip()
        SubElement(case, tag, message=text.encode("ascii", "backslashreplace").decode()[:2000])


def main(report: str, words: list[str]) -> int:
    """Run what was asked for, report it, and give the exit status."""
    sys.path[0] = str(Path.cwd())
    tracing.start()
    loader = unittest.TestLoader()
    if words[0] == "discover":
        suite = loader.discover(words[1] if len(words) > 1 else ".", top_level_dir=".")
    else:
        suite = loader.loadTestsFromNames([_dotted(word) for word in words])
    canary = os.environ.get("RECORDER_CANARY")
    if canary:
        suite.addTests(loader.loadTestsFromName(_dotted(canary)))
    order = os.environ.get("RECORDER_ORDER")
    if order is not None:
        suite = _shuffled(suite, random.Random(int(order)))
    recorder = Recorder()
    started = time.monotonic()
    suite.run(recorder)
    tracing.stop(Path(report).parent)
    recorder.suite.set("time", f"{time.monotonic() - started:.3f}")
    ElementTree(recorder.suite).write(report, encoding="utf-8")
    return 0 if recorder.wasSuccessful() else 1


def _shuffled(suite: unittest.TestSuite, chance: random.Random) -> unittest.TestSuite:
    """Classes in random order, tests in those: what they set up together stays together."""
    places: dict[str, float] = {}

    def place(test: unittest.TestCase) -> tuple[float, ...]:
        parts = (type(test).__module__, f"{type(test).__module__}.{type(test).__qualname__}", test.id())
        return tuple(places.setdefault(one, chance.random()) for one in parts)

    cases = _flat(suite)
    cases.sort(key=place)
    return unittest.TestSuite(cases)


def _flat(suite: unittest.TestSuite) -> list[unittest.TestCase]:
    found: list[unittest.TestCase] = []
    for one in suite:
        found += [one] if isinstance(one, unittest.TestCase) else _flat(one)
    return found


def _dotted(word: str) -> str:
    return word.removesuffix(".py").removeprefix("./").replace("/", ".") if word.endswith(".py") else word


def _manner(raised: Raised) -> str:
    steps = traceback.extract_tb(raised[2])
    root = str(Path.cwd()) + os.sep
    ours = [step.filename for step in steps if step.filename.startswith(root)]
    in_test = not ours or "test" in Path(ours[-1]).name
    if isinstance(raised[1], AttributeError) and in_test:
        return "missing"
    return "other" if in_test else "crash"


if __name__ == "__main__":
    sys.exit(main(sys.argv[1], sys.argv[2:]))
