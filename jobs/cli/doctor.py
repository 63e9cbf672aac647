"""`codegen doctor`: is everything there that a worker needs, and what to do about what is not."""

import argparse
import asyncio
import os
import shutil
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING

from pydantic import JsonValue, SecretStr
from rich.console import Console
from rich.table import Table
from rich.text import Text

from jobs import settings
from jobs.adapters.git.invoke import version
from jobs.adapters.gitlab import GitLabForge
from jobs.adapters.model import check_model
from jobs.adapters.slack import SlackMessenger
from jobs.adapters.workspaces import GitWorkspaces
from jobs.cli.answer import Answer, Status, command
from jobs.domain.base_model import Frozen
from jobs.errors import Refused, Stop, Transient
from jobs.queue.submit import connect

if TYPE_CHECKING:
    from jobs.cli.answer import Subparsers

SCOPES = frozenset({"commands", "chat:write", "channels:history", "files:write", "users:read"})
"""What the bot cannot do without."""
FREE = 2 * 1024**3
"""Bytes that must be free under CODEGEN_HOME."""


class Line(Frozen):
    """One thing looked at."""

    name: str
    """What was looked at."""
    ok: bool
    """True when nothing is to be done."""
    detail: str
    """What was found."""
    remedy: str = ""
    """What to do."""


def add(subparsers: "Subparsers") -> None:
    """Bind the subcommand."""
    parser = command(
        subparsers, "doctor", "Check Redis, Slack, GitLab, the model, the sandbox, git and the disk."
    )
    parser.add_argument("--only", metavar="NAMES", help=f"some of {','.join(CHECKS)}, with commas")
    parser.set_defaults(command=carry_out)


async def carry_out(options: argparse.Namespace) -> Answer:
    """Status 0 when everything is well, 1 when something is to be done."""
    names = options.only.split(",") if options.only else list(CHECKS)
    unknown = [name for name in names if name not in CHECKS]
    if unknown:
        raise Refused({"--only": f"{', '.join(unknown)} is not one of {', '.join(CHECKS)}"})
    lines = await asyncio.gather(*(_look(name) for name in names))
    data: list[JsonValue] = [line.model_dump(mode="json") for line in lines]
    well = all(line.ok for line in lines)
    return Answer(status=Status.DONE if well else Status.NO, data=data, show=lambda: _show(lines))


async def _look(name: str) -> Line:
    try:
        async with asyncio.timeout(30):
            return await CHECKS[name]()
    except Stop as stop:
        return Line(name=name, ok=False, detail=stop.reason, remedy=stop.remedy)
    except Transient as transient:
        return Line(name=name, ok=False, detail=transient.reason, remedy="Check the address and the network.")
    except Refused as refused:
        return Line(
            name=name, ok=False, detail=str(refused), remedy="See .env.example and codegen.example.toml."
        )
    except TimeoutError:
        return Line(
            name=name, ok=False, detail="no answer within 30 s", remedy="Check the address and the network."
        )


async def _redis() -> Line:
    async with connect(_variable("REDIS_URL")) as (store, _):
        workers = await store.workers()
    return Line(name="redis", ok=True, detail=f"answers; {len(workers)} workers at work")


async def _slack() -> Line:
    messenger = SlackMessenger(settings.slack_api_url(os.environ), SecretStr(_variable("SLACK_BOT_TOKEN")))
    team, scopes = await messenger.check()
    absent = sorted(SCOPES - set(scopes))
    if absent:
        remedy = "Reinstall the app from manifest.json."
        return Line(name="slack", ok=False, detail=f"the token lacks {', '.join(absent)}", remedy=remedy)
    return Line(name="slack", ok=True, detail=f"connected to {team}")


async def _gitlab() -> Line:
    forge = GitLabForge(_variable("GITLAB_URL").rstrip("/"), SecretStr(_variable("GITLAB_TOKEN")))
    token = await forge.token()
    absent = sorted({"api", "write_repository"} - set(token.scopes))
    if absent:
        detail = f"the token of {token.user} lacks {', '.join(absent)}"
        return Line(name="gitlab", ok=False, detail=detail, remedy="Make a token with both scopes.")
    if token.days_left is not None and token.days_left < 14:
        detail = f"the token of {token.user} ends in {token.days_left} days"
        return Line(name="gitlab", ok=False, detail=detail, remedy="Renew GITLAB_TOKEN.")
    lasts = "without an end" if token.days_left is None else f"for {token.days_left} more days"
    return Line(name="gitlab", ok=True, detail=f"connected as {token.user}, {lasts}")


async def _model() -> Line:
    name = os.environ.get("CODEGEN_MODEL") or settings.operator_file().engine.model
    if not name:
        raise Refused({"CODEGEN_MODEL": "is not set; give provider:name, such as openai:gpt-5"})
    await check_model(name, os.environ)
    return Line(name="model", ok=True, detail=f"{name} answers")


async def _sandbox() -> Line:
    strategy = await GitWorkspaces(settings.home()).probe()
    return Line(name="sandbox", ok=True, detail=f"holds; trees are made by {strategy}")


async def _git() -> Line:
    return Line(name="git", ok=True, detail=await version())


async def _disk() -> Line:
    home = settings.home()
    await asyncio.to_thread(home.mkdir, parents=True, exist_ok=True)
    free = shutil.disk_usage(home).free
    detail = f"{free / 1024**3:.1f} GiB free under CODEGEN_HOME"
    return Line(
        name="disk", ok=free >= FREE, detail=detail, remedy="" if free >= FREE else "Make room: 2 GiB."
    )


async def _config() -> Line:
    operator = settings.operator_file()
    absent = [
        path
        for path, one in operator.repositories.items()
        if one.environment and not one.environment.is_dir()
    ]
    if absent:
        detail = f"the environment of {', '.join(absent)} does not exist"
        return Line(name="config", ok=False, detail=detail, remedy="Build it, or mend codegen.toml.")
    count = len(operator.repositories)
    remedy = "" if count else "List the repositories in codegen.toml."
    return Line(name="config", ok=count > 0, detail=f"{count} repositories", remedy=remedy)


def _variable(name: str) -> str:
    problems = settings.missing(os.environ, name)
    if problems:
        raise Refused(problems)
    return os.environ[name]


CHECKS: dict[str, Callable[[], Awaitable[Line]]] = {
    "redis": _redis,
    "slack": _slack,
    "gitlab": _gitlab,
    "model": _model,
    "sandbox": _sandbox,
    "git": _git,
    "disk": _disk,
    "config": _config,
}
"""What is looked at, by name."""


def _show(lines: list[Line]) -> None:
    table = Table("", "What", "Found", "What to do")
    for line in lines:
        mark = Text("ok", style="green") if line.ok else Text("fault", style="red")
        table.add_row(mark, line.name, Text(line.detail), Text(line.remedy))
    Console().print(table)
