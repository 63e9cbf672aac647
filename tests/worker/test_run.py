"""A task's way through a worker, and every way it can end."""

import asyncio
import json
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from jobs.domain.act import Act
from jobs.domain.action import Action, ActKind
from jobs.domain.event import first_broken
from jobs.domain.people import Person
from jobs.domain.plan import Plan, Waits
from jobs.domain.run import Run, RunState
from jobs.domain.task import InReview, Task, TaskState, Thread, Waiting
from jobs.errors import Stop, Transient
from jobs.ports import Journal, Message, Tools
from jobs.queue import keys
from jobs.queue.spoken import overdue
from jobs.queue.store import Store
from jobs.queue.submit import Queue
from jobs.stages.thread import announce
from jobs.worker.catalogue import CatalogueDesk
from jobs.worker.ladder import LOST_OWNERS
from jobs.worker.moves import begun
from jobs.worker.reconcile import SAYING
from tests.factories import a_task
from tests.worker.conftest import Working
from tests.worker.fakes import FakeMessenger, Fakes, a_settings, all_phases, at_work, until

LATER = Plan(not_before=datetime(2100, 1, 1, tzinfo=UTC))
ENDED = {TaskState.IN_REVIEW, TaskState.STOPPED, TaskState.FAILED, TaskState.CANCELLED}


def an_act(task: Task, kind: ActKind, person: str = "U0ANA", click: str = "1.1") -> Act:
    return Act(id=click, task=task.id, kind=kind, person=Person(id=person), at=datetime.now(UTC))


async def ended(store: Store, task: Task) -> Task:
    return await until(store, task.id, lambda now: now.state in ENDED)


async def submitted(store: Store, queue: Queue, **fields: object) -> Task:
    task, _ = await store.create(a_task(**fields))
    await queue.submit(task.id)
    return task


async def test_from_submit_to_review(store: Store, queue: Queue, fakes: Fakes, working: Working) -> None:
    async with working():
        task = await ended(store, await submitted(store, queue))
    assert (task.state, task.in_review, task.waiting) == (TaskState.IN_REVIEW, InReview.DRAFT, None)
    assert task.run is not None and task.run.ended_at is not None
    assert task.merge_request == task.run.merge_request
    assert len(fakes.forge.opened) == 1
    assert fakes.messenger.texts[-1] == "in_review/delivered/"
    history = await store.history(task.id)
    assert first_broken(history) is None
    assert [event.kind for event in history] == [
        "task.created",
        "run.preparing",
        "run.generating",
        "run.verifying",
        "run.opening",
        "run.delivered",
    ]


async def test_a_submit_that_was_never_enqueued_is_found(store: Store, working: Working) -> None:
    async with working():
        task, _ = await store.create(a_task())
        assert (await ended(store, task)).state is TaskState.IN_REVIEW


async def test_many_envelopes_of_one_task_run_it_once(
    store: Store, queue: Queue, fakes: Fakes, working: Working
) -> None:
    async with working(), working():
        task, _ = await store.create(a_task())
        await asyncio.gather(*(queue.submit(task.id) for _ in range(20)))
        task = await ended(store, task)
    assert (task.runs, len(fakes.forge.opened)) == (1, 1)


async def test_a_stop_shows_its_reason(store: Store, queue: Queue, fakes: Fakes, working: Working) -> None:
    async def refuse(task: Task, tools: Tools, journal: Journal) -> Run:
        raise Stop("GitLab refused the token.", remedy="Renew it.")

    fakes.execute = refuse
    async with working():
        task = await ended(store, await submitted(store, queue))
    assert task.run is not None
    assert (task.state, task.run.reason, task.run.remedy) == (
        TaskState.STOPPED,
        "GitLab refused the token.",
        "Renew it.",
    )


