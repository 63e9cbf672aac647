"""`codegen worker`: take tasks from the queue until told to stop."""

import argparse

from jobs import settings
from jobs.cli.answer import Answer, Status
from jobs.tools import workshop
from jobs.worker.serve import serve


def add(parser: argparse.ArgumentParser) -> None:
    """Bind the subcommand."""
    parser.set_defaults(command=carry_out)


async def carry_out(options: argparse.Namespace) -> Answer:
    """Serve; ends with status 0 after SIGTERM."""
    status = Status(await serve(settings.worker_settings(options.environment), workshop))
    if status is Status.DONE:
        return Answer(status=status, data={"stopped": True})
    return Answer(status=status, data={"error": "The worker could not start; its log says why."})
