"""The composition root: settings → everything the pipeline works with."""

import os
from collections.abc import AsyncIterator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager, closing
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

from jobs.adapters.cache import FileCache
from jobs.adapters.discreet import DiscreetMessenger
from jobs.adapters.environments import BuiltEnvironments, configured
from jobs.adapters.gateway import ModelGateway, key_of
from jobs.adapters.gitlab import (
    GitLabConnection,
    GitLabFiles,
    GitLabForge,
    GitLabInbound,
    GitLabIssues,
    GitLabReports,
    GitLabRequests,
    GitLabReview,
    GitLabWatch,
)
from jobs.adapters.model import model
from jobs.adapters.model_answers import AnsweringModel
from jobs.adapters.offered import Look, answering, offered
from jobs.adapters.slack import SlackMessenger, kept_connections
from jobs.adapters.slack_directory import SlackDirectory
from jobs.adapters.slack_gallery import SlackGallery
from jobs.adapters.workspaces import GitWorkspaces
from jobs.adapters.workspaces.empty_tree import empty_tree
from jobs.engines.agent import AgentEngine
from jobs.engines.command import CommandEngine
from jobs.errors import Refused
from jobs.pipeline import execute
from jobs.ports import Engine, Model, Tools, Workshop
from jobs.queue.artifacts import RedisArtifacts
from jobs.queue.gate import RedisGate
from jobs.queue.inbox import StoreInbox
from jobs.queue.owners import Owners
from jobs.queue.posting import MarkingMessenger
from jobs.queue.results import SharedResults
from jobs.queue.store import Store
from jobs.queue.submit import connect
from jobs.render.library import library
from jobs.settings import OperatorFile, WorkerSettings
from jobs.stages.thread import announce


class SystemClock:
    """ports.Clock of this machine."""

    def now(self) -> datetime:
        """Now, UTC."""
        return datetime.now(UTC)


def second_model(operator: OperatorFile, engine: str | None, environment: Mapping[str, str]) -> Model | None:
    """Who is asked for opinions, where the engine's model is `engine`; raises Refused, by setting."""
    name = operator.opinions.second(engine)
    if not name:
        return None
    try:
        return AnsweringModel(model(name, environment))
    except Refused as refused:
        if "CODEGEN_MODEL" in refused.problems and operator.opinions.model:
            raise Refused({"codegen.toml: opinions.model": refused.problems["CODEGEN_MODEL"]}) from None
        raise


@asynccontextmanager
async def workshop(settings: WorkerSettings) -> AsyncIterator[Workshop]:
    """The real tools of a worker, for as long as the block lasts; raises Stop when one cannot be made."""
    async with connect(settings.redis_url.get_secret_value()) as (store, _), AsyncExitStack() as stack:
        gate = RedisGate(store.connection)
        session = await stack.enter_async_context(kept_connections())
        slack = SlackMessenger(settings.slack_api_url, settings.slack_bot_token, gate=gate, session=session)
        directory = SlackDirectory(slack)
        owners = Owners(store, settings.operator)
        discreet = DiscreetMessenger(slack, directory, stranger=owners.stranger)
        workspaces = GitWorkspaces(settings.home, credentials={settings.gitlab_url: settings.gitlab_token})
        connection = GitLabConnection(settings.gitlab_url, settings.gitlab_token, gate=gate)
        gitlab = stack.enter_context(closing(connection))
        engines, looks = _engines(settings)
        tools = _tools(settings, store, gitlab, workspaces=workspaces, engines=engines)

        async def check() -> None:
            await workspaces.probe()
            await workspaces.sweep()

        yield Workshop(
            tools=tools,
            messenger=MarkingMessenger(discreet, store.connection),
            execute=execute,
            announce=announce,
            probe=check,
            directory=directory,
            usable=partial(answering, looks) if len(looks) > 1 else None,
            watch=GitLabWatch(gitlab),
            inbound=GitLabInbound(gitlab),
            files=GitLabFiles(gitlab),
            gallery=SlackGallery(slack, settings.home / "fonts"),
        )


def coding_agents(
    operator: OperatorFile, home: Path, environment: Mapping[str, str]
) -> dict[str, CommandEngine]:
    """The engines of `[engines]` by name; raises Refused with every key that is not there."""
    made: dict[str, CommandEngine] = {}
    problems: dict[str, str] = {}
    for name, agent in operator.engines.items():
        try:
            gateway = ModelGateway(home, name, agent, key=key_of(name, agent, environment))
        except Refused as refused:
            problems |= refused.problems
        else:
            made[name] = CommandEngine(name, agent, gateway)
    if problems:
        raise Refused(problems)
    return made


async def tried(engine: CommandEngine, home: Path) -> str:
    """What a coding agent says its version is, once it has asked its model; raises Stop when it cannot."""
    async with empty_tree(home) as ground:
        return await engine.check(ground)


def _engines(settings: WorkerSettings) -> tuple[dict[str, Engine], dict[str, Look]]:
    """Every engine by name and how it is tried out, the ordinary one first."""
    table = settings.operator.engine
    agents = coding_agents(settings.operator, settings.home, os.environ)
    # without a model, a coding agent that is named as the ordinary one is enough
    models = (
        {} if table.ordinary and not settings.model else offered(settings.model, table.models, os.environ)
    )
    engines: dict[str, Engine] = {name: AgentEngine(one) for name, one in models.items()}
    looks: dict[str, Look] = {name: one.check for name, one in models.items()}
    for name, agent in agents.items():
        engines[name], looks[name] = agent, partial(tried, agent, settings.home)
    first = table.ordinary or next(iter(engines))
    return {first: engines[first], **engines}, {first: looks[first], **looks}


def _tools(
    settings: WorkerSettings,
    store: Store,
    gitlab: GitLabConnection,
    *,
    workspaces: GitWorkspaces,
    engines: Mapping[str, Engine],
) -> Tools:
    artifacts = RedisArtifacts(store.connection)
    return Tools(
        forge=GitLabForge(gitlab),
        review=GitLabReview(gitlab),
        reports=GitLabReports(gitlab),
        workspaces=workspaces,
        engine=next(iter(engines.values())),
        engines=engines,
        artifacts=artifacts,
        cache=SharedResults(FileCache(settings.home / "cache"), artifacts),
        inbox=StoreInbox(store),
        clock=SystemClock(),
        operator=settings.operator,
        issues=GitLabIssues(gitlab),
        requests=GitLabRequests(gitlab),
        reviewing=GitLabWatch(gitlab),
        model=second_model(settings.operator, settings.model, os.environ),
        environments=_environments(settings),
        prompts=library(settings.operator.prompts),
    )


def _environments(settings: WorkerSettings) -> BuiltEnvironments:
    table = settings.operator.registries
    return BuiltEnvironments(settings.home, configured(table, os.environ), table=table)