async def test_a_fault_of_ours_gets_a_reference_and_the_worker_stays_up(
    store: Store, queue: Queue, fakes: Fakes, working: Working, caplog: pytest.LogCaptureFixture
) -> None:
    async def break_once(task: Task, tools: Tools, journal: Journal) -> Run:
        if task.origin == "T/broken":
            raise ZeroDivisionError("ours")
        return await all_phases(task, tools, journal)

    fakes.execute = break_once
    async with working():
        broken = await ended(store, await submitted(store, queue, origin="T/broken"))
        sound = await ended(store, await submitted(store, queue, origin="T/sound"))
    assert broken.run is not None and broken.state is TaskState.FAILED
    assert sound.state is TaskState.IN_REVIEW
    logged = [record for record in caplog.records if record.exc_info]
    assert [record.getMessage() for record in logged] == [f"fault {broken.run.reference}"]


async def test_what_fails_in_passing_is_tried_again(
    store: Store, queue: Queue, fakes: Fakes, working: Working
) -> None:
    faults = [Transient("GitLab is busy.", retry_after=0.01)]

    async def stumble(task: Task, tools: Tools, journal: Journal) -> Run:
        if faults:
            raise faults.pop()
        return await all_phases(task, tools, journal)

    fakes.execute = stumble
    async with working():
        assert (await ended(store, await submitted(store, queue))).state is TaskState.IN_REVIEW


async def test_cancel_while_waiting_ends_it_at_once(store: Store, queue: Queue, working: Working) -> None:
    task, _ = await store.create(
        a_task(waiting=Waiting.SCHEDULE, plan=LATER, waits=Waits(at=LATER.not_before))
    )
    async with working():
        await queue.act(an_act(task, ActKind.CANCEL))
        task = await ended(store, task)
    assert (task.state, task.run) == (TaskState.CANCELLED, None)


async def test_cancel_while_running_interrupts_the_pipeline(
    store: Store, queue: Queue, fakes: Fakes, working: Working
) -> None:
    cleaned = asyncio.Event()

    async def hang(task: Task, tools: Tools, journal: Journal) -> Run:
        assert task.run is not None
        await journal(task.run.to(RunState.GENERATING, round=1))
        try:
            await asyncio.Event().wait()
        finally:
            cleaned.set()
        raise AssertionError

    fakes.execute = hang
    async with working():
        task = await submitted(store, queue)
        await until(store, task.id, lambda now: bool(now.run and now.run.state is RunState.GENERATING))
        await queue.act(an_act(task, ActKind.CANCEL, person="U0MAX"))
        task = await ended(store, task)
    assert cleaned.is_set()
    assert task.run is not None
    assert (task.state, task.run.state, task.cancel) == (TaskState.CANCELLED, RunState.CANCELLED, None)
    assert task.run.reason == "By U0MAX.", "the thread says who"
    assert fakes.messenger.texts[-1] == "cancelled/cancelled/"


async def test_a_stranger_can_neither_cancel_nor_retry(store: Store, queue: Queue, working: Working) -> None:
    task, _ = await store.create(
        a_task(waiting=Waiting.SCHEDULE, plan=LATER, waits=Waits(at=LATER.not_before))
    )
    async with working(), store.changes() as news, asyncio.timeout(10):
        await queue.act(an_act(task, ActKind.CANCEL, person="U0EVE"))
        await anext(news)
    read = await store.get(task.id)
    last = (await store.history(task.id))[-1]
    assert read is not None and read.state is TaskState.WAITING
    assert (last.kind, last.facts["person"]) == ("act.refused", "U0EVE")


async def test_retry_runs_again_and_one_click_counts_once(
    store: Store, queue: Queue, fakes: Fakes, working: Working
) -> None:
    outcomes = [Stop("The disk is full.")]

    async def once_full(task: Task, tools: Tools, journal: Journal) -> Run:
        if outcomes:
            raise outcomes.pop()
        return await all_phases(task, tools, journal)

    fakes.execute = once_full
    async with working():
        task = await ended(store, await submitted(store, queue))
        click = an_act(task, ActKind.RETRY)
        kept = await asyncio.gather(*(queue.act(click) for _ in range(10)))
        task = await until(store, task.id, lambda now: now.state is TaskState.IN_REVIEW)
    assert sum(kept) == 1
    assert (task.runs, task.run and task.run.id) == (2, f"{task.id}-r2")
    assert [event.kind for event in await store.history(task.id)].count("act.retry") == 1


