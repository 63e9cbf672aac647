"""Only what changed is unpacked again; what is newer than this process understands is left out."""

from jobs.queue import keys
from jobs.queue.shelf import Shelf
from jobs.queue.store import Store
from tests.factories import a_spec, a_task


async def test_only_what_changed_is_read_again(store: Store) -> None:
    for number in range(3):
        await store.create(a_task(origin=f"o/{number}", created_at=a_task().created_at.replace(hour=number)))
    shelf = Shelf(store.connection)

    first = await shelf.newest(keys.ALL, limit=10)
    assert [one.created_at.hour for one in first] == [2, 1, 0] and shelf.unpacked == 3
    assert await shelf.newest(keys.ALL, limit=10) == first and shelf.unpacked == 3

    await store.change(first[1].id, lambda now: now.note(spec=a_spec(title="Another")))
    again = await shelf.newest(keys.ALL, limit=2)
    assert [one.spec.title for one in again] == [first[0].spec.title, "Another"] and shelf.unpacked == 4


async def test_unknown_and_newer_records_are_left_out_and_the_shelf_is_bounded(store: Store) -> None:
    tasks = [(await store.create(a_task(origin=f"o/{number}")))[0] for number in range(4)]
    await store.connection.call("HSET", keys.task(tasks[0].id), "schema", 99)
    shelf = Shelf(store.connection, most=2)
    found = await shelf.these(["cg-00000000", *(one.id for one in tasks)])
    assert [one.id for one in found] == [one.id for one in tasks[1:]]
    await shelf.these([tasks[1].id, tasks[2].id, tasks[3].id])
    assert shelf.unpacked == 4, "the one that did not fit was read anew"
