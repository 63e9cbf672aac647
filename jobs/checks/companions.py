"""Files beside the tests' own folders that only tests use: expected values, helpers, plugins of the test run.

They count as tests: the target base's version says what was expected before. Whether a file is one is told
by who names it on the target base: a test does, and no other source.
"""

import re
from dataclasses import replace
from pathlib import PurePosixPath
from typing import Final

from jobs.checks.changes import SourceChange
from jobs.checks.layout import is_product_code, is_product_go, is_settings, is_test
from jobs.ports import Command, Workspace

MOST: Final = 40
"""Changed files that are asked about."""

PROGRAM: Final = "who-names"
"""What the search for names calls itself in the sandbox."""

_PROSE: Final = (".md", ".rst", ".adoc", ".html", ".po")
_TELLING: Final = (
    *(".py", ".pyi", ".js", ".mjs", ".cjs", ".jsx", ".ts", ".mts", ".cts", ".tsx", ".go", ".toml", ".cfg"),
    *(".ini", ".sh", ".rb", ".java", ".rs", ".in", "package.json", "Dockerfile", "Makefile"),
)
_TESTS_SOMETHING: Final = re.compile(
    r"(?m)^\s*(?:import|from)\s+(?:pytest|unittest|hypothesis|nose)\b|\"testing\""
    r"|['\"](?:node:)?(?:test|assert|assert/strict|vitest|@jest/globals|chai)['\"]"
    r"|^\s*(?:async\s+)?(?:export\s+)?(?:def|func|function)\s+(?:assert|check|expect|should|verify)\w*"
)
"""What a module holds that is there for tests; other modules that only tests import are what is tested."""
_SCRIPT: Final = """
number=0
for pattern in "$@"; do
  grep -rlIE --exclude-dir=.git --exclude-dir=node_modules -e "$pattern" . | head -200 |
    sed "s|^\\./|$number |"
  number=$((number + 1))
done
"""


async def marked(changes: tuple[SourceChange, ...], base: Workspace) -> tuple[SourceChange, ...]:
    """The changes, with `companion` set where only tests name a file on the target base."""
    asked = [one for one in changes if _candidate(one)][:MOST]
    if not asked:
        return changes
    script = ("/bin/sh", "-c", _SCRIPT, PROGRAM, *(_pattern(one) for one in asked))
    result = await base.run(Command(argv=script, timeout=60))
    named: dict[int, list[str]] = {}
    for line in result.output.splitlines():
        number, _, path = line.partition(" ")
        if number.isdigit():
            named.setdefault(int(number), []).append(path)
    found = {one.path for at, one in enumerate(asked) if _by_tests_only(one, named.get(at, []))}
    return tuple(replace(one, companion=True) if one.path in found else one for one in changes)


def _candidate(one: SourceChange) -> bool:
    path = one.file.old_path or one.path
    plain = not (is_test(path) or is_settings(path) or path.endswith(_PROSE))
    if not plain or one.before is None:
        return False
    return not is_product_code(path) or _TESTS_SOMETHING.search(one.text()[0]) is not None


def _pattern(one: SourceChange) -> str:
    """How a file is named by those who use it: data by its name, a module where something is imported."""
    path = PurePosixPath(one.file.old_path or one.path)
    if is_product_go(str(path)):
        return rf'"[^"]*/{re.escape(path.parent.name)}"'
    if is_product_code(str(path)):
        module = path.parent.name if path.stem in ("__init__", "index") else path.stem
        return rf"(import|from|require|plugin|mock).*\b{re.escape(module)}\b"
    # what reads a whole folder names only that
    folder = rf"|['\"/]{re.escape(path.parent.name)}['\"/]" if path.parent.name else ""
    return rf"\b{re.escape(path.name)}\b{folder}"


def _by_tests_only(one: SourceChange, named: list[str]) -> bool:
    own = one.file.old_path or one.path
    others = [path for path in named if path != own and (path.endswith(_TELLING) or is_test(path))]
    return bool(others) and all(map(_of_tests, others))


def _of_tests(path: str) -> bool:
    return is_test(path) or PurePosixPath(path).name == "conftest.py"
