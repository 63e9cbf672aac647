"""What stands beside the tasks: artifacts, the inbox, the fence, acts, unsaid news."""

import os
from datetime import UTC, datetime, timedelta

import pytest

from jobs.domain.act import Act
from jobs.domain.action import ActKind
from jobs.domain.people import Person
from jobs.domain.task import Task, TaskState
from jobs.errors import LostLease, Stop
from jobs.ports import Message
from jobs.queue import acts, artifacts, keys
from jobs.queue.artifacts import RedisArtifacts
from jobs.queue.connection import Connection, open_connection, reach
from jobs.queue.fence import FencedForge, FencedMessenger, fenced_workspaces
from jobs.queue.inbox import StoreInbox
from jobs.queue.spoken import overdue, said
from jobs.queue.store import Store
from jobs.queue.submit import Queue
from tests.factories import a_repository, a_task
from tests.fakes import FakeWorkspaces, Remote
from tests.worker.fakes import FakeForge, FakeMessenger, a_proposal

LATER = timedelta(minutes=1)


def an_act(task: Task) -> Act:
    return Act(id="click", task=task.id, kind=ActKind.CANCEL, person=Person(id="U1"), at=datetime.now(UTC))


async def test_an_artifact_comes_back_as_it_was(connection: Connection) -> None:
    kept = RedisArtifacts(connection)
    content = b"\x00\xff messages " * 1000
    assert await kept.get(await kept.put("cg-1/conversation", content)) == content
    assert await kept.get("cg-2/conversation") is None
    assert await connection.call("TTL", keys.artifact("cg-1/conversation")) > 0


async def test_an_artifact_above_the_limit_stops_the_run(connection: Connection) -> None:
    with pytest.raises(Stop, match="too large"):
        await RedisArtifacts(connection).put("cg-1/log", os.urandom(artifacts.LIMIT + 1000))


async def test_the_inbox_names_who_cancelled(store: Store) -> None:
    task, _ = await store.create(a_task())
    inbox = StoreInbox(store)
    assert await inbox.cancelled_by(task.id) is None
    await store.change(task.id, lambda now: now.note(cancel=Person(id="U0BOB", name="Bob")))
    assert await inbox.cancelled_by(task.id) == "Bob"


async def test_the_fence_lets_nothing_out_once_the_lease_is_lost() -> None:
    async def lost() -> None:
        raise LostLease("cg-1")

    forge, messenger = FakeForge(), FakeMessenger()
    fenced, speaking = FencedForge(forge, lost), FencedMessenger(messenger, lost)
    assert (await fenced.repository("payments/api")).path == "payments/api"
    with pytest.raises(LostLease):
        await fenced.put_merge_request(a_proposal(a_task()))
    with pytest.raises(LostLease):
        await speaking.put(Message(channel="C", text="", blocks=(), key="k"))
    with pytest.raises(LostLease):
        await speaking.upload(channel="C", thread_ts="1", name="n", title="t", content="c", key="k")
    assert (forge.opened, messenger.versions) == ([], [])


async def test_the_fence_lets_nothing_be_pushed_once_the_lease_is_lost() -> None:
    async def lost() -> None:
        raise LostLease("cg-1")

    remote = Remote()
    head = remote.commit({}, None)
    fenced = fenced_workspaces(FakeWorkspaces(remote), lost)
    async with fenced.open(a_repository(), head, environment=None) as workspace:
        assert workspace.start == head
        with pytest.raises(LostLease):
            await workspace.push(branch="codegen/cg-1", commit=head, expect=None)
    assert remote.pushes == []


async def test_an_act_is_kept_once_and_done_once(store: Store, queue: Queue) -> None:
    task, _ = await store.create(a_task())
    act = an_act(task)
    assert [await queue.act(act), await queue.act(act)] == [True, False]
    assert await store.act(act.id) == act

    def cancel(now: Task) -> tuple[Task, str]:
        return now.to(TaskState.CANCELLED), "act.cancel"

    done = await store.execute(act, cancel)
    assert done is not None and done.state is TaskState.CANCELLED
    await store.change(task.id, lambda now: now.to(TaskState.WAITING))
    assert await store.execute(act, cancel) is None
    assert await acts.outcome(store.connection, act.id) == "act.cancel"
    assert await store.connection.call("ZCARD", keys.PENDING) == 0


async def test_news_stay_unsaid_until_the_latest_is_said(store: Store, connection: Connection) -> None:
    task, _ = await store.create(a_task())
    cancelled = await store.change(task.id, lambda now: now.to(TaskState.CANCELLED))
    await said(connection, task)
    assert await overdue(connection, datetime.now(UTC) + LATER) == (task.id,)
    await said(connection, cancelled)
    assert await overdue(connection, datetime.now(UTC) + LATER) == ()


async def test_a_head_message_that_the_bot_posted_needs_no_second_look(store: Store) -> None:
    task = a_task()
    assert task.thread is not None
    bare, _ = await store.create(task.note(thread=task.thread.model_copy(update={"ts": None})))
    later = datetime.now(UTC) + LATER
    assert await overdue(store.connection, later) == (task.id,)
    soon = bare.created_at + timedelta(seconds=10)
    assert await overdue(store.connection, soon) == ()
    await store.save(bare.note(thread=task.thread))
    assert await overdue(store.connection, later) == ()


async def test_a_redis_out_of_reach_is_said_in_a_sentence() -> None:
    connection = open_connection("redis://:secret@127.0.0.1:1/0")
    with pytest.raises(Stop, match="Redis does not answer") as stopped:
        await reach(connection)
    assert "secret" not in str(stopped.value)
    await connection.close()
