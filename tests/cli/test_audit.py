"""The record of a task, shown and checked against tampering."""

from jobs.domain.event import Event
from jobs.queue import keys
from jobs.queue.store import Store
from tests.cli.conftest import Terminal
from tests.factories import a_task


async def test_a_whole_record_is_confirmed_and_a_changed_one_is_not(
    terminal: Terminal, store: Store, redis_url: str
) -> None:
    terminal.environment["REDIS_URL"] = redis_url
    task, _ = await store.create(a_task())
    events = await store.history(task.id)
    said = await terminal.beside("audit", "verify", task.id, "--json")
    head = events[-1].hash
    assert said.status == 0
    assert said.json == {"ok": True, "events": len(events), "first_bad": None, "head": head}
    shown = await terminal.beside("audit", "show", task.id, "--json")
    listed = shown.json["events"]
    assert isinstance(listed, list) and [Event.model_validate(one) for one in listed] == list(events)
    assert (await terminal.beside("audit", "show", task.id)).status == 0
    fine = await terminal.beside("audit", "verify", task.id, "--trailer", head)
    foreign = await terminal.beside("audit", "verify", task.id, "--trailer", "f" * 64)
    assert (fine.status, foreign.status) == (0, 1)
    changed = events[0].model_copy(update={"facts": {"state": "merged"}}).model_dump_json()
    await store.connection.call("LSET", keys.events(task.id), 0, changed)
    bad = await terminal.beside("audit", "verify", task.id, "--json")
    assert (bad.status, bad.json["ok"], bad.json["first_bad"]) == (1, False, 0)


async def test_what_cannot_be_looked_up(terminal: Terminal, redis_url: str) -> None:
    unset = await terminal.beside("audit", "show", "cg-1a2b3c4d", "--json")
    assert (unset.status, unset.json["problems"]) == (2, {"REDIS_URL": "is not set; see .env.example"})
    unknown = await terminal.beside("audit", "verify", "cg-1a2b3c4d", "--json", REDIS_URL=redis_url)
    assert unknown.status == 2 and "There is no task cg-1a2b3c4d." in str(unknown.json["error"])
    down = await terminal.beside("audit", "verify", "cg-1a2b3c4d", "--json", REDIS_URL="redis://127.0.0.1:9")
    assert down.status == 4 and "Redis does not answer" in str(down.json["error"])
