"""Questions that a run did not wait for: what an answer runs again, and that it runs nothing else."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime

import pytest
from pydantic import JsonValue

from jobs.domain.act import Act
from jobs.domain.action import ActKind
from jobs.domain.brief import Brief, Work
from jobs.domain.budget import Spend
from jobs.domain.feedback import FeedbackKind
from jobs.domain.people import Person
from jobs.domain.question import Question
from jobs.domain.run import Purpose, RunState
from jobs.domain.spec import Criterion, Proof
from jobs.domain.task import Task, TaskState
from jobs.pipeline import execute
from jobs.ports import Note, Tools, Workspace
from jobs.queue import acts, keys
from jobs.queue.artifacts import RedisArtifacts
from jobs.queue.inbox import StoreInbox
from jobs.queue.store import Store
from jobs.queue.submit import Queue
from jobs.worker.answering import answered
from jobs.worker.lagging import rewrite_lagging
from jobs.worker.moves import begun
from jobs.worker.serve import Process
from tests.factories import NOON, a_merge_request, a_run, a_spec, a_task
from tests.fakes import FILE, PROOF, FakeEngine, FakeJournal, World
from tests.worker.conftest import Working
from tests.worker.fakes import Fakes, a_settings, at_work, until

EVEN = Question(
    id="Q1", text="Which mode?", options=("up", "even"), chosen="even", step=1, call="c1", run="cg-x-r1"
)

SPEC = a_spec(criteria=(Criterion(id="AC1", text="Half is rounded up", proof=Proof(command=PROOF)),))


@dataclass
class Asking:
    """An engine that asks which mode once it has written a first file, and lets the test go first then."""

    briefs: list[Brief] = field(default_factory=list)
    turns: int = 0
    """How often a model would have been asked."""
    asked: asyncio.Event = field(default_factory=asyncio.Event)
    go_on: asyncio.Event = field(default_factory=asyncio.Event)
    name: str = "asking"

    async def work(self, brief: Brief, workspace: Workspace, note: Note) -> Work:
        self.briefs.append(brief)
        question = brief.rewind
        if question is None:
            await self._turn(workspace, note, {"src/first.txt": "first\n"})
            tree = (await workspace.patch()).tree
            question = EVEN.model_copy(update={"tree": tree, "run": ""})
            await note(assumptions=(question,))
            self.asked.set()
            await self.go_on.wait()
        answers = [one.text for one in brief.feedback if one.kind is FeedbackKind.ANSWER]
        mode = "up" if answers and answers[-1].endswith("is: up") else "even"
        await self._turn(workspace, note, {f"src/{mode}.txt": "x\n", FILE: "up\n"})
        return Work(summary=mode, assumptions=(question,), spend=Spend(requests=self.turns))

    async def _turn(self, workspace: Workspace, note: Note, changes: dict[str, str]) -> None:
        self.turns += 1
        await note(step="asking", conversation=f"turn {self.turns}".encode(), spend=Spend(requests=1))
        await workspace.apply(json.dumps(changes))


@dataclass
class Shop:
    """A worker with the real pipeline over a repository in memory, and everything it counted."""

    process: Process
    world: World
    tools: Tools
    engine: Asking
    store: Store
    queue: Queue

    async def asked(self) -> Task:
        """A task whose run has asked its question and waits for the test."""
        task, _ = await self.store.create(a_task(spec=SPEC))
        await self.queue.submit(task.id)
        async with asyncio.timeout(20):
            await self.engine.asked.wait()
        return await until(self.store, task.id, lambda now: bool(now.run and now.run.assumptions))

    async def answer(self, task: Task, text: str, person: str = "U0ANA") -> str | None:
        """Somebody answers the first question; what came of it, once it is executed."""
        assert task.run is not None
        question = task.run.assumptions[0]
        payload: dict[str, JsonValue] = {"run": question.run, "question": question.id, "answer": text}
        act = an_act(task, ActKind.ANSWER, person, **payload)
        await self.queue.act(act)
        async with self.store.changes() as news, asyncio.timeout(20):
            while (came := await acts.outcome(self.store.connection, act.id)) is None:
                await anext(news)
        return came

    async def reviewed(self, task: Task, runs: int) -> Task:
        """The task once this run of it was delivered."""
        return await until(
            self.store, task.id, lambda now: now.state is TaskState.IN_REVIEW and now.runs == runs
        )


def an_act(task: Task, kind: ActKind, person: str = "U0ANA", **payload: JsonValue) -> Act:
    named = f"{kind}-{person}-{sorted(payload.items())}"
    return Act(
        id=named, task=task.id, kind=kind, person=Person(id=person), payload=payload, at=datetime.now(UTC)
    )


@asynccontextmanager
async def at_shop(store: Store, queue: Queue, fakes: Fakes) -> AsyncIterator[Shop]:
    world, engine = World(FakeEngine([])), Asking()
    tools = replace(
        world.tools,
        engine=engine,
        artifacts=RedisArtifacts(store.connection),
        inbox=StoreInbox(store),
    )
    workshop = replace(fakes.workshop(), tools=tools, execute=execute)
    async with at_work(store, queue, workshop, a_settings("")) as process:
        yield Shop(process, world, tools, engine, store, queue)


@pytest.fixture
async def shop(store: Store, queue: Queue, fakes: Fakes) -> AsyncIterator[Shop]:
    async with at_shop(store, queue, fakes) as one:
        yield one


async def test_what_was_assumed_anyway_runs_nothing(shop: Shop) -> None:
    task = await shop.asked()
    before = list(shop.world.workspaces.ran)
    assert await shop.answer(task, "even") == "act.answer"
    assert (shop.engine.turns, shop.world.workspaces.ran) == (1, before)
    shop.engine.go_on.set()
    task = await shop.reviewed(task, 1)
    assert (len(shop.engine.briefs), shop.engine.turns, task.feedback) == (1, 2, ())
    assert [(one.text, one.changed, one.by.id) for one in task.answered] == [("even", False, "U0ANA")]
    assert await shop.answer(task, "up", "U0MAX") == "act.late", "one answer settles it"
    await rewrite_lagging(shop.store, shop.tools)
    told = shop.world.forge.put[-1].description
    assert "- **Which mode?** U0ANA says: even." in told and "## Assumptions" not in told


async def test_another_answer_goes_on_from_the_question_and_runs_nothing_else(shop: Shop) -> None:
    task = await shop.asked()
    base = list(shop.world.workspaces.ran)
    assert await shop.answer(task, "up") == "act.answer"
    task = await shop.reviewed(task, 2)
    first, second = shop.engine.briefs
    assert (first.rewind, second.rewind and second.rewind.chosen) == (None, "up")
    assert second.conversation == b"turn 1", "the messages of that moment"
    assert shop.engine.turns == 2, "one turn before the question, one after it, and none twice"
    pushed = shop.world.remote.trees[task.run.head or ""] if task.run else {}
    assert {"src/first.txt", "src/up.txt"} < set(pushed) and "src/even.txt" not in pushed
    assert base and shop.world.workspaces.ran[: len(base)] == base
    assert len(shop.world.workspaces.ran) - len(base) == await _head_runs(shop)
    states = [one.facts.get("run_state") for one in await shop.store.history(task.id)]
    assert states.count("superseded") == 1 and task.run is not None
    assert [(one.run, one.chosen) for one in task.run.assumptions] == [(f"{task.id}-r1", "up")]


async def _head_runs(shop: Shop) -> int:
    """Commands that verifying one change takes when everything about the target base is known already."""
    engine = FakeEngine([{"src/first.txt": "first\n", "src/up.txt": "x\n", FILE: "up\n"}])
    world = World(engine, cache=shop.world.cache)
    assert world.remote.branches["main"] == next(iter(shop.world.remote.trees))
    task = a_task(spec=SPEC, state=TaskState.RUNNING, waiting=None)
    await execute(task.note(run=a_run(task), runs=1), world.tools, FakeJournal())
    return len(world.workspaces.ran)


async def test_when_the_snapshot_is_gone_all_of_it_runs_and_the_run_says_so(
    store: Store, queue: Queue, fakes: Fakes
) -> None:
    async with at_shop(store, queue, fakes) as shop:
        task = await shop.asked()
        for key in await store.connection.call("KEYS", keys.artifact("tree/*")):
            await store.connection.call("DEL", key)
        assert await shop.answer(task, "up") == "act.answer"
        shop.engine.go_on.set()
        task = await shop.reviewed(task, 2)
    assert task.run is not None and task.run.rewind is not None and task.run.rewind.gone
    last = shop.engine.briefs[-1]
    assert (last.rewind, last.conversation) == (None, None)
    assert [one.text for one in last.feedback] == ["To the question “Which mode?” the answer is: up"]


@pytest.mark.parametrize("state", [TaskState.REJECTED, TaskState.STOPPED])
async def test_after_the_end_the_answer_is_kept_for_the_retry(
    state: TaskState, store: Store, queue: Queue, fakes: Fakes
) -> None:
    async with at_shop(store, queue, fakes) as shop:
        run = a_run(state=RunState(state.value), ended_at=NOON, assumptions=(EVEN,))
        task, _ = await store.create(a_task(spec=SPEC, state=state, waiting=None, run=run, runs=1))
        assert await shop.answer(task, "up") == "act.answer"
        kept = await store.get(task.id)
        assert kept is not None and (kept.state, kept.runs) == (state, 1), "nothing runs by itself"
        assert shop.engine.briefs == []
        shop.engine.go_on.set()
        await queue.act(an_act(task, ActKind.RETRY))
        await shop.reviewed(task, 2)
        (brief,) = shop.engine.briefs
    assert [one.kind for one in brief.feedback] == [FeedbackKind.ANSWER]


async def test_in_review_it_becomes_one_rework(store: Store, queue: Queue, fakes: Fakes) -> None:
    run = a_run(state=RunState.DELIVERED, ended_at=NOON, assumptions=(EVEN,))
    request = a_merge_request()
    task, _ = await store.create(
        a_task(state=TaskState.IN_REVIEW, waiting=None, run=run, runs=1, merge_request=request)
    )
    process = Process(store, queue, fakes.workshop(), a_settings(""))
    for person in ("U0ANA", "U0MAX"):
        payload: dict[str, JsonValue] = {"run": EVEN.run, "question": "Q1", "answer": "up"}
        act = an_act(task, ActKind.ANSWER, person, **payload)
        await queue.act(act)
        await process._act(act.id)
    now = await store.get(task.id)
    assert now is not None and (now.state, now.purpose) == (TaskState.WAITING, Purpose.REWORK)
    assert [one.by for one in now.feedback] == ["U0ANA"]


async def test_an_answer_whose_worker_was_lost_is_heeded_by_the_next(
    store: Store, queue: Queue, fakes: Fakes, working: Working
) -> None:
    task, _ = await store.create(a_task())
    await store.take(task.id, lambda now: begun(now, datetime.now(UTC)), owner="lost", seconds=1)
    asked = EVEN.model_copy(update={"run": f"{task.id}-r1"})

    def asking(now: Task) -> Task:
        return now.note(run=now.run and now.run.to(RunState.GENERATING, round=1, assumptions=(asked,)))

    await store.change(task.id, asking)
    act = an_act(task, ActKind.ANSWER, run=asked.run, question="Q1", answer="up")
    await store.change(task.id, lambda now: answered(act, now, now=datetime.now(UTC))[0])
    async with working():
        task = await until(store, task.id, lambda now: now.state is TaskState.IN_REVIEW)
    states = [one.facts.get("run_state") for one in await store.history(task.id)]
    assert (task.runs, states.count("superseded"), len(fakes.forge.opened)) == (2, 1, 1)
