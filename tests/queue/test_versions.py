"""Two versions of the product side by side on one Redis, as in a rolling restart."""

import pytest

from jobs.domain.task import TaskState
from jobs.queue.connection import Connection
from jobs.queue.migrations import MIGRATIONS, migrated
from jobs.queue.record import SCHEMA, NewerRecord
from jobs.queue.store import Store
from tests.factories import a_task


def test_every_version_has_a_way_up() -> None:
    assert sorted(MIGRATIONS) == list(range(1, SCHEMA))


def test_migrations_follow_each_other() -> None:
    steps = {1: lambda old: {**old, "two": True}, 2: lambda old: {**old, "three": old["two"]}}
    assert migrated({}, schema=1, migrations=steps) == {"two": True, "three": True}
    assert migrated({"two": 0}, schema=2, migrations=steps) == {"two": 0, "three": 0}
    assert migrated({}, schema=3, migrations=steps) == {}


async def test_a_record_of_the_first_version_is_read_and_rewritten(
    store: Store, connection: Connection
) -> None:
    task, _ = await Store(connection, schema=1).create(a_task())
    read = await store.get(task.id)
    assert read == task
    await store.change(task.id, lambda now: now.note(spec_version=2))
    assert await connection.call("HGET", f"cg:task:{task.id}", "schema") == str(SCHEMA).encode()


async def test_an_older_process_leaves_newer_records_alone(store: Store, connection: Connection) -> None:
    newer = Store(connection, schema=SCHEMA + 1)
    theirs, _ = await newer.create(a_task(origin="T/new"))
    ours, _ = await store.create(a_task(origin="T/old"))
    with pytest.raises(NewerRecord, match="newer version"):
        await store.get(theirs.id)
    assert [one.id for one in await store.list(states=(TaskState.WAITING,))] == [ours.id]
    assert {one.id for one in await newer.list()} == {ours.id, theirs.id}
