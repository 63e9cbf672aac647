"""`codegen doctor`: is everything there that a worker needs, and what to do about what is not."""

import argparse
import asyncio
import os
import shutil
from collections.abc import Awaitable, Callable, Mapping
from contextlib import closing

from pydantic import JsonValue, SecretStr
from rich.console import Console
from rich.table import Table
from rich.text import Text

from jobs import settings
from jobs.adapters.environments import configured
from jobs.adapters.environments.reach import answers
from jobs.adapters.git.invoke import version
from jobs.adapters.gitlab import GitLabConnection, GitLabForge
from jobs.adapters.model import check_model
from jobs.adapters.slack import SlackMessenger
from jobs.adapters.workspaces import GitWorkspaces
from jobs.cli.answer import Answer, Status
from jobs.cli.scopes import lacking
from jobs.domain.base_model import Frozen
from jobs.errors import Refused, Stop, Transient
from jobs.queue.connection import reach
from jobs.queue.submit import connect
from jobs.render.library import library
from jobs.specify.starters import starters
from jobs.tools import coding_agents, tried

FREE = 2 * 1024**3
"""Bytes that must be free under CODEGEN_HOME."""
SOON = 14
"""Days before its end from which a token is a fault."""
PATIENCE = 30.0
"""Seconds one thing may take to answer."""
SLOW = {"engines": 600.0}
"""Things that may take longer, as they start programs."""
ANALYSERS = ("bandit", "ruff")
"""What `make analysers` installs."""
NETWORK = "Check the address and the network."


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


def add(parser: argparse.ArgumentParser) -> None:
    """Bind the subcommand."""
    parser.add_argument("--only", metavar="NAMES", help=f"some of {','.join(CHECKS)}, with commas")
    parser.set_defaults(command=carry_out)


async def carry_out(options: argparse.Namespace) -> Answer:
    """Status 0 when everything is well, 1 when something is to be done."""
    names = options.only.split(",") if options.only else list(CHECKS)
    unknown = [name for name in names if name not in CHECKS]
    if unknown:
        raise Refused({"--only": f"{', '.join(unknown)} is not one of {', '.join(CHECKS)}"})
    # one after the other: what one costs must not count as another's silence
    lines = [await _look(name, options.environment) for name in names]
    data: list[JsonValue] = [line.model_dump(mode="json") for line in lines]
    well = all(line.ok for line in lines)
    return Answer(status=Status.DONE if well else Status.NO, data=data, show=lambda: _show(lines))


async def _look(name: str, environment: Mapping[str, str]) -> Line:
    try:
        async with asyncio.timeout(SLOW.get(name, PATIENCE)):
            return await CHECKS[name](environment)
    except Stop as stop:
        return Line(name=name, ok=False, detail=stop.reason, remedy=stop.remedy or "See README.md.")
    except Refused as refused:
        remedy = "See .env.example and codegen.example.toml."
        return Line(name=name, ok=False, detail=str(refused), remedy=remedy)
    except Transient as transient:
        return Line(name=name, ok=False, detail=transient.reason, remedy=NETWORK)
    except TimeoutError:
        waited = SLOW.get(name, PATIENCE)
        return Line(name=name, ok=False, detail=f"no answer within {waited:.0f} s", remedy=NETWORK)
    except OSError as error:
        detail = f"CODEGEN_HOME cannot be used: {error.strerror}"
        return Line(name=name, ok=False, detail=detail, remedy="Name a folder that this user may write to.")


async def _redis(environment: Mapping[str, str]) -> Line:
    async with connect(_variable(environment, "REDIS_URL")) as (store, _):
        await reach(store.connection)
        workers = await store.workers()
    return Line(name="redis", ok=True, detail=f"answers; {len(workers)} workers at work")


async def _slack(environment: Mapping[str, str]) -> Line:
    token = SecretStr(_variable(environment, "SLACK_BOT_TOKEN"))
    team, scopes = await SlackMessenger(settings.slack_api_url(environment), token).check()
    absent = lacking(scopes, settings.operator_file(environment))
    if absent:
        told = "; ".join(f"{scope} for {what}" for scope, what in absent.items())
        remedy = "Reinstall the app from manifest.json."
        return Line(name="slack", ok=False, detail=f"the token lacks {told}", remedy=remedy)
    return Line(name="slack", ok=True, detail=f"connected to {team}")


async def _gitlab(environment: Mapping[str, str]) -> Line:
    url, secret = _variable(environment, "GITLAB_URL"), _variable(environment, "GITLAB_TOKEN")
    with closing(GitLabConnection(url.rstrip("/"), SecretStr(secret))) as connection:
        token = await GitLabForge(connection).token()
    absent = sorted({"api", "write_repository"} - set(token.scopes))
    if absent:
        detail = f"the token of {token.user} lacks {', '.join(absent)}"
        remedy = "Make GITLAB_TOKEN anew with the scopes api and write_repository."
        return Line(name="gitlab", ok=False, detail=detail, remedy=remedy)
    if token.days_left is not None and token.days_left < SOON:
        detail = f"the token of {token.user} ends in {token.days_left} days"
        return Line(name="gitlab", ok=False, detail=detail, remedy="Renew GITLAB_TOKEN.")
    lasts = "without an end" if token.days_left is None else f"for {token.days_left} more days"
    return Line(name="gitlab", ok=True, detail=f"connected as {token.user}, {lasts}")


