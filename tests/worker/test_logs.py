"""Every record of a run names its task and run, wherever in the worker it is made; no secret is in it."""

import asyncio
import json
import logging
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from functools import partial

from jobs.domain.act import Act
from jobs.domain.action import ActKind
from jobs.domain.run import Run, RunState
from jobs.domain.task import Task, TaskState
from jobs.errors import Transient
from jobs.ports import Journal, Tools
from jobs.queue.store import Store
from jobs.queue.submit import Queue
from jobs.worker import logs
from jobs.worker.acts import run_act
from tests.factories import a_run, a_task
from tests.fakes import FakeReview
from tests.worker.conftest import Working
from tests.worker.fakes import FakeMessenger, Fakes, a_settings, all_phases, until

PROCESS = ("jobs.worker.serve", "arq.worker")
"""Loggers of the process itself; `logs.configure` silences arq's."""


class Lines(logging.Handler):
    """Keeps each record as the line it becomes, made where the record is made."""

    def __init__(self) -> None:
        super().__init__()
        self.kept: list[dict[str, str]] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.kept.append(json.loads(logs.line(record, ())))


@contextmanager
def listening() -> Iterator[list[dict[str, str]]]:
    lines, root = Lines(), logging.getLogger()
    level = root.level
    root.addHandler(lines)
    root.setLevel(logging.INFO)
    try:
        yield lines.kept
    finally:
        root.setLevel(level)
        root.removeHandler(lines)


async def talkative(task: Task, tools: Tools, journal: Journal) -> Run:
    """Logs where adapters do: in the run's own task, in a child of it, in a thread."""
    log = logging.getLogger("talkative")
    log.info("in the run")
    await asyncio.create_task(_say(log))
    await asyncio.to_thread(log.info, "in a thread")
    if task.origin == "faulty":
        raise ValueError("a fault of ours")
    return await all_phases(task, tools, journal)


def _is(state: TaskState, task: Task) -> bool:
    return task.state is state


async def _say(log: logging.Logger) -> None:
    log.info("in a child")


async def test_every_record_of_a_run_names_task_and_run(
    store: Store, queue: Queue, fakes: Fakes, working: Working
) -> None:
    fakes.execute = talkative
    fakes.messenger.fault = Transient("Slack is away.", retry_after=0.0)
    with listening() as kept:
        async with working():
            for origin, state in (("good", TaskState.IN_REVIEW), ("faulty", TaskState.FAILED)):
                task, _ = await store.create(a_task(origin=origin))
                await queue.submit(task.id)
                await until(store, task.id, partial(_is, state))
    of_runs = [one for one in kept if one["logger"] not in PROCESS]
    loggers = {one["logger"] for one in of_runs}
    assert {"talkative", "jobs.worker.speaker", "jobs.worker.ladder"} <= loggers
    assert {"in the run", "in a child", "in a thread"} <= {one["text"] for one in of_runs}
    for one in of_runs:
        task_id = one["task"]  # a thread that is behind may be of a task whose run has not begun
        begun = one["logger"] != "jobs.worker.reconcile"
        assert one.get("run", "") == f"{task_id}-r1" or not begun, one


async def test_an_act_names_the_run_it_is_about(store: Store, queue: Queue) -> None:
    task = a_task(state=TaskState.RUNNING, waiting=None)
    task, _ = await store.create(task.note(run=a_run(task), runs=1))
    click = Act(id="1.1", task=task.id, kind=ActKind.OPEN_MR, person=task.requester, at=datetime.now(UTC))
    await queue.act(click)
    with listening() as kept:
        operator = a_settings("").operator
        await run_act(
            click.id,
            store=store,
            queue=queue,
            operator=operator,
            review=FakeReview(),
            messenger=FakeMessenger(),
        )
    assert [(one["task"], one["run"]) for one in kept] == [(task.id, f"{task.id}-r1")]


def test_a_line_hides_secrets_and_forgets_the_run_after_its_block() -> None:
    record = logging.LogRecord("jobs", logging.INFO, __file__, 1, "token %s refused", ("glpat-x",), None)
    task = a_task()
    with logs.about(task.note(run=a_run(task, state=RunState.GENERATING))):
        line = json.loads(logs.line(record, ("glpat-x",)))
    assert (line["task"], line["run"]) == (task.id, f"{task.id}-r1")
    assert line["text"] == "token [secret] refused"
    assert not {"task", "run"} & set(json.loads(logs.line(record, ())))
