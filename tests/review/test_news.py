"""What is new between two looks: each fact once, nothing when nothing changed."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jobs.domain.news import NewsKind as K
from jobs.domain.observed import Sight
from jobs.domain.review import MergeRequestState, PipelineStatus
from jobs.review.news import news
from tests.factories import SHA
from tests.review.sights import a_comment, a_pipeline, a_sight

OTHER = "a" * 40
CLOSED, MERGED = MergeRequestState.CLOSED, MergeRequestState.MERGED
FAILED, PENDING = PipelineStatus.FAILED, PipelineStatus.PENDING


def kinds(before: Sight | None, now: Sight, **more: Any) -> list[K]:
    return [one.kind for one in news(before, now, **more)]


@pytest.mark.parametrize(
    ("before", "now", "expected"),
    [
        ({}, {"reviewers": ("ben",)}, [K.REVIEW_REQUESTED]),
        ({}, {"approvers": ("ben",)}, [K.APPROVED]),
        ({"approvers": ("ben",)}, {}, [K.UNAPPROVED]),
        ({}, {"changes_wanted": ("ben",)}, [K.CHANGES_REQUESTED]),
        ({"changes_wanted": ("ben",)}, {}, []),
        ({}, {"comments": (a_comment(),)}, [K.COMMENT]),
        ({}, {"comments": (a_comment(ours=True),)}, []),
        ({"pipeline": None}, {"pipeline": a_pipeline(PENDING)}, [K.PIPELINE_STARTED]),
        ({"pipeline": a_pipeline(PENDING)}, {"pipeline": a_pipeline()}, [K.PIPELINE_PASSED]),
        ({"pipeline": a_pipeline(PENDING)}, {"pipeline": a_pipeline(FAILED)}, [K.PIPELINE_FAILED]),
        ({"pipeline": a_pipeline(FAILED)}, {"pipeline": a_pipeline(FAILED)}, []),
        ({"pipeline": a_pipeline(FAILED)}, {"pipeline": a_pipeline(FAILED, id=71)}, [K.PIPELINE_FAILED]),
        ({}, {"conflicts": True}, [K.CONFLICT]),
        ({"conflicts": True}, {}, [K.CONFLICT_OVER]),
        ({}, {"sha": OTHER}, [K.PUSHED]),
        ({}, {"target_branch": "release"}, [K.RETARGETED]),
        ({}, {"target_head": OTHER}, [K.TARGET_MOVED]),
        ({"draft": True}, {}, [K.READY]),
        ({}, {"draft": True}, [K.DRAFTED]),
        ({}, {"state": MERGED, "merged_by": "ben"}, [K.MERGED]),
        ({}, {"state": CLOSED}, [K.CLOSED]),
        ({"state": CLOSED}, {}, [K.REOPENED]),
        ({"state": CLOSED}, {"state": MERGED}, [K.REOPENED, K.MERGED]),
        ({"state": MERGED}, {"state": MERGED}, []),
    ],
)
def test_each_change_is_one_fact(before: dict[str, Any], now: dict[str, Any], expected: list[K]) -> None:
    assert kinds(a_sight(**before), a_sight(**now)) == expected


def test_a_discussion_is_resolved_and_opened_again_once() -> None:
    asked = a_comment(1, resolvable=True)
    answered = a_comment(2, discussion="d1", author="ana", resolvable=True)
    opened = a_sight(comments=(asked, answered))
    both = [one.model_copy(update={"resolved": True}) for one in (asked, answered)]
    resolved = a_sight(comments=tuple(both))
    (fact,) = news(opened, resolved)
    assert (fact.kind, fact.who, fact.text) == (K.RESOLVED, ("ben",), asked.text)
    assert kinds(resolved, opened) == [K.REOPENED_DISCUSSION]


def test_our_own_push_is_no_news() -> None:
    assert kinds(a_sight(), a_sight(sha=OTHER), ours=frozenset({OTHER})) == []


def test_the_first_look_tells_what_is_there_already() -> None:
    first = a_sight(reviewers=("ben",), comments=(a_comment(),), pipeline=a_pipeline(PENDING))
    ours = frozenset({SHA})
    assert kinds(None, first, ours=ours) == [K.REVIEW_REQUESTED, K.COMMENT, K.PIPELINE_STARTED]
    assert kinds(None, a_sight(), ours=ours) == []
    assert kinds(None, a_sight(sha=OTHER), ours=ours) == [K.PUSHED]


def test_a_comment_on_a_line_says_where() -> None:
    (fact,) = news(a_sight(), a_sight(comments=(a_comment(path="src/totals.py", line=7),)))
    assert (fact.where, fact.url) == ("src/totals.py:7", "https://gitlab.example/note/1")


SIGHTS = st.builds(
    a_sight,
    state=st.sampled_from(list(MergeRequestState)),
    draft=st.booleans(),
    sha=st.sampled_from([SHA, OTHER]),
    target_branch=st.sampled_from(["main", "release"]),
    reviewers=st.sampled_from([(), ("ben",), ("ben", "ana")]),
    approvers=st.sampled_from([(), ("ben",)]),
    conflicts=st.booleans(),
    pipeline=st.sampled_from([None, *(a_pipeline(status) for status in PipelineStatus)]),
    comments=st.sampled_from(
        [(), (a_comment(resolvable=True),), (a_comment(resolvable=True, resolved=True), a_comment(2))]
    ),
)


@given(SIGHTS)
def test_looking_twice_tells_nothing(sight: Sight) -> None:
    assert news(sight, sight) == ()


@given(SIGHTS, SIGHTS)
def test_no_fact_is_told_twice_by_one_look(before: Sight, now: Sight) -> None:
    told = [(one.kind, one.who, one.url) for one in news(before, now)]
    assert len(told) == len(set(told))
