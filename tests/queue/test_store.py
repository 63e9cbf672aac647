"""The store is the truth: every write is compare-and-set and leaves an event."""

import asyncio
import json
import os
from datetime import timedelta

import pytest

from jobs.domain.event import first_broken
from jobs.domain.patch import ChangeStatus, FileChange
from jobs.domain.people import Person
from jobs.domain.run import RunState, TransitionError
from jobs.domain.task import Task, TaskState, Thread
from jobs.errors import LostLease, Stop
from jobs.queue import keys, lease
from jobs.queue.connection import Connection, open_connection
from jobs.queue.record import PATCH_LIMIT
from jobs.queue.store import Conflict, Store
from jobs.queue.write import Lease
from tests.factories import NOON, a_patch, a_repository, a_run, a_task


async def running(store: Store, owner: str = "w1", **fields: object) -> tuple[Task, Lease]:
    task, _ = await store.create(a_task(**fields))

    def begin(now: Task) -> Task:
        return now if now.state is TaskState.RUNNING else now.to(TaskState.RUNNING, run=a_run(task), runs=1)

    taken = await store.take(task.id, begin, owner=owner, seconds=5)
    assert taken is not None
    return taken[0], taken[1]


async def test_the_same_origin_is_stored_once(store: Store) -> None:
    first, fresh = await store.create(a_task())
    again, doubled = await store.create(a_task(spec_version=2))
    assert (fresh, doubled) == (True, False)
    assert again == first
    assert [event.kind for event in await store.history(first.id)] == ["task.created"]


async def test_a_hundred_submits_at_once_make_one_task(store: Store) -> None:
    answers = await asyncio.gather(*(store.create(a_task()) for _ in range(100)))
    assert sum(fresh for _, fresh in answers) == 1
    assert len(await store.history(a_task().id)) == 1


async def test_what_is_read_is_what_was_written(store: Store) -> None:
    task, held = await running(store)
    odd = FileChange(path="src/caf\udce9.py", status=ChangeStatus.MODIFIED)
    patch = a_patch(diff="+\udcff bytes that are no UTF-8\n" + "line\n" * 5000, files=(odd,))
    run = a_run(task).to(RunState.GENERATING, round=1).to(RunState.VERIFYING, patch=patch)
    await store.save(task.note(run=a_run(task).to(RunState.GENERATING, round=1)), lease=held)
    written = await store.change(task.id, lambda now: now.note(run=run), lease=held)
    assert await store.get(task.id) == written
    assert written.run is not None
    assert written.run.patch == patch


async def test_a_patch_above_the_limit_is_left_out_of_the_record(store: Store) -> None:
    task, held = await running(store)
    noise = os.urandom(PATCH_LIMIT).hex()
    run = a_run(task).to(RunState.VERIFYING, patch=a_patch(diff=noise * 2))
    saved = await store.change(task.id, lambda now: now.note(run=run), lease=held)
    assert saved.run is not None and saved.run.patch is not None
    read = await store.get(task.id)
    assert read is not None and read.run is not None
    assert (read.run.state, read.run.patch) == (RunState.VERIFYING, None)


async def test_a_stale_copy_cannot_be_saved(store: Store) -> None:
    task, _ = await store.create(a_task())
    thread = Thread(channel="C0PAY", ts="1700000000.000200")
    await store.save(task.note(thread=thread))
    with pytest.raises(Conflict):
        await store.save(task.note(cancel=Person(id="U0BOB")))
    assert await store.get(task.id) == (await store.list())[0]


async def test_changes_from_two_sides_are_both_kept(store: Store) -> None:
    task, _ = await store.create(a_task())
    person, thread = Person(id="U0BOB"), Thread(channel="C0PAY", ts="1.2")
    await asyncio.gather(
        store.change(task.id, lambda now: now.note(cancel=person)),
        store.change(task.id, lambda now: now.note(thread=thread)),
    )
    read = await store.get(task.id)
    assert read is not None and (read.cancel, read.thread) == (person, thread)


async def test_a_move_outside_the_tables_is_refused(store: Store) -> None:
    task, _ = await store.create(a_task())
    with pytest.raises(TransitionError):
        await store.save(task.note(state=TaskState.MERGED, waiting=None).note(state=TaskState.PROPOSED))
    read = await store.get(task.id)
    assert read is not None and read.state is TaskState.WAITING


async def test_the_owner_of_an_old_epoch_cannot_write(store: Store, connection: Connection) -> None:
    task, old = await running(store)
    await connection.call("DEL", keys.lease(task.id))
    taken = await store.take(task.id, lambda now: now, owner="w2", seconds=5)
    assert taken is not None
    assert taken[1].epoch == old.epoch + 1
    with pytest.raises(LostLease):
        await store.save(task.note(runs=2), lease=old)
    with pytest.raises(LostLease):
        await store.change(task.id, lambda now: now.note(runs=2), lease=old)
    with pytest.raises(LostLease):  # and a move that the new owner has made already is no fault of ours
        await store.change(task.id, lambda now: now.to(TaskState.PROPOSED), lease=old)
    with pytest.raises(LostLease):
        await lease.check(connection, old)
    assert await lease.renew(connection, [old, taken[1]], seconds=5) == (old,)
    assert not await lease.release(connection, old)


