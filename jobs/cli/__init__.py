"""The operator's tool: arguments in, one answer out, an exit status that scripts can rely on."""

import argparse
import asyncio
import gc
import importlib
import io
import logging
import os
import secrets
import signal
import sys
import threading
from collections.abc import Callable, Coroutine, Iterator, Mapping, Sequence
from contextlib import contextmanager, redirect_stderr

from pydantic import JsonValue

from jobs.cli.answer import Answer, Status, json_option, printed
from jobs.cli.fault import log_on_stderr, without_secrets
from jobs.errors import Refused, Stop, StopKind, Transient

Command = Callable[[argparse.Namespace], Coroutine[None, None, Answer]]
"""A subcommand: parsed arguments → answer."""

COMMANDS: Mapping[str, str] = {
    "worker": "Carry out queued tasks until SIGTERM.",
    "run": "Carry out a spec here in the terminal and print the patch.",
    "verify": "Verify the change between two commits against a spec.",
    "doctor": "Check Redis, Slack, GitLab, the model, the sandbox, git and the disk.",
    "spec": "Check or submit a spec or batch file, or print the schema.",
    "prompts": "List, show or check what models are told.",
    "report": "Compare what came of tasks by prompt version, spec template and engine.",
    "audit": "Show or verify the record of a task.",
}
"""Subcommands in the order of `--help`, and what they do: modules of this room with add(parser)."""

ENDINGS = (signal.SIGINT, signal.SIGTERM)
"""What ends a subcommand in an orderly way."""


def main(arguments: Sequence[str] | None = None, environment: Mapping[str, str] = os.environ) -> int:
    """Run one subcommand; returns 0, 1, 2, 3, 4 or 130 as `codegen --help` explains."""
    words = sys.argv[1:] if arguments is None else list(arguments)
    hide = without_secrets(environment)
    with log_on_stderr(hide):
        answer = _answered(words, environment)
    printed(answer, as_json="--json" in words, hide=hide)
    return answer.status


def _answered(words: Sequence[str], environment: Mapping[str, str]) -> Answer:
    try:
        options = _parsed(words, environment)
        return options if isinstance(options, Answer) else _carried_out(options)
    except (KeyboardInterrupt, asyncio.CancelledError):
        return _ended(Status.INTERRUPTED, "Interrupted.")


def _parsed(words: Sequence[str], environment: Mapping[str, str]) -> argparse.Namespace | Answer:
    told = io.StringIO()
    try:
        with redirect_stderr(told):
            return _parser(words).parse_args(words, argparse.Namespace(environment=environment))
    except SystemExit as end:
        if not end.code:
            return Answer(status=Status.DONE, data=None)
        usage, _, problem = told.getvalue().strip().rpartition("error: ")
        text = f"{problem}\n{usage.rpartition(chr(10))[0]}"
        return Answer(status=Status.INPUT, data={"error": problem, "problems": {"usage": problem}}, text=text)


def _carried_out(options: argparse.Namespace) -> Answer:
    command: Command = options.command
    try:
        return asyncio.run(_until_told(command(options)))
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


async def _until_told(work: Coroutine[None, None, Answer]) -> Answer:
    """Ctrl-C and SIGTERM end the work once sandboxes and workspaces are cleared away; a second one at once.

    A shell without job control starts background commands with SIGINT ignored; it counts all the same,
    as for `codegen worker`: nothing may go on spending that was told to stop.
    """
    this = asyncio.current_task()
    if this is not None and threading.current_thread() is threading.main_thread():
        for number in ENDINGS:
            asyncio.get_running_loop().add_signal_handler(number, _told, this)
    return await work


def _told(this: "asyncio.Task[Answer]") -> None:
    for number in ENDINGS:
        asyncio.get_running_loop().remove_signal_handler(number)
    this.cancel()


def _ended(status: Status, text: str, **data: JsonValue) -> Answer:
    return Answer(status=status, data={"error": text, **data}, text=text)


def _parser(words: Sequence[str]) -> argparse.ArgumentParser:
    """Every subcommand by name; the options of the one asked for, since each loads libraries of its own."""
    parser = argparse.ArgumentParser(
        prog="codegen",
        description="Runs and checks tasks of codegen-bot.",
        epilog="Exit status: 0 done or passed; 1 rejected, unproven, gaps or a fault found; 2 usage, spec, "
        "configuration, repository or revision; 3 a fault of codegen; 4 refused, unreachable or over a "
        "limit; 130 interrupted.",
    )
    json_option(parser, default=False)
    subparsers = parser.add_subparsers(required=True, metavar="COMMAND", dest="name")
    asked = next((word for word in words if not word.startswith("-")), "")
    for name, summary in COMMANDS.items():
        own = subparsers.add_parser(name, help=summary, description=summary)
        json_option(own)
        if name == asked:
            with _nothing_to_collect():
                importlib.import_module(f"jobs.cli.{name}").add(own)
    return parser


@contextmanager
def _nothing_to_collect() -> Iterator[None]:
    """Without garbage collection: what libraries load stays, and looking for garbage in it takes long."""
    before = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if before:
            gc.enable()
