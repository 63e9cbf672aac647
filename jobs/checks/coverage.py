"""coverage: changed lines that no test runs, from the runs of the suite and of the named tests on the head.

A warning: a line without a test is no fault by itself, but it is where a reviewer looks first.
"""

import ast
from collections.abc import Iterator
from typing import Final

from jobs.checks.changes import SourceChange, changed_product
from jobs.checks.context import CheckContext
from jobs.checks.diff import added_numbers
from jobs.checks.names import parsed
from jobs.domain.risk import UNCOVERED
from jobs.domain.verdict import Check, CheckStatus, Covered, Finding

NAME: Final = "coverage"
NEEDS: Final = ("acceptance", "head_suite")
MAX_FINDINGS: Final = 40

_TRACING: Final = frozenset({"pytest", "unittest"})
"""Toolchains that can tell which lines ran."""

Ranges = list[tuple[int, int]]


async def check(ctx: CheckContext) -> Check:
    """Name each range of changed statements that ran in no test."""
    paths = frozenset(changed_product(ctx.changes))
    added = {path: lines for path, lines in added_numbers(ctx.patch.diff).items() if path in paths}
    changed = {one.path: _changed(one, added.get(one.path, frozenset())) for one in ctx.changes}
    changed = {path: spans for path, spans in changed.items() if spans}
    if not changed:
        return _nothing(CheckStatus.SKIPPED, "No statement of Python product code is changed.")
    if ctx.trials.toolchain.name not in _TRACING:
        reason = f"{ctx.trials.toolchain.name} does not tell which lines ran."
        return _nothing(CheckStatus.NOT_AVAILABLE, reason)
    ran = await _ran(ctx)
    if ran is None:
        return _nothing(CheckStatus.NOT_AVAILABLE, "No test run on the head can be believed.")
    return _judged(changed, ran)


def _judged(changed: dict[str, Ranges], ran: dict[str, frozenset[int]]) -> Check:
    findings: list[Finding] = []
    files: list[Covered] = []
    total = missed = 0
    for path, spans in sorted(changed.items()):
        lines = ran.get(path, frozenset())
        idle = [span for span in spans if not _runs(span, lines)]
        total, missed = total + len(spans), missed + len(idle)
        findings += [_finding(path, first, last) for first, last in _joined(idle)]
        files.append(_file(path, spans, idle))
    covered = total - missed
    return Check(
        name=NAME,
        status=CheckStatus.WARNING if findings else CheckStatus.PASSED,
        summary=f"{covered} of {total} changed statements are run by a test ({covered * 100 // total} %).",
        findings=tuple(findings[:MAX_FINDINGS]),
        covered=tuple(files),
        blocking=False,
    )


def _file(path: str, spans: Ranges, idle: Ranges) -> Covered:
    missed = {first for first, _ in idle}
    ran = {first for first, _ in spans} - missed
    return Covered(path=path, ran=tuple(sorted(ran)), idle=tuple(sorted(missed)))


async def _ran(ctx: CheckContext) -> dict[str, frozenset[int]] | None:
    """Lines per file that ran in any believable run; None when there is no such run."""
    trials = []
    named = await ctx.trials.acceptance()
    if named is not None:
        trials.append(named.head[0])
    if not (await ctx.trials.base_suite()).problem:
        trials.append((await ctx.trials.head_suite()).trial)
    believable = [one for one in trials if not one.problem]
    if not believable:
        return None
    ran: dict[str, frozenset[int]] = {}
    for one in believable:
        for path, lines in one.lines.items():
            ran[path] = ran.get(path, frozenset()) | lines
    return ran


def _changed(change: SourceChange, added: frozenset[int]) -> Ranges:
    """The innermost statements that hold an added line; definitions count by their first lines."""
    spans = _statements(change.text()[1]) if added else []
    return [span for span in spans if _runs(span, added)]


def _statements(source: str) -> Ranges:
    """Every simple statement that leaves a trace when it runs, and the head of every compound one."""
    tree = parsed(source)
    spans: Ranges = []
    for node in ast.walk(tree) if tree else ():
        if isinstance(node, ast.stmt) and not _silent(node):
            body = getattr(node, "body", None)
            last = body[0].lineno - 1 if isinstance(body, list) and body else node.end_lineno or node.lineno
            spans.append((node.lineno, max(node.lineno, last)))
    return sorted(spans)


def _silent(node: ast.stmt) -> bool:
    match node:
        case (
            ast.Expr(value=ast.Constant())
            | ast.Global()
            | ast.Nonlocal()
            | ast.Try()
            | ast.AnnAssign(value=None)
        ):
            return True
    return False


def _runs(span: tuple[int, int], lines: frozenset[int]) -> bool:
    return any(line in lines for line in range(span[0], span[1] + 1))


def _joined(spans: Ranges) -> Iterator[tuple[int, int]]:
    first = last = 0
    for start, end in sorted(spans):
        if first and start <= last + 1:
            last = max(last, end)
            continue
        if first:
            yield first, last
        first, last = start, end
    if first:
        yield first, last


def _finding(path: str, first: int, last: int) -> Finding:
    where = "This line is" if first == last else f"Lines {first} to {last} are"
    return Finding(rule=UNCOVERED, text=f"{where} run by no test.", path=path, line=first)


def _nothing(status: CheckStatus, summary: str) -> Check:
    return Check(name=NAME, status=status, summary=summary, blocking=False)
