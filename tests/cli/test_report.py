"""`codegen report`: what came of tasks, at a terminal and for programs."""

import json

from jobs.domain.prompts import PromptPin
from jobs.domain.run import RunState
from jobs.queue.store import Store
from jobs.worker.moves import begun, settled
from tests.cli.conftest import Terminal
from tests.factories import NOON, a_spend, a_task, a_verdict


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
