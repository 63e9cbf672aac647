"""The summary: one reply when a run ends, everything a reviewer needs at a glance."""

from jobs.domain.confirmed import counted, to_confirm
from jobs.domain.patch import Extent
from jobs.domain.risk import risk
from jobs.domain.run import Purpose, Run, RunState
from jobs.domain.spec import Spec
from jobs.domain.task import Task, TaskState
from jobs.domain.verdict import CheckStatus, Evidence, Verdict
from jobs.domain.vote import tally
from jobs.messages import blocks
from jobs.messages.figures import duration, money, prompts_told, tokens
from jobs.messages.look_first import look_first
from jobs.messages.opinions import in_short
from jobs.messages.request_words import ci_of
from jobs.ports import Message
from jobs.render import render

HEADER = ("Criterion", "Result", "Before", "After", "Proof")
"""Columns of the evidence table."""
NARROW = ("Criterion", "Result", "Before → after", "Proof")
"""Its columns in a thread, which is narrow."""

CONFIRMED = 5
"""How many criteria can be confirmed from one message."""

_BUTTONS = frozenset({RunState.REJECTED, RunState.STOPPED, RunState.FAILED, RunState.CANCELLED})


def summary(task: Task) -> Message:
    """The reply that tells how a task's last run ended; raises ValueError before that."""
    run = counted(task)
    if run is None or not run.ended or task.thread is None or task.thread.ts is None:
        raise ValueError(f"task {task.id} has nothing to sum up yet")
    text = _text(task, run)
    return Message(
        channel=task.thread.channel,
        thread_ts=task.thread.ts,
        text=text.partition("\n")[0],
        blocks=(
            blocks.section(text),
            *_evidence(task.spec, run.verdict),
            *_to_confirm(task, run),
            *_look_first(run),
            blocks.context(_figures(task, run)),
            *blocks.actions(task.id, *_buttons(task, run)),
            *_useful(task, run),
        ),
        key=f"{run.id}/summary",
    )


def diff_attached(run: Run) -> bool:
    """True when the thread gets the diff as a file: it was not opened, and no secret was found in it."""
    unopened = run.state in (RunState.REJECTED, RunState.STOPPED) and run.merge_request is None
    return unopened and _presentable(run)


def diff_offered(run: Run | None) -> bool:
    """True when a button may put the diff into the thread: it is not there, and no secret was found in it."""
    return run is not None and run.ended and not diff_attached(run) and _presentable(run)


def _presentable(run: Run) -> bool:
    if run.patch is None or not run.patch.diff:
        return False
    scans = [one.status for one in (run.verdict.checks if run.verdict else ()) if one.name == "secrets"]
    return bool(run.verdict) and CheckStatus.FAILED not in scans


def evidence_row(spec: Spec, evidence: Evidence) -> tuple[str, ...]:
    """One criterion's cells: text, result, what the proof did before and after, who wrote it."""
    text = next((one.text for one in spec.criteria if one.id == evidence.criterion), "")
    result = evidence.status.replace("_", " ")
    if evidence.strength is not None:
        result = f"{result} ({evidence.strength})"
    author = {"person": "yours", "blind": "independent", "engine": "from the change"}
    proof = evidence.proof
    by = f", {author[proof.by]}" if proof.by else ""
    return (
        f"{evidence.criterion} {text}",
        result,
        evidence.base or "not run",
        evidence.head or "not run",
        f"{proof.kind}{by}",
    )


def _text(task: Task, run: Run) -> str:
    verdict = run.verdict
    failed = [one for one in verdict.checks if one.status is CheckStatus.FAILED] if verdict else []
    request = run.merge_request
    review = risk(run)
    return render(
        f"thread/summary/{run.state}.mrkdwn.j2",
        purpose=run.purpose,
        summary=blocks.clip(run.summary, 1200),
        url=request.url if request else "",
        iid=request.iid if request else 0,
        draft=bool(request and request.draft),
        status=verdict.status if verdict else "",
        proven=verdict.proven if verdict else 0,
        pipeline=ci_of(task, run.head),
        opinions=[blocks.one_line(one, 200) for one in in_short(run)],
        tier=review.tier,
        minutes=review.minutes,
        criteria=len(task.spec.criteria),
        failed=[(blocks.one_line(one.name, 60), blocks.one_line(one.summary, 250)) for one in failed[:5]],
        reason=blocks.clip(run.reason, 900),
        remedy=blocks.clip(run.remedy, 500),
        reference=run.reference,
        troubles=[blocks.one_line(one, 250) for one in run.troubles[:3]],
        open_request=task.merge_request is not None,
        attached=diff_attached(run),
        extent=_extent(run),
    )


def _extent(run: Run) -> Extent:
    """What the run changed; one that only checks changes nothing, and tells what it checked."""
    if run.purpose is Purpose.RECHECK:
        return run.extent
    return run.patch.extent if run.patch else Extent()


def _evidence(spec: Spec, verdict: Verdict | None) -> list[blocks.Block]:
    if verdict is None or not verdict.evidence:
        return []
    rows = [evidence_row(spec, one) for one in verdict.evidence[: blocks.ROWS]]
    narrow = [(text, result, f"{base} → {head}", proof) for text, result, base, head, proof in rows]
    return [blocks.table(NARROW, [[blocks.one_line(cell, 120) for cell in row] for row in narrow])]


def _to_confirm(task: Task, run: Run) -> list[blocks.Block]:
    if task.state is not TaskState.IN_REVIEW:
        return []
    texts = {one.id: blocks.one_line(one.text, 300) for one in task.spec.criteria}
    return [
        blocks.confirm(
            task.id,
            run.number,
            one,
            render("thread/confirm.mrkdwn.j2", criterion=one, text=texts.get(one, "")),
        )
        for one in to_confirm(run)[:CONFIRMED]
    ]


def _look_first(run: Run) -> list[blocks.Block]:
    places = [(where, blocks.one_line(why, 200)) for where, why in look_first(run)[:5]]
    if not places or run.state is RunState.FAILED:
        return []
    cut = [(blocks.one_line(where, 120), why) for where, why in places]
    return [blocks.section(render("thread/look_first.mrkdwn.j2", places=cut))]


def _figures(task: Task, run: Run) -> str:
    ended = run.ended_at or task.updated_at
    return render(
        "thread/summary/figures.mrkdwn.j2",
        task=task.id,
        run=run.number,
        rounds=run.round,
        elapsed=duration((ended - run.started_at).total_seconds()),
        money=money(run.spend),
        tokens=tokens(run.spend),
        engine=blocks.one_line(run.engine, 100),
        prompts=blocks.one_line(prompts_told(run), 150) if run.prompts.uses else "",
    )


def _buttons(task: Task, run: Run) -> list[blocks.Block]:
    found = []
    if task.merge_request is not None:
        found.append(blocks.open_button(task.id, task.merge_request.url))
    if run.verdict is not None:
        found.append(blocks.evidence_button(task.id, run.number))
    if diff_offered(run):
        found.append(blocks.diff_button(task.id, run.number))
    if run.state in _BUTTONS and task.merge_request is None and run.number >= task.runs:
        found.append(blocks.retry_button(task.id))
    return found


def _useful(task: Task, run: Run) -> list[blocks.Block]:
    """The question, with how it was answered so far; not for what brought nothing to judge."""
    if run.verdict is None or run.state in (RunState.FAILED, RunState.CANCELLED, RunState.SUPERSEDED):
        return []
    yes, no = tally(task.votes, run.number)
    words = render("thread/useful.mrkdwn.j2", yes=yes, no=no)
    return [blocks.context(words), *blocks.useful_buttons(task.id, run.number)]
