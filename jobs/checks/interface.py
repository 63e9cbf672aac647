"""interface: the public API before and after; a break needs the spec's word.

griffe compares the syntax of both sides; nothing is imported. A break that the spec neither names nor
announces rejects the change when the module declares the name public in `__all__`; otherwise it warns,
because a name without an underscore may still be meant for the repository alone.
"""

import asyncio
import logging
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Final

import griffe

from jobs.checks.changes import SourceChange
from jobs.checks.context import CheckContext
from jobs.checks.layout import is_product_python
from jobs.checks.names import defined, parsed
from jobs.checks.public import exported, public
from jobs.checks.syntax import undisturbed
from jobs.domain.patch import ChangeStatus
from jobs.domain.spec import Spec
from jobs.domain.verdict import Check, CheckStatus, Finding

NAME: Final = "interface"
NEEDS: Final = ()
MAX_FINDINGS: Final = 40

_ANNOUNCED: Final = re.compile(
    r"(?i)\b(?:break(?:s|ing)?\b.{0,30}\b(?:change|api|interface|compatib)|(?:backwards?[- ])?incompatib)"
)
_WORDS: Final = {
    griffe.BreakageKind.PARAMETER_MOVED: "the parameter {was} has another place",
    griffe.BreakageKind.PARAMETER_REMOVED: "the parameter {was} is gone",
    griffe.BreakageKind.PARAMETER_CHANGED_KIND: "the parameter {was} is passed in another way",
    griffe.BreakageKind.PARAMETER_CHANGED_DEFAULT: "the parameter {was} has another default",
    griffe.BreakageKind.PARAMETER_CHANGED_REQUIRED: "the parameter {was} must be given now",
    griffe.BreakageKind.PARAMETER_ADDED_REQUIRED: "the new parameter {now} must be given",
    griffe.BreakageKind.RETURN_CHANGED_TYPE: "it returns another type",
    griffe.BreakageKind.OBJECT_REMOVED: "it is gone",
    griffe.BreakageKind.OBJECT_CHANGED_KIND: "it is another kind of thing",
    griffe.BreakageKind.ATTRIBUTE_CHANGED_TYPE: "it has another type",
    griffe.BreakageKind.ATTRIBUTE_CHANGED_VALUE: "it has another value",
    griffe.BreakageKind.CLASS_REMOVED_BASE: "it lost a base class",
}
_HARMLESS: Final = frozenset(
    {
        griffe.BreakageKind.PARAMETER_CHANGED_DEFAULT,
        griffe.BreakageKind.RETURN_CHANGED_TYPE,
        griffe.BreakageKind.ATTRIBUTE_CHANGED_TYPE,
        griffe.BreakageKind.ATTRIBUTE_CHANGED_VALUE,
    }
)
"""What changes behaviour or annotations, not whether callers still work: shown, never rejected."""


@dataclass(frozen=True)
class Break:
    """One thing that callers may rely on and that is different now."""

    path: str
    line: int | None
    name: str
    text: str
    grave: bool
    """True: the module declares it public, and callers fail."""


async def check(ctx: CheckContext) -> Check:
    """Compare each changed product module with itself on the target base."""
    changes = [one for one in ctx.changes if _product(one) and one.before is not None]
    if not changes:
        return Check(name=NAME, status=CheckStatus.SKIPPED, summary="No existing Python module is changed.")
    broken = await asyncio.to_thread(_broken, ctx, changes)
    if not broken:
        return Check(name=NAME, status=CheckStatus.PASSED, summary="Nothing public is broken.")
    meant = [one for one in broken if _spoken_of(ctx.spec, one.name)]
    silent = [one for one in broken if one not in meant]
    failed = any(one.grave for one in silent)
    text = "not spoken of in the spec" if silent else "as the spec says"
    shown = [*sorted(silent, key=lambda one: not one.grave), *meant][:MAX_FINDINGS]
    return Check(
        name=NAME,
        status=CheckStatus.FAILED if failed else CheckStatus.WARNING if silent else CheckStatus.PASSED,
        summary=f"{_names(len(silent or meant))} for their users, {text}.",
        findings=tuple(_finding(one, meant=one in meant) for one in shown),
    )


