"""Clocks that are wrong or jump: leases follow Redis's clock, so nothing is lost, doubled or held up."""

import itertools
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest

from jobs.domain.act import Act
from jobs.domain.action import ActKind
from jobs.domain.event import first_broken
from jobs.domain.plan import Plan
from jobs.domain.task import Task, TaskState
from jobs.queue.connection import Connection
from jobs.queue.store import Store
from jobs.queue.submit import Queue
from tests.factories import a_task
from tests.worker.conftest import Working
from tests.worker.fakes import Fakes, at_work, until

DAY = timedelta(days=1)


def ahead(by: timedelta) -> Callable[[], datetime]:
    return lambda: datetime.now(UTC) + by


def reviewed(task: Task) -> bool:
    return task.state is TaskState.IN_REVIEW


@pytest.mark.parametrize("by", [-DAY, DAY])
async def test_what_a_bot_with_a_wrong_clock_takes_starts_at_once(
    connection: Connection, store: Store, working: Working, by: timedelta
) -> None:
    wrong = Store(connection, now=ahead(by))
    async with working():
        task, _ = await wrong.create(a_task())
        await Queue(wrong).submit(task.id)
        done = await until(store, task.id, reviewed)
    assert done.runs == 1
    assert first_broken(await store.history(task.id)) is None


@pytest.mark.parametrize("by", [-DAY, DAY])
async def test_a_click_at_a_bot_with_a_wrong_clock_is_executed_at_once(
    connection: Connection, store: Store, working: Working, by: timedelta
) -> None:
    wrong = Store(connection, now=ahead(by))
    later = Plan(not_before=datetime.now(UTC) + timedelta(days=300))
    task, _ = await store.create(a_task(plan=later))
    async with working():
        at = datetime.now(UTC) + by
        await Queue(wrong).act(Act(id="1.1", task=task.id, kind=ActKind.CANCEL, person=task.requester, at=at))
        await until(store, task.id, lambda now: now.state is TaskState.CANCELLED)


async def test_a_clock_that_jumps_under_a_worker_changes_nothing_for_its_runs(
    connection: Connection, store: Store, queue: Queue, fakes: Fakes
) -> None:
    jumps = itertools.cycle((timedelta(), DAY, -DAY, 300 * DAY))
    jumping = Store(connection, now=lambda: datetime.now(UTC) + next(jumps))
    async with at_work(jumping, queue, fakes.workshop()):
        tasks = [(await store.create(a_task(origin=f"T/{number}")))[0] for number in range(6)]
        for task in tasks:
            await queue.submit(task.id)
        done = [await until(store, task.id, reviewed) for task in tasks]
    assert [task.runs for task in done] == [1] * len(tasks)
    assert len(fakes.forge.opened) == len(tasks)
    for task in done:
        history = await store.history(task.id)
        assert first_broken(history) is None
        assert [event.at for event in history] == sorted(event.at for event in history)
