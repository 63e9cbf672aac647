"""`codegen worker`: everything one process does, from its first to its last moment."""

import asyncio
import contextlib
import logging
import os
import secrets
import signal
import socket
from collections.abc import Callable, Coroutine
from contextlib import AbstractAsyncContextManager
from datetime import UTC, datetime
from functools import partial
from urllib.parse import urlsplit

from jobs.domain.origin import issue_of
from jobs.domain.task import Task, TaskState
from jobs.errors import Stop, StopKind
from jobs.ports import Directory, Watch, Workshop
from jobs.queue import board, issues, keys, roster
from jobs.queue.backlog import Backlog
from jobs.queue.budget import Ledger
from jobs.queue.connection import OUTAGE, knock
from jobs.queue.places import LANES
from jobs.queue.store import Store
from jobs.queue.submit import RUNS, Queue, connect
from jobs.settings import WorkerSettings, secret_values
from jobs.stages.repository_file import written_fixes
from jobs.worker import charting, logs
from jobs.worker.acts import run_act
from jobs.worker.arq_loop import ArqLoop
from jobs.worker.batches import tell_batches
from jobs.worker.catalogue import CatalogueDesk
from jobs.worker.charting import ChartDesk
from jobs.worker.errands import ErrandDesk
from jobs.worker.fault import fault_of
from jobs.worker.intake import IntakeDesk
from jobs.worker.issue_desk import IssueDesk
from jobs.worker.lagging import rewrite_lagging
from jobs.worker.looking import Means
from jobs.worker.mornings import MorningDesk
from jobs.worker.page import metrics_page
from jobs.worker.reconcile import EVERY, catch_up, clear_up, reconcile
from jobs.worker.rosters import RosterDesk
from jobs.worker.runs import Runs
from jobs.worker.speaker import say
from jobs.worker.steps import ended, repeated
from jobs.worker.tending import Tending
from jobs.worker.watching import Watching

logger = logging.getLogger(__name__)

STEP = 1.0
"""Seconds a step under way has to end by itself when the worker goes; another worker does it again."""

Build = Callable[[WorkerSettings], AbstractAsyncContextManager[Workshop]]
"""The composition root: settings → what the worker works with."""


async def serve(settings: WorkerSettings, build: Build) -> int:
    """Work until SIGTERM or SIGINT; returns the exit status: 0, or 2 or 4 when it cannot start."""
    logs.configure(_secrets(settings))
    stop = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    try:
        async with connect(settings.redis_url.get_secret_value()) as (store, queue), build(settings) as shop:
            with contextlib.suppress(*OUTAGE):
                await knock(store.connection)
            await shop.probe()
            process = Process(store, queue, shop, settings)
            table = settings.operator.worker
            page = metrics_page(store, host=table.metrics_host, port=table.metrics, runs=lambda: process.busy)
            async with page:
                await process.work(stop)
    except Stop as refusal:
        logger.error("the worker cannot start: %s", refusal)
        return 2 if refusal.kind is StopKind.INPUT else 4
    finally:
        for number in (signal.SIGTERM, signal.SIGINT):
            asyncio.get_running_loop().remove_signal_handler(number)
    return 0


