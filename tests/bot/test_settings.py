"""What the bot needs to start, and what it says when something is missing."""

import asyncio
import io
import json
import logging
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from bot.log import as_line
from bot.settings import bot_settings
from jobs.errors import Refused

ROOT = Path(__file__).parents[2]
HTTP = {
    "REDIS_URL": "redis://localhost",
    "SLACK_BOT_TOKEN": "xoxb-1",
    "SLACK_SIGNING_SECRET": "s3cret",
    "PORT": "3000",
}


def test_everything_missing_is_said_at_once() -> None:
    with pytest.raises(Refused) as refused:
        bot_settings({})

    assert set(refused.value.problems) == {
        "REDIS_URL",
        "SLACK_BOT_TOKEN",
        "SLACK_APP_TOKEN",
        "SLACK_SIGNING_SECRET",
        "PORT",
    }


def test_an_app_token_means_socket_mode_and_its_absence_http() -> None:
    http = bot_settings(HTTP)
    socket = bot_settings({**HTTP, "SLACK_APP_TOKEN": "xapp-1", "SLACK_API_URL": "http://localhost:1/api"})

    assert (http.socket_mode, http.port, http.slack_api_url) == (False, 3000, "https://slack.com/api/")
    assert (socket.socket_mode, socket.slack_api_url) == (True, "http://localhost:1/api/")


@pytest.mark.parametrize("port", ["http", "0", "99999", "-1", "³"])
def test_a_port_is_a_number(port: str) -> None:
    with pytest.raises(Refused) as refused:
        bot_settings({**HTTP, "PORT": port})

    assert refused.value.problems == {"PORT": "must be a number from 1 to 65535"}


def test_secrets_do_not_show() -> None:
    settings = bot_settings(HTTP)

    assert "s3cret" not in repr(settings)
    assert "s3cret" in settings.secrets


def test_log_lines_are_json_without_secrets() -> None:
    stream = io.StringIO()
    handler = logging.StreamHandler(stream)
    handler.addFilter(as_line(['pass"word-1']))
    logger = logging.Logger("test")
    logger.addHandler(handler)

    try:
        raise ValueError('refused pass"word-1')
    except ValueError:
        logger.exception("token %s at %s", "xoxb-1234-abcd", "redis://user:hunter2@host:6379")

    line = stream.getvalue()
    entry = json.loads(line)
    assert entry["text"] == "token [redacted] at redis://[redacted]@host:6379"
    assert "ValueError: refused [redacted]" in entry["traceback"]
    assert line.count("\n") == 1


def test_starting_without_settings_names_them_and_ends_with_2(tmp_path: Path) -> None:
    ended = subprocess.run(
        [sys.executable, "-m", "bot"],
        cwd=ROOT,
        env={"PATH": os.environ["PATH"], "REDIS_URL": "redis://localhost"},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )

    assert ended.returncode == 2
    assert [line.split(":")[0] for line in ended.stderr.splitlines()] == [
        "SLACK_BOT_TOKEN",
        "SLACK_APP_TOKEN",
        "SLACK_SIGNING_SECRET",
        "PORT",
    ]


async def test_the_process_listens_and_ends_gracefully(slack_url: str, redis_url: str) -> None:
    from playground.slack.seed import APP_KEY, BOT_KEY

    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "bot",
        cwd=ROOT,
        env={
            "PATH": os.environ["PATH"],
            "REDIS_URL": redis_url,
            "SLACK_BOT_TOKEN": BOT_KEY,
            "SLACK_APP_TOKEN": APP_KEY,
            "SLACK_API_URL": f"{slack_url}/api/",
        },
        stderr=asyncio.subprocess.PIPE,
    )
    assert process.stderr
    lines = []
    async for line in process.stderr:
        lines.append(line.decode())
        if "listening as" in lines[-1]:
            process.send_signal(signal.SIGTERM)

    assert await process.wait() == 0
    assert "Socket Mode" in "".join(lines)
    assert BOT_KEY not in "".join(lines)


async def test_a_refused_token_is_said_in_a_sentence(slack_url: str, redis_url: str) -> None:
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "bot",
        cwd=ROOT,
        env={
            "PATH": os.environ["PATH"],
            "REDIS_URL": redis_url,
            "SLACK_BOT_TOKEN": "xoxb-wrong-token",
            "SLACK_APP_TOKEN": "xapp-wrong-token",
            "SLACK_API_URL": f"{slack_url}/api/",
        },
        stderr=asyncio.subprocess.PIPE,
    )
    _, stderr = await process.communicate()

    assert process.returncode == 4
    assert stderr.decode().splitlines()[-1] == (
        "Slack refused the bot (invalid_auth). Check SLACK_BOT_TOKEN and SLACK_APP_TOKEN."
    )
