"""`codegen audit`: the record of a task, shown and checked."""

import argparse

from pydantic import JsonValue
from rich.console import Console
from rich.table import Table
from rich.text import Text

from jobs import settings
from jobs.cli.answer import Answer, Status, json_option
from jobs.domain.event import GENESIS, Event, first_broken
from jobs.domain.task import Task
from jobs.errors import Refused, Stop, StopKind
from jobs.queue.connection import reach
from jobs.queue.submit import connect


def add(parser: argparse.ArgumentParser) -> None:
    """Bind the subcommand."""
    kinds = parser.add_subparsers(required=True, metavar="ACTION")
    for name, text, carry_out in (
        ("show", "Print every event of a task.", show),
        ("verify", "Check that no event was changed, left out or added.", verify),
    ):
        action = kinds.add_parser(name, help=text)
        action.add_argument("task", metavar="TASK", help="task id, such as cg-1a2b3c4d")
        json_option(action)
        if name == "verify":
            action.add_argument(
                "--trailer",
                metavar="HASH",
                help="the Codegen-Chain trailer of a commit: must be in the chain",
            )
        action.set_defaults(command=carry_out)


async def show(options: argparse.Namespace) -> Answer:
    """Every event, oldest first."""
    _, events = await _record(options)
    data: JsonValue = {"events": [event.model_dump(mode="json") for event in events]}
    return Answer(status=Status.DONE, data=data, show=lambda: _show(events))


async def verify(options: argparse.Namespace) -> Answer:
    """Status 0 when the chain is whole and holds the trailers, 1 when not."""
    task, events = await _record(options)
    broken = first_broken(events)
    head = events[-1].hash if events else GENESIS
    known = {event.hash for event in events}
    trailers = [one for one in (task.run.chain if task.run else "", options.trailer) if one]
    foreign = [one for one in trailers if one not in known]
    ok = broken is None and not foreign
    data: JsonValue = {"ok": ok, "events": len(events), "first_bad": broken, "head": head}
    text = f"{options.task}: {len(events)} events, unbroken, head {head}"
    if broken is not None:
        text = f"{options.task}: event {broken} does not follow from the one before"
    elif foreign:
        text = f"{options.task}: no event has the hash {foreign[0]}"
    return Answer(
        status=Status.DONE if ok else Status.NO, data=data, show=lambda: Console().print(Text(text))
    )


async def _record(options: argparse.Namespace) -> tuple[Task, tuple[Event, ...]]:
    task_id = options.task
    problems = settings.missing(options.environment, "REDIS_URL")
    if problems:
        raise Refused(problems)
    async with connect(options.environment["REDIS_URL"]) as (store, _):
        await reach(store.connection)
        task = await store.get(task_id)
        if task is None:
            raise Stop(f"There is no task {task_id}.", remedy="Check the id.", kind=StopKind.INPUT)
        return task, await store.history(task_id)


def _show(events: tuple[Event, ...]) -> None:
    table = Table("#", "When", "What", "Facts", "Hash")
    for event in events:
        facts = ", ".join(f"{name}={value}" for name, value in event.facts.items())
        when = event.at.isoformat(timespec="seconds")
        table.add_row(str(event.seq), when, event.kind, Text(facts[:200]), event.hash[:12])
    Console().print(table)
