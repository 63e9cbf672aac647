"""docs: when the spec says `docs: required`, what people can see changes together with its documentation."""

import re
from pathlib import PurePosixPath
from typing import Final

from jobs.checks.context import CheckContext
from jobs.checks.diff import added_lines
from jobs.checks.layout import is_product_python
from jobs.checks.public import Public, public
from jobs.domain.patch import ChangeStatus
from jobs.domain.spec import Docs
from jobs.domain.verdict import Check, CheckStatus, Finding

NAME: Final = "docs"
NEEDS: Final = ()
MAX_FINDINGS: Final = 40

_ENDINGS: Final = (".md", ".rst", ".adoc", ".mdx")
_FOLDERS: Final = frozenset({"doc", "docs", "documentation", "manual", "site"})
_NAMES: Final = frozenset({"readme", "changelog", "changes", "history", "news", "upgrading"})


async def check(ctx: CheckContext) -> Check:
    """Name what is public, changed, and mentioned in no added line of documentation and no new docstring."""
    if ctx.spec.docs is not Docs.REQUIRED:
        return Check(
            name=NAME, status=CheckStatus.SKIPPED, summary="The spec does not ask for documentation."
        )
    changed = _changed(ctx)
    documents = [
        one for one in ctx.total.files if is_document(one.path) and one.status is not ChangeStatus.DELETED
    ]
    silent = [(path, one) for path, one, told in changed if not told]
    findings = tuple(_finding(path, one) for path, one in silent[:MAX_FINDINGS])
    if not documents and (silent or not changed):
        text = f"{len(silent)} public changes" if silent else "The change"
        verb = "come" if len(silent) > 1 else "comes"
        text = text.replace("1 public changes", "1 public change")
        summary = f"{text} {verb} without documentation, which the spec requires."
        return Check(name=NAME, status=CheckStatus.FAILED, summary=summary, findings=findings)
    if silent:
        summary = f"{len(silent)} changed public names are mentioned nowhere in the changed documentation."
        return Check(name=NAME, status=CheckStatus.WARNING, summary=summary, findings=findings)
    where = ", ".join(one.path for one in documents[:3]) or "docstrings"
    return Check(name=NAME, status=CheckStatus.PASSED, summary=f"Documented in {where}.")


def is_document(path: str) -> bool:
    """True for files that people read."""
    place = PurePosixPath(path.lower())
    in_folder = bool(_FOLDERS & set(place.parts[:-1])) and place.suffix in (
        *_ENDINGS,
        ".txt",
        ".html",
        ".ipynb",
    )
    return place.suffix in _ENDINGS or in_folder or place.stem in _NAMES


def _changed(ctx: CheckContext) -> list[tuple[str, Public, bool]]:
    """Path, public thing and whether it is documented."""
    written = "\n".join(line.text for line in added_lines(ctx.total.diff) if is_document(line.path))
    found = []
    for change in ctx.changes:
        if not is_product_python(change.path):
            continue
        old, new = map(public, change.text())
        for key in sorted({*old, *new}):
            before, after = old.get(key), new.get(key)
            if (before and before.shape) == (after and after.shape) and before and after:
                continue
            one = after or before
            if one is not None:
                docstring = bool(after and after.words and after.words != (before.words if before else ""))
                found.append((change.path, one, docstring or _mentions(written, one.name)))
    return found


def _mentions(text: str, name: str) -> bool:
    last = name if name.startswith(("-", "/")) else name.rpartition(".")[2]
    return re.search(rf"(?<![\w-]){re.escape(last)}(?![\w-])", text) is not None


def _finding(path: str, one: Public) -> Finding:
    text = f"The {one.kind} {one.name} changes and is not documented."
    return Finding(rule="undocumented", text=text, path=path, line=one.line)
