"""A worker in this process."""

from contextlib import AbstractAsyncContextManager
from typing import Protocol

import pytest

from jobs.queue.store import Store
from jobs.queue.submit import Queue
from jobs.worker.serve import Process
from tests.worker.fakes import Fakes, a_settings, at_work


class Working(Protocol):
    def __call__(self, **table: object) -> AbstractAsyncContextManager[Process]: ...


@pytest.fixture
def fakes(store: Store) -> Fakes:
    return Fakes(store)


@pytest.fixture
def working(store: Store, queue: Queue, fakes: Fakes, redis_url: str) -> Working:
    def run(**table: object) -> AbstractAsyncContextManager[Process]:
        return at_work(store, queue, fakes.workshop(), a_settings(redis_url, **table))

    return run
