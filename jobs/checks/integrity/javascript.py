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
    r"|\b(?:from|import|require)\b[\s(]*['\"][^'\"]*/(?:tests?|__tests__|__mocks__)/"
)
_ASKS: Final = re.compile(
    r"\bgetBuiltinModule\b|\bprocess\.(?:binding|moduleLoadList|ppid|title|execArgv)\b|\bcreateRequire\b"
    r"|\b(?:import|require)\s*\(\s*[^'\"`\s)]|\basymmetricMatch\b|\bSymbol\.for\(['\"]jest"
    r"|\.stack\b[^;\n]*\.(?:includes|match|split|indexOf|search|test)\b|\bcaptureStackTrace\b|\bprepareStackTrace\b"
    r"|\bprocess\.env\.(?:TERM|USER|HOME|LOGNAME|SHELL|PATH|PWD|HOSTNAME|CI|NODE_\w+|npm_\w+)\b(?!_)"
    r"|\bDate\.now\(\)\s*[<>]=?\s*(?:\d|Date\.|new Date\()|\bnew Date\(\)\s*[<>]=?\s*new Date\(['\"\d]"
    r"|/proc/|/\.dockerenv"
)
_PROGRAM: Final = re.compile(r"\A#!|(?:^|/)(?:bin|cli|scripts?)(?:/|\.[cm]?[jt]s$)")
_PROGRAM_ASKS: Final = re.compile(r"\bprocess\.argv0?\b|\brequire\.main\b|\bimport\.meta\.main\b")
_SKIPS: Final = re.compile(
    r"\b(test|it|describe|suite)\s*\.\s*(skip|skipIf|runIf|only|todo|fails|failing)\b|\b(xit|xtest|xdescribe|fit|fdescribe)\s*\("
    r"|\b(skip|todo|only)\s*:\s*(true|['\"])|\.(skip|todo)\s*\("
)


_LINES: Final = LineRules(
    source=is_javascript,
    product=is_product_javascript,
    reaches=_REACHES,
    under_test=_UNDER_TEST,
    asks=_ASKS,
    program=_PROGRAM,
    program_asks=_PROGRAM_ASKS,
    skips=_SKIPS,
    skipping="Tests are skipped here, or keep others from running.",
)

CAPPING: Final = (_LINES.reaches_into_run,)
"""Rules that cap a proof's strength at weak."""
ASKING: Final = (_LINES.asks_surroundings,)
"""Rules that keep a proof from being believed."""
RULES: Final = (*CAPPING, *ASKING, _LINES.knows_of_tests, _LINES.skipped)
"""Every rule of this file."""
