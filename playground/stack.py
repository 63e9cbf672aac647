"""Everything the product needs on one machine: Redis, the stand-ins, the bot and workers as processes."""

import asyncio
import json
import os
import shutil
import tempfile
from collections.abc import AsyncIterator, Mapping
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

from aiohttp import ClientError, ClientSession

from jobs import settings
from jobs.errors import Stop
from playground import environment as test_tools
from playground.processes import running
from playground.redis_server import redis_server

STARTS_WITHIN = 30.0
"""Seconds a process has to answer."""
BOT_TOKEN = "xoxb-playground-token"  # noqa: S105  # the stand-ins' own, worth nothing elsewhere
APP_TOKEN = "xapp-playground-token"  # noqa: S105
GITLAB_TOKEN = "glpat-playground-token"  # noqa: S105
MODEL_KEY = "sk-playground"

OPERATOR_FILE = """\
operators = ["U0BEN"]

[worker]
lease_seconds = {lease}

[repositories."payments/api"]
channels = ["C0PAY"]
people = ["U0ANA", "U0BEN"]
reviewers = ["ben"]
environment = "{environment}"
"""


@dataclass(frozen=True)
class Stack:
    """A running playground."""

    folder: Path
    """State and logs; removed at the end."""
    slack: str
    """Address of the Slack stand-in."""
    gitlab: str
    """Address of the GitLab stand-in."""
    model: str
    """Address of the model stand-in."""
    environment: Mapping[str, str] = field(repr=False)
    """What bot and worker are started with."""

    def worker(self, name: str = "worker") -> AbstractAsyncContextManager[asyncio.subprocess.Process]:
        """One worker process for as long as the block lasts."""
        return running(name, "jobs", "worker", environment=self.environment, logs=self.folder / "logs")

    def bot(self) -> AbstractAsyncContextManager[asyncio.subprocess.Process]:
        """The bot process for as long as the block lasts, in Socket Mode."""
        return running("bot", "bot", environment=self.environment, logs=self.folder / "logs")

    def log(self, name: str) -> str:
        """What a process has printed."""
        path = self.folder / "logs" / f"{name}.log"
        return path.read_text(encoding="utf-8", errors="replace") if path.exists() else ""


@asynccontextmanager
async def stack(
    *, ports: tuple[int, int, int] = (0, 0, 0), own_model: bool = False, lease: float = 8.0
) -> AsyncIterator[Stack]:
    """Redis and the stand-ins (Slack, GitLab, model) on loopback; port 0 picks a free one.

    With `own_model` the model named by CODEGEN_MODEL in this process's environment is used.
    """
    home = settings.home() / "playground"
    home.mkdir(parents=True, exist_ok=True)
    home.chmod(0o755)
    tools = await test_tools.build(home / "environments" / test_tools.key())
    folder = Path(tempfile.mkdtemp(prefix="run-", dir=home))
    folder.chmod(0o755)
    (folder / "logs").mkdir()
    (folder / "codegen.toml").write_text(
        OPERATOR_FILE.format(environment=tools, lease=lease), encoding="utf-8"
    )
    try:
        with redis_server(folder / "redis", os.environ) as redis:
            async with _standins(folder, ports) as addresses:
                environment = _environment(folder, redis.url, addresses, own_model=own_model)
                yield Stack(folder=folder, environment=environment, **addresses)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


async def answers(url: str, within: float = STARTS_WITHIN) -> None:
    """Wait until something answers at `url`; raises Stop when nothing does."""
    async with ClientSession() as session:
        for _ in range(int(within / 0.1)):
            try:
                async with session.get(url) as answer:
                    if answer.status < 500:
                        return
            except (ClientError, OSError):
                pass
            await asyncio.sleep(0.1)
    raise Stop(f"Nothing answers at {url}.", remedy="Look at the logs.")


@asynccontextmanager
async def _standins(folder: Path, ports: tuple[int, int, int]) -> AsyncIterator[dict[str, str]]:
    slack, gitlab, model = (str(port) for port in ports)
    options = ("--slack-port", slack, "--gitlab-port", gitlab, "--model-port", model)
    logs = folder / "logs"
    root = ("--root", str(folder / "gitlab"))
    module = ("playground.standins", *options, *root)
    async with running("standins", *module, environment=os.environ, logs=logs, listen=True) as process:
        if process.stdout is None:
            raise RuntimeError("the stand-ins were started without a pipe")
        async with asyncio.timeout(STARTS_WITHIN):
            line = await process.stdout.readline()
        if not line:
            raise Stop("The stand-ins did not start.", remedy=(logs / "standins.log").read_text()[-500:])
        yield json.loads(line)


def _environment(
    folder: Path, redis_url: str, addresses: Mapping[str, str], *, own_model: bool
) -> dict[str, str]:
    keep = {name: text for name, text in os.environ.items() if name not in ("PORT", "SLACK_SIGNING_SECRET")}
    scripted = {
        "CODEGEN_MODEL": "openai:scripted",
        "OPENAI_BASE_URL": f"{addresses['model']}/v1",
        "OPENAI_API_KEY": MODEL_KEY,
    }
    return {
        **keep,
        **({} if own_model else scripted),
        "REDIS_URL": redis_url,
        "SLACK_API_URL": f"{addresses['slack']}/api/",
        "SLACK_BOT_TOKEN": BOT_TOKEN,
        "SLACK_APP_TOKEN": APP_TOKEN,
        "GITLAB_URL": addresses["gitlab"],
        "GITLAB_TOKEN": GITLAB_TOKEN,
        "CODEGEN_CONFIG": str(folder / "codegen.toml"),
        "CODEGEN_HOME": str(folder / "home"),
    }
