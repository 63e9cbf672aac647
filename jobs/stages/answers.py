"""Answering what was said on the merge request: what changed because of it, or why nothing did."""

from itertools import groupby

from jobs.checks.diff import added_numbers
from jobs.domain.feedback import Feedback
from jobs.domain.run import Run, RunState
from jobs.domain.task import Task
from jobs.ports import Tools
from jobs.redaction import scrub
from jobs.render import neutral, render

REJECTED = "The change that was tried did not pass verification, so nothing was pushed."
"""Said when a rework ends rejected."""

FILES = 5
"""Most files named in one answer."""


async def answer_discussions(
    task: Task, run: Run, tools: Tools, *, reason: str = "", remedy: str = ""
) -> None:
    """Reply once in each discussion that the run took something from; done again, it says nothing twice.

    With a `reason` nothing was changed, and the reply says why.
    """
    request = run.merge_request or task.merge_request
    if request is None:
        return
    asked = sorted((one for one in run.feedback if one.discussion), key=lambda one: one.discussion or "")
    for discussion, said in groupby(asked, key=lambda one: one.discussion or ""):
        text = answer(run, tuple(said), reason=reason, remedy=remedy)
        where = {"discussion": discussion, "text": text, "key": f"{run.id}/{discussion}"}
        await tools.review.answer(request.project, request.iid, **where)
        if tools.operator.rework.resolve and not reason and _changed(run):
            await tools.review.resolve(request.project, request.iid, discussion=discussion)


def answer(run: Run, said: tuple[Feedback, ...], *, reason: str = "", remedy: str = "") -> str:
    """The reply to what was said in one discussion; nothing in it acts, and no credential is in it."""
    words = {one.to: one.text for one in run.answers}
    text = render(
        "merge_request/answer.md.j2",
        reason=reason,
        remedy=remedy,
        problems=_problems(run) if reason else [],
        words=[words[one.id] for one in said if one.id in words],
        commit=run.head if _changed(run) else None,
        places=_places(run, said),
        summary=run.summary,
        proven=run.verdict.proven if run.verdict else 0,
        criteria=len(run.verdict.evidence) if run.verdict else 0,
    )
    return scrub(text)


def _changed(run: Run) -> bool:
    return run.patch is not None and not run.patch.empty and run.state is not RunState.REJECTED


def _places(run: Run, said: tuple[Feedback, ...]) -> list[str]:
    """Files and lines that changed: those the words are about, or else the first few."""
    added = added_numbers(run.patch.diff) if run.patch else {}
    about = [one.path for one in said if one.path in added]
    paths = about or [file.path for file in (run.patch.files if run.patch else ())]
    return [_place(path or "", added.get(path or "", frozenset())) for path in dict.fromkeys(paths)][:FILES]


def _place(path: str, lines: frozenset[int]) -> str:
    shown = neutral(path).replace("`", "'")
    if not lines:
        return f"`{shown}`"
    first, last = min(lines), max(lines)
    return f"`{shown}` line {first}" if first == last else f"`{shown}` lines {first} to {last}"


def _problems(run: Run) -> list[str]:
    failed = [one for one in (run.verdict.checks if run.verdict else ()) if one.status == "failed"]
    return [f"{one.name}: {one.summary}" for one in failed[:FILES]]
