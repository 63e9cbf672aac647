"""Rules on tests in JavaScript, TypeScript and Go: what was deleted, and what asserts less than before."""

import re
from collections.abc import Iterator, Mapping
from typing import Final

from jobs.checks.bodies import bodies
from jobs.checks.changes import SourceChange
from jobs.checks.context import CheckContext
from jobs.checks.javascript.tokens import tokens
from jobs.checks.layout import is_go, is_javascript, is_test_module
from jobs.checks.removed import removed_names
from jobs.domain.verdict import Finding

Found = Iterator[tuple[bool, Finding]]

_GO: Final = re.compile(
    r"\b\w+ \. (?:Error|Errorf|Fatal|Fatalf|Fail|FailNow) \(|\( t ,|\bpanic \(|// Output:"
)
_JAVASCRIPT: Final = re.compile(r"\b(?:assert|ok|equal)(?: \. \w+)* \(|\bexpect(?: \. \w+)* \(|\. should\b")


def deleted(ctx: CheckContext) -> Found:
    """Tests that are gone: moved ones and ones whose code is gone are told, any other blocks."""
    removed = removed_names(ctx.changes)
    after = {name for one in ctx.changes for name in _tests(one)[1]}
    for one in ctx.changes:
        old, new = _tests(one)
        fewer = assertions(one.path, one.text()[1]) < assertions(one.path, one.text()[0])
        for name in old:
            if name in after:
                continue
            because = removed.used_by(one.path, one.text()[0], f"::{name}")
            text = f"The test {name} is gone" + (f" with `{because}`." if because else ".")
            blocks = not because and (fewer or len(new) < len(old))
            yield blocks, Finding(rule="test-deleted", text=text, path=one.path)


def thinned(ctx: CheckContext) -> Found:
    """Existing tests that assert less than before."""
    removed = removed_names(ctx.changes)
    for one in ctx.changes:
        old, new = _tests(one)
        for name in old.keys() & new.keys():
            before, now = assertions(one.path, old[name]), assertions(one.path, new[name])
            if now < before:
                because = removed.used_by(one.path, one.text()[0], f"::{name}")
                text = f"The test {name} checks less: {now} instead of {before} assertions."
                yield not because, Finding(rule="fewer-asserts", text=text, path=one.path)


RULES: Final = (deleted, thinned)
"""Every rule of this file."""


def assertions(path: str, source: str) -> int:
    """How many places assert, by their usual names."""
    text = " ".join(token.text for token in tokens(source)) + ("// Output:" if "// Output:" in source else "")
    return len((_GO if is_go(path) else _JAVASCRIPT).findall(text))


def _tests(one: SourceChange) -> tuple[Mapping[str, str], Mapping[str, str]]:
    old = one.file.old_path or one.path
    if not (is_go(old) or is_javascript(old)):
        return {}, {}
    before, after = one.text()
    collected = is_test_module(one.path) or not is_test_module(old)
    return bodies(old, before), bodies(one.path, after) if collected else {}
