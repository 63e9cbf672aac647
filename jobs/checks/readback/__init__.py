"""readback: a second model sees only the change and says what it does; we compare that with the spec.

Where both differ, the reviewer is told. Where they agree nothing follows: this check never passes, and no
criterion is proven by it, so a change that talks the model into agreeing has gained nothing.
"""

from collections.abc import Mapping
from typing import Final

from jobs.checks.context import CheckContext
from jobs.checks.diff import added_numbers
from jobs.checks.layout import is_product_python
from jobs.checks.public import public
from jobs.checks.readback.compare import Touched, disagreements
from jobs.checks.readback.reading import read
from jobs.domain.verdict import Check, CheckStatus, Finding
from jobs.ports import Unanswered

NAME: Final = "readback"
NEEDS: Final = ()
MAX_FINDINGS: Final = 20
NOBODY: Final = "There is no second model: see [opinions] in codegen.toml."
"""What every opinion says without one."""


async def check(ctx: CheckContext) -> Check:
    """Ask, compare, and say where they disagree."""
    if ctx.model is None:
        return _unread(NOBODY)
    try:
        reading, left_out = await read(ctx.model, ctx.total, ctx.prompts)
    except Unanswered as unanswered:
        return _unread(unanswered.reason)
    if left_out and len(left_out) == len(ctx.total.files):
        return _unread("The change is too long to be read at once.")
    differ = disagreements(reading, ctx.spec, _touched(ctx))[:MAX_FINDINGS]
    added = added_numbers(ctx.total.diff)
    found = tuple(_placed(one, added) for one in differ)
    unread = f" Too long to be read: {', '.join(left_out[:5])}." if left_out else ""
    summary = f"A second reader differs from the spec in {len(found)} places." if found else AGREED
    return Check(
        name=NAME,
        status=CheckStatus.WARNING if found else CheckStatus.SKIPPED,
        summary=summary.replace("1 places", "1 place") + unread,
        findings=found,
        blocking=False,
    )


AGREED: Final = "A second reader sees nothing but what the spec asks for. This proves nothing."
"""What is said where nothing differs."""


def _unread(reason: str) -> Check:
    return Check(name=NAME, status=CheckStatus.NOT_AVAILABLE, summary=reason, blocking=False)


def _placed(one: Finding, added: Mapping[str, frozenset[int]]) -> Finding:
    """A line that the model only thinks is changed is left out."""
    changed = one.path is not None and one.line in added.get(one.path, ())
    return one if changed else one.model_copy(update={"line": None})


def _touched(ctx: CheckContext) -> Touched:
    paths = {path for one in ctx.total.files for path in (one.path, one.old_path) if path}
    names = {
        one.name.rpartition(".")[2]
        for change in ctx.changes
        if is_product_python(change.path)
        for one in public(change.text()[0]).values()
    }
    return Touched(paths=frozenset(paths), public=frozenset(names))