async def test_a_live_lease_keeps_others_out(store: Store) -> None:
    task, _ = await running(store)
    assert await store.take(task.id, lambda now: now, owner="w2", seconds=5) is None


async def test_an_owner_cut_off_past_its_lease_goes_on_when_nobody_took_over(
    store: Store, connection: Connection
) -> None:
    task, held = await running(store)
    await connection.call("DEL", keys.lease(task.id))
    assert await lease.unowned(connection, [task.id]) == (task.id,)
    assert await lease.renew(connection, [held], seconds=5) == ()
    assert await lease.unowned(connection, [task.id]) == ()


async def test_lost_owners_are_counted_until_the_run_moves_on(store: Store, connection: Connection) -> None:
    task, held = await running(store)
    for owner, expected in (("w2", 1), ("w3", 2)):
        await connection.call("DEL", keys.lease(task.id))
        taken = await store.take(task.id, lambda now: now, owner=owner, seconds=5)
        assert taken is not None and taken[2] == expected
        held = taken[1]
    await store.change(task.id, lambda now: now.note(run=a_run(task).to(RunState.GENERATING)), lease=held)
    await lease.release(connection, held)
    taken = await store.take(task.id, lambda now: now, owner="w4", seconds=5)
    assert taken is not None and taken[2] == 0


async def test_every_write_extends_an_unbroken_chain(store: Store) -> None:
    task, held = await running(store)
    run = a_run(task).to(RunState.GENERATING, round=1)
    await store.change(task.id, lambda now: now.note(run=run), lease=held)
    await store.change(task.id, lambda now: now.note(run=run.note(step="reading")), lease=held)
    history = await store.history(task.id)
    assert [event.kind for event in history] == [
        "task.created",
        "run.preparing",
        "run.generating",
        "run.noted",
    ]
    assert first_broken(history) is None
    forged = (*history[:1], history[1].model_copy(update={"kind": "run.delivered"}), *history[2:])
    assert first_broken(forged) == 1


async def test_a_clock_that_goes_back_does_not_confuse_versions(connection: Connection) -> None:
    times = iter([NOON + timedelta(hours=1), NOON, NOON - timedelta(days=1)])
    store = Store(connection, now=lambda: next(times))
    task, _ = await store.create(a_task())
    stamps = [task.updated_at]
    for runs in (1, 2, 3):
        task = await store.save(task.note(runs=runs))
        stamps.append(task.updated_at)
    assert stamps == sorted(set(stamps))


async def test_a_record_of_a_newer_version_is_refused(store: Store, connection: Connection) -> None:
    task, _ = await store.create(a_task())
    await connection.call("HSET", keys.task(task.id), "schema", 99)
    with pytest.raises(Stop, match=f"{task.id} was written by a newer version"):
        await store.get(task.id)


async def test_a_record_from_before_plans_reads_as_an_ordinary_one(
    store: Store, connection: Connection
) -> None:
    task, _ = await store.create(a_task())
    document = task.model_dump(mode="json", exclude={"plan", "waits"})
    await connection.call("HSET", keys.task(task.id), "schema", 1, "doc", json.dumps(document))
    assert await store.get(task.id) == task


async def test_lists_by_state_person_and_channel(store: Store) -> None:
    tasks = [
        a_task(origin=f"T/{n}", created_at=NOON + timedelta(minutes=n), requester=Person(id=f"U{n % 2}"))
        for n in range(5)
    ]
    for task in tasks:
        await store.create(task)
    await store.change(tasks[3].id, lambda now: now.to(TaskState.CANCELLED))
    ids = [task.id for task in tasks]
    assert [task.id for task in await store.list()] == ids[::-1]
    assert [task.id for task in await store.list(requester="U1")] == [ids[3], ids[1]]
    assert [task.id for task in await store.list(requester="U1", states=[TaskState.WAITING])] == [ids[1]]
    assert [task.id for task in await store.list(states=[TaskState.CANCELLED])] == [ids[3]]
    assert [task.id for task in await store.list(channel="C0PAY", limit=2)] == [ids[4], ids[3]]
    assert await store.list(channel="C0NONE") == ()


async def test_the_feed_tells_of_every_change(store: Store) -> None:
    async with store.changes() as news, asyncio.timeout(5):
        task, _ = await running(store)
        first, second = await anext(news), await anext(news)
    assert (first.task, first.state, first.run) == (task.id, TaskState.WAITING, None)
    assert (second.state, second.run) == (TaskState.RUNNING, RunState.PREPARING)
    assert (second.requester, second.channel) == ("U0ANA", "C0PAY")


async def test_a_delivery_is_taken_once(store: Store) -> None:
    assert [await store.seen("Ev1"), await store.seen("Ev1"), await store.seen("Ev2")] == [False, True, False]


async def test_the_catalogue_is_what_was_published_last(store: Store) -> None:
    assert await store.catalogue() == ()
    await store.publish_catalogue([a_repository(), a_repository(path="web/shop")])
    await store.publish_catalogue([a_repository(path="web/shop")])
    assert [one.path for one in await store.catalogue()] == ["web/shop"]


def test_an_address_that_is_none_is_named() -> None:
    with pytest.raises(Stop, match="REDIS_URL is not an address"):
        open_connection("localhost:6379")
