"""A merge that git could not do alone: told to the engine, and looked for afterwards."""

import re
from collections.abc import Sequence
from datetime import datetime

from jobs.domain.feedback import Feedback, FeedbackKind
from jobs.domain.run import Run
from jobs.domain.verdict import Check, CheckStatus
from jobs.ports import Workspace
from jobs.stages.workspace import Ground

MARKER = re.compile(rb"^(<{7}|>{7}|\|{7})( |$)", re.MULTILINE)
"""A line that git leaves where two sides differ."""

SHOWN = 4000
"""Most characters of a conflict shown at once; the file itself holds the whole."""


async def conflicts(
    paths: Sequence[str], ground: Ground, workspace: Workspace, *, at: datetime
) -> tuple[Feedback, ...]:
    """What the engine is told about each file with a conflict."""
    return tuple([await _conflict(path, ground, workspace, at=at) for path in paths])


async def unsettled(run: Run, workspace: Workspace) -> Check | None:
    """The failed check that names files with conflict markers left in them; None when there are none."""
    left = []
    for one in run.feedback:
        content = await workspace.read(one.path) if one.path and one.kind is FeedbackKind.CONFLICT else None
        if content is not None and MARKER.search(content):
            left.append(one.path or "")
    if not left:
        return None
    summary = f"Conflict markers are left in {', '.join(left)}."
    return Check(name="conflict", status=CheckStatus.FAILED, summary=summary)


async def _conflict(path: str, ground: Ground, workspace: Workspace, *, at: datetime) -> Feedback:
    content = await workspace.read(path)
    if content is None:
        text = f"{path}: deleted on one side and changed on the other."
    elif not MARKER.search(content):
        text = f"{path}: changed on both sides in a way that git shows no lines of."
    else:
        text = f"{path}: both sides changed the same lines; git's markers show them."
    return Feedback(
        id=f"conflict:{ground.merges}:{path}",
        kind=FeedbackKind.CONFLICT,
        by="git",
        text=text,
        at=at,
        path=path,
        code=_around(content.decode(errors="replace")) if content else "",
    )


def _around(text: str) -> str:
    lines = text.splitlines()
    marked = [number for number, line in enumerate(lines) if re.match(r"(<{7}|>{7}|={7})( |$)", line)]
    if not marked:
        return ""
    return "\n".join(lines[max(marked[0] - 3, 0) : marked[-1] + 4])[:SHOWN]
