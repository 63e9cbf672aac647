"""A batch exists with all its tasks or not at all."""

import asyncio
import signal
from decimal import Decimal

import pytest

from jobs.domain.batch import Batch
from jobs.domain.ledger import Limit
from jobs.domain.people import Person
from jobs.domain.task import Task, TaskState, Waiting
from jobs.errors import Refused
from jobs.queue import batches
from jobs.queue.connection import OUTAGE, open_connection
from jobs.queue.store import Store
from jobs.settings import OperatorFile, RepositorySettings
from jobs.specify.accepted import Request, accepted_batch
from jobs.specify.batch_file import read_batch, take_in
from tests.factories import NOON
from tests.servers import private_redis

OPERATOR = OperatorFile(repositories={"payments/api": RepositorySettings(channels=("C0PAY",))})
ENTRY = """
  - name: {name}
    depends_on: [{parents}]
    spec:
      kind: docs
      title: Describe {name}
      goal: People ask for {name} every week.
      paths: {{allow: ["docs/{path}"]}}
      criteria: [{{id: AC1, text: "docs/{name}.md names `{name}()`"}}]
"""


def document(*entries: tuple[str, str, str], head: str = "budget: {usd: 9}\nparallel: 2\n") -> str:
    tasks = "".join(ENTRY.format(name=name, parents=parents, path=path) for name, parents, path in entries)
    return f"title: Docs of the week\nrepository: payments/api\n{head}tasks:{tasks}"


def accepted(text: str, person: str = "U0ANA") -> tuple[Batch, list[Task]]:
    request = Request(person=Person(id=person), channel="C0PAY", source="test", at=NOON)
    return accepted_batch(read_batch(text), request, OPERATOR)


TRIO = document(("one", "", "one.md"), ("two", "one", "two.md"), ("three", "", "*.md"))


async def test_a_batch_is_created_once_with_all_its_tasks(store: Store) -> None:
    batch, tasks = accepted(TRIO)
    assert await batches.create(store, batch, tasks) == (batch, True)
    first = await batches.tasks_of(store, batch)
    assert [one.spec.title for one in first] == ["Describe one", "Describe two", "Describe three"]
    assert [one.waiting for one in first] == [Waiting.WORKER, Waiting.DEPENDENCY, Waiting.WORKER]
    assert first[1].plan.depends_on == (first[0].id,)
    assert first[0].batch is not None
    assert first[0].batch.budget == Limit(usd=Decimal(9))
    again, more = accepted(TRIO)
    assert await batches.create(store, again, more) == (batch, False)
    assert await batches.tasks_of(store, batch) == first
    assert [len(await store.history(one.id)) for one in first] == [1, 1, 1]


async def test_a_double_submit_at_the_same_moment_is_one_batch(store: Store) -> None:
    pairs = [accepted(TRIO) for _ in range(4)]
    answers = await asyncio.gather(*(batches.create(store, *pair) for pair in pairs))
    assert sum(fresh for _, fresh in answers) == 1
    assert len(await store.list(states=[TaskState.WAITING])) == 3


async def test_a_server_killed_in_the_middle_leaves_all_or_none() -> None:
    with private_redis() as server:
        connection = open_connection(server.url)
        store = Store(connection)
        made = [accepted(TRIO, person=f"U{number}") for number in range(60)]
        begun = asyncio.Event()

        async def submit_all() -> None:
            for batch, tasks in made:
                await batches.create(store, batch, tasks)
                begun.set()

        submitting = asyncio.create_task(submit_all())
        await begun.wait()
        server.stop(signal.SIGKILL)
        with pytest.raises(OUTAGE):
            await submitting
        await connection.close()
        server.start()
        connection = open_connection(server.url)
        try:
            there = [await batches.get(connection, batch.id) for batch, _ in made]
            counts = [len(await batches.tasks_of(Store(connection), batch)) for batch, _ in made]
        finally:
            await connection.close()
        assert {(one is not None, count) for one, count in zip(there, counts, strict=True)} == {
            (True, 3),
            (False, 0),
        }


def test_every_problem_of_every_spec_is_named_at_once() -> None:
    text = document(("one", "nobody", "x"), ("two", "two", "y"))
    with pytest.raises(Refused) as refused:
        read_batch(text)
    assert refused.value.problems == {
        "one: depends_on": "there is no task nobody in this batch",
        "tasks": "these tasks would wait for each other for ever: two → two",
    }
    broken = TRIO.replace("kind: docs", "kind: poem", 1).replace('text: "docs/two.md', 'txt: "docs/two.md')
    with pytest.raises(Refused) as refused:
        read_batch(broken)
    assert set(refused.value.problems) == {"one: kind", "two: criteria.0.text", "two: criteria.0.txt"}


def test_repositories_and_windows_are_checked() -> None:
    with pytest.raises(Refused, match="there is no window tonight"):
        accepted(document(("one", "", "x"), head="window: tonight\n"))
    with pytest.raises(Refused, match="one: repository: other/place is not in codegen"):
        accepted(TRIO.replace("payments/api", "other/place"))


def test_overlaps_are_pointed_out_unless_one_waits_for_the_other() -> None:
    assert take_in(read_batch(TRIO)).overlaps == (("one", "three"), ("two", "three"))
    ordered = document(("one", "", "*.md"), ("two", "one", "*.md"))
    assert take_in(read_batch(ordered)).overlaps == ()
