"""How long Slack waits for the ack of `/codegen`, and the person for the form, at 50 commands a second.

Signed HTTP into the bot's own process, with its whole middleware and a store; the rival is a bare Bolt app
that does the same for the person (acknowledge, open a view) and nothing else. Commands are sent by the clock,
not when the last was answered, and each is timed from when it was due: no slow answer hides those it delays.
"""

import asyncio
import itertools
import json
import os
import socket
import statistics
import tempfile
import time
from collections.abc import AsyncIterator, Mapping
from contextlib import AbstractContextManager, asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlencode

from aiohttp import ClientSession, ClientTimeout, web

from bench import row
from jobs.queue.submit import connect
from playground.processes import running
from playground.redis_server import RedisServer, redis_server
from playground.serve import serving
from playground.slack.delivery import signature
from playground.slack.seed import BOT_KEY, SIGNING_KEY

RATE = 50
"""Commands a second."""
SECONDS = 15
"""How long."""
SLICES = 5
"""Turns each app has."""
WARM = 25
"""Commands before the clock runs."""
CHANNEL = "C0PAY"
PERSON = "U0ANA"

_NUMBERS = itertools.count(1)

OPERATOR_FILE = f'[repositories."payments/api"]\nchannels = ["{CHANNEL}"]\npeople = ["{PERSON}"]\n'


@dataclass
class Taken:
    """What one app took."""

    acks: list[float] = field(default_factory=list)
    """Seconds from when a command was due to its ack."""
    opened: list[float] = field(default_factory=list)
    """Seconds from when a command was due to `views.open`."""


@dataclass(frozen=True)
class App:
    """One of the two."""

    session: ClientSession
    """The way to it."""
    taken: Taken
    """What it took so far."""


class Slack:
    """Answers the Web API at once and unseen: the stand-in's checks would be measured with the bot."""

    def __init__(self) -> None:
        self.opened: dict[str, float] = {}
        """When each trigger id was used."""
        self.app = web.Application()
        self.app.add_routes([web.route("*", "/api/{method}", self._answer)])

    async def _answer(self, request: web.Request) -> web.Response:
        at = time.perf_counter()
        given = await request.text()
        if request.match_info["method"] == "views.open":
            self.opened[json.loads(given)["trigger_id"]] = at
        facts = {"view": {"id": "V1", "hash": "1"}, "user": {"id": PERSON}, "channel": {"id": CHANNEL}}
        return web.json_response({"ok": True, **facts})


def main() -> None:
    """Print p50 and p99 of both apps in milliseconds with their ratios, and when the form was opened."""
    with _folder() as name:
        folder = Path(name)
        with redis_server(folder / "redis", {}, durable=True) as redis:
            full, bare = asyncio.run(_measure(folder, redis))
    for what, share in (("p50", 50), ("p99", 99)):
        ours, theirs = (_share(one.acks, share) for one in (full, bare))
        row(
            f"slack: ack {what} at {RATE}/s for {SECONDS} s (the bot, a bare Bolt app)",
            ours=ours,
            rival=theirs,
        )
    for what, share in (("p50", 50), ("p99", 99)):
        ours, theirs = (_share(one.opened, share) for one in (full, bare))
        row(f"slack: command to views.open {what}", ours=ours, rival=theirs)
    late = sum(seconds > 1.0 for seconds in full.opened)
    print(
        f"slack: {len(full.opened)} forms opened of {RATE * SECONDS} commands, {late} later than 1 s",
        flush=True,
    )
    if late or len(full.opened) != RATE * SECONDS:
        raise SystemExit(1)


def _folder() -> AbstractContextManager[str]:
    return tempfile.TemporaryDirectory(prefix="cg-", ignore_cleanup_errors=True)


def _share(times: list[float], share: int) -> float:
    return statistics.quantiles(times, n=100)[share - 1] * 1000


async def _measure(folder: Path, redis: RedisServer) -> tuple[Taken, Taken]:
    slack = Slack()
    (folder / "codegen.toml").write_text(OPERATOR_FILE, encoding="utf-8")
    async with serving(slack.app) as url, connect(redis.url):
        environment = {
            **os.environ,
            "REDIS_URL": redis.url,
            "SLACK_API_URL": f"{url}/api/",
            "SLACK_BOT_TOKEN": BOT_KEY,
            "SLACK_SIGNING_SECRET": SIGNING_KEY,
            "CODEGEN_CONFIG": str(folder / "codegen.toml"),
        }
        environment.pop("SLACK_APP_TOKEN", None)
        async with (
            _app("bench._bare", folder=folder, environment=environment) as bare,
            _app("bot", folder=folder, environment=environment) as full,
        ):
            for _ in range(SLICES):
                for one in (bare, full):
                    await _slice(one, slack)
    return full.taken, bare.taken


@asynccontextmanager
async def _app(module: str, *, folder: Path, environment: Mapping[str, str]) -> AsyncIterator[App]:
    port = _free_port()
    async with (
        running(module, module, environment={**environment, "PORT": str(port)}, logs=folder),
        ClientSession(f"http://127.0.0.1:{port}", timeout=ClientTimeout(total=10)) as session,
    ):
        await _up(session)
        for _ in range(WARM):
            await _command(session, at=time.perf_counter())
        yield App(session, Taken())


async def _slice(app: App, slack: Slack) -> None:
    """A part of the load: the two take turns, so that what else the machine does meets both."""
    slack.opened.clear()
    begin = time.perf_counter() + 0.05
    async with asyncio.TaskGroup() as group:
        sent = [
            group.create_task(_command(app.session, at=begin + number / RATE))
            for number in range(RATE * SECONDS // SLICES)
        ]
    due = {}
    for one in sent:
        trigger, at, acked = one.result()
        due[trigger] = at
        app.taken.acks.append(acked - at)
    await _quiet(slack, len(due))
    app.taken.opened += [slack.opened[one] - at for one, at in due.items() if one in slack.opened]


async def _command(session: ClientSession, *, at: float) -> tuple[str, float, float]:
    await asyncio.sleep(max(at - time.perf_counter(), 0))
    trigger = f"{next(_NUMBERS)}.{time.time_ns()}"
    body = urlencode(
        {
            "command": "/codegen",
            "text": "",
            "team_id": "T0BENCH",
            "channel_id": CHANNEL,
            "user_id": PERSON,
            "user_name": "ana",
            "trigger_id": trigger,
            "token": "t",
            "api_app_id": "A0CODEGEN",
        }
    )
    stamp = str(int(time.time()))
    headers = {
        "Content-Type": "application/x-www-form-urlencoded",
        "X-Slack-Request-Timestamp": stamp,
        "X-Slack-Signature": signature(SIGNING_KEY, stamp, body),
    }
    async with session.post("/slack/events", data=body.encode(), headers=headers) as answer:
        await answer.read()
        answer.raise_for_status()
    return trigger, at, time.perf_counter()


async def _up(session: ClientSession) -> None:
    async with asyncio.timeout(60):
        while True:
            try:
                async with session.get("/health") as answer:
                    if answer.status == 200:
                        return
            except OSError:
                pass
            await asyncio.sleep(0.05)


async def _quiet(slack: Slack, wanted: int) -> None:
    """Wait until every form was opened, or until two seconds bring no further one."""
    seen, patience = -1, 0
    while patience < 20:
        opened = len(slack.opened)
        if opened >= wanted:
            return
        patience = patience + 1 if opened == seen else 0
        seen = opened
        await asyncio.sleep(0.1)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


if __name__ == "__main__":
    main()
