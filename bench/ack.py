"""How long Slack waits for the ack of `/codegen`: the full bot against a bare Bolt app, in the same run."""

import asyncio
import statistics
import tempfile
import time
from collections.abc import Awaitable, Callable
from pathlib import Path
from urllib.parse import urlencode

from pydantic import SecretStr
from slack_bolt.async_app import AsyncApp
from slack_bolt.context.ack.async_ack import AsyncAck
from slack_bolt.request.async_request import AsyncBoltRequest

from bench import row
from bot.app import build, door, web_client
from bot.draining import InFlight
from bot.settings import BotSettings
from jobs.queue.submit import connect
from jobs.settings import OperatorFile, RepositorySettings
from playground.redis_server import redis_server
from playground.serve import serving
from playground.slack import SlackStandIn, demo_workspace
from playground.slack.seed import BOT_KEY, SIGNING_KEY

COMMANDS = 300
"""Commands per app."""
WARM = 20
"""Commands before the clock runs."""
CHANNEL = "C0PAY"


def main() -> None:
    """Print p50 and p99 of both apps in milliseconds, and their ratio."""
    with tempfile.TemporaryDirectory(prefix="cg-") as folder, redis_server(Path(folder), {}) as redis:
        full, bare = asyncio.run(_measure(redis.url))
    for name, share in (("p50", 50), ("p99", 99)):
        ours, theirs = (statistics.quantiles(times, n=100)[share - 1] * 1000 for times in (full, bare))
        row(f"ack {name} (the bot, a bare Bolt app)", ours=ours, rival=theirs)


async def _measure(redis_url: str) -> tuple[list[float], list[float]]:
    slack = SlackStandIn(demo_workspace(), signing_secret=SIGNING_KEY)
    in_flight = InFlight()
    async with serving(slack.app) as url, connect(redis_url) as (store, queue):
        settings = _settings(redis_url, url)
        client = web_client(settings)
        way = door(settings, tasks=store, line=queue, client=client)
        full = build(settings, door=way, client=client, in_flight=in_flight)
        bare = AsyncApp(client=web_client(settings), signing_secret=SIGNING_KEY)
        bare.command("/codegen")(_ack)
        times: tuple[list[float], list[float]] = ([], [])
        for number in range(WARM + COMMANDS):
            for app, taken in zip((full, bare), times, strict=True):
                seconds = await _timed(app.async_dispatch, number, f"{id(app)}")
                await in_flight.drain(10.0)
                if number >= WARM:
                    taken.append(seconds)
    return times


async def _ack(ack: AsyncAck) -> None:
    await ack()


async def _timed(
    dispatch: Callable[[AsyncBoltRequest], Awaitable[object]], number: int, unique: str
) -> float:
    request = _command(number, unique)
    began = time.perf_counter()
    await dispatch(request)
    return time.perf_counter() - began


def _command(number: int, unique: str) -> AsyncBoltRequest:
    body = {
        "command": "/codegen",
        "text": "status",
        "team_id": "T0PLAY",
        "channel_id": CHANNEL,
        "user_id": "U0ANA",
        "user_name": "ana",
        "trigger_id": f"{unique}.{number}",
        "token": "t",
        "api_app_id": "A0CODEGEN",
    }
    return AsyncBoltRequest(
        body=urlencode(body),
        mode="socket_mode",
        headers={"content-type": ["application/x-www-form-urlencoded"]},
    )


def _settings(redis_url: str, slack_url: str) -> BotSettings:
    return BotSettings(
        redis_url=SecretStr(redis_url),
        slack_bot_token=SecretStr(BOT_KEY),
        slack_app_token=SecretStr("xapp-bench"),
        slack_signing_secret=None,
        slack_api_url=f"{slack_url}/api/",
        port=None,
        operator=OperatorFile(repositories={"payments/api": RepositorySettings(channels=(CHANNEL,))}),
    )


if __name__ == "__main__":
    main()
