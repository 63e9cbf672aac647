"""Everything the product needs on one machine: Redis, the stand-ins, the bot and workers as processes."""

import asyncio
import fcntl
import json
import os
import shutil
import tempfile
import time
from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import AbstractAsyncContextManager, asynccontextmanager, contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

from jobs import settings
from jobs.errors import Stop
from jobs.queue.submit import connect
from playground import environment as test_tools
from playground.person import Person
from playground.processes import running
from playground.redis_server import RedisServer, redis_server
from playground.slack.seed import SIGNING_KEY

STARTS_WITHIN = 90.0
"""Seconds a process has to answer."""
BOT_TOKEN = "xoxb-playground-token"  # noqa: S105  # the stand-ins' own, worth nothing elsewhere
APP_TOKEN = "xapp-playground-token"  # noqa: S105
GITLAB_TOKEN = "glpat-playground-token"  # noqa: S105
MODEL_KEY = "sk-playground"

OPERATOR_FILE = """\
operators = ["U0BEN"]

[worker]
lease_seconds = {lease}
runs = {runs}
grace_seconds = 0.5

[backlog]
overlap = "ignore"

[gate]
hold = {hold}
opinion = {hold}
suite = {hold}

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
    redis: RedisServer
    """The store's server."""
    environment: Mapping[str, str] = field(repr=False)
    """What bot and worker are started with."""

    def worker(self, name: str = "worker") -> AbstractAsyncContextManager[asyncio.subprocess.Process]:
        """One worker process for as long as the block lasts."""
        return running(name, "jobs", "worker", environment=self.environment, logs=self.folder / "logs")

    def bot(self, *, port: int | None = None) -> AbstractAsyncContextManager[asyncio.subprocess.Process]:
        """The bot process for as long as the block lasts: in Socket Mode, or over HTTP at a port."""
        environment = dict(self.environment)
        if port is not None:
            del environment["SLACK_APP_TOKEN"]
            environment |= {"PORT": str(port), "SLACK_SIGNING_SECRET": SIGNING_KEY}
        return running("bot", "bot", environment=environment, logs=self.folder / "logs")

    async def ready(self, within: float = STARTS_WITHIN) -> None:
        """Wait until the bot answers and a worker has published what can be asked for; else raises Stop."""
        await self._answering(within)
        async with connect(self.environment["REDIS_URL"]) as (store, _):
            deadline = time.monotonic() + within
            while not await store.catalogue():
                if time.monotonic() > deadline:
                    end = self.log("worker")[-1500:]
                    raise Stop("The worker does not start.", remedy=f"Its log ends:\n{end}")
                await asyncio.sleep(0.05)

    async def _answering(self, within: float) -> None:
        deadline = time.monotonic() + within
        async with Person(self.slack, "U0ANA") as person:
            while not (await person.command("help", "C0GEN")).get("ok"):
                if time.monotonic() > deadline:
                    end = self.log("bot")[-1500:]
                    raise Stop("The bot does not answer.", remedy=f"Its log ends:\n{end}")
                await asyncio.sleep(0.05)

    def log(self, name: str) -> str:
        """What a process has printed."""
        path = self.folder / "logs" / f"{name}.log"
        return path.read_text(encoding="utf-8", errors="replace") if path.exists() else ""


@asynccontextmanager
async def stack(
    *,
    ports: tuple[int, int, int] = (0, 0, 0),
    bot_port: int | None = None,
    own_model: bool = False,
    lease: float = 8.0,
    runs: int = 4,
    hold: bool = True,
    settings_more: str = "",
    projects: Mapping[str, Path] | None = None,
) -> AsyncIterator[Stack]:
    """Redis and the stand-ins (Slack, GitLab, model) on loopback; port 0 picks a free one.

    With `own_model` the model named by CODEGEN_MODEL in this process's environment is used; with `bot_port`
    Slack delivers over HTTP to that port; without `hold` specs go to the queue as soon as their branch is
    found; `settings_more` is added to codegen.toml; `projects` are more of GitLab's, filled from folders.
    """
    home = settings.home() / "playground"
    home.mkdir(parents=True, exist_ok=True)
    home.chmod(0o755)
    tools = await test_tools.build(home / "environments" / test_tools.key())
    _sweep(home)
    with _folder(home) as folder:
        (folder / "logs").mkdir()
        (folder / "codegen.toml").write_text(
            OPERATOR_FILE.format(environment=tools, lease=lease, runs=runs, hold=str(hold).lower())
            + settings_more,
            encoding="utf-8",
        )
        with redis_server(folder / "redis", os.environ) as redis:
            options = _options(ports, bot_port, projects or {})
            async with _standins(folder, options) as addresses:
                environment = _environment(folder, redis.url, addresses, own_model=own_model)
                yield Stack(folder=folder, redis=redis, environment=environment, **addresses)


@contextmanager
def _folder(home: Path) -> Iterator[Path]:
    """A folder that is ours while we hold its lock, so that one left by a killed playground is known."""
    folder = Path(tempfile.mkdtemp(prefix="run-", dir=home))
    folder.chmod(0o755)
    try:
        with (folder / "lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _sweep(home: Path) -> None:
    for lock in home.glob("run-*/lock"):
        with suppress(OSError), lock.open("w") as held:
            fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
            shutil.rmtree(lock.parent, ignore_errors=True)


def _options(
    ports: tuple[int, int, int], bot_port: int | None, projects: Mapping[str, Path]
) -> tuple[str, ...]:
    slack, gitlab, model = (str(port) for port in ports)
    options = ["--slack-port", slack, "--gitlab-port", gitlab, "--model-port", model]
    if bot_port is not None:
        options += ["--request-url", f"http://127.0.0.1:{bot_port}/slack/events"]
    for path, source in projects.items():
        options += ["--project", f"{path}={source}"]
    return tuple(options)


@asynccontextmanager
async def _standins(folder: Path, options: tuple[str, ...]) -> AsyncIterator[dict[str, str]]:
    logs = folder / "logs"
    module = ("playground.standins", *options, "--root", str(folder / "gitlab"))
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
