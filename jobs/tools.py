"""The composition root: settings → everything the pipeline works with."""

import os
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager, closing
from datetime import UTC, datetime

from jobs.adapters.cache import FileCache
from jobs.adapters.gitlab import GitLabConnection, GitLabForge, GitLabRequests
from jobs.adapters.model import model
from jobs.adapters.slack import SlackMessenger
from jobs.adapters.workspaces import GitWorkspaces
from jobs.engines.agent import AgentEngine
from jobs.pipeline import execute
from jobs.ports import Tools, Workshop
from jobs.queue.artifacts import RedisArtifacts
from jobs.queue.gate import RedisGate
from jobs.queue.inbox import StoreInbox
from jobs.queue.posting import MarkingMessenger
from jobs.queue.submit import connect
from jobs.settings import WorkerSettings
from jobs.stages.thread import announce


class SystemClock:
    """ports.Clock of this machine."""

    def now(self) -> datetime:
        """Now, UTC."""
        return datetime.now(UTC)


@asynccontextmanager
async def workshop(settings: WorkerSettings) -> AsyncIterator[Workshop]:
    """The real tools of a worker, for as long as the block lasts; raises Stop when one cannot be made."""
    async with connect(settings.redis_url.get_secret_value()) as (store, _), AsyncExitStack() as stack:
        gate = RedisGate(store.connection)
        slack = SlackMessenger(settings.slack_api_url, settings.slack_bot_token, gate=gate)
        workspaces = GitWorkspaces(settings.home, credentials={settings.gitlab_url: settings.gitlab_token})
        connection = GitLabConnection(settings.gitlab_url, settings.gitlab_token, gate=gate)
        gitlab = stack.enter_context(closing(connection))
        tools = Tools(
            forge=GitLabForge(gitlab),
            workspaces=workspaces,
            engine=AgentEngine(model(settings.model, os.environ)),
            artifacts=RedisArtifacts(store.connection),
            cache=FileCache(settings.home / "cache"),
            inbox=StoreInbox(store),
            clock=SystemClock(),
            operator=settings.operator,
            requests=GitLabRequests(gitlab),
        )

        async def check() -> None:
            await workspaces.probe()
            await workspaces.sweep()

        yield Workshop(
            tools=tools,
            messenger=MarkingMessenger(slack, store.connection),
            execute=execute,
            announce=announce,
            probe=check,
        )