def _broken(ctx: CheckContext, changes: list[SourceChange]) -> list[Break]:
    logging.getLogger("griffe").setLevel(logging.ERROR)
    elsewhere = frozenset(
        name for one in ctx.changes for name in defined(one.text()[1]) if one.after is not None
    )
    found: list[Break] = []
    for change in changes:
        try:
            found += undisturbed(partial(_all_of_module, change, elsewhere))
        except RecursionError:
            name = change.path.removesuffix(".py").replace("/", ".")
            found.append(Break(change.path, None, name, "it is nested too deeply to compare", grave=False))
    return sorted(found, key=lambda one: (one.path, one.line or 0, one.name))


def _all_of_module(change: SourceChange, elsewhere: frozenset[str]) -> list[Break]:
    return list(_of_module(change, elsewhere))


def _of_module(change: SourceChange, elsewhere: frozenset[str]) -> Iterator[Break]:
    before, after = change.text()
    old_path = change.file.old_path or change.path
    if parsed(before) is None or (change.after is not None and parsed(after) is None):
        name = change.path.removesuffix(".py").replace("/", ".")
        yield Break(change.path, None, name, "it cannot be read as Python, so not compared", grave=False)
        return
    if change.after is None or (change.file.status is ChangeStatus.RENAMED and old_path != change.path):
        if Path(old_path).name.startswith("_") and Path(old_path).name != "__init__.py":
            return
        if public(before):
            module = old_path.removesuffix(".py").replace("/", ".")
            yield Break(change.path, None, module, "the module is gone", grave=bool(exported(before)))
        return
    old, new = _module(change.path, before), _module(change.path, after)
    declared = exported(before)
    imported = frozenset(new.imports)
    for one in griffe.find_breaking_changes(old, new):
        name = one.obj.path.partition(".")[2]
        top = name.partition(".")[0]
        gone = one.kind is griffe.BreakageKind.OBJECT_REMOVED
        if gone and (top in imported or one.obj.is_alias):
            continue  # still importable from here
        text = _WORDS[one.kind].format(was=_name(one.old_value), now=_name(one.new_value))
        moved = gone and name.rpartition(".")[2] in elsewhere
        line = None if gone else one.obj.lineno
        grave = top in declared and one.kind not in _HARMLESS
        yield Break(change.path, line, name, f"{text}{' from here' if moved else ''}", grave=grave)


def _module(path: str, source: str) -> griffe.Module:
    stem = path.removesuffix("/__init__.py").removesuffix(".py").rpartition("/")[2]
    return griffe.visit(stem or "module", filepath=Path(path), code=source)


def _name(value: object) -> str:
    return str(getattr(value, "name", value))


def _product(change: SourceChange) -> bool:
    return is_product_python(change.path) or is_product_python(change.file.old_path or change.path)


def _spoken_of(spec: Spec, name: str) -> bool:
    """Whether the spec names the thing, or announces a break."""
    texts = (spec.title, spec.goal, *spec.non_goals, *(one.text for one in spec.criteria))
    whole = "\n".join(texts)
    last = re.escape(name.rpartition(".")[2])
    return bool(_ANNOUNCED.search(whole)) or re.search(rf"(?<!\w){last}(?!\w)", whole) is not None


def _names(count: int) -> str:
    return "One public name changes" if count == 1 else f"{count} public names change"


def _finding(one: Break, *, meant: bool) -> Finding:
    text = f"{one.name}: {one.text}{', as the spec says' if meant else ''}."
    return Finding(rule="meant" if meant else "break", text=text, path=one.path, line=one.line)