class Process:
    """One worker process on one store."""

    def __init__(self, store: Store, queue: Queue, shop: Workshop, settings: WorkerSettings) -> None:
        self.name = f"{socket.gethostname()}:{os.getpid()}:{secrets.token_hex(3)}"
        self._store = store
        self._queue = queue
        self._shop = shop
        self._settings = settings
        worker = settings.operator.worker
        self._ledger = Ledger(store, settings.operator.budgets)
        self._backlog = Backlog(store, settings.operator, purse=self._ledger)
        self._runs = Runs(store, queue, shop, backlog=self._backlog, owner=self.name, settings=worker)
        self._tending = Tending(self._backlog, self._runs.fill)
        self._loop = ArqLoop(
            queue, take=self._take, act=self._act, free=lambda: self._runs.free, toolchains=worker.toolchains
        )
        self._desk = CatalogueDesk(
            store, shop.tools.forge, settings.operator, usable=shop.usable, files=shop.files
        )
        self._intake = IntakeDesk(store, shop.tools, self._looked_at)
        self._running_errands = ErrandDesk(store, shop.tools)
        self._watching = None if shop.watch is None else self._watches(shop, shop.watch)
        self._issues = (
            IssueDesk(store, shop.inbound, settings.operator, self._looked_at) if shop.inbound else None
        )
        self._asking = self._asks(shop, shop.directory) if shop.directory else ()
        self._errands: set[asyncio.Task[None]] = set()

    @property
    def busy(self) -> int:
        """Runs of this process right now."""
        return self._settings.operator.worker.runs - self._runs.free

    async def work(self, stop: asyncio.Event) -> None:
        """Take, run and speak until `stop` is set; then leave unfinished runs to others."""
        logger.info("worker %s is up, %d runs at a time", self.name, self._settings.operator.worker.runs)
        lease = self._settings.operator.worker.lease_seconds
        over = asyncio.Event()
        picking = [
            asyncio.create_task(repeated(one.turn, every=0, stop=stop)) for one in (self._loop, self._tending)
        ]
        caring = [
            asyncio.create_task(repeated(step, every=seconds, stop=over))
            for step, seconds in (
                (self._runs.renew, min(lease / 4, 2.0)),
                (self._reconcile, EVERY),
                (self._follow_up, EVERY),
                (self._catch_up, EVERY),
                (self._clear_up, EVERY),
                (self._sign_in, board.WORKER_LIVES / 4),
            )
        ]
        waiting = self._waiting(over)
        await stop.wait()
        logger.info("worker %s goes", self.name)
        self._wake()
        await asyncio.wait(picking)
        await self._loop.close()
        await self._runs.drain()
        over.set()
        # most end by themselves; one that speaks may wait for Slack's limits for minutes
        await asyncio.wait(caring, timeout=STEP)
        await ended([*caring, *waiting, *self._errands])
        await self._intake.close()
        await self._running_errands.close()
        with contextlib.suppress(*OUTAGE):
            await board.sign_out(self._store.connection, self.name)

    def _waiting(self, over: asyncio.Event) -> list[asyncio.Task[None]]:
        """What waits for news most of the time, and may be interrupted."""
        steps = [
            (self._listen, 0.2),
            (self._room, 0.0),
            (self._desk.keep, 0.0),
            (self._intake.turn, 0.0),
            (self._running_errands.turn, 0.0),
        ]
        if self._watching is not None:
            steps.append((self._watching.turn, 0.0))
        if self._issues is not None:
            steps.append((self._issues.turn, 0.0))
        steps += [(one.turn, 0.0) for one in self._asking]
        if self._shop.gallery is not None:
            desk = ChartDesk(self._store, self._shop.gallery, self._settings.operator, worker=self.name)
            steps.append((desk.turn, charting.EVERY))
        return [asyncio.create_task(repeated(step, every=seconds, stop=over)) for step, seconds in steps]

    async def _listen(self) -> None:
        channels = (keys.WAKE, keys.CANCELS, keys.HINTED)
        async with self._store.connection.subscribed(*channels) as news:
            self._wake()
            while True:
                message = await news.next(seconds=5.0)
                if message is None:
                    continue
                channel, data = message
                if channel == keys.CANCELS:
                    await self._runs.hear(data.decode())
                elif data.decode() == LANES:
                    self._tending.wake.set()
                elif channel == keys.HINTED:
                    self._hinted()
                else:
                    self._wake()

    def _hinted(self) -> None:
        if self._watching is not None:
            self._watching.wake.set()
        if self._issues is not None:
            self._issues.wake.set()

    def _watches(self, shop: Workshop, watch: Watch) -> Watching:
        operator = self._settings.operator
        return Watching(
            self._store,
            self._queue,
            watch,
            messenger=shop.messenger,
            operator=operator,
            owner=self.name,
            means=Means(shop.tools.review, shop.tools.reports, partial(written_fixes, shop.tools)),
        )

    def _asks(self, shop: Workshop, directory: Directory) -> tuple[RosterDesk, MorningDesk]:
        operator = self._settings.operator
        mornings = MorningDesk(self._store, shop.messenger, operator=operator, directory=directory)
        return RosterDesk(self._store, directory, operator), mornings

    async def _room(self) -> None:
        await self._runs.room.wait()
        self._runs.room.clear()
        self._wake()
        # a run that ends may make room under a cap for another worker
        await self._store.connection.call("PUBLISH", keys.WAKE, RUNS)

    def _wake(self) -> None:
        self._loop.wake.set()
        self._tending.wake.set()
        self._intake.wake.set()
        self._running_errands.wake.set()

    async def _looked_at(self, task: Task) -> None:
        if task.state is TaskState.WAITING:
            await self._queue.submit(task.id)
        known = issue_of(task.origin)
        if known is not None:
            await issues.hint(self._store.connection, known[0], (known[1],))
        self._send(self._say(task))

    async def _take(self, task_id: str) -> None:
        if not await self._runs.resume(task_id):
            self._tending.wake.set()

    async def _reconcile(self) -> None:
        await reconcile(self._store, self._queue, backlog=self._backlog, adopt=self._runs.adopt)
        await self._ledger.release_lost()

    async def _follow_up(self) -> None:
        # apart: what waits for GitLab or Slack holds up no orphan
        await rewrite_lagging(self._store, self._shop.tools)
        await tell_batches(self._store, self._shop.messenger)

    async def _catch_up(self) -> None:
        await catch_up(self._store, self._say)

    async def _clear_up(self) -> None:
        await clear_up(self._store, self._shop.messenger.tidy)

    async def _sign_in(self) -> None:
        await board.sign_in(self._store.connection, self.name, datetime.now(UTC))

    async def _act(self, act_id: str) -> None:
        task = await run_act(
            act_id,
            store=self._store,
            queue=self._queue,
            operator=await roster.resolved(self._store.connection, self._settings.operator),
            review=self._shop.tools.review,
            messenger=self._shop.messenger,
        )
        if task is not None:
            with logs.about(task):
                self._send(self._say(task))

    async def _say(self, task: Task) -> None:
        await say(task, store=self._store, announce=self._shop.announce, messenger=self._shop.messenger)

    def _send(self, errand: Coroutine[None, None, None]) -> None:
        async def run() -> None:
            fault = await fault_of(errand)
            if fault is not None:
                logger.warning("a thread could not be brought up to date: %s", fault)

        task = asyncio.create_task(run())
        self._errands.add(task)
        task.add_done_callback(self._errands.discard)


def _secrets(settings: WorkerSettings) -> tuple[str, ...]:
    redis = settings.redis_url.get_secret_value()
    tokens = (settings.slack_bot_token, settings.gitlab_token)
    named = (*(token.get_secret_value() for token in tokens), redis, urlsplit(redis).password or "")
    return (*named, *secret_values(os.environ))
