"""`python -m bot`: the front door, until SIGTERM or SIGINT."""

import asyncio
import logging
import signal
import sys

import aiohttp
from slack_sdk.errors import SlackApiError

from bot.app import build, door, homes, session, web_client
from bot.draining import InFlight
from bot.log import log_to_stderr
from bot.payload import error_code
from bot.serving import listening
from bot.settings import BotSettings, bot_settings
from jobs.errors import Refused, Stop, StopKind
from jobs.queue.gate import RedisGate
from jobs.queue.submit import connect

DRAIN = 10.0
"""Seconds that running requests get after a signal to stop."""

_log = logging.getLogger("bot")


def main() -> int:
    """Run the bot; the exit status is 0 after a signal, 2 for settings, 4 when Slack refuses."""
    try:
        settings = bot_settings()
    except Refused as refused:
        for name, problem in refused.problems.items():
            sys.stderr.write(f"{name}: {problem}\n")
        return 2
    log_to_stderr(settings.secrets)
    try:
        asyncio.run(serve(settings))
    except SlackApiError as error:
        why = error_code(error)
        _complain(f"Slack refused the bot ({why}). Check SLACK_BOT_TOKEN and SLACK_APP_TOKEN.")
        return 4
    except (aiohttp.ClientError, TimeoutError) as error:
        _complain(f"Slack cannot be reached at {settings.slack_api_url} ({type(error).__name__}).")
        return 4
    except Stop as stop:
        _complain(str(stop))
        return 2 if stop.kind is StopKind.INPUT else 4
    return 0


async def serve(settings: BotSettings) -> None:
    """Listen until a signal, then finish what is running."""
    stopped = asyncio.Event()
    for one in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(one, stopped.set)
    redis = settings.redis_url.get_secret_value()
    async with connect(redis) as (tasks, line), session(RedisGate(tasks.connection)) as kept:
        in_flight, client = InFlight(), web_client(settings, kept)
        who = await client.auth_test()
        tabs = homes(settings, store=tasks, client=client)
        way = door(settings, tasks=tasks, line=line, tabs=tabs, client=client)
        app = build(settings, door=way, client=client, in_flight=in_flight)
        async with tabs.kept(), listening(settings, app=app, tasks=tasks):
            how = "Socket Mode" if settings.socket_mode else f"HTTP on port {settings.port}"
            _log.info("listening as %s in %s by %s", who.get("user"), who.get("team"), how)
            await stopped.wait()
        left = await in_flight.drain(DRAIN)
    _log.info("stopped; %s requests were cut off", left)


def _complain(sentence: str) -> None:
    sys.stderr.write(sentence + "\n")


if __name__ == "__main__":
    sys.exit(main())
