"""The rules for Go, by line: reaching into the test run, knowing of it, skipped tests."""

import re
from typing import Final

from jobs.checks.integrity.by_line import LineRules
from jobs.checks.layout import is_go, is_product_go

_REACHES: Final = re.compile(
    r"^\s*(?:import\s+)?(?:\w+\s+|\.\s+)?\"(?:testing|plugin|unsafe|syscall|os/exec)\"|\bos\.Exit\(|//go:linkname\b"
    r"|\bruntime\.(?:Callers?|Goexit|Stack)\b|\bdebug\.(?:Stack|PrintStack)\b|/proc/"
)
_UNDER_TEST: Final = re.compile(
    r"\btesting\.Testing\(|\bflag\.Lookup\(\s*\"test\.|\"-?test\.(?:v|run|timeout)|\.test\"|\bGO_TEST|_test\.go\b"
)
_ASKS: Final = re.compile(
    r"\bruntime\.Callers?\(|\bdebug\.(?:Stack|PrintStack)\(|\bos\.(?:Getppid|Hostname)\(|/proc/|/\.dockerenv"
    r"|\b(?:if|switch|case)\b.*\bos\.(?:Getwd|Getenv|LookupEnv|Executable)\(|\btime\.Now\(\)\.(?:Year\(|.*time\.Date\()"
    r"|^\s*//\s*(?:go:build|\+build)\b(?!\s+!?(?:linux|darwin|windows|unix|freebsd|js|wasm|cgo|ignore|amd64|arm64|go1))"
    r"|//go:embed\s+(?:\*|\S*_test|\S*testdata)|//go:linkname\b"
)
_PROGRAM: Final = re.compile(r"(?m)^package main\b")
_PROGRAM_ASKS: Final = re.compile(
    r"\bos\.(?:Args|Exit|Executable|Getwd)\b|\bsyscall\.Exit\b|\bruntime\.Goexit\b|\blog\.Fatal"
)
_SKIPS: Final = re.compile(
    r"\b[tbf]\.Skip(?:f|Now)?\(|\btesting\.Short\(\)|^\s*//\s*(?:go:build\b|\+build\b)|\bfunc TestMain\("
)


_LINES: Final = LineRules(
    source=is_go,
    product=is_product_go,
    reaches=_REACHES,
    under_test=_UNDER_TEST,
    asks=_ASKS,
    program=_PROGRAM,
    program_asks=_PROGRAM_ASKS,
    skips=_SKIPS,
    skipping="Tests are skipped here, or run only under a condition.",
)

CAPPING: Final = (_LINES.reaches_into_run,)
"""Rules that cap a proof's strength at weak."""
ASKING: Final = (_LINES.asks_surroundings,)
"""Rules that keep a proof from being believed."""
RULES: Final = (*CAPPING, *ASKING, _LINES.knows_of_tests, _LINES.skipped)
"""Every rule of this file."""
