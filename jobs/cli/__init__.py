"""The operator's tool: arguments in, one answer out, an exit status that scripts can rely on."""

import argparse
import asyncio
import json
import logging
import secrets
import sys
from collections.abc import Callable, Coroutine, Sequence

from pydantic import JsonValue

from jobs.cli import audit, doctor, run, spec, verify, worker
from jobs.cli.answer import Answer, Status
from jobs.errors import Refused, Stop, StopKind, Transient

Command = Callable[[argparse.Namespace], Coroutine[None, None, Answer]]
"""A subcommand: parsed arguments → answer."""

COMMANDS = (worker, run, verify, doctor, spec, audit)
"""Modules with add(subparsers), in the order of `--help`."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one subcommand; returns 0, 1, 2, 3, 4 or 130 as `codegen --help` explains."""
    options = _parser().parse_args(arguments)
    command: Command = options.command
    answer = _carried_out(command, options)
    if options.json:
        sys.stdout.write(json.dumps(answer.data, ensure_ascii=False) + "\n")
    else:
        answer.show()
    return answer.status


def _carried_out(command: Command, options: argparse.Namespace) -> Answer:
    try:
        return asyncio.run(command(options))
    except KeyboardInterrupt:
        return _ended(Status.INTERRUPTED, "Interrupted.")
    except Refused as refused:
        problems: dict[str, JsonValue] = dict(refused.problems)
        text = "\n".join(f"{field}: {problem}" for field, problem in refused.problems.items())
        return _ended(Status.INPUT, text, problems=problems)
    except Stop as stop:
        status = Status.INPUT if stop.kind is StopKind.INPUT else Status.OUTSIDE
        return _ended(status, str(stop), remedy=stop.remedy)
    except Transient as transient:
        return _ended(Status.OUTSIDE, f"{transient.reason} Try again in a while.")
    except Exception:  # the one place where a fault of ours becomes a sentence
        reference = secrets.token_hex(4)
        logging.getLogger("codegen").exception("codegen %s failed, reference %s", options.name, reference)
        return _ended(Status.OURS, f"This is a fault of codegen. Reference: {reference}", reference=reference)


def _ended(status: Status, text: str, **data: JsonValue) -> Answer:
    return Answer(status=status, data={"error": text, **data}, show=lambda: _complain(text))


def _complain(text: str) -> None:
    sys.stderr.write(f"codegen: {text}\n")


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="codegen",
        description="Runs and checks tasks of codegen-bot.",
        epilog="Exit status: 0 done or passed; 1 rejected, unproven, gaps or a fault found; 2 usage, spec, "
        "configuration, repository or revision; 3 a fault of codegen; 4 refused, unreachable or over a "
        "limit; 130 interrupted.",
    )
    subparsers = parser.add_subparsers(required=True, metavar="COMMAND", dest="name")
    for module in COMMANDS:
        module.add(subparsers)
    return parser
