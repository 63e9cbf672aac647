"""The rules for JavaScript and TypeScript, by line: reaching into the run, weakened tests."""

import re
from typing import Final

from jobs.checks.integrity.by_line import LineRules
from jobs.checks.layout import is_javascript, is_product_javascript

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


_LINES: Final = LineRules(
    source=is_javascript,
    product=is_product_javascript,
    reaches=_REACHES,
    under_test=_UNDER_TEST,
    skips=_SKIPS,
    skipping="Tests are skipped here, or keep others from running.",
)

CAPPING: Final = (_LINES.reaches_into_run,)
"""Rules that cap a proof's strength at weak."""
RULES: Final = (*CAPPING, _LINES.knows_of_tests, _LINES.skipped)
"""Every rule of this file."""
