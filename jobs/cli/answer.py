"""What a subcommand gives back: data for programs, a way to show it to people, an exit status."""

import argparse
from collections.abc import Callable
from dataclasses import dataclass
from enum import IntEnum
from typing import TYPE_CHECKING

from pydantic import JsonValue

if TYPE_CHECKING:
    Subparsers = argparse._SubParsersAction[argparse.ArgumentParser]


class Status(IntEnum):
    """Exit statuses."""

    DONE = 0
    """Done, or passed."""
    NO = 1
    """Rejected, unproven, gaps, a doctor's or an audit's fault."""
    INPUT = 2
    """Usage, spec, configuration, unknown repository or revision."""
    OURS = 3
    """A fault of ours."""
    OUTSIDE = 4
    """Refused, unreachable, over a limit, no sandbox."""
    INTERRUPTED = 130
    """Ctrl-C."""


@dataclass(frozen=True)
class Answer:
    """One subcommand's result."""

    status: Status
    """What the process exits with."""
    data: JsonValue
    """What `--json` prints."""
    show: Callable[[], None]
    """Prints the same for people."""


def command(subparsers: "Subparsers", name: str, summary: str) -> argparse.ArgumentParser:
    """A subcommand's parser with the options all of them share."""
    parser = subparsers.add_parser(name, help=summary, description=summary)
    json_option(parser)
    return parser


def json_option(parser: argparse.ArgumentParser) -> None:
    """`--json`."""
    parser.add_argument("--json", action="store_true", help="print one JSON object, on errors too")
