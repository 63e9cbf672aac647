"""What tasks reach, and the weeks that follow from it."""

from datetime import UTC, datetime, timedelta
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from jobs.domain.budget import Spend
from jobs.domain.milestone import Milestone, Reached, reached
from jobs.domain.run import Purpose, RunState
from jobs.domain.task import InReview, Task, TaskState
from jobs.domain.team import WEEKS, begins, together, weeks
from tests.factories import NOON, a_merge_request, a_run, a_task

WEDNESDAY = datetime(2026, 11, 18, 10, 0, tzinfo=UTC)
DAY = timedelta(days=1)


def milestone(what: Reached, at: datetime = WEDNESDAY, **fields: Any) -> Milestone:
    return Milestone.model_validate(
        {"what": what, "task": "cg-1", "repository": "payments/api", "at": at, **fields}
    )


def running(**fields: Any) -> Task:
    task = a_task(state=TaskState.RUNNING, waiting=None)
    return task.note(run=a_run(task, **fields), updated_at=NOON + timedelta(hours=2))


def whats(old: Task | None, task: Task) -> list[Reached]:
    return [one.what for one in reached(old, task)]


def test_a_run_that_ends_with_a_merge_request_is_two_milestones() -> None:
    old = running(purpose=Purpose.CHANGE)
    assert old.run is not None
    ended = old.run.model_copy(update={"state": RunState.DELIVERED, "spend": Spend(usd="1.5", requests=1)})
    new = old.to(TaskState.IN_REVIEW, in_review=InReview.REVIEW, run=ended, merge_request=a_merge_request())
    run, opened = reached(old, new)
    assert (run.what, run.usd, run.rework) == (Reached.RUN, 1.5, False)
    assert (opened.what, opened.seconds) == (Reached.OPENED, 7200.0)
    assert whats(None, new) == whats(new, new) == []


def test_a_rework_and_the_ends_are_milestones() -> None:
    old = running(purpose=Purpose.REWORK).note(merge_request=a_merge_request())
    assert old.run is not None
    ended = old.run.model_copy(update={"state": RunState.FAILED})
    review = old.to(TaskState.IN_REVIEW, in_review=InReview.REVIEW, run=ended)
    assert [one.rework for one in reached(old, review)] == [True]
    closed = review.to(TaskState.CLOSED)
    assert whats(review, closed) == [Reached.CLOSED]
    assert whats(closed, closed.to(TaskState.IN_REVIEW, in_review=InReview.REVIEW)) == [Reached.REOPENED]
    assert whats(review, review.to(TaskState.MERGED)) == [Reached.MERGED]


def test_weeks_count_what_was_reached_in_them() -> None:
    found = weeks(
        [
            milestone(Reached.OPENED, WEDNESDAY - 7 * DAY, seconds=3600),
            milestone(Reached.OPENED, WEDNESDAY - 7 * DAY, seconds=3 * 3600, task="cg-2"),
            milestone(Reached.RUN, WEDNESDAY - 7 * DAY, usd=2.0, rework=True),
            milestone(Reached.RUN, WEDNESDAY, usd=0.5, rework=True, priced=False),
            milestone(Reached.MERGED, WEDNESDAY),
            milestone(Reached.CLOSED, WEDNESDAY, task="cg-2"),
            milestone(Reached.CLOSED, WEDNESDAY - DAY, task="cg-3"),
            milestone(Reached.REOPENED, WEDNESDAY, task="cg-3"),
            milestone(Reached.MERGED, WEDNESDAY - 100 * DAY, task="cg-4"),
        ],
        now=WEDNESDAY,
        zone="UTC",
    )
    assert [one.start.isoformat() for one in found[-2:]] == ["2026-11-09", "2026-11-16"]
    last, this = found[-2:]
    assert (last.opened, last.hours, last.usd, last.accepted, last.reworks) == (2, 2.0, 2.0, None, None)
    assert (this.merged, this.closed, this.accepted, this.reworks) == (1, 1, 0.5, 1.0)
    assert (this.usd, this.priced, this.hours) == (0.5, False, None)
    whole = together(found)
    assert (whole.opened, whole.merged, whole.closed, whole.usd, whole.priced) == (2, 1, 1, 2.5, False)


def test_a_week_begins_where_the_operator_says() -> None:
    sunday_night = datetime(2026, 11, 15, 23, 30, tzinfo=UTC)
    one = [milestone(Reached.MERGED, sunday_night)]
    assert weeks(one, now=WEDNESDAY, zone="UTC")[-2].merged == 1
    assert weeks(one, now=WEDNESDAY, zone="Europe/Berlin")[-1].merged == 1
    assert begins(WEDNESDAY, "Europe/Berlin") == datetime(2026, 9, 27, 22, 0, tzinfo=UTC)


@given(
    days=st.lists(st.tuples(st.integers(0, 200), st.sampled_from(Reached), st.integers(0, 3))),
    ahead=st.integers(0, 30),
)
def test_nothing_is_counted_twice_and_nothing_outside_counts(
    days: list[tuple[int, Reached, int]], ahead: int
) -> None:
    now = WEDNESDAY + ahead * DAY
    kept = [milestone(what, now - day * DAY, task=f"cg-{task}", usd=1.0) for day, what, task in days]
    found = weeks(kept, now=now, zone="UTC")
    assert len(found) == WEEKS
    inside = [one for one in kept if one.at >= begins(now, "UTC")]
    assert sum(one.opened for one in found) == sum(one.what is Reached.OPENED for one in inside)
    assert sum(one.usd for one in found) == sum(one.what is Reached.RUN for one in inside)
    assert sum(one.decided for one in found) <= 4, "each task has one end"
