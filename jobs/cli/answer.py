"""What a subcommand gives back: data for programs, a way to show it to people, an exit status."""

import argparse
import json
import os
import sys
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
    """What `--json` prints; None prints nothing."""
    show: Callable[[], None] | None = None
    """Prints the same for people."""
    text: str = ""
    """An error for people, in place of `show`."""


def json_option(parser: argparse.ArgumentParser, *, default: object = argparse.SUPPRESS) -> None:
    """`--json`, before or after the subcommand: only the outermost parser has a default to give."""
    told = "print one JSON object, on errors too"
    parser.add_argument("--json", action="store_true", default=default, help=told)


def printed(answer: Answer, *, as_json: bool, hide: Callable[[str], str]) -> None:
    """Print an answer without secrets; a reader that has gone away, such as `head`, is no fault."""
    try:
        if as_json and answer.data is not None:
            text = json.dumps(answer.data, ensure_ascii=False)
            _write(hide(text) if answer.text else text)
        elif answer.text:
            sys.stderr.write(f"codegen: {hide(answer.text)}\n")
        elif answer.show:
            answer.show()
        sys.stdout.flush()
    except BrokenPipeError:
        # nothing may be written at the interpreter's exit either
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _write(line: str) -> None:
    """Names of files may hold bytes that are no text: they become question marks, never a fault."""
    sys.stdout.flush()
    sys.stdout.buffer.write(line.encode("utf-8", "replace") + b"\n")
    sys.stdout.buffer.flush()
