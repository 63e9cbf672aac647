"""The team's numbers: counted for who looks at them, drawn at most once an hour, and never by two workers."""

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

import pytest

from jobs.domain.chart import Chart
from jobs.domain.milestone import Milestone, Reached
from jobs.domain.task import InReview, TaskState
from jobs.errors import Stop
from jobs.queue import milestones, team
from jobs.queue.store import Store
from jobs.settings import OperatorFile
from jobs.worker.charting import ChartDesk
from tests.factories import a_merge_request, a_run, a_task

MINE = team.scope_of(["payments/api"])
OTHER = team.scope_of(["web/shop"])


@dataclass
class FakeGallery:
    """Keeps what hangs; `refusal` makes it refuse the chart of that number."""

    hung: dict[str, Chart] = field(default_factory=dict)
    number: int = 0
    refusal: int | None = None

    async def hang(self, chart: Chart) -> str:
        if self.number == self.refusal:
            raise Stop("The storage is full.")
        self.number += 1
        self.hung[f"F{self.number}"] = chart
        return f"F{self.number}"

    async def take_down(self, file: str) -> None:
        del self.hung[file]


@dataclass
class Clock:
    at: datetime = field(default_factory=lambda: datetime.now(UTC))

    def __call__(self) -> datetime:
        return self.at


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def gallery() -> FakeGallery:
    return FakeGallery()


@pytest.fixture
def desk(store: Store, gallery: FakeGallery, clock: Clock) -> ChartDesk:
    return ChartDesk(store, gallery, OperatorFile(), worker="one", now=clock)


async def merged(store: Store, at: datetime, *, task: str = "cg-1", repository: str = "payments/api") -> None:
    one = Milestone(what=Reached.MERGED, task=task, repository=repository, at=at)
    await store.connection.call("LPUSH", milestones.KEY, one.model_dump_json())


async def test_nothing_is_counted_for_nobody(store: Store, desk: ChartDesk, gallery: FakeGallery) -> None:
    await desk.turn()
    assert gallery.number == 0 and await team.numbers(store.connection, MINE) is None


async def test_a_task_on_its_way_is_counted_in_its_repository_alone(
    store: Store, desk: ChartDesk, gallery: FakeGallery, clock: Clock
) -> None:
    for scope in (MINE, OTHER):
        assert await team.want(store.connection, scope, clock.at) is None
    task, _ = await store.create(a_task(created_at=clock.at))
    await store.change(task.id, lambda now: now.to(TaskState.RUNNING, run=a_run(task), runs=1))
    review = {"in_review": InReview.REVIEW, "merge_request": a_merge_request()}
    await store.change(task.id, lambda now: now.to(TaskState.IN_REVIEW, **review))
    await store.change(task.id, lambda now: now.to(TaskState.MERGED))

    await desk.turn()
    mine, other = [await team.numbers(store.connection, one) for one in (MINE, OTHER)]
    assert mine and other
    assert (mine.weeks[-1].opened, mine.weeks[-1].merged) == (1, 1)
    assert (other.weeks[-1].opened, other.weeks[-1].merged) == (0, 0)
    assert [one.name for one in mine.pictures] == ["throughput", "acceptance", "hours", "reworks", "cost"]
    assert {one.file for one in (*mine.pictures, *other.pictures)} == set(gallery.hung)
    assert await team.want(store.connection, MINE, clock.at) == mine


async def test_pictures_stand_for_an_hour_and_numbers_for_moments(
    store: Store, desk: ChartDesk, gallery: FakeGallery, clock: Clock
) -> None:
    await team.want(store.connection, MINE, clock.at)
    await desk.turn()
    await desk.turn()
    assert gallery.number == 5

    await merged(store, clock.at)
    await desk.turn()
    known = await team.numbers(store.connection, MINE)
    assert known and known.weeks[-1].merged == 1 and known.drawn != known.weeks and gallery.number == 5

    clock.at += timedelta(hours=1, minutes=1)
    await team.want(store.connection, MINE, clock.at)
    await desk.turn()
    known = await team.numbers(store.connection, MINE)
    assert known and known.drawn == known.weeks and gallery.number == 10
    assert {one.file for one in known.pictures} == set(gallery.hung), "the old ones are gone"


async def test_what_cannot_be_shown_is_said_and_tried_again_later(
    store: Store, desk: ChartDesk, gallery: FakeGallery, clock: Clock
) -> None:
    gallery.refusal = 3
    await team.want(store.connection, MINE, clock.at)
    await desk.turn()
    known = await team.numbers(store.connection, MINE)
    assert known and known.trouble == "The storage is full." and known.pictures == () == tuple(gallery.hung)

    gallery.refusal = None
    await desk.turn()
    assert gallery.number == 3
    clock.at += timedelta(minutes=11)
    await desk.turn()
    known = await team.numbers(store.connection, MINE)
    assert known and known.trouble == "" and len(known.pictures) == 5


async def test_another_worker_leaves_it_alone_meanwhile(
    store: Store, desk: ChartDesk, gallery: FakeGallery, clock: Clock
) -> None:
    await team.want(store.connection, MINE, clock.at)
    assert await team.claim(store.connection, MINE, "two")
    await desk.turn()
    assert gallery.number == 0
    await team.release(store.connection, MINE)
    await desk.turn()
    assert gallery.number == 5


async def test_numbers_that_nobody_looks_at_any_more_are_not_counted(
    store: Store, desk: ChartDesk, gallery: FakeGallery, clock: Clock
) -> None:
    await team.want(store.connection, MINE, clock.at - timedelta(hours=13))
    await desk.turn()
    assert gallery.number == 0 and await team.wanted(store.connection, clock.at) == ()
