"""`make playground`: everything up, to click through in a browser, until Ctrl-C."""

import asyncio
import os
import signal
import sys

from jobs.errors import Stop
from playground.demo import own_model, ready
from playground.stack import stack

PORTS = (8081, 8082, 8083)
"""Slack page, GitLab, model: the same every time, so that a bookmark works."""


async def serve() -> None:
    """Run until SIGINT or SIGTERM."""
    ended = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, ended.set)
    async with stack(ports=PORTS, own_model=own_model()) as running, running.bot(), running.worker():
        await ready(running)
        model = os.environ["CODEGEN_MODEL"] if own_model() else "scripted, see playground/README.md"
        print(f"Slack page      {running.slack}/?user=U0ANA#/C0PAY")
        print(f"Merge requests  {running.gitlab}/?user=ben")
        print(f"Model           {model}")
        print(f"Logs            {running.folder / 'logs'}")
        print("Type /codegen in #payments. Ctrl-C ends everything.", flush=True)
        await ended.wait()


def main() -> int:
    """Exit status 0 after Ctrl-C, 4 when something could not be started."""
    try:
        asyncio.run(serve())
    except KeyboardInterrupt:
        pass
    except Stop as stop:
        sys.stderr.write(f"playground: {stop}\n")
        return 4
    return 0


if __name__ == "__main__":
    sys.exit(main())
