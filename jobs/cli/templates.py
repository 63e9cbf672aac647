"""`codegen spec templates`: what a spec may begin with, and such a beginning as a file."""

import argparse
from collections.abc import Mapping
from typing import TYPE_CHECKING

import yaml
from pydantic import JsonValue
from rich.console import Console
from rich.table import Table
from rich.text import Text

from jobs import settings
from jobs.cli.answer import Answer, Status, json_option
from jobs.domain.starter import NamedStarter, Starters
from jobs.errors import Refused
from jobs.queue.connection import reach
from jobs.queue.submit import connect
from jobs.specify.starters import begun, starters

if TYPE_CHECKING:
    from jobs.cli.answer import Subparsers


def add(kinds: "Subparsers") -> None:
    """Bind the action."""
    parser = kinds.add_parser("templates", help="List what a spec may begin with, or print one as spec.yml.")
    parser.add_argument("template", nargs="?", metavar="NAME", help="such as bugfix/crash")
    parser.add_argument("--repository", metavar="PATH", help="with what this project adds")
    json_option(parser)
    parser.set_defaults(command=carry_out)


async def known(environment: Mapping[str, str]) -> Starters:
    """Shipped and operator's templates, and those of repositories when REDIS_URL says where they are kept."""
    table = settings.operator_file(environment).specs
    if not environment.get("REDIS_URL"):
        return starters(table)
    async with connect(environment["REDIS_URL"]) as (store, _):
        await reach(store.connection)
        return starters(table, await store.catalogue())


async def carry_out(options: argparse.Namespace) -> Answer:
    """Every template with its version, or the one that is named; raises Refused for an unknown name."""
    offered = (await known(options.environment)).within(options.repository)
    if options.template is None:
        return _listed(offered)
    problems, data = begun({"template": options.template}, offered)
    found = offered.get(options.template)
    if problems or found is None:
        raise Refused(problems)
    repository = options.repository or "‹group/project›"
    fields = {"template": found.name, "repository": repository, "title": "‹title›", "goal": "‹goal›"}
    document = _document(found, {**fields, **{name: data[name] for name in data if name not in fields}})
    row: dict[str, JsonValue] = {**_row(found), "document": document}
    return Answer(status=Status.DONE, data=row, show=lambda: Console().out(document, end="", highlight=False))


def _document(found: NamedStarter, fields: Mapping[str, object]) -> str:
    told = {name: value for name, value in fields.items() if value and value != "none"}
    written = yaml.safe_dump(told, sort_keys=False, allow_unicode=True, width=100)
    return f"# {found.starter.title}. The goal says: {found.starter.goal}\n{written}"


def _listed(offered: Starters) -> Answer:
    rows: list[JsonValue] = [_row(one) for one in offered.listed]
    return Answer(status=Status.DONE, data={"templates": rows}, show=lambda: _show(offered))


def _row(one: NamedStarter) -> dict[str, JsonValue]:
    return {"name": one.name, "source": one.source.value, "version": one.starter.version, "pin": one.pin}


def _show(offered: Starters) -> None:
    table = Table(box=None, padding=(0, 2, 0, 0))
    for heading in ("Template", "Title", "When", "From", "Version"):
        table.add_column(heading, no_wrap=heading in ("Template", "Version"), overflow="fold")
    for one in sorted(offered.listed, key=lambda one: one.kind):
        words = (one.name, one.starter.title, one.starter.description, one.source.value, one.starter.version)
        table.add_row(*map(Text, words))
    Console().print(table)
