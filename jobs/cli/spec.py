"""`codegen spec`: check a spec file against the gate, or print its JSON Schema."""

import argparse
import json
from typing import TYPE_CHECKING

from rich.console import Console
from rich.text import Text

from jobs.cli import source
from jobs.cli.answer import Answer, Status, json_option
from jobs.specify.gate import Assessment, assess
from jobs.specify.spec_file import spec_schema

if TYPE_CHECKING:
    from jobs.cli.answer import Subparsers


def add(subparsers: "Subparsers") -> None:
    """Bind the subcommand."""
    parser = subparsers.add_parser("spec", help="Check a spec file, or print its JSON Schema.")
    kinds = parser.add_subparsers(required=True, metavar="ACTION")
    check = kinds.add_parser("check", help="Find the gaps of a spec before anything is spent.")
    check.add_argument("file", metavar="FILE", help="spec.yml")
    json_option(check)
    check.set_defaults(command=check_spec)
    schema = kinds.add_parser("schema", help="Print the JSON Schema of spec.yml.")
    json_option(schema)
    schema.set_defaults(command=print_schema)


async def check_spec(options: argparse.Namespace) -> Answer:
    """Status 0 without gaps, 1 with some."""
    assessment = assess(source.spec_of(options.file))
    return Answer(
        status=Status.NO if assessment.gaps else Status.DONE,
        # an estimate needs the outcomes of earlier tasks, which a spec file alone does not have
        data={**assessment.model_dump(mode="json"), "estimate": None},
        show=lambda: _show(assessment),
    )


async def print_schema(options: argparse.Namespace) -> Answer:
    """The schema, the same with and without --json."""
    del options
    schema = spec_schema()
    return Answer(
        status=Status.DONE,
        data=schema,
        show=lambda: Console().print_json(json.dumps(schema, ensure_ascii=False)),
    )


def _show(assessment: Assessment) -> None:
    console = Console()
    for gap in assessment.gaps:
        console.print(Text(f"{gap.field}: {gap.text}", style="red" if gap.blocking else "yellow"))
        if gap.suggestion:
            console.print(Text(f"  try: {gap.suggestion}"))
    console.print(f"score {assessment.score} of 100, {len(assessment.gaps)} gaps")