async def _model(environment: Mapping[str, str]) -> Line:
    table = settings.operator_file(environment).engine
    first = environment.get("CODEGEN_MODEL") or table.model
    if table.ordinary and not first:
        return Line(name="model", ok=True, detail=f"none is set; {table.ordinary} writes")
    names = dict.fromkeys((first, *table.models))
    for name in names:
        await check_model(name, environment)
    told = ", ".join(str(name) for name in names)
    return Line(name="model", ok=True, detail=f"{told} {'answers' if len(names) == 1 else 'answer'}")


async def _engines(environment: Mapping[str, str]) -> Line:
    operator, home = settings.operator_file(environment), settings.home(environment)
    well, bad, remedy = list[str](), list[str](), ""
    for name, engine in coding_agents(operator, home, environment).items():
        try:
            well.append(f"{name} ({await tried(engine, home)}) works in the sandbox and asks its model")
        except Stop as stop:
            bad.append(stop.reason)
            remedy = remedy or stop.remedy
    if bad:
        return Line(name="engines", ok=False, detail=" ".join(bad), remedy=remedy)
    return Line(name="engines", ok=True, detail="; ".join(well) or "no coding agents are configured")


async def _sandbox(environment: Mapping[str, str]) -> Line:
    strategy = await GitWorkspaces(settings.home(environment)).probe()
    return Line(name="sandbox", ok=True, detail=f"holds; trees are made by {strategy}")


async def _git(environment: Mapping[str, str]) -> Line:
    del environment
    return Line(name="git", ok=True, detail=await version())


async def _disk(environment: Mapping[str, str]) -> Line:
    home = settings.home(environment)
    await asyncio.to_thread(home.mkdir, parents=True, exist_ok=True)
    free = shutil.disk_usage(home).free
    detail = f"{free / 1024**3:.1f} GiB free under CODEGEN_HOME"
    if free < FREE:
        return Line(name="disk", ok=False, detail=detail, remedy="Make room: at least 2 GiB.")
    return Line(name="disk", ok=True, detail=detail)


async def _config(environment: Mapping[str, str]) -> Line:
    operator = settings.operator_file(environment)
    absent = [
        path
        for path, one in operator.repositories.items()
        if one.environment and not one.environment.is_dir()
    ]
    if absent:
        detail = f"the environment of {', '.join(absent)} does not exist"
        return Line(name="config", ok=False, detail=detail, remedy="Build it, or mend codegen.toml.")
    templates = len(starters(operator.specs).listed)
    count = len(operator.repositories)
    remedy = "" if count else "List the repositories in codegen.toml; see codegen.example.toml."
    return Line(
        name="config", ok=count > 0, detail=f"{count} repositories, {templates} spec templates", remedy=remedy
    )


async def _prompts(environment: Mapping[str, str]) -> Line:
    table = settings.operator_file(environment).prompts
    try:
        known = library(table)
    except Refused as refused:
        remedy = "Correct these files, or take them away; codegen prompts check looks again."
        return Line(name="prompts", ok=False, detail=str(refused), remedy=remedy)
    own = "; ".join(known.ordinary.pin.sources) if known.ordinary else "as shipped"
    tried = f"; tried on {known.share:.0%} of the tasks: {known.trial.library}" if known.trial else ""
    return Line(name="prompts", ok=True, detail=f"{own}{tried}")


async def _registries(environment: Mapping[str, str]) -> Line:
    table = settings.operator_file(environment).registries
    known = configured(table, environment)
    if not known:
        detail = "none is configured; nothing can be installed for repositories without an environment"
        return Line(name="registries", ok=True, detail=detail)
    told = {name: await answers(name, known) for name in known}
    bad = [f"{name}: {problem}" for name, problem in told.items() if problem]
    remedy = "Correct [registries] in codegen.toml, the tool's own settings, or the credential."
    if bad:
        return Line(name="registries", ok=False, detail="; ".join(bad), remedy=remedy)
    detail = ", ".join(f"{name} at {one.host}" for name, one in known.items())
    return Line(name="registries", ok=True, detail=f"{detail} answer")


async def _checks(environment: Mapping[str, str]) -> Line:
    table = settings.operator_file(environment).checks
    bad: list[str] = []
    found: list[str] = []
    if table.analysers is None:
        found.append("no analysers: `security` uses what repositories bring")
    else:
        absent = [name for name in ANALYSERS if not os.access(table.analysers / "bin" / name, os.X_OK)]
        bad += [f"analysers has no {name}" for name in absent]
        found += [name for name in ANALYSERS if name not in absent]
    if table.advisories is None:
        found.append("no advisories: `dependencies` knows no vulnerabilities")
    elif not table.advisories.exists():
        bad.append("advisories does not exist")
    else:
        found.append("advisories")
    remedy = "Run `make analysers DIR=…`, or correct [checks] in codegen.toml." if bad else ""
    return Line(name="checks", ok=not bad, detail="; ".join(bad or found), remedy=remedy)


def _variable(environment: Mapping[str, str], name: str) -> str:
    problems = settings.missing(environment, name)
    if problems:
        raise Refused(problems)
    return environment[name]


CHECKS: dict[str, Callable[[Mapping[str, str]], Awaitable[Line]]] = {
    "redis": _redis,
    "slack": _slack,
    "gitlab": _gitlab,
    "model": _model,
    "sandbox": _sandbox,
    "engines": _engines,
    "git": _git,
    "disk": _disk,
    "config": _config,
    "registries": _registries,
    "checks": _checks,
    "prompts": _prompts,
}
"""What is looked at, by name."""


def _show(lines: list[Line]) -> None:
    table = Table("", "What", "Found", "What to do")
    for line in lines:
        mark = Text("ok", style="green") if line.ok else Text("fault", style="red")
        table.add_row(mark, line.name, Text(line.detail), Text(line.remedy))
    Console().print(table)
