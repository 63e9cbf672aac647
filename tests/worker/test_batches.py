"""A worker runs a batch: one message, its summaries below it, a digest when all is over."""

from jobs.domain.task import TaskState
from jobs.queue import batches
from jobs.queue.store import Store
from jobs.queue.submit import Queue
from tests.queue.test_batches import accepted, document
from tests.worker.conftest import Working
from tests.worker.fakes import Fakes, until


async def test_a_batch_has_one_message_and_one_digest(
    store: Store, queue: Queue, fakes: Fakes, working: Working
) -> None:
    pair = accepted(document(("one", "", "one.md"), ("two", "", "two.md"), head=""))
    batch, _ = await batches.create(store, *pair)
    async with working():
        await queue.submit(batch.tasks[0])
        for task_id in batch.tasks:
            await until(store, task_id, lambda task: task.state is TaskState.IN_REVIEW, seconds=30)
        while not any(one.key == f"{batch.id}/digest" for one in fakes.messenger.versions):
            fakes.messenger.spoke.clear()
            await fakes.messenger.spoke.wait()
    heads = [one for one in fakes.messenger.versions if one.key == f"{batch.id}/head"]
    assert heads
    assert all(one.thread_ts is None for one in heads)
    assert "2 in review" in heads[-1].text
    found = await batches.get(store.connection, batch.id)
    assert found is not None
    assert found.ts == "1700000000.000900"