async def test_a_retry_before_anything_was_told_loses_no_summary(
    store: Store, queue: Queue, fakes: Fakes
) -> None:
    async def stops_once(task: Task, tools: Tools, journal: Journal) -> Run:
        if task.runs == 1:
            raise Stop("The branch is protected.")
        return await all_phases(task, tools, journal)

    fakes.execute = stops_once
    fakes.messenger.fault = Transient("Slack is down.", retry_after=0.1)
    async with at_work(store, queue, replace(fakes.workshop(), announce=announce)):
        task = await ended(store, await submitted(store, queue, thread=Thread(channel="C1", ts="1.1")))
        await queue.act(an_act(task, ActKind.RETRY))
        await until(store, task.id, lambda now: now.runs == 2 and now.state is TaskState.IN_REVIEW)
        fakes.messenger.fault = None
        task = await until(store, task.id, lambda now: not now.untold)
    keys_of = [one.key for one in fakes.messenger.versions]
    assert {f"{task.id}-r1/summary", f"{task.id}-r2/summary"} <= set(keys_of)
    first = next(one for one in fakes.messenger.versions if one.key == f"{task.id}-r1/summary")
    assert "The branch is protected." in str(first.blocks)
    assert Action.RETRY not in str(first.blocks), "that run is done again already"


async def test_slack_out_of_reach_loses_no_run_and_is_caught_up(
    store: Store, queue: Queue, fakes: Fakes, working: Working
) -> None:
    fakes.messenger.fault = Transient("Slack is down.", retry_after=0.1)
    async with working():
        task = await ended(store, await submitted(store, queue))
        assert (task.state, fakes.messenger.texts) == (TaskState.IN_REVIEW, [])
        fakes.messenger.fault = None
        async with asyncio.timeout(20):
            await fakes.messenger.spoke.wait()
    assert fakes.messenger.texts[-1] == "in_review/delivered/"


async def test_a_worker_goes_in_time_while_slack_lets_it_wait(
    store: Store, queue: Queue, fakes: Fakes, working: Working
) -> None:
    class Waiting(FakeMessenger):
        async def put(self, message: Message, *, ts: str | None = None) -> str:
            self.spoke.set()
            await asyncio.Event().wait()
            raise AssertionError("Slack never answers")

    fakes.messenger = Waiting()
    task, _ = await store.create(a_task(state=TaskState.CANCELLED, waiting=None))
    await store.connection.call("ZADD", keys.UNSAID, 1, task.id)
    async with asyncio.timeout(20):
        async with working():
            await fakes.messenger.spoke.wait()
    assert await overdue(store.connection, datetime.now(UTC) + SAYING) == (task.id,)


async def test_the_catalogue_shows_what_is_listed_and_reachable(store: Store, fakes: Fakes) -> None:
    desk = CatalogueDesk(store, fakes.forge, a_settings("").operator)
    assert await desk.publish()
    assert [one.path for one in await store.catalogue()] == ["payments/api"]


OWN = "specs: {bugfix/tax: {title: Tax, goal: Which tax, criteria: [%s]}}"


@pytest.mark.parametrize(
    ("file", "offered"),
    [
        (OWN % "‹tax› is 2", ["bugfix/tax"]),
        (OWN % "‹tax› is 2 :: so", []),
        ("specs: {tax: {}}", []),
        (None, []),
    ],
    ids=["offered", "no proof", "no template", "no file"],
)
async def test_the_catalogue_has_each_repositorys_own_spec_templates(
    store: Store, fakes: Fakes, file: str | None, offered: list[str]
) -> None:
    class Shown:
        async def file(self, project: str, branch: str, path: str) -> bytes | None:
            assert (project, branch, path) == ("payments/api", "main", ".codegen.yml")
            return file.encode() if file else None

    assert await CatalogueDesk(store, fakes.forge, a_settings("").operator, files=Shown()).publish()
    [repository] = await store.catalogue()
    assert [one.name for one in repository.templates] == offered


