"""`codegen spec submit`: a spec, or a batch of them, into the queue after one approval."""

import argparse
import getpass
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from pydantic import JsonValue
from rich.console import Console
from rich.table import Table
from rich.text import Text

from jobs import settings
from jobs.cli.answer import Answer, Status, json_option
from jobs.cli.templates import known
from jobs.domain.people import Person
from jobs.domain.spec import Gap
from jobs.errors import Refused
from jobs.queue import batches
from jobs.queue.connection import reach
from jobs.queue.submit import connect
from jobs.specify.accepted import Request, accepted_batch, accepted_spec
from jobs.specify.batch_file import Intake, is_batch, read_batch, take_in
from jobs.specify.gate import assess
from jobs.specify.spec_file import read_spec

if TYPE_CHECKING:
    from jobs.cli.answer import Subparsers


def add(kinds: "Subparsers") -> None:
    """Bind the action."""
    parser = kinds.add_parser("submit", help="Queue a spec, or all specs of a batch, after one approval.")
    parser.add_argument("file", metavar="FILE", help="spec.yml or batch.yml")
    parser.add_argument("--channel", metavar="ID", help="Slack channel id to talk about it in")
    parser.add_argument("--yes", action="store_true", help="approve without being asked")
    json_option(parser)
    parser.set_defaults(command=submit)


async def submit(options: argparse.Namespace) -> Answer:
    """Status 0 once everything is queued, 1 when a gap is in the way or nobody approved; nothing else is."""
    problems = settings.missing(options.environment, "REDIS_URL")
    if problems:
        raise Refused(problems)
    text = _text(options.file)
    person = Person(id=getpass.getuser(), name=getpass.getuser())
    request = Request(person=person, channel=options.channel, source="terminal", at=datetime.now(UTC))
    if is_batch(text):
        return await _batch(text, request, options)
    return await _spec(text, request, options)


async def _batch(text: str, request: Request, options: argparse.Namespace) -> Answer:
    templates = await known(options.environment)
    intake = take_in(read_batch(text, templates))
    operator = settings.operator_file(options.environment)
    batch, tasks = accepted_batch(intake.batch, request, operator, templates=templates)
    names = {one.batch.name: one.id for one in tasks if one.batch}
    data = _intake_data(intake)
    if not _approved(options, intake.gaps, intake):
        return _refused(intake.gaps, {**data, "batch": None, "created": False})
    async with connect(options.environment["REDIS_URL"]) as (store, queue):
        await reach(store.connection)
        stored, fresh = await batches.create(store, batch, tasks)
        await queue.submit(stored.tasks[0])
    queued: dict[str, JsonValue] = {**names}
    data = {**data, "batch": stored.id, "created": fresh, "tasks": queued}
    word = "is queued" if fresh else "was queued before"
    return _queued(f"batch {stored.id} {word}: {len(tasks)} tasks", data)


async def _spec(text: str, request: Request, options: argparse.Namespace) -> Answer:
    templates = await known(options.environment)
    spec = read_spec(text, templates)
    operator = settings.operator_file(options.environment)
    task = accepted_spec(spec, request, operator, templates=templates)
    assessment = assess(spec)
    gaps = {spec.title: assessment.gaps}
    data: dict[str, JsonValue] = assessment.model_dump(mode="json")
    if not _approved(options, gaps, None):
        return _refused(gaps, {**data, "task": None, "created": False})
    async with connect(options.environment["REDIS_URL"]) as (store, queue):
        await reach(store.connection)
        stored, fresh = await store.create(task)
        await queue.submit(stored.id)
    data = {**data, "task": stored.id, "created": fresh}
    return _queued(f"{stored.id} {'is queued' if fresh else 'was queued before'}", data)


def _queued(text: str, data: dict[str, JsonValue]) -> Answer:
    return Answer(status=Status.DONE, data=data, show=lambda: Console().print(Text(text)))


def _text(path: str) -> str:
    try:
        return Path(path).read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        why = getattr(error, "strerror", None) or error
        raise Refused({"FILE": f"{path} cannot be read: {why}"}) from None


def _intake_data(intake: Intake) -> dict[str, JsonValue]:
    gaps: dict[str, JsonValue] = {
        name: [gap.model_dump(mode="json") for gap in found] for name, found in intake.gaps.items()
    }
    return {
        "title": intake.batch.title,
        "scores": {**intake.scores},
        "gaps": gaps,
        "overlaps": [list(pair) for pair in intake.overlaps],
    }


def _approved(options: argparse.Namespace, gaps: dict[str, tuple[Gap, ...]], intake: Intake | None) -> bool:
    if not options.json:
        _show(gaps, intake)
    if any(gap.blocking for found in gaps.values() for gap in found):
        return False
    if options.yes:
        return True
    if options.json or not sys.stdin.isatty():
        raise Refused({"--yes": "nothing was created; approve with --yes where nobody can be asked"})
    sys.stderr.write(f"Queue {len(gaps)} task{'s' if len(gaps) > 1 else ''}? [y/N] ")
    sys.stderr.flush()
    return sys.stdin.readline().strip().lower() in ("y", "yes")


def _refused(gaps: dict[str, tuple[Gap, ...]], data: dict[str, JsonValue]) -> Answer:
    blocked = any(gap.blocking for found in gaps.values() for gap in found)
    text = "Nothing was created: close the gaps first." if blocked else "Nothing was created."
    return Answer(status=Status.NO, data=data, text=text)


def _show(gaps: dict[str, tuple[Gap, ...]], intake: Intake | None) -> None:
    table = Table("Task", "Score", "Field", "Gap")
    for name, found in gaps.items():
        score = str(intake.scores[name]) if intake else ""
        for gap in found:
            colour = "red" if gap.blocking else "yellow"
            table.add_row(name, score, gap.field, Text(f"{gap.text} {gap.suggestion or ''}", style=colour))
        if not found:
            table.add_row(name, score, "", Text("no gaps", style="green"))
    console = Console(stderr=True)
    console.print(table)
    for one, other in intake.overlaps if intake else ():
        how = intake.batch.overlap if intake else ""
        console.print(Text(f"{one} and {other} declare some of the same paths ({how}d)", style="yellow"))
