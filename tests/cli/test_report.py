"""`codegen report`: what came of tasks, at a terminal and for programs."""

import json

from jobs.domain.people import Person
from jobs.domain.prompts import PromptPin
from jobs.domain.run import RunState
from jobs.domain.vote import Vote, voted
from jobs.queue.store import Store
from jobs.worker.moves import begun, settled
from tests.cli.conftest import Terminal
from tests.factories import NOON, a_run, a_spend, a_task, a_verdict


async def test_versions_stand_side_by_side_with_how_many_tasks_that_is(
    terminal: Terminal, store: Store, redis_url: str
) -> None:
    for library in ("aaaa", "bbbb"):
        task, _ = await store.create(a_task(origin=library, starter="bugfix@1"))
        await store.change(task.id, lambda now: begun(now, NOON) or now)
        facts = {"verdict": a_verdict(), "spend": a_spend(), "prompts": PromptPin(library=library)}
        for state in (RunState.GENERATING, RunState.VERIFYING, RunState.REJECTED):
            await store.change(
                task.id,
                lambda now, to=state, more=facts: settled(now, now.run.to(to, **more), NOON),  # type: ignore[misc]
            )
    said = await terminal.beside("report", "--json", REDIS_URL=redis_url)
    told = json.loads(said.out)
    assert said.status == 0 and told["runs"] == 2
    assert {one["name"] for one in told["prompts"]["groups"]} == {"aaaa", "bbbb"}
    assert told["prompts"]["says"].startswith("Too few to compare")
    assert [(one["name"], one["decided"], one["proven"]) for one in told["spec template"]["groups"]] == [
        ("bugfix@1", 2, 1.0)
    ]
    shown = await terminal.beside("report", "--kind", "bugfix", REDIS_URL=redis_url)
    assert "Too few to compare" in shown.out and "0 of 1 (0%–79%)" in shown.out
    none = await terminal.beside("report", "--repository", "no/where", REDIS_URL=redis_url)
    assert "No run has ended yet" in none.out
    assert (await terminal.beside("report", "--json")).status == 2


async def test_what_people_found_useful_is_summed_up(
    terminal: Terminal, store: Store, redis_url: str
) -> None:
    run = a_run(state=RunState.REJECTED, engine="agent:test", verdict=a_verdict(), ended_at=NOON)
    task, _ = await store.create(a_task().note(run=run))
    for person, useful in (("U0ANA", True), ("U0BEN", True), ("U0BEN", False)):
        vote = Vote(run=1, person=Person(id=person), useful=useful, at=NOON)
        await store.change(task.id, lambda now, one=vote: now.note(votes=voted(now.votes, one)))  # type: ignore[misc]

    said = await terminal.beside("report", "--json", REDIS_URL=redis_url)

    [one] = json.loads(said.out)["useful"]
    assert (one["repository"], one["engine"]) == ("payments/api", "agent:test")
    assert (one["useful"], one["not_useful"]) == (1, 1)
    shown = await terminal.beside("report", REDIS_URL=redis_url)
    assert "Was this useful?" in shown.out and "agent:test" in shown.out
    elsewhere = await terminal.beside("report", "--json", "--repository", "no/where", REDIS_URL=redis_url)
    assert json.loads(elsewhere.out)["useful"] == []
