"""What one look at a merge request means for its task: pure, so that any order of looks agrees."""

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta

from jobs.domain.base_model import Frozen
from jobs.domain.news import NewsKind
from jobs.domain.observed import FailedJob, Pipeline, Sight
from jobs.domain.people import Person
from jobs.domain.review import MergeRequestState, PipelineStatus
from jobs.domain.standing import Standing, standing_of
from jobs.domain.task import InReview, Task, TaskState, branch_of
from jobs.domain.verdict import VerdictStatus
from jobs.domain.watched import Watched
from jobs.errors import BranchGone, Stop, StopKind
from jobs.review import rework
from jobs.review.fixing import Triage, counted, fix, flaky
from jobs.review.news import Fact, news
from jobs.settings import OperatorFile

GONE_AFTER = 2
"""Looks in a row that must find a branch, merge request or project gone."""

REFUSED_FOR = timedelta(minutes=15)
"""How long the token must be refused before tasks stop for it: it may be renewed meanwhile."""

_OPEN = frozenset({MergeRequestState.OPENED, MergeRequestState.LOCKED})
_GITLAB = Person(id="gitlab", name="GitLab")


class Observation(Frozen):
    """What becomes of a task and of what is remembered, and what is to be told."""

    task: Task
    """The task, moved if it has to be."""
    watched: Watched
    """What is remembered from now on."""
    facts: tuple[Fact, ...] = ()
    """What happened."""


class Seen(Frozen):
    """One look, with what was asked besides."""

    sight: Sight
    """What it saw."""
    failed: tuple[FailedJob, ...] | None = None
    """The failed jobs of a pipeline that nothing was done about yet; None when there is no such."""
    triage: Triage = Triage()
    """What is done about them."""
    fixes: int = 0
    """Runs in a row that may mend the pipeline."""
    whole: bool = True
    """True when everything was asked for."""


def to_examine(task: Task, watched: Watched, sight: Sight) -> Pipeline | None:
    """The failed pipeline of the head whose jobs are to be asked for; None when that was done."""
    pipeline = sight.ci
    if (
        pipeline is None
        or pipeline.status is not PipelineStatus.FAILED
        or task.state is not TaskState.IN_REVIEW
    ):
        return None
    known = watched.sight.pipeline if watched.sight else None
    return None if known == pipeline and watched.handled == str(pipeline.id) else pipeline


def to_lift(task: Task, watched: Watched, sight: Sight) -> bool:
    """True when the draft is to become ready: what was verified is the head, and its pipeline passed."""
    run, request = task.run, sight.merge_request
    passed = run is not None and run.verdict is not None and run.verdict.status is VerdictStatus.PASSED
    green = sight.pipeline is not None and sight.pipeline.status is PipelineStatus.PASSED
    ours = run is not None and run.head is not None and run.head == request.sha
    open_ = request.state is MergeRequestState.OPENED and task.state is TaskState.IN_REVIEW
    return open_ and request.draft and passed and green and ours and watched.lifted != request.sha


def to_ask(task: Task, sight: Sight) -> tuple[str, ...]:
    """Who is to be asked for review once there is room: nobody was when the merge request was opened."""
    if task.merge_request is None or sight.reviewers or task.state is not TaskState.IN_REVIEW:
        return ()
    return task.merge_request.wanted


def to_retarget(task: Task, sight: Sight) -> str | None:
    """The branch that a child's merge request is for, now that its parent is merged; None when it is."""
    request, wanted = sight.merge_request, task.merge_request
    if task.plan.stack or wanted is None or wanted.target_branch == request.target_branch:
        return None
    stands = request.state is MergeRequestState.OPENED
    on_parent = request.target_branch in map(branch_of, task.plan.depends_on)
    return wanted.target_branch if stands and on_parent else None


def observed(
    task: Task, watched: Watched, seen: Seen, *, operator: OperatorFile, now: datetime
) -> Observation:
    """The task after a look, what is remembered of it, and what is new."""
    sight, before, reopened = seen.sight, watched.sight, task.state is TaskState.CLOSED
    facts = [*_renamed(task, sight), *news(before, sight, ours=_ours(task))]
    watched = _remembered(watched, seen, moved=bool(facts), now=now)
    # somebody who was asked, by us or by a person, ends the search for one who has room
    wanted = () if sight.reviewers or task.merge_request is None else task.merge_request.wanted
    request = sight.merge_request.model_copy(update={"wanted": wanted})
    task = _placed(task.note(merge_request=request, standing=standing_of(sight)), sight)
    if seen.failed is not None and sight.pipeline is not None:
        task, watched, facts = _pipeline_failed(task, watched, seen, facts=facts, now=now)
    elif sight.pipeline is not None and sight.pipeline.status is PipelineStatus.PASSED:
        facts += _flaky(watched, ())
        watched = watched.model_copy(update={"fixes": 0, "retried": {}, "rerun": {}})
    # one write is one move: what is asked of a merge request that was opened again waits for the next look
    open_ = sight.merge_request.state in _OPEN and not reopened
    decided = rework.decide(task, before, sight, operator=operator, now=now) if open_ else None
    return Observation(task=decided or task, watched=watched, facts=tuple(facts))


