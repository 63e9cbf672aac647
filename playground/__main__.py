"""`make playground`: everything up, to click through in a browser, until Ctrl-C."""

import argparse
import asyncio
import os
import socket
import sys

from jobs.errors import Stop
from playground.demo.model import model_line, own_model
from playground.environment import EnvironmentFailure
from playground.processes import until_told
from playground.stack import stack

PORTS = (8081, 8082, 8083)
"""Slack page, GitLab, model: the same every time, so that a bookmark works."""


async def serve(ports: tuple[int, int, int]) -> None:
    """Run until it is cancelled; raises Stop when a port is taken."""
    for port in ports:
        require_free(port)
    async with (
        stack(ports=ports, own_model=own_model(os.environ)) as running,
        running.bot() as bot,
        running.worker() as worker,
    ):
        await running.ready()
        print(f"Slack page      {running.slack}/?user=U0ANA#/C0PAY")
        print(f"Merge requests  {running.gitlab}/?user=ben")
        print(f"Model           {model_line(os.environ)}")
        print(f"Logs            {running.folder / 'logs'}")
        print("Type /codegen in #payments. Ctrl-C ends everything.", flush=True)
        ends = [asyncio.ensure_future(process.wait()) for process in (bot, worker)]
        await asyncio.wait(ends, return_when=asyncio.FIRST_COMPLETED)
        name = "bot" if ends[0].done() else "worker"
        raise Stop(f"The {name} has ended.", remedy=f"Its log ends:\n{running.log(name)[-1500:]}")


def require_free(port: int) -> None:
    """Raise Stop when something listens at the port."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            remedy = "End what listens there, or choose three others: make playground PORTS=9081,9082,9083"
            raise Stop(f"Port {port} is taken.", remedy=remedy) from None


def main() -> int:
    """Exit status 0 after Ctrl-C, 2 for wrong ports, 4 when something could not be started or has ended."""
    parser = argparse.ArgumentParser(prog="playground", description=__doc__)
    parser.add_argument(
        "--ports", type=_ports, default=PORTS, help="Slack page, GitLab, model: 8081,8082,8083"
    )
    try:
        asyncio.run(until_told(serve(parser.parse_args().ports)))
    except (asyncio.CancelledError, KeyboardInterrupt):
        return 0
    except (Stop, EnvironmentFailure) as stop:
        sys.stderr.write(f"playground: {stop}\n")
        return 4
    return 0


def _ports(text: str) -> tuple[int, int, int]:
    slack, gitlab, model = (int(one) for one in text.split(","))
    return slack, gitlab, model


if __name__ == "__main__":
    sys.exit(main())
