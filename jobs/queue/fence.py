"""Side effects only for the owner: the epoch is checked right before each."""

from collections.abc import Awaitable, Callable

from jobs.domain.patch import Sha
from jobs.domain.review import MergeRequest, PipelineStatus, Proposal, Repository
from jobs.ports import Forge, Message, Messenger

Guard = Callable[[], Awaitable[None]]
"""Raises LostLease when another worker owns the task."""


class FencedForge:
    """A forge that changes nothing once the lease is lost; reading stays free."""

    def __init__(self, forge: Forge, guard: Guard) -> None:
        self._forge = forge
        self._guard = guard

    async def repository(self, path: str) -> Repository:
        """A project by its full path."""
        return await self._forge.repository(path)

    async def catalogue(self) -> tuple[Repository, ...]:
        """Every project the token can push to."""
        return await self._forge.catalogue()

    async def branch_head(self, project: str, branch: str) -> Sha | None:
        """A branch's commit."""
        return await self._forge.branch_head(project, branch)

    async def find_merge_request(self, project: str, source_branch: str) -> MergeRequest | None:
        """The newest merge request from that branch."""
        return await self._forge.find_merge_request(project, source_branch)

    async def put_merge_request(self, proposal: Proposal) -> MergeRequest:
        """Open or update the merge request, if the task is still ours."""
        await self._guard()
        return await self._forge.put_merge_request(proposal)

    async def pipeline_status(self, project: str, commit: Sha) -> PipelineStatus:
        """What CI says of exactly this commit."""
        return await self._forge.pipeline_status(project, commit)


class FencedMessenger:
    """A messenger that says nothing once the lease is lost."""

    def __init__(self, messenger: Messenger, guard: Guard) -> None:
        self._messenger = messenger
        self._guard = guard

    async def put(self, message: Message, *, ts: str | None = None) -> str:
        """Post or update, if the task is still ours."""
        await self._guard()
        return await self._messenger.put(message, ts=ts)

    async def upload(
        self, *, channel: str, thread_ts: str, name: str, title: str, content: str, key: str
    ) -> None:
        """Put a file into the thread, if the task is still ours."""
        await self._guard()
        await self._messenger.upload(
            channel=channel, thread_ts=thread_ts, name=name, title=title, content=content, key=key
        )

    async def tidy(self, message: Message) -> str | None:
        """Keep the oldest message with this key, if the task is still ours."""
        await self._guard()
        return await self._messenger.tidy(message)

    async def permalink(self, channel: str, ts: str) -> str:
        """Where a message can be seen."""
        return await self._messenger.permalink(channel, ts)
