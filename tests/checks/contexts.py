"""A CheckContext out of two sets of files, without git and without a sandbox."""

import asyncio
import difflib

from jobs.checks.changes import SourceChange
from jobs.checks.context import CheckContext, CheckFunction
from jobs.domain.patch import ChangeStatus, FileChange, Patch
from jobs.domain.spec import Spec
from jobs.domain.verdict import Check
from tests.verification import Files, Steps, spec


def context(
    before: Files, after: Files, *, wanted: Spec | None = None, modes: Files | None = None
) -> CheckContext:
    changes, diffs = [], []
    for path in sorted({*before, *after}):
        old, new = before.get(path), after.get(path, before.get(path))
        if old != new:
            changes.append(_change(path, old, new, (modes or {}).get(path) or "100644"))
            diffs.append(_diff(path, old or "", new or ""))
    files = tuple(one.file for one in changes)
    patch = Patch(start="1" * 40, tree="2" * 40, diff="".join(diffs), files=files)
    return CheckContext(
        spec=wanted or spec(), patch=patch, total=patch, changes=tuple(changes), proofs={}, note=Steps()
    )


def run(check: CheckFunction, ctx: CheckContext) -> Check:
    async def awaited() -> Check:
        return await check(ctx)

    return asyncio.run(awaited())


def rules(check: Check) -> set[str]:
    return {one.rule for one in check.findings}


def _change(path: str, old: str | None, new: str | None, mode: str) -> SourceChange:
    status = ChangeStatus.MODIFIED
    if old is None or new is None:
        status = ChangeStatus.ADDED if old is None else ChangeStatus.DELETED
    file = FileChange(path=path, status=status, mode=mode, added=len((new or "").splitlines()))
    return SourceChange(
        file=file,
        before=None if old is None else old.encode(),
        after=None if new is None else new.encode(),
    )


def _diff(path: str, old: str, new: str) -> str:
    lines = difflib.unified_diff(
        old.splitlines(keepends=True), new.splitlines(keepends=True), f"a/{path}", f"b/{path}"
    )
    return f"diff --git a/{path} b/{path}\n" + "".join(lines)
