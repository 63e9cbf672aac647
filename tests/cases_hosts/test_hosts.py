"""Two hosts, one Redis over TLS: a batch is finished once, whoever is cut off in the middle."""

import time

import pytest

from jobs.domain.event import first_broken
from jobs.domain.task import Task, TaskState
from jobs.errors import Stop
from jobs.queue.connection import open_connection, reach
from jobs.queue.submit import connect
from tests.cases_hosts.hosts import host, tls_redis
from tests.factories import a_task
from tests.worker.fakes import until
from tests.worker.process import OPENED

pytestmark = pytest.mark.cases
TASKS = 12


def reviewed(task: Task) -> bool:
    return task.state is TaskState.IN_REVIEW


async def test_two_hosts_finish_a_batch_once_and_one_is_cut_off(socket_enabled: None) -> None:
    with host(1) as one, host(2) as two:
        async with tls_redis(one.server, two.server) as server, connect(server.local) as (store, queue):
            url_one, url_two = server.url(one.server), server.url(two.server)
            async with one.worker(url_one), two.worker(url_two):
                tasks = [(await store.create(a_task(origin=f"hosts/{n}")))[0] for n in range(TASKS)]
                for task in tasks:
                    await queue.submit(task.id)
                await until(store, tasks[0].id, lambda now: now.run is not None, seconds=60)
                one.cut_off()
                cut = time.monotonic()
                for task in tasks:
                    done = await until(
                        store, task.id, lambda now: now.state is TaskState.IN_REVIEW, seconds=90
                    )
                    assert done.runs == 1
                assert time.monotonic() - cut < 60
            for task in tasks:
                history = await store.history(task.id)
                assert first_broken(history) is None
                assert [event.kind for event in history].count("run.delivered") == 1
            assert await store.connection.call("SCARD", OPENED) == TASKS


async def test_a_wrong_password_and_a_strange_authority_are_sentences(socket_enabled: None) -> None:
    with host(3) as one:
        async with tls_redis(one.server) as server:
            wrong = open_connection(server.url(one.server, password="another-password"))
            with pytest.raises(Stop, match="password"):
                await reach(wrong)
            await wrong.close()
            strange = open_connection(server.url(one.server).partition("?")[0])
            with pytest.raises(Stop, match="does not answer"):
                await reach(strange)
            await strange.close()
