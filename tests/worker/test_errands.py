"""Errands of forms: run by a worker, answered with what was found or a sentence."""

import asyncio
import dataclasses
import json

import pytest

from jobs.domain.errand import Errand, ErrandKind, Fetched
from jobs.domain.intake import Several
from jobs.errors import Stop, Transient
from jobs.ports import Issue
from jobs.queue import errands
from jobs.queue.store import Store
from jobs.specify.estimate import NO_HISTORY
from jobs.worker.errands import ErrandDesk
from tests.factories import a_spec, a_task
from tests.worker.fakes import Fakes

URL = "https://gitlab.example/payments/api/-/issues/7"


class FakeIssues:
    def __init__(self, found: Issue | Exception) -> None:
        self.found = found

    async def issue(self, project: str, iid: int) -> Issue:
        if isinstance(self.found, Exception):
            raise self.found
        return self.found


async def fetched(store: Store, found: Issue | Exception, **fields: object) -> Fetched:
    tools = dataclasses.replace(Fakes(store).workshop().tools, issues=FakeIssues(found))
    desk = ErrandDesk(store, tools)
    known = {"id": "e1", "kind": ErrandKind.ISSUE, "repository": "payments/api", "iid": 7, "url": URL}
    await errands.send(store.connection, Errand.model_validate({**known, **fields}))
    turn = asyncio.create_task(desk.turn())
    answer = await errands.wait(store.connection, "e1", seconds=5)
    desk.wake.set()
    await turn
    assert answer is not None
    return answer


async def test_an_issue_is_fetched(store: Store) -> None:
    found = Issue(title="Off by a cent", text="Totals are off.", url=URL)

    assert await fetched(store, found, url=f"{URL}#note_1") == Fetched(
        title="Off by a cent", text="Totals are off."
    )


@pytest.mark.parametrize(
    ("found", "said"),
    [
        (Stop("GitLab has no issue #7.", remedy="Check it."), "GitLab has no issue #7. Check it."),
        (Transient("GitLab answered 502."), "GitLab answered 502. Try again in a minute."),
        (Issue(title="T", text="", url="https://other.example/x/-/issues/7"), "is no issue of the GitLab"),
        (RuntimeError("a bug"), "Something went wrong on our side. Reference:"),
    ],
)
async def test_what_cannot_be_fetched_is_said(store: Store, found: Issue | Exception, said: str) -> None:
    assert said in (await fetched(store, found)).problem


async def test_a_spec_is_not_divided_without_a_model_or_a_task(store: Store) -> None:
    split = {"kind": ErrandKind.SPLIT, "task": "cg-00000000"}

    assert "no task cg-00000000" in (await fetched(store, RuntimeError(), **split)).problem


async def test_a_batch_is_looked_over_spec_by_spec(store: Store) -> None:
    spec = a_spec(repository="payments/api")
    await store.create(a_task(spec=spec))
    entries = [{"name": "one", "spec": spec.model_dump(mode="json")}]
    document = json.dumps({"title": "Totals", "tasks": entries})
    answer = await fetched(store, RuntimeError(), kind=ErrandKind.LOOK, document=document)
    known = Several.model_validate_json(answer.text).specs["one"]
    assert (known.estimate, known.gaps[0].rule) == (NO_HISTORY, "duplicate_task")


async def test_nobody_waits_for_ever(store: Store) -> None:
    assert await errands.wait(store.connection, "nobody", seconds=0.1) is None
