"""`codegen worker`: take tasks from the queue until told to stop."""

import argparse
from typing import TYPE_CHECKING

from jobs import settings
from jobs.cli.answer import Answer, Status, command
from jobs.tools import workshop
from jobs.worker.serve import serve

if TYPE_CHECKING:
    from jobs.cli.answer import Subparsers


def add(subparsers: "Subparsers") -> None:
    """Bind the subcommand."""
    parser = command(subparsers, "worker", "Carry out queued tasks until SIGTERM.")
    parser.set_defaults(command=carry_out)


async def carry_out(options: argparse.Namespace) -> Answer:
    """Serve; ends with status 0 after SIGTERM."""
    status = Status(await serve(settings.worker_settings(options.environment), workshop))
    if status is Status.DONE:
        return Answer(status=status, data={"stopped": True})
    return Answer(status=status, data={"error": "The worker could not start; its log says why."})
