"""`codegen prompts`: what models are told here, text by text, and whether the operator's own can be used."""

import argparse

from pydantic import JsonValue
from rich.console import Console
from rich.table import Table

from jobs import settings
from jobs.cli import source
from jobs.cli.answer import Answer, Status, json_option
from jobs.cli.verdicts import plain
from jobs.domain.prompts import STANDARDS, PromptSet, PromptSource
from jobs.domain.repository_file import OPEN_PROMPTS
from jobs.errors import Refused
from jobs.render import SHIPPED
from jobs.render.library import faults, library
from jobs.stages.prompting import chosen


def add(parser: argparse.ArgumentParser) -> None:
    """Bind the subcommand."""
    kinds = parser.add_subparsers(required=True, metavar="ACTION")
    for name, text, carry_out in (
        ("list", "Every text with its version and where it comes from.", list_all),
        ("show", "One text as it is written.", show),
        ("check", "Whether every text can be used.", check),
    ):
        action = kinds.add_parser(name, help=text)
        if name == "show":
            action.add_argument("name", metavar="NAME", help="such as system/work")
        action.add_argument(
            "--repo", metavar="PATH|URL", help="with what this repository's .codegen.yml says"
        )
        action.add_argument("--trial", action="store_true", help="what is tried, not what is ordinary")
        json_option(action)
        action.set_defaults(command=carry_out)


async def list_all(options: argparse.Namespace) -> Answer:
    """Names, versions, sources."""
    texts = await _texts(options)
    rows: list[JsonValue] = [
        {
            "name": name,
            "version": one.digest,
            "source": one.source.value,
            "extends": one.extends,
            "open": name in OPEN_PROMPTS or name == STANDARDS,
        }
        for name in _names(texts)
        for one in texts.parts(name)
    ]
    data: JsonValue = {"version": texts.digest, "library": texts.library, "prompts": rows}
    return Answer(status=Status.DONE, data=data, show=lambda: _show_all(texts))


async def show(options: argparse.Namespace) -> Answer:
    """The text, each source's by itself."""
    texts = await _texts(options)
    parts = texts.parts(options.name)
    if not parts:
        raise Refused({"NAME": f"there is no prompt {options.name}; there are {', '.join(_names(texts))}"})
    told: list[JsonValue] = [
        {"source": one.source.value, "version": one.digest, "extends": one.extends, "text": one.text}
        for one in parts
    ]

    def print_it() -> None:
        for one in parts:
            if len(parts) > 1 or one.source is not PromptSource.SHIPPED:
                Console(stderr=True).print(f"{one.source}, version {one.digest}", style="dim")
            Console().print(plain(one.text.rstrip("\n")), soft_wrap=True)

    return Answer(status=Status.DONE, data={"name": options.name, "parts": told}, show=print_it)


async def check(options: argparse.Namespace) -> Answer:
    """Status 0 when all can be used; problems are refused by file and line."""
    texts = await _texts(options)
    problems = faults(texts)
    if problems:
        raise Refused(problems)
    own = ", ".join(texts.pin.sources) or "all as shipped"
    text = f"{len(_names(texts))} prompts can be used, version {texts.digest}: {own}"
    data: JsonValue = {"ok": True, "version": texts.digest, "sources": list(texts.pin.sources)}
    return Answer(status=Status.DONE, data=data, show=lambda: Console().print(plain(text), soft_wrap=True))


async def _texts(options: argparse.Namespace) -> PromptSet:
    known = library(settings.operator_file(options.environment).prompts)
    if options.trial and known.trial is None:
        raise Refused({"--trial": "nothing is tried: codegen.toml has no [prompts.trial]"})
    texts = (known.trial if options.trial else known.ordinary) or SHIPPED
    if options.repo is None:
        return texts
    return await chosen(texts, source.repository(options.repo), source.workspaces(options.environment))


def _names(texts: PromptSet) -> list[str]:
    return sorted({one.name for one in texts.texts})


def _show_all(texts: PromptSet) -> None:
    table = Table("Name", "From", "Version", "", title=f"Version {texts.digest}", title_justify="left")
    for name in _names(texts):
        for one in texts.parts(name):
            note = "open to repositories" if name in OPEN_PROMPTS else ""
            how = f"{one.source}, added" if one.extends else one.source.value
            table.add_row(plain(name), how, one.digest, note)
    Console().print(table)