def refused(task: Task, watched: Watched, stop: Stop, *, now: datetime) -> Observation:
    """The task after a look that GitLab refused: one that stays so ends the watch."""
    since = watched.stopped_at or now
    watched = watched.model_copy(update={"stops": watched.stops + 1, "stopped_at": since})
    gone = stop.kind is StopKind.INPUT and watched.stops >= GONE_AFTER
    lasting = watched.stops >= GONE_AFTER and now - since >= REFUSED_FOR
    if not (gone or lasting) or task.state is not TaskState.IN_REVIEW:
        return Observation(task=task, watched=watched)
    why = {"reason": stop.reason, "remedy": stop.remedy, "gone": isinstance(stop, BranchGone)}
    standing = (task.standing or Standing()).model_copy(update=why)
    fact = Fact(kind=NewsKind.GONE, text=str(stop))
    return Observation(task=task.to(TaskState.STOPPED, standing=standing), watched=watched, facts=(fact,))


def _renamed(task: Task, sight: Sight) -> Iterator[Fact]:
    before, now = task.merge_request, sight.merge_request
    if before is not None and before.project != now.project:
        yield Fact(kind=NewsKind.RENAMED, text=before.project, where=now.project, url=now.url)


def _ours(task: Task) -> frozenset[str]:
    known = (task.run.head if task.run else None, task.merge_request.sha if task.merge_request else None)
    return frozenset(one for one in known if one)


def _remembered(watched: Watched, seen: Seen, *, moved: bool, now: datetime) -> Watched:
    before, sight = watched.sight, seen.sight
    new_head = before is None or before.merge_request.sha != sight.merge_request.sha
    fresh: dict[str, object] = {"sight": sight, "stops": 0, "stopped_at": None}
    if moved or new_head or watched.active_at is None:
        fresh["active_at"] = now
    if seen.whole:
        fresh["full_at"] = now
    if new_head:
        fresh |= {"retried": {}, "rerun": {}, "handled": ""}
    return watched.model_copy(update=fresh)


def _placed(task: Task, sight: Sight) -> Task:
    state = sight.merge_request.state
    if state in _OPEN:
        task = task.to(TaskState.IN_REVIEW) if task.state is TaskState.CLOSED else task
        in_review = _in_review(task, sight)
        return task.note(in_review=in_review) if task.state is TaskState.IN_REVIEW else task
    ended = TaskState.MERGED if state is MergeRequestState.MERGED else TaskState.CLOSED
    if task.state in (TaskState.IN_REVIEW, TaskState.WAITING):
        return task.to(ended)
    if task.state is TaskState.RUNNING:
        return task.note(cancel=task.cancel or _GITLAB)  # its worker ends it, the next look moves the task
    # somebody opened and merged it between two looks
    return (
        task.to(TaskState.IN_REVIEW) if ended is TaskState.MERGED and task.state is TaskState.CLOSED else task
    )


def _in_review(task: Task, sight: Sight) -> InReview:
    if sight.merge_request.draft:
        return InReview.DRAFT
    return InReview.REVIEWER_CAP if to_ask(task, sight) else InReview.REVIEW


def _pipeline_failed(
    task: Task, watched: Watched, seen: Seen, *, facts: list[Fact], now: datetime
) -> tuple[Task, Watched, list[Fact]]:
    pipeline, triage = seen.sight.pipeline, seen.triage
    assert pipeline is not None
    watched = watched.model_copy(update={"handled": str(pipeline.id)})
    others = [one for one in facts if one.kind is not NewsKind.PIPELINE_FAILED]
    if triage.again:
        # as we know that it runs again, its next failure is seen even when no look falls in between
        pending = pipeline.model_copy(update={"status": PipelineStatus.PENDING})
        watched = counted(watched, triage.again)
        watched = watched.model_copy(update={"sight": seen.sight.model_copy(update={"pipeline": pending})})
        standing = (task.standing or Standing()).model_copy(update={"pipeline": PipelineStatus.PENDING})
        rerun = Fact(kind=NewsKind.RERUN, text=_names(triage.again), url=pipeline.url)
        return task.note(standing=standing), watched, [*others, rerun]
    failed = Fact(kind=NewsKind.PIPELINE_FAILED, text=_names(triage.code), url=pipeline.url)
    others += [failed, *_flaky(watched, seen.failed or ())]
    if triage.infrastructure:
        others.append(
            Fact(kind=NewsKind.INFRASTRUCTURE, text=_names(triage.infrastructure), url=pipeline.url)
        )
    if not triage.code or task.state is not TaskState.IN_REVIEW:
        return task, watched, others
    most = seen.fixes
    fixed = fix(task, pipeline, triage.code, fixes=watched.fixes, most=most, now=now)
    if fixed is None:
        return task, watched, [*others, Fact(kind=NewsKind.FIXES_USED_UP, text=str(most), url=pipeline.url)]
    watched = watched.model_copy(update={"fixes": watched.fixes + 1})
    said = Fact(kind=NewsKind.FIXING, text=f"{watched.fixes} of {most}", url=pipeline.url)
    return fixed, watched, [*others, said]


def _flaky(watched: Watched, failed: Sequence[FailedJob]) -> list[Fact]:
    names = flaky(watched, failed)
    return [Fact(kind=NewsKind.FLAKY, text=", ".join(names))] if names else []


def _names(jobs: Sequence[FailedJob]) -> str:
    return ", ".join(dict.fromkeys(job.name for job in jobs))
