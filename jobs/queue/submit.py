"""The producer's side of arq: ids only, as JSON; the store is the truth."""

import json
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from typing import Any

from arq.connections import ArqRedis

from jobs.domain.act import Act
from jobs.domain.batch import Batch
from jobs.domain.errand import Errand, Fetched
from jobs.domain.task import Task
from jobs.queue import batches, errands, keys
from jobs.queue.connection import Connection, open_connection
from jobs.queue.store import Store

RUNS = "codegen:runs"
"""arq queue of tasks to run."""
ACTS = "codegen:acts"
"""arq queue of acts to execute; apart, so that full workers still hear a cancel."""

ENOUGH = 500
"""Envelopes of one queue that wake every worker; tasks beyond them are found in their lanes."""

KEPT_MS = 7 * 24 * 3600 * 1000
"""Milliseconds arq keeps an envelope; a task that waits longer is put in again from the store."""


class Queue:
    """Hands ids to the workers and wakes them."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self.arq = ArqRedis(
            store.connection.pool, job_serializer=encode, job_deserializer=decode, expires_extra_ms=KEPT_MS
        )

    async def submit(self, task_id: str) -> None:
        """Put a stored task before the workers; doing so twice before one took it changes nothing.

        The write that gave a task its place in line has woken the workers: while one listens, an envelope
        would only be a further write between the submit and the start.
        """
        (epoch, toolchain), in_lane, (_, listening) = await self._store.connection.many(
            [
                ("HMGET", keys.task(task_id), "epoch", "toolchain"),
                ("ZSCORE", keys.READY, task_id),
                ("PUBSUB", "NUMSUB", keys.WAKE),
            ]
        )
        if epoch is None:
            raise KeyError(task_id)
        queue = runs_queue((toolchain or b"").decode())
        if in_lane is not None and (listening or await self._enough(queue)):
            return
        # each owner makes a new envelope possible, whatever arq still holds of the last one
        await self._put("run_task", task_id, job=f"{task_id}:{int(epoch)}", queue=queue)
        await self._wake(queue)

    async def _enough(self, queue: str) -> bool:
        return int(await self._store.connection.call("ZCARD", queue)) >= ENOUGH

    async def batch(self, batch: Batch, tasks: Sequence[Task]) -> tuple[Batch, bool]:
        """Create a batch and put all its tasks before the workers; the same batch again changes nothing."""
        stored, fresh = await batches.create(self._store, batch, tasks)
        await self.submit(stored.tasks[0])
        return stored, fresh

    async def fetch(self, errand: Errand, *, seconds: float) -> Fetched | None:
        """Have a worker run an errand; None when no answer came within these seconds."""
        await errands.send(self._store.connection, errand)
        return await errands.wait(self._store.connection, errand.id, seconds=seconds)

    async def act(self, act: Act) -> bool:
        """Keep an act and put it before the workers; False when this click is kept already."""
        fresh = await self._store.put_act(act)
        await self.submit_act(act.id)
        return fresh

    async def submit_act(self, act_id: str) -> None:
        """Put a kept act before the workers."""
        await self._put("run_act", act_id, job=f"act:{act_id}", queue=ACTS)
        await self._wake(ACTS)

    async def queued(self, task_ids: tuple[str, ...]) -> frozenset[str]:
        """Those of the tasks that arq still has an envelope for."""
        connection = self._store.connection
        epochs = await connection.many([("HGET", keys.task(one), "epoch") for one in task_ids])
        jobs = [f"{one}:{int(epoch or 0)}" for one, epoch in zip(task_ids, epochs, strict=True)]
        scores = await connection.many([("ZSCORE", RUNS, job) for job in jobs])
        return frozenset(one for one, score in zip(task_ids, scores, strict=True) if score is not None)

    async def _put(self, function: str, argument: str, *, job: str, queue: str) -> None:
        await self.arq.enqueue_job(function, argument, _job_id=job, _queue_name=queue)

    async def _wake(self, queue: str) -> None:
        await self._store.connection.call("PUBLISH", keys.WAKE, queue)


def runs_queue(toolchain: str) -> str:
    """The arq queue of tasks that need a toolchain; of all others for an empty name."""
    return f"{RUNS}:{toolchain}" if toolchain else RUNS


@asynccontextmanager
async def connect(redis_url: str) -> AsyncIterator[tuple[Store, Queue]]:
    """Store and queue on one pool of connections, closed at the end of the block."""
    connection: Connection = open_connection(redis_url)
    try:
        store = Store(connection)
        yield store, Queue(store)
    finally:
        await connection.close()


def encode(job: dict[str, Any]) -> bytes:
    """arq's envelope as JSON: its default, pickle, would run code that Redis holds."""
    return json.dumps(job, default=str).encode()


def decode(document: bytes) -> dict[str, Any]:
    """arq's envelope from JSON."""
    job: dict[str, Any] = json.loads(document)
    return job
