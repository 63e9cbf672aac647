"""`codegen report`: what came of tasks, by prompt version, spec template and engine."""

import argparse

from pydantic import JsonValue
from rich.console import Console
from rich.table import Table

from jobs import settings
from jobs.cli.answer import Answer, Status
from jobs.cli.verdicts import plain
from jobs.domain.outcome import By, Comparison, Group, compared
from jobs.domain.spec import Kind
from jobs.errors import Refused
from jobs.queue import outcomes, usefulness
from jobs.queue.connection import reach
from jobs.queue.submit import connect
from jobs.queue.usefulness import Usefulness


def add(parser: argparse.ArgumentParser) -> None:
    """Bind the subcommand."""
    parser.add_argument("--repository", metavar="PATH", help="only tasks of this project")
    parser.add_argument("--kind", choices=[one.value for one in Kind], help="only this sort of change")
    parser.set_defaults(command=carry_out)


async def carry_out(options: argparse.Namespace) -> Answer:
    """Every comparison; status 0 also when there is nothing to compare yet."""
    problems = settings.missing(options.environment, "REDIS_URL")
    if problems:
        raise Refused(problems)
    async with connect(options.environment["REDIS_URL"]) as (store, _):
        await reach(store.connection)
        runs, ends = await outcomes.ended(store.connection)
        said = await usefulness.sums(store.connection)
    picked = [
        one
        for one in runs
        if options.repository in (None, one.repository) and options.kind in (None, one.kind.value)
    ]
    found = [compared(by, picked, ends) for by in By]
    said = tuple(
        one
        for one in said
        if options.repository in (None, one.repository) and options.kind in (None, one.kind)
    )
    data: dict[str, JsonValue] = {one.by.value: _data(one) for one in found}
    data["useful"] = [one.model_dump(mode="json") for one in said]
    return Answer(
        status=Status.DONE, data={"runs": len(picked), **data}, show=lambda: _show(found, len(picked), said)
    )


def _data(found: Comparison) -> JsonValue:
    groups: list[JsonValue] = [{**one.model_dump(mode="json"), "rate": one.rate} for one in found.groups]
    return {"groups": groups, "says": found.says}


def _show(found: list[Comparison], runs: int, said: tuple[Usefulness, ...]) -> None:
    console = Console()
    if not runs:
        console.print("No run has ended yet.")
        _show_votes(said, console)
        return
    for one in found:
        table = Table(box=None, padding=(0, 2, 0, 0))
        table.add_column(f"By {one.by}", overflow="fold")
        for name in ("Tasks", "Merged (95 %)", "Reworks", "Rounds", "Gaps", "$/merged", "Proven"):
            table.add_column(name, no_wrap=True)
        for group in one.groups:
            table.add_row(plain(group.name), *_cells(group))
        console.print(table)
        if one.says:
            console.print(plain(one.says), soft_wrap=True)
    _show_votes(said, console)
    console.print(f"{runs} runs; reworks, rounds and gaps are per task.", style="dim")


def _show_votes(said: tuple[Usefulness, ...], console: Console) -> None:
    """What people clicked under summaries, one row per group."""
    if not said:
        return
    table = Table("Was this useful?", box=None, padding=(0, 2, 0, 0))
    for name in ("Kind", "Prompts", "Engine", "Yes", "No"):
        table.add_column(name, no_wrap=True)
    for one in said:
        made = (one.kind, one.templates or "unknown", one.engine or "unknown")
        counted = (str(one.useful), str(one.not_useful))
        table.add_row(plain(one.repository), *(plain(cell) for cell in (*made, *counted)))
    console.print(table)


def _cells(group: Group) -> tuple[str, ...]:
    rate = "none decided"
    if group.low is not None and group.high is not None:
        rate = f"{group.merged} of {group.decided} ({group.low:.0%}–{group.high:.0%})"
    usd = "none" if group.usd_per_merged is None else f"{group.usd_per_merged:.2f}"
    proven = "none" if group.proven is None else f"{group.proven:.0%}"
    return (
        str(group.tasks),
        rate,
        f"{group.reworks:.1f}",
        f"{group.rounds:.1f}",
        f"{group.gaps:.1f}",
        usd,
        proven,
    )
