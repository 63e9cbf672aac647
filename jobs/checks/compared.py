"""Running a repository's own analysers on both sides and telling what is new."""

from dataclasses import dataclass
from typing import Final

from jobs.checks.changes import SourceChange
from jobs.checks.context import CheckContext
from jobs.checks.diff import added_numbers
from jobs.checks.issues import Issue, new_issues, renames
from jobs.checks.layout import is_python
from jobs.checks.linters import SETTINGS, Settings, Tool
from jobs.domain.verdict import Check, CheckStatus
from jobs.ports import Result

MAX_FINDINGS: Final = 40
MAX_FILES: Final = 400
"""Changed files that are handed to an analyser; beyond, the change is too large for it."""


@dataclass(frozen=True)
class Compared:
    """What one tool says."""

    tool: str
    command: str = ""
    new: tuple[Issue, ...] = ()
    seconds: float = 0.0
    problem: str = ""
    """Why it says nothing, or empty."""


async def compared(ctx: CheckContext, tools: tuple[Tool, ...]) -> list[Compared] | str:
    """What each configured tool newly finds; a sentence instead when there is nothing to run."""
    if not any(is_python(one.path) and one.after is not None for one in ctx.changes):
        return "No Python file is changed."
    settings = await _settings(ctx)
    configured = [one for one in tools if one.configured(settings)]
    if not configured:
        names = ", ".join(one.name for one in tools)
        return f"The repository configures none of {names}."
    return [await _one(ctx, tool, settings) for tool in configured]


def unavailable(name: str, found: list[Compared]) -> Check | None:
    """The check for the case that no configured tool says anything, or None."""
    if any(not one.problem for one in found):
        return None
    reasons = "; ".join(one.problem for one in found)
    summary = f"{reasons[:1].upper()}{reasons[1:]}."
    return Check(name=name, status=CheckStatus.NOT_AVAILABLE, summary=summary, blocking=False)


def ours(ctx: CheckContext, issue: Issue) -> bool:
    """True unless the issue is in a file that only people changed, on the branch before this run."""
    mine = {one.path for one in ctx.patch.files}
    return issue.path in mine or issue.path not in {one.path for one in ctx.total.files}


async def _settings(ctx: CheckContext) -> Settings:
    found = {}
    for name in SETTINGS:
        content = await ctx.trials.read_base(name)
        if content is not None:
            found[name] = content.decode("utf-8", "replace")
    return found


async def _one(ctx: CheckContext, tool: Tool, settings: Settings) -> Compared:
    program = ctx.trials.programs.own(tool.name)
    if program is None:
        where = "in its environment" if ctx.trials.programs.environment else "on this machine"
        return Compared(tool.name, problem=f"the repository configures {tool.name}, which is not {where}")
    before, after = _files(ctx.changes)
    if len(after) > MAX_FILES:
        return Compared(tool.name, problem=f"{len(after)} changed files are too many for {tool.name}")
    spelled = tool.spelled(settings, after)
    there, here = await ctx.trials.analyse(
        tool.command(program, settings, before) if before else None,
        tool.command(program, settings, after),
    )
    base, head = _read(tool, there), _read(tool, here)
    if base is None or head is None:
        side, broken = ("target base", there) if base is None else ("head", here)
        tail = " ".join(broken.output.split())[-200:] if broken else ""
        problem = f"{tool.name} does not work on the {side}: {tail or 'it says nothing'}"
        return Compared(tool.name, command=spelled, problem=problem)
    new = new_issues(base, head, renamed=renames(ctx.changes), added=added_numbers(ctx.total.diff))
    seconds = sum(one.seconds for one in (there, here) if one)
    return Compared(tool.name, command=spelled, new=tuple(new), seconds=seconds)


def _read(tool: Tool, result: Result | None) -> list[Issue] | None:
    return [] if result is None else tool.read(result)


def _files(changes: tuple[SourceChange, ...]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    before = tuple(
        path for one in changes if one.before is not None and is_python(path := one.file.old_path or one.path)
    )
    after = tuple(one.path for one in changes if one.after is not None and is_python(one.path))
    return before, after
