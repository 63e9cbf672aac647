"""Side effects only for the owner: the epoch is checked right before each."""

from collections.abc import Awaitable, Callable

from jobs.domain.patch import Sha
from jobs.domain.remark import CommitState, Remark
from jobs.domain.review import MergeRequest, PipelineStatus, Proposal, Repository
from jobs.ports import Around, AroundEach, Forge, Message, Messenger, Reports, Review, Workspaces

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


class FencedReview:
    """A review that changes nothing once the lease is lost."""

    def __init__(self, review: Review, guard: Guard) -> None:
        self._review = review
        self._guard = guard

    async def answer(self, project: str, iid: int, *, discussion: str, text: str, key: str) -> None:
        """Reply, if the task is still ours."""
        await self._guard()
        await self._review.answer(project, iid, discussion=discussion, text=text, key=key)

    async def resolve(self, project: str, iid: int, *, discussion: str) -> None:
        """Resolve, if the task is still ours."""
        await self._guard()
        await self._review.resolve(project, iid, discussion=discussion)

    async def merge_when_approved(self, project: str, iid: int, *, sha: Sha) -> MergeRequest:
        """Ask for the merge, if the task is still ours."""
        await self._guard()
        return await self._review.merge_when_approved(project, iid, sha=sha)

    async def close(self, project: str, iid: int) -> MergeRequest:
        """Close it, if the task is still ours."""
        await self._guard()
        return await self._review.close(project, iid)

    async def retarget(self, project: str, iid: int, *, branch: str) -> None:
        """Retarget it, if the task is still ours."""
        await self._guard()
        await self._review.retarget(project, iid, branch=branch)


class FencedReports:
    """Reports that leave nothing once the lease is lost."""

    def __init__(self, reports: Reports, guard: Guard) -> None:
        self._reports = reports
        self._guard = guard

    async def upload(self, project: str, *, name: str, content: bytes) -> str:
        """Put a file up, if the task is still ours."""
        await self._guard()
        return await self._reports.upload(project, name=name, content=content)

    async def status(self, project: str, commit: Sha, state: CommitState, *, text: str, url: str) -> None:
        """Set the status, if the task is still ours."""
        await self._guard()
        await self._reports.status(project, commit, state, text=text, url=url)

    async def remarked(self, project: str, iid: int) -> frozenset[str]:
        """Keys of what we remarked."""
        return await self._reports.remarked(project, iid)

    async def remark(self, project: str, iid: int, remark: Remark, *, head: Sha) -> bool:
        """Open a thread on a line, if the task is still ours."""
        await self._guard()
        return await self._reports.remark(project, iid, remark, head=head)

    async def note(self, project: str, iid: int, *, key: str, body: str) -> None:
        """Put or rewrite a note, if the task is still ours."""
        await self._guard()
        await self._reports.note(project, iid, key=key, body=body)


def fenced_workspaces(workspaces: Workspaces, guard: Guard) -> Workspaces:
    """Workspaces that push nothing once the lease is lost."""
    return AroundEach(workspaces, lambda workspace: Around(workspace, before_push=guard))


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
    ) -> str:
        """Put a file into the thread, if the task is still ours."""
        await self._guard()
        return await self._messenger.upload(
            channel=channel, thread_ts=thread_ts, name=name, title=title, content=content, key=key
        )

    async def tell(self, person: str, text: str) -> None:
        """Say something to one person, if the task is still ours."""
        await self._guard()
        await self._messenger.tell(person, text)

    async def tidy(self, message: Message) -> str | None:
        """Keep the oldest message with this key, if the task is still ours."""
        await self._guard()
        return await self._messenger.tidy(message)

    async def permalink(self, channel: str, ts: str) -> str:
        """Where a message can be seen."""
        return await self._messenger.permalink(channel, ts)
