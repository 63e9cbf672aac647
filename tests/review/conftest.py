"""A watched merge request: the GitLab stand-in over HTTP, a real store, and a thread in memory."""

from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from aiohttp import ClientSession
from pydantic import SecretStr

from jobs.adapters.gitlab import GitLabConnection, GitLabForge, GitLabReports, GitLabReview, GitLabWatch
from jobs.domain.review import Proposal
from jobs.domain.task import InReview, Task
from jobs.queue.store import Store
from jobs.queue.submit import Queue
from jobs.settings import OperatorFile
from jobs.worker.looking import Means
from jobs.worker.watching import Watching
from playground.gitlab import GitLabStandIn
from playground.gitlab.records import MergeRequest, Project
from playground.gitlab.seed import BOT_KEY
from playground.serve import serving
from tests.gitlab import a_gitlab
from tests.review.sights import a_reviewed_task, delivered
from tests.worker.fakes import FakeMessenger

PROJECT = "payments/api"


@dataclass
class Review:
    """One task in review, and everybody around it."""

    standin: GitLabStandIn
    project: Project
    url: str
    session: ClientSession
    connection: GitLabConnection
    store: Store
    queue: Queue
    task: Task
    messenger: FakeMessenger = field(default_factory=FakeMessenger)
    operator: OperatorFile = field(default_factory=OperatorFile)

    wanted_fixes: int | None = None

    async def fixes(self, project: str) -> int | None:
        """What the repository's own file says."""
        assert project == PROJECT
        return self.wanted_fixes

    @property
    def watching(self) -> Watching:
        """A worker's watch; each a new one, as after a restart."""
        watch = GitLabWatch(self.connection)
        return Watching(
            self.store,
            self.queue,
            watch,
            means=Means(GitLabReview(self.connection), GitLabReports(self.connection), self.fixes),
            messenger=self.messenger,
            operator=self.operator,
            owner="w1",
        )

    @property
    def request(self) -> MergeRequest:
        return self.project.merge_requests[0]

    async def control(self, order: str, **body: object) -> dict[str, Any]:
        return await self.control_of(self.request.iid, order, **body)

    async def control_of(self, iid: int, order: str, **body: object) -> dict[str, Any]:
        known = {"project": self.project.path, "iid": iid}
        async with self.session.post(f"{self.url}/_control/{order}", json={**known, **body}) as answer:
            told: dict[str, Any] = await answer.json()
            assert answer.status == 200, told
            return told

    async def pipeline(self, status: str, **body: object) -> None:
        await self.control("pipeline", mr=self.request.iid, status=status, **body)

    async def look(self) -> Task:
        """What a hint brings about: one look, and the task afterwards."""
        await self.store.hear(f"{PROJECT}!{self.request.iid}")
        assert await self.watching.look(datetime.now(UTC)) == 1
        return await self.now()

    async def now(self) -> Task:
        task = await self.store.get(self.task.id)
        assert task is not None
        return task

    async def told(self, *, after: timedelta = timedelta(minutes=1)) -> list[str]:
        """What the thread is told when the burst is over, as the texts of the blocks."""
        before = len(self.messenger.versions)
        await self.watching.tell(datetime.now(UTC) + after)
        new = self.messenger.versions[before:]
        return [str(block["text"]["text"]) for one in new for block in one.blocks]  # type: ignore[index, call-overload]

    def notes(self) -> list[str]:
        """What this bot says in comments of its own."""
        found = [note for one in self.request.discussions for note in one.notes]
        return [one.body for one in found if one.author.username == "codegen" and not one.system]

    def calls(self, method: str, ending: str) -> int:
        calls = self.standin.state.faults.calls
        return sum(one["method"] == method and str(one["path"]).endswith(ending) for one in calls)


@pytest.fixture
async def review(tmp_path: Path, store: Store, queue: Queue) -> AsyncIterator[Review]:
    with a_gitlab(tmp_path) as standin:
        project = await standin.add_project(PROJECT, None)
        task = a_reviewed_task()
        branch = f"codegen/{task.id}"
        async with serving(standin.app) as url, ClientSession() as session:
            body = {"project": PROJECT, "branch": branch, "user": "codegen", "files": {"a.txt": "a\n"}}
            async with session.post(f"{url}/_control/push", json=body) as answer:
                assert answer.status == 200
            connection = GitLabConnection(url, SecretStr(BOT_KEY))
            opened = await GitLabForge(connection).put_merge_request(
                Proposal(
                    project=PROJECT,
                    source_branch=branch,
                    target_branch="main",
                    title="Round half up",
                    description="What changed.",
                    draft=True,
                    reviewers=("ben",),
                )
            )
            task = task.note(
                merge_request=opened,
                in_review=InReview.DRAFT,
                run=delivered(head=opened.sha, merge_request=opened),
            )
            await store.create(task)
            yield Review(standin, project, url, session, connection, store, queue, task)
            connection.close()
