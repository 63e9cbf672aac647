"""The three stand-ins as one process: prints their addresses as one JSON line when they answer."""

import argparse
import asyncio
import json
import signal
import sys
from contextlib import AsyncExitStack
from pathlib import Path

from playground.gitlab.standin import GitLabStandIn
from playground.model import ModelStandIn
from playground.serve import serving
from playground.slack import SlackStandIn
from playground.slack.seed import SIGNING_KEY, demo_workspace

HERE = Path(__file__).resolve().parent
SAMPLE = HERE / "sample"
"""The small program the demo mends."""
MANIFEST = HERE.parent / "manifest.json"
"""What the app may do."""


async def serve(options: argparse.Namespace) -> None:
    """Serve until SIGTERM or SIGINT."""
    workspace = demo_workspace(json.loads(MANIFEST.read_text(encoding="utf-8")))
    slack = SlackStandIn(workspace, signing_secret=SIGNING_KEY, request_url=options.request_url)
    gitlab = GitLabStandIn(options.root)
    ended = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, ended.set)
    async with AsyncExitStack() as stack:
        addresses = {
            "slack": await stack.enter_async_context(serving(slack.app, options.slack_port)),
            "gitlab": await stack.enter_async_context(serving(gitlab.app, options.gitlab_port)),
            "model": await stack.enter_async_context(serving(ModelStandIn().app, options.model_port)),
        }
        await gitlab.add_project("payments/api", SAMPLE)
        for path, _, folder in (one.partition("=") for one in options.project):
            await gitlab.add_project(path, Path(folder))
        sys.stdout.write(json.dumps(addresses) + "\n")
        sys.stdout.flush()
        await ended.wait()


def main() -> None:
    """Parse the ports and serve."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--root", type=Path, required=True, help="where the bare repositories are")
    parser.add_argument("--project", action="append", default=[], help="one more: path=folder")
    parser.add_argument("--slack-port", type=int, default=0)
    parser.add_argument("--gitlab-port", type=int, default=0)
    parser.add_argument("--model-port", type=int, default=0)
    parser.add_argument(
        "--request-url", help="where signed HTTP deliveries go, for a bot without Socket Mode"
    )
    asyncio.run(serve(parser.parse_args()))


if __name__ == "__main__":
    main()
