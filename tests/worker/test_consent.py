"""A held run in the queue: no worker, no lease, no slot; a person's word brings it back."""

from datetime import UTC, datetime

from pydantic import JsonValue

from jobs.domain.act import Act
from jobs.domain.action import ActKind
from jobs.domain.consent import Ask, hold
from jobs.domain.people import Person
from jobs.domain.review import PipelineStatus
from jobs.domain.run import Run, RunState
from jobs.domain.task import Task, TaskState
from jobs.domain.verdict import EvidenceStatus, ExecutedProof, ProofKind
from jobs.ports import Journal, Tools
from jobs.queue import accounts, acts, keys
from jobs.queue.places import EVERYWHERE
from jobs.queue.store import Store
from jobs.queue.submit import Queue
from tests.factories import SHA, a_merge_request, a_patch, a_run, a_task, a_verdict, an_evidence
from tests.fakes import FakeEngine, World
from tests.worker.conftest import Working
from tests.worker.fakes import Fakes, all_phases, until

HOLD = hold([Ask(key="k1", path=".gitlab-ci.yml", text=".gitlab-ci.yml decides.")], ["U0MAX"])


async def asks_once(task: Task, tools: Tools, journal: Journal) -> Run:
    """Every phase; without a consent it is held once the change is there."""
    assert task.run is not None
    if task.consents:
        return await all_phases(task, tools, journal)
    run = await journal(task.run.to(RunState.GENERATING, round=1))
    run = await journal(run.to(RunState.VERIFYING, patch=a_patch()))
    return await journal(run.to(RunState.HELD, hold=HOLD))


def is_held(task: Task) -> bool:
    return task.run is not None and task.run.state is RunState.HELD


async def click(queue: Queue, task: Task, kind: ActKind, person: str, **payload: JsonValue) -> str:
    act = Act(
        id=f"{kind}-{person}-{sorted(payload.items())}",
        task=task.id,
        kind=kind,
        person=Person(id=person),
        payload=payload,
        at=datetime.now(UTC),
    )
    await queue.act(act)
    return act.id


async def members(store: Store, key: str) -> set[bytes]:
    return set(await store.connection.call("SMEMBERS", key))


async def test_it_waits_without_worker_and_lease_and_goes_on_after_a_restart(
    store: Store, queue: Queue, fakes: Fakes, working: Working
) -> None:
    fakes.execute = asks_once
    async with working(runs=1) as process:
        held = await until(store, (await store.create(a_task()))[0].id, is_held)
        other = await until(store, (await store.create(a_task(origin="T/2")))[0].id, is_held)
        assert process.busy == 0, "two held runs, and room for one at a time"
    assert await store.connection.call("EXISTS", keys.lease(held.id)) == 0
    assert await members(store, keys.running(EVERYWHERE)) == set()
    assert await members(store, keys.HELD) == {held.id.encode(), other.id.encode()}
    assert len(await members(store, accounts.HELD)) == 2, "the budget stays reserved"
    refused = await click(queue, held, ActKind.CONSENT, "U0ANA", hold=HOLD.id, allow=True)
    await click(queue, held, ActKind.CONSENT, "U0MAX", hold=HOLD.id, allow=True)
    cancel = await click(queue, other, ActKind.CANCEL, "U0ANA")
    async with working():
        task = await until(store, held.id, lambda now: now.state is TaskState.IN_REVIEW)
        gone = await until(store, other.id, lambda now: now.state is TaskState.CANCELLED)
    assert (task.runs, [one.path for one in task.consents]) == (1, [".gitlab-ci.yml"])
    assert gone.run is not None and gone.run.state is RunState.CANCELLED
    assert await acts.outcome(store.connection, refused) == "act.refused"
    assert await acts.outcome(store.connection, cancel) == "act.cancel"
    told = [one for one in await store.history(held.id) if one.kind == "act.allow"]
    assert [one.facts["consents"] for one in told] == [[".gitlab-ci.yml k1"]]
    assert (await members(store, keys.HELD), await members(store, accounts.HELD)) == (set(), set())


async def test_what_another_person_confirmed_is_proven_in_the_merge_request(
    store: Store, queue: Queue, fakes: Fakes, working: Working
) -> None:
    look = an_evidence(
        status=EvidenceStatus.NOT_PROVEN, strength=None, proof=ExecutedProof(kind=ProofKind.REVIEW)
    )
    world = World(FakeEngine([]))
    fakes.workspaces, base = world.workspaces, world.remote.branches["main"]
    run = a_run(
        state=RunState.DELIVERED, head=SHA, start=base, target_base=base, verdict=a_verdict(evidence=(look,))
    )
    request = a_merge_request()
    fakes.forge.pipeline = PipelineStatus.PENDING
    task = a_task(state=TaskState.IN_REVIEW, waiting=None, run=run, runs=1, merge_request=request)
    await store.create(task)
    own = await click(queue, task, ActKind.CONFIRM, "U0ANA", criterion="AC1", run=1)
    old = await click(queue, task, ActKind.CONFIRM, "U0EVE", criterion="AC1", run=7)
    await click(queue, task, ActKind.CONFIRM, "U0EVE", criterion="AC1", run=1)
    async with working():
        now = await until(store, task.id, lambda now: bool(now.merge_request and now.merge_request.draft))
    assert [(one.person.id, one.head) for one in now.confirmations] == [("U0EVE", SHA)]
    assert (
        "| AC1 A line of 2.675 at two decimals totals 2.68 | proven (strong) |"
        in fakes.forge.opened[-1].description
    )
    assert [await acts.outcome(store.connection, one) for one in (own, old)] == ["act.refused", "act.late"]
