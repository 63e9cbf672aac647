"""Looking at proposed specs: each by one worker at a time, again by another when that one is lost."""

import asyncio
import contextlib
import logging
import secrets
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from functools import partial

from jobs.domain.budget import Spend
from jobs.domain.intake import Intake
from jobs.domain.question import Question
from jobs.domain.spec import Spec
from jobs.domain.task import Task, TaskState
from jobs.errors import Transient
from jobs.ports import Tools
from jobs.queue import keys, outcomes
from jobs.queue.connection import OUTAGE
from jobs.queue.listing import ids
from jobs.queue.store import Store
from jobs.specify.estimate import estimate
from jobs.specify.gate import Facts, gaps_of, score_of
from jobs.specify.intake import Seen, Sources, look
from jobs.specify.rules import gap
from jobs.stages.engines import engine_for
from jobs.stages.verify import baseline
from jobs.stages.workspace import survey
from jobs.worker.fault import fault_of
from jobs.worker.logs import about
from jobs.worker.moves import looked_at

logger = logging.getLogger(__name__)

AT_ONCE = 2
"""Specs one worker looks at at the same time: tests run, so more would be slower for all."""

HELD_FOR = 20_000
"""Milliseconds a lost worker keeps others from looking at the same spec."""

SOON = 3_000
"""Milliseconds after which a look is tried again that met a passing fault."""

EVERY = 2.0
"""Seconds between two looks when nothing wakes us."""

LONGEST = 900.0
"""Seconds that the tests of a target branch may take before a spec is taken without them."""

OPEN = (TaskState.PROPOSED, TaskState.WAITING, TaskState.RUNNING, TaskState.IN_REVIEW)
"""States of tasks that a new one may repeat."""

_OTHERS = 200

Done = Callable[[Task], Awaitable[None]]
"""What is to happen with a task that was looked at: its thread is brought up to date, it is queued."""


class IntakeDesk:
    """One worker's part in looking at specs."""

    def __init__(self, store: Store, tools: Tools, done: Done) -> None:
        self._store = store
        self._tools = tools
        self._done = done
        self._under_way: dict[str, asyncio.Task[None]] = {}
        self.wake = asyncio.Event()

    async def turn(self) -> None:
        """Begin with what is new, then wait for news."""
        self.wake.clear()
        for task_id in await ids(self._store.connection, keys.UNSEEN):
            if len(self._under_way) >= AT_ONCE:
                break
            if task_id not in self._under_way and await self._mine(task_id):
                with about(task_id):
                    self._under_way[task_id] = asyncio.create_task(self._looked(task_id), name=task_id)
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(EVERY):
                await self.wake.wait()

    async def close(self) -> None:
        """Leave what is under way to others."""
        for one in self._under_way.values():
            one.cancel()
        if self._under_way:
            await asyncio.wait(self._under_way.values())

    async def _mine(self, task_id: str) -> bool:
        turn = ("SET", keys.reading(task_id), "1", "NX", "PX", HELD_FOR)
        return await self._store.connection.call(*turn) is not None

    async def _looked(self, task_id: str) -> None:
        held = asyncio.create_task(self._hold(task_id))
        try:
            fault = await fault_of(self._look(task_id))
        finally:
            held.cancel()
            await asyncio.wait({held})
            del self._under_way[task_id]
        if fault is None:
            await self._store.connection.call("DEL", keys.reading(task_id))
            self.wake.set()
        elif isinstance(fault, (Transient, *OUTAGE)):
            logger.warning("the spec of %s is looked at again soon: %s", task_id, fault)
            with contextlib.suppress(*OUTAGE):
                await self._store.connection.call("PEXPIRE", keys.reading(task_id), SOON)
        else:
            logger.error("what was seen of the spec of %s could not be kept", task_id, exc_info=fault)

    async def _hold(self, task_id: str) -> None:
        while True:
            await asyncio.sleep(HELD_FOR / 4000)
            with contextlib.suppress(*OUTAGE):
                await self._store.connection.call("PEXPIRE", keys.reading(task_id), HELD_FOR)

    async def _look(self, task_id: str) -> None:
        task = await self._store.get(task_id)
        if task is None or task.state is not TaskState.PROPOSED or task.looked_at:
            return
        seen = await _whatever_is_found(task, sources(task, self._tools))
        seen = await self._same_tasks(task) + seen
        past = await outcomes.past(self._store.connection, task.spec.kind, task.spec.repository)
        intake = Intake(
            version=task.spec_version,
            score=score_of((*task.gaps, *seen.gaps)),
            facts=seen.facts,
            estimate=estimate(task.spec.kind, task.spec.repository, past),
            spend=seen.spend,
            at=datetime.now(UTC),
        )
        operator = self._tools.operator
        await self._done(
            await self._store.change(task_id, lambda now: looked_at(now, seen, intake, operator))
        )

    async def _same_tasks(self, task: Task) -> Seen:
        others = await self._store.list(states=OPEN, limit=_OTHERS)
        specs = {one.id: one.spec for one in others if one.id != task.id}
        known = {(one.rule, one.text) for one in task.gaps}
        found = gaps_of(task.spec, Facts(open_tasks=specs))
        return Seen(gaps=tuple(one for one in found if (one.rule, one.text) not in known))


def sources(task: Task, tools: Tools) -> Sources:
    """Where the facts about a task's spec come from."""
    gate = tools.operator.gate

    async def suite(spec: Spec) -> str:
        return await _suite(task, tools) if gate.suite else "The tests are run once it starts."

    return Sources(
        forge=tools.forge,
        workspaces=tools.workspaces,
        requests=tools.requests,
        model=tools.model if gate.opinion else None,
        suite=suite,
        engine=partial(engine_for, tools=tools),
        prompts=tools.prompts.for_task(task.id),
    )


async def _whatever_is_found(task: Task, known: Sources) -> Seen:
    try:
        return await look(task.spec, known)
    except (Transient, *OUTAGE):
        raise
    except Exception:  # a spec must not wait for ever because of a fault of ours
        reference = secrets.token_hex(4)
        logger.exception("fault %s", reference)
        return Seen(gaps=(gap("not_looked_at", what=reference),))


async def _suite(task: Task, tools: Tools) -> str:
    ground = await survey(task, tools)
    try:
        async with asyncio.timeout(LONGEST):
            result = await baseline(
                spec=task.spec,
                repository=ground.repository,
                target_base=ground.target_base,
                environment=ground.environment,
                suite=ground.suite,
                workspaces=tools.workspaces,
                cache=tools.cache,
                note=_nothing_noted,
            )
    except TimeoutError:
        return f"The tests take longer than {LONGEST / 60:.0f} minutes; they are run once it starts."
    count = len(result.passing)
    told = f"{count} test{'s' if count != 1 else ''} pass there already"
    return f"{told}, {len(result.failing)} fail." if result.failing else f"{told}."


async def _nothing_noted(
    *,
    step: str | None = None,
    spend: Spend | None = None,
    conversation: bytes | None = None,
    assumptions: tuple[Question, ...] | None = None,
) -> None:
    """There is no run yet whose progress could be noted."""
