"""Every way a run can end, in one place."""

import asyncio
import dataclasses
import logging
import secrets
from collections.abc import Callable
from enum import Enum, auto

from jobs.domain.run import Run, RunState
from jobs.domain.task import Task
from jobs.errors import LostLease, Stop, Transient
from jobs.ports import Tools, Workshop
from jobs.queue import lease as leases
from jobs.queue import roster
from jobs.queue.fence import FencedForge, FencedReports, FencedReview, fenced_workspaces
from jobs.queue.patience import patiently
from jobs.queue.store import Store
from jobs.queue.write import Lease
from jobs.stages.answers import answer_discussions
from jobs.worker.journal import RunJournal

logger = logging.getLogger(__name__)

ATTEMPTS = 4
"""How often a run is carried on when something outside fails in passing."""

LONGEST_PAUSE = 30.0
"""Seconds between two such attempts at the most."""

LOST_OWNERS = 5
"""How many workers may be lost in one phase before the task itself is taken for the cause."""


class Why(Enum):
    """Why a running pipeline was interrupted."""

    CANCEL = auto()
    """A person asked for it."""
    LOST = auto()
    """Another worker owns the task."""
    ANSWER = auto()
    """A person answered a question otherwise than it assumed: another run goes on from there."""
    DRAIN = auto()
    """This worker goes; another one is to resume."""


async def run_task(
    task: Task, lease: Lease, workshop: Workshop, *, journal: RunJournal, store: Store, why: Callable[[], Why]
) -> None:
    """Carry a run to its end: verdicts are values, stops are shown, faults of ours get a reference."""
    tools = _fenced(workshop.tools, store, lease)
    try:
        run = await _carried_out(task, tools, workshop, journal=journal, store=store)
        if not run.ended and run.state is not RunState.HELD:
            raise RuntimeError(f"the pipeline returned while the run was {run.state}")
    except LostLease:
        logger.info("the lease is lost: another worker owns the task")
    except asyncio.CancelledError:
        if why() is Why.CANCEL:
            await _excuse(task, tools, store, Stop("The run was cancelled."))
            await journal.end(RunState.CANCELLED)
        elif why() is Why.ANSWER:
            await journal.give_way()
    except Stop as stop:
        logger.info("stopped: %s", stop)
        await _excuse(task, tools, store, stop)
        await journal.end(RunState.STOPPED, reason=stop.reason, remedy=stop.remedy)
    except Transient as passing:
        logger.warning("stopped after %d attempts: %s", ATTEMPTS, passing)
        await _excuse(task, tools, store, Stop(passing.reason, remedy="Retry it later."))
        await journal.end(RunState.STOPPED, reason=passing.reason, remedy="Retry it later.")
    except Exception:
        reference = secrets.token_hex(4)
        logger.exception("fault %s", reference)
        await _excuse(task, tools, store, Stop(f"Something broke on our side (reference {reference})."))
        await journal.end(RunState.FAILED, reference=reference)


async def give_up(journal: RunJournal) -> None:
    """End a run that takes its worker down each time."""
    reference = secrets.token_hex(4)
    logger.error("fault %s: %d workers in a row were lost in this phase", reference, LOST_OWNERS)
    await journal.end(RunState.FAILED, reference=reference)


async def _carried_out(
    task: Task, tools: Tools, workshop: Workshop, *, journal: RunJournal, store: Store
) -> Run:
    operator = await patiently(lambda: roster.resolved(store.connection, tools.operator))
    tools = dataclasses.replace(tools, operator=operator)
    for attempt in range(1, ATTEMPTS):
        try:
            return await workshop.execute(task, tools, journal)
        except Transient as passing:
            pause = min(max(passing.retry_after, 2.0 ** (attempt - 1)), LONGEST_PAUSE)
            logger.warning("attempt %d, next in %.1f s: %s", attempt, pause, passing)
            await asyncio.sleep(pause)
        task = await _as_it_is_now(task, store)
    return await workshop.execute(task, tools, journal)


async def _excuse(task: Task, tools: Tools, store: Store, stop: Stop) -> None:
    """Say in the discussions why nothing was done; the thread says it too, whatever GitLab makes of this."""
    now = await _as_it_is_now(task, store)
    if now.run is None or now.run.ended or not now.opened:
        return
    try:
        await answer_discussions(now, now.run, tools, reason=stop.reason, remedy=stop.remedy)
    except (Stop, Transient) as refused:
        logger.warning("the discussions were not answered: %s", refused)


async def _as_it_is_now(task: Task, store: Store) -> Task:
    return await patiently(lambda: store.get(task.id)) or task


def _fenced(tools: Tools, store: Store, lease: Lease) -> Tools:
    async def guard() -> None:
        await patiently(lambda: leases.check(store.connection, lease))

    workspaces = fenced_workspaces(tools.workspaces, guard)
    return dataclasses.replace(
        tools,
        forge=FencedForge(tools.forge, guard),
        review=FencedReview(tools.review, guard),
        reports=FencedReports(tools.reports, guard),
        workspaces=workspaces,
    )
