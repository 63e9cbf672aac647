"""The rules for Go, by line: reaching into the test run, knowing of it, skipped tests."""

import re
from collections.abc import Iterator
from typing import Final

from jobs.checks.context import CheckContext
from jobs.checks.diff import added_lines
from jobs.checks.layout import is_go, is_product_go, is_test
from jobs.domain.verdict import Finding

Found = Iterator[tuple[bool, Finding]]

_REACHES: Final = re.compile(
    r"^\s*(?:import\s+)?(?:\w+\s+|\.\s+)?\"(?:testing|plugin|unsafe|syscall|os/exec)\"|\bos\.Exit\(|//go:linkname\b"
    r"|\bruntime\.(?:Callers?|Goexit|Stack)\b|\bdebug\.(?:Stack|PrintStack)\b|/proc/"
)
_UNDER_TEST: Final = re.compile(
    r"\btesting\.Testing\(|\bflag\.Lookup\(\s*\"test\.|\"-?test\.(?:v|run|timeout)|\.test\"|\bGO_TEST|_test\.go\b"
)
_SKIPS: Final = re.compile(
    r"\b[tbf]\.Skip(?:f|Now)?\(|\btesting\.Short\(\)|^\s*//\s*(?:go:build\b|\+build\b)|\bfunc TestMain\("
)


def reaches_into_run(ctx: CheckContext) -> Found:
    """Product code that could end the test run, see who is calling or reach what it should not."""
    for line in added_lines(ctx.total.diff):
        if is_product_go(line.path) and _REACHES.search(line.text):
            text = "This could reach into the process that runs the tests."
            yield False, Finding(rule="reaches-into-run", text=text, path=line.path, line=line.number)


def knows_of_tests(ctx: CheckContext) -> Found:
    """Product code with a branch for being tested."""
    for line in added_lines(ctx.patch.diff):
        if is_product_go(line.path) and _UNDER_TEST.search(line.text):
            text = "Product code asks whether it is being tested."
            yield True, Finding(rule="knows-of-tests", text=text, path=line.path, line=line.number)


def skipped(ctx: CheckContext) -> Found:
    """Tests that are skipped, left out of a build, or started by a function of the change's own."""
    there = {one.path for one in ctx.changes if one.before is not None}
    for line in added_lines(ctx.patch.diff):
        if is_go(line.path) and is_test(line.path) and _SKIPS.search(line.text):
            text = "Tests are skipped here, or run only under a condition."
            yield (
                line.path in there,
                Finding(rule="test-skipped", text=text, path=line.path, line=line.number),
            )


CAPPING: Final = (reaches_into_run,)
"""Rules that cap a proof's strength at weak."""
RULES: Final = (*CAPPING, knows_of_tests, skipped)
"""Every rule of this file."""
