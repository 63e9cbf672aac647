"""What is new between two looks at a merge request: pure, and each fact once."""

from collections.abc import Iterator
from datetime import datetime

from jobs.domain.base_model import Frozen
from jobs.domain.news import News, NewsKind
from jobs.domain.observed import Comment, Sight
from jobs.domain.patch import Sha
from jobs.domain.review import MergeRequestState, PipelineStatus
from jobs.domain.standing import open_discussions

_K = NewsKind
_OPEN = frozenset({MergeRequestState.OPENED, MergeRequestState.LOCKED})
_PIPELINE = {
    PipelineStatus.PENDING: _K.PIPELINE_STARTED,
    PipelineStatus.PASSED: _K.PIPELINE_PASSED,
    PipelineStatus.FAILED: _K.PIPELINE_FAILED,
}


class Fact(Frozen):
    """One thing that happened, before it has its id."""

    kind: NewsKind
    """What happened."""
    who: tuple[str, ...] = ()
    """GitLab usernames it is about."""
    text: str = ""
    """What was written."""
    where: str = ""
    """File and line, branch or commit it is about."""
    url: str = ""
    """Where it can be seen."""


def news(before: Sight | None, now: Sight, *, ours: frozenset[Sha] = frozenset()) -> tuple[Fact, ...]:
    """Everything that changed, in the order people expect; `ours` are the commits that runs pushed.

    Without a look before, everything there is besides our own opening of it is new.
    """
    before = before or _as_opened(now)
    return (
        *_commits(before, now, ours),
        *_people(before, now),
        *_comments(before, now),
        *_pipeline(before, now),
        *_branches(before, now),
        *_state(before, now),
    )


def numbered(facts: tuple[Fact, ...], *, look: int, at: datetime) -> tuple[News, ...]:
    """The facts with ids that belong to the look that saw them."""
    return tuple(
        News(id=f"{look}.{number}", at=at, **one.model_dump()) for number, one in enumerate(facts, 1)
    )


def _as_opened(now: Sight) -> Sight:
    # without a head: what a person pushed before anybody looked is news too, our own head is not
    request = now.merge_request.model_copy(update={"state": MergeRequestState.OPENED, "sha": None})
    return Sight(merge_request=request, author=now.author, target_head=now.target_head)


def _commits(before: Sight, now: Sight, ours: frozenset[Sha]) -> Iterator[Fact]:
    head = now.merge_request.sha
    if head and head != before.merge_request.sha and head not in ours:
        yield Fact(kind=_K.PUSHED, where=head, url=now.merge_request.url)


def _people(before: Sight, now: Sight) -> Iterator[Fact]:
    url = now.merge_request.url
    for kind, then, today in (
        (_K.REVIEW_REQUESTED, before.reviewers, now.reviewers),
        (_K.APPROVED, before.approvers, now.approvers),
        (_K.UNAPPROVED, now.approvers, before.approvers),
        (_K.CHANGES_REQUESTED, before.changes_wanted, now.changes_wanted),
    ):
        new = tuple(one for one in today if one not in then)
        if new:
            yield Fact(kind=kind, who=new, url=url)


def _comments(before: Sight, now: Sight) -> Iterator[Fact]:
    known = {one.id for one in before.comments}
    for one in now.comments:
        if one.id not in known and not one.ours:
            where = f"{one.path}:{one.line}" if one.path and one.line else one.path or ""
            yield Fact(kind=_K.COMMENT, who=(one.author,), text=one.text, where=where, url=one.url)
    was_open, is_open = open_discussions(before), open_discussions(now)
    first = _first_notes(now)
    for discussion in sorted(was_open - is_open, key=lambda one: first[one].id if one in first else 0):
        if discussion in first:
            yield _about(_K.RESOLVED, first[discussion])
    for discussion in sorted(is_open & _resolved(before)):
        yield _about(_K.REOPENED_DISCUSSION, first[discussion])


def _first_notes(sight: Sight) -> dict[str, Comment]:
    first: dict[str, Comment] = {}
    for one in sight.comments:
        first.setdefault(one.discussion, one)
    return first


def _resolved(sight: Sight) -> frozenset[str]:
    known = {one.discussion for one in sight.comments if one.resolvable}
    return frozenset(known - open_discussions(sight))


def _about(kind: NewsKind, comment: Comment) -> Fact:
    return Fact(kind=kind, who=(comment.author,), text=comment.text, url=comment.url)


def _pipeline(before: Sight, now: Sight) -> Iterator[Fact]:
    pipeline = now.ci
    if pipeline is None or pipeline.status not in _PIPELINE:
        return
    then = before.ci
    if then is None or (then.id, then.status) != (pipeline.id, pipeline.status):
        yield Fact(kind=_PIPELINE[pipeline.status], where=pipeline.commit, url=pipeline.url)


def _branches(before: Sight, now: Sight) -> Iterator[Fact]:
    url = now.merge_request.url
    target = now.merge_request.target_branch
    if before.merge_request.target_branch != target:
        yield Fact(kind=_K.RETARGETED, where=target, url=url)
    elif before.target_head and now.target_head and before.target_head != now.target_head:
        yield Fact(kind=_K.TARGET_MOVED, where=target, url=url)
    if now.merge_request.state in _OPEN and before.conflicts is not now.conflicts:
        yield Fact(kind=_K.CONFLICT if now.conflicts else _K.CONFLICT_OVER, where=target, url=url)


def _state(before: Sight, now: Sight) -> Iterator[Fact]:
    then, request = before.merge_request, now.merge_request
    if request.state in _OPEN and then.state in _OPEN and then.draft is not request.draft:
        yield Fact(kind=_K.DRAFTED if request.draft else _K.READY, url=request.url)
    if (then.state in _OPEN) and request.state is MergeRequestState.MERGED:
        yield Fact(kind=_K.MERGED, who=_named(now.merged_by), url=request.url)
    if then.state is MergeRequestState.CLOSED and request.state is not MergeRequestState.CLOSED:
        yield Fact(kind=_K.REOPENED, url=request.url)
        if request.state is MergeRequestState.MERGED:
            yield Fact(kind=_K.MERGED, who=_named(now.merged_by), url=request.url)
    if then.state in _OPEN and request.state is MergeRequestState.CLOSED:
        yield Fact(kind=_K.CLOSED, who=_named(now.closed_by), url=request.url)


def _named(username: str) -> tuple[str, ...]:
    return (username,) if username else ()
