"""boundaries: changed functions are called at the edges of what they take, before and after the change.

What differs is a question to the reviewer, never a failure: the spec may well have asked for it. The inputs
come from signatures and literals; what reaches outside (files, network, clock, chance) is not called. The
results are told by a process that the change's own code runs in: equal results are a hint and no proof.
"""

import json
import re
from collections.abc import Mapping
from typing import Final

from jobs.checks.boundary_functions import Callable, callables
from jobs.checks.context import CheckContext
from jobs.checks.diff import added_numbers
from jobs.checks.layout import is_product_go, is_product_javascript
from jobs.checks.toolchains.python import inside
from jobs.domain.verdict import Check, CheckStatus, Finding
from jobs.ports import Command, Result

NAME: Final = "boundaries"
NEEDS: Final = ("analyse",)
RULE: Final = "boundary"
"""Rule of a question about one input."""

_RUNNER: Final = "boundary_run.py"
_OUT: Final = "boundaries.json"
_SECONDS: Final = 120.0
_PER_FUNCTION: Final = 3
_VARIES: Final = "varies"
_ENDLESS: Final = "did not end"
_LONGEST: Final = 200
_WRONG_TYPE: Final = frozenset({"raised TypeError", "raised AttributeError"})

Outcomes = list[list[str] | str]
"""Per function the outcome of each call, or why there is none."""


async def check(ctx: CheckContext) -> Check:
    """Call, compare, ask."""
    found = callables(ctx.changes)
    if not found and any(is_product_javascript(one.path) or is_product_go(one.path) for one in ctx.changes):
        return _unavailable("Inputs at the edges are tried on Python functions only.")
    if not found:
        summary = "No changed Python function can be called by itself."
        return Check(name=NAME, status=CheckStatus.SKIPPED, summary=summary, blocking=False)
    python = ctx.trials.toolchain.interpreter
    there, here = await ctx.trials.analyse(_command(found, python, 0), _command(found, python, 1))
    before, after = _read(there, len(found)), _read(here, len(found))
    if before is None or after is None:
        return _unavailable("The changed functions could not be called in the sandbox.")
    told = [
        (one, old, new)
        for one, old, new in zip(found, before, after, strict=True)
        if isinstance(old, list) and isinstance(new, list) and len(old) == len(new) == len(one.calls)
    ]
    if not told:
        why = next((one for one in (*before, *after) if isinstance(one, str)), "nothing came back")
        return _unavailable(f"The changed functions cannot be called by themselves: {why[:200]}.")
    added = added_numbers(ctx.total.diff)
    questions = [
        question.model_copy(update={"line": _changed(one, added)})
        for one, old, new in told
        for question in differences(one, before=old, after=new)
    ]
    count = sum(len(one.calls) for one, _, _ in told)
    return Check(
        name=NAME,
        status=CheckStatus.WARNING if questions else CheckStatus.PASSED,
        summary=_summary(len(told), count, len(questions)),
        findings=tuple(questions),
        seconds=round(sum(one.seconds for one in (there, here) if one), 3),
        blocking=False,
    )


def differences(one: Callable, *, before: list[str], after: list[str]) -> list[Finding]:
    """The most telling different outcomes of one function, each manner of difference once first."""
    manners: dict[tuple[str, str], list[tuple[str, str, str]]] = {}
    for call, old, new in zip(one.calls, before, after, strict=True):
        if old == new or _VARIES in (old, new) or {old, new} <= _WRONG_TYPE:
            continue
        manners.setdefault((_manner(old), _manner(new)), []).append((call, old, new))
    ranked = sorted(manners.items(), key=lambda item: _rank(*item[0]))
    columns = [sorted(found, key=lambda row: len(row[0])) for _, found in ranked]
    rows = [column[at] for at in range(_PER_FUNCTION) for column in columns if at < len(column)]
    return [
        Finding(
            rule=RULE,
            text=f"{one.name}({call}) {old}, now {_now(new)}: intended?",
            path=one.path,
        )
        for call, old, new in rows[:_PER_FUNCTION]
    ]


def _changed(one: Callable, added: Mapping[str, frozenset[int]]) -> int | None:
    """The function's first changed line, where a reviewer finds it in the diff; None without any."""
    return min((line for line in added.get(one.path, ()) if line in one.lines), default=None)


def _manner(outcome: str) -> str:
    if outcome in ("returned None", _ENDLESS) or outcome.startswith("raised "):
        return outcome
    return "returned"


def _rank(old: str, new: str) -> int:
    """What a reviewer wants to know first: it fails or hangs now, it no longer does, it gives nothing."""
    if _ENDLESS in (old, new):
        return 0 if new == _ENDLESS else 1
    if new.startswith("raised") != old.startswith("raised"):
        return 0 if new.startswith("raised") else 1
    return 2 if old != new else 3


def _now(outcome: str) -> str:
    spoken = re.sub(r"^raised ", "raises ", re.sub(r"^returned ", "returns ", outcome))
    return "does not end" if outcome == _ENDLESS else spoken


def _summary(functions: int, count: int, questions: int) -> str:
    of = f"{functions} changed {'function' if functions == 1 else 'functions'}"
    if not questions:
        return f"{count} inputs at the edges of {of} give the same on both sides."
    word = "question" if questions == 1 else "questions"
    return f"{questions} {word} for the reviewer, from {count} inputs at the edges of {of}."


def _unavailable(summary: str) -> Check:
    return Check(name=NAME, status=CheckStatus.NOT_AVAILABLE, summary=summary, blocking=False)


def _command(found: tuple[Callable, ...], python: str, side: int) -> Command:
    plan = [{"module": one.modules[side], "name": one.name, "calls": one.calls} for one in found]
    return Command(
        argv=(python, f"{{in}}/{_RUNNER}", "{in}/plan.json", f"{{out}}/{_OUT}"),
        env={"PYTHONDONTWRITEBYTECODE": "1", "PYTHONHASHSEED": "0", "PYTHONNOUSERSITE": "1"},
        files={_RUNNER: inside(_RUNNER), "plan.json": json.dumps(plan).encode()},
        timeout=_SECONDS,
        collect=True,
    )


def _read(result: Result | None, count: int) -> Outcomes | None:
    content = result.files.get(_OUT) if result else None
    try:
        found = json.loads(content or b"")
    except ValueError:
        return None
    if not isinstance(found, list) or len(found) != count:
        return None
    return [[str(inner)[:_LONGEST] for inner in one] if isinstance(one, list) else str(one) for one in found]
