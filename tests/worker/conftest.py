"""A worker in this process."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from typing import Protocol

import pytest

from jobs.queue.store import Store
from jobs.queue.submit import Queue
from jobs.worker.serve import Process
from tests.worker.fakes import Fakes, a_settings


class Working(Protocol):
    def __call__(self, **table: object) -> AbstractAsyncContextManager[Process]: ...


@pytest.fixture
def fakes(store: Store) -> Fakes:
    return Fakes(store)


@pytest.fixture
def working(store: Store, queue: Queue, fakes: Fakes, redis_url: str) -> Working:
    @asynccontextmanager
    async def run(**table: object) -> AsyncIterator[Process]:
        process = Process(store, queue, fakes.workshop(), a_settings(redis_url, **table))
        stop = asyncio.Event()
        work = asyncio.create_task(process.work(stop))
        try:
            yield process
        finally:
            stop.set()
            await work

    return run