async def test_engines_are_asked_once_in_a_while_and_offered_while_they_answer(
    store: Store, fakes: Fakes
) -> None:
    asked = []

    async def usable() -> tuple[str, ...]:
        asked.append(1)
        return ("openai:usual", "anthropic:third")

    assert await store.engines() == ()
    desk = CatalogueDesk(store, fakes.forge, a_settings("").operator, usable=usable)
    await desk.offer()
    await desk.offer()
    assert (await store.engines(), len(asked)) == (("openai:usual", "anthropic:third"), 1)
    await CatalogueDesk(store, fakes.forge, a_settings("").operator).offer()
    assert await store.engines() == (), "without a choice nothing is offered"


async def test_a_worker_is_listed_while_it_is_up(store: Store, queue: Queue, working: Working) -> None:
    async with working() as process:
        await ended(store, await submitted(store, queue))
        assert await store.workers() == (process.name,)
    assert await store.workers() == ()


async def test_a_worker_that_goes_leaves_its_run_to_the_next(
    store: Store, queue: Queue, fakes: Fakes, working: Working
) -> None:
    phases: list[str] = []
    first = asyncio.Event()

    async def slow_verification(task: Task, tools: Tools, journal: Journal) -> Run:
        assert task.run is not None
        run = task.run
        if run.state is RunState.PREPARING:
            phases.append("generate")
            run = await journal(run.to(RunState.GENERATING, round=1))
            run = await journal(run.to(RunState.VERIFYING))
        phases.append("verify")
        if not first.is_set():
            first.set()
            await asyncio.Event().wait()
        return await all_phases(task.note(run=run), tools, journal)

    fakes.execute = slow_verification
    task, _ = await store.create(a_task())
    async with working():
        await queue.submit(task.id)
        await first.wait()
    left = await store.get(task.id)
    assert left is not None and left.run is not None
    assert (left.state, left.run.state) == (TaskState.RUNNING, RunState.VERIFYING)
    async with working():
        task = await ended(store, task)
    assert phases == ["generate", "verify", "verify"]
    assert task.runs == 1
    stored = await store.stored(task.id)
    assert stored is not None and stored.takeovers == 0


async def test_arq_carries_ids_as_json(store: Store, queue: Queue) -> None:
    task = await submitted(store, queue)
    raw = await store.connection.call("GET", f"arq:job:{task.id}:0")
    assert json.loads(raw)["a"] == [task.id]


async def test_a_task_that_takes_every_worker_down_is_ended(
    store: Store, queue: Queue, fakes: Fakes, working: Working
) -> None:
    task, _ = await store.create(a_task())
    for number in range(LOST_OWNERS + 1):
        await store.take(task.id, lambda now: begun(now, datetime.now(UTC)), owner=f"w{number}", seconds=1)
        await store.connection.call("DEL", keys.lease(task.id))
    async with working():
        task = await ended(store, task)
    assert (task.state, bool(task.run and task.run.reference)) == (TaskState.FAILED, True)
    assert fakes.forge.opened == []


async def test_a_cancel_whose_worker_was_lost_is_carried_out_by_the_next(
    store: Store, queue: Queue, fakes: Fakes, working: Working
) -> None:
    task, _ = await store.create(a_task())
    await store.take(task.id, lambda now: begun(now, datetime.now(UTC)), owner="lost", seconds=1)
    await store.change(task.id, lambda now: now.note(cancel=Person(id="U0ANA")))
    async with working():
        assert (await ended(store, task)).state is TaskState.CANCELLED
    assert fakes.forge.opened == []
