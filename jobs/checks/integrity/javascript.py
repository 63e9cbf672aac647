"""The rules for JavaScript and TypeScript, by line: reaching into the run, weakened tests."""

import re
from collections.abc import Iterator
from typing import Final

from jobs.checks.context import CheckContext
from jobs.checks.diff import added_lines
from jobs.checks.layout import is_javascript, is_product_javascript, is_test
from jobs.domain.verdict import Finding

Found = Iterator[tuple[bool, Finding]]

_REACHES: Final = re.compile(
    r"node:(test|assert|vm|child_process|inspector|worker_threads)\b|['\"](assert|vm|child_process)['\"]"
    r"|\brequire\.cache\b|\bprocess\.(exit|kill|abort|reallyExit|binding|stdout\.write|on)\b|\beval\s*\("
    r"|\bnew\s+Function\s*\(|\b(Object|Number|Array|String|Function|Error)\.prototype\b|\bprepareStackTrace\b"
    r"|\bglobalThis\b|/proc/"
)
_UNDER_TEST: Final = re.compile(
    r"NODE_TEST_CONTEXT|JEST_WORKER_ID|\bVITEST\b|import\.meta\.vitest|NODE_ENV\b[^\n]{0,12}['\"]test['\"]"
    r"|process\.(argv|execArgv)[^\n]*--test|\bnode:test\b|\bexpect\.extend\b"
)
_SKIPS: Final = re.compile(
    r"\b(test|it|describe|suite)\s*\.\s*(skip|only|todo|fails|failing)\b|\b(xit|xtest|xdescribe|fit|fdescribe)\s*\("
    r"|\b(skip|todo|only)\s*:\s*(true|['\"])|\.(skip|todo)\s*\("
)


def reaches_into_run(ctx: CheckContext) -> Found:
    """Product code that could change what a test run reports, or that runs text as code."""
    for line in added_lines(ctx.total.diff):
        if is_product_javascript(line.path) and _REACHES.search(line.text):
            text = "This could reach into the process that runs the tests."
            yield False, Finding(rule="reaches-into-run", text=text, path=line.path, line=line.number)


def knows_of_tests(ctx: CheckContext) -> Found:
    """Product code with a branch for being tested."""
    for line in added_lines(ctx.patch.diff):
        if is_product_javascript(line.path) and _UNDER_TEST.search(line.text):
            text = "Product code asks whether it is being tested."
            yield True, Finding(rule="knows-of-tests", text=text, path=line.path, line=line.number)


def skipped(ctx: CheckContext) -> Found:
    """Tests that are skipped, or that keep others from running."""
    there = {one.path for one in ctx.changes if one.before is not None}
    for line in added_lines(ctx.patch.diff):
        if is_javascript(line.path) and is_test(line.path) and _SKIPS.search(line.text):
            text = "Tests are skipped here, or keep others from running."
            yield (
                line.path in there,
                Finding(rule="test-skipped", text=text, path=line.path, line=line.number),
            )


CAPPING: Final = (reaches_into_run,)
"""Rules that cap a proof's strength at weak."""
RULES: Final = (*CAPPING, knows_of_tests, skipped)
"""Every rule of this file."""
