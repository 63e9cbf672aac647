"""`codegen spec`: check a spec file against the gate, submit it, or print the JSON Schema."""

import argparse
import json
from collections.abc import Mapping

from rich.console import Console
from rich.text import Text

from jobs.cli import source, submit, templates
from jobs.cli.answer import Answer, Status, json_option
from jobs.domain.estimate import Estimate
from jobs.domain.spec import Spec
from jobs.queue import outcomes
from jobs.queue.connection import reach
from jobs.queue.submit import connect
from jobs.specify.estimate import estimate
from jobs.specify.gate import Assessment, assess
from jobs.specify.spec_file import spec_schema


def add(parser: argparse.ArgumentParser) -> None:
    """Bind the subcommand."""
    kinds = parser.add_subparsers(required=True, metavar="ACTION")
    check = kinds.add_parser("check", help="Find the gaps of a spec before anything is spent.")
    check.add_argument("file", metavar="FILE", help="spec.yml")
    json_option(check)
    check.set_defaults(command=check_spec)
    submit.add(kinds)
    templates.add(kinds)
    schema = kinds.add_parser("schema", help="Print the JSON Schema of spec.yml.")
    json_option(schema)
    schema.set_defaults(command=print_schema)


async def check_spec(options: argparse.Namespace) -> Answer:
    """Status 0 without gaps, 1 with some."""
    spec = await source.spec_of(options.file, options.environment)
    assessment = assess(spec)
    likely = await _estimate(spec, options.environment)
    return Answer(
        status=Status.NO if assessment.gaps else Status.DONE,
        data={
            **assessment.model_dump(mode="json"),
            "estimate": likely.model_dump(mode="json") if likely else None,
        },
        show=lambda: _show(assessment, likely),
    )


async def _estimate(spec: Spec, environment: Mapping[str, str]) -> Estimate | None:
    """From the outcomes that the store keeps; None without REDIS_URL."""
    if not environment.get("REDIS_URL"):
        return None
    async with connect(environment["REDIS_URL"]) as (store, _):
        await reach(store.connection)
        past = await outcomes.past(store.connection, spec.kind, spec.repository)
    return estimate(spec.kind, spec.repository, past)


async def print_schema(options: argparse.Namespace) -> Answer:
    """The schema, the same with and without --json."""
    del options
    schema = spec_schema()
    return Answer(
        status=Status.DONE,
        data=schema,
        show=lambda: Console().print_json(json.dumps(schema, ensure_ascii=False)),
    )


def _show(assessment: Assessment, likely: Estimate | None) -> None:
    console = Console()
    for gap in assessment.gaps:
        console.print(Text(f"{gap.field}: {gap.text}", style="red" if gap.blocking else "yellow"))
        if gap.suggestion:
            console.print(Text(f"  try: {gap.suggestion}"))
    console.print(f"score {assessment.score} of 100, {len(assessment.gaps)} gaps")
    if likely is not None:
        usd, minutes = likely.usd, likely.minutes
        console.print(
            f"estimate ${usd.median:.2f} (80 % under ${usd.p80:.2f}), {minutes.median:.0f} min "
            f"(under {minutes.p80:.0f}); from {likely.basis}, {likely.runs} runs"
        )
