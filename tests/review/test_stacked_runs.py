"""Two tasks, one on the other's branch, from spec to merge: a worker, real git, GitLab over HTTP."""

from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from tempfile import mkdtemp

import pytest
from pydantic import SecretStr

from jobs.adapters.gitlab import GitLabForge, GitLabReports, GitLabReview, GitLabWatch
from jobs.adapters.workspaces import GitWorkspaces
from jobs.domain.brief import Brief, Work
from jobs.domain.plan import Plan
from jobs.domain.run import Purpose, RunState
from jobs.domain.spec import Criterion, Proof
from jobs.domain.task import Task, TaskState, Waiting, branch_of
from jobs.pipeline import execute
from jobs.ports import Note, Workshop, Workspace
from jobs.settings import RepositorySettings, WorkerSettings
from jobs.stages.thread import announce
from playground.gitlab.seed import BOT_KEY
from tests.adapters.checkouts import ground
from tests.factories import a_spec, a_task
from tests.review.conftest import PROJECT, Review
from tests.worker.fakes import Fakes, a_settings, at_work, until

__all__ = ["ground"]


@dataclass
class Clerk:
    """An engine that adds one file each time it is called, named after task and call."""

    calls: dict[str, int] = field(default_factory=dict)
    name: str = "clerk"

    async def work(self, brief: Brief, workspace: Workspace, note: Note) -> Work:
        number = self.calls[brief.task] = self.calls.get(brief.task, 0) + 1
        path = f"notes/{brief.task}-{number}.txt"
        new = f"new file mode 100644\n--- /dev/null\n+++ b/{path}\n@@ -0,0 +1 @@\n+done\n"
        await workspace.apply(f"diff --git a/{path} b/{path}\n{new}")
        return Work(summary=f"{path} is there.")


def a_file_task(origin: str, plan: Plan) -> Task:
    task = a_task(origin=origin, plan=plan, created_at=datetime.now(UTC))
    proof = Proof(command=f"test -f notes/{task.id}-1.txt")
    criterion = Criterion(id="AC1", text=f"The file of {origin} is there", proof=proof)
    return task.note(spec=a_spec(title=f"The {origin}", criteria=(criterion,)))


def a_workshop(review: Review, home: Path) -> tuple[Workshop, WorkerSettings]:
    own = RepositorySettings(suite=("true",), reviewers=("ben",), maintainers=("U0MAX",))
    settings = a_settings("", lease_seconds=20.0)
    operator = settings.operator.model_copy(update={"repositories": {PROJECT: own}})
    shop = Fakes(review.store, execute=execute, messenger=review.messenger).workshop()
    tools = replace(
        shop.tools,
        forge=GitLabForge(review.connection),
        review=GitLabReview(review.connection),
        reports=GitLabReports(review.connection),
        workspaces=GitWorkspaces(home, credentials={review.url: SecretStr(BOT_KEY)}),
        engine=Clerk(),
        operator=operator,
    )
    watch = GitLabWatch(review.connection)
    shop = replace(shop, tools=tools, announce=announce, watch=watch)
    return shop, settings.model_copy(update={"operator": operator})


def a_home(ground: Path) -> Path:
    """A folder that every user may enter."""
    home = Path(mkdtemp(dir=ground))
    home.chmod(0o755)
    return home


@dataclass
class Stack:
    """A parent, its child, and what both look like from outside."""

    review: Review
    parent: Task
    child: Task

    async def in_review(self, task: Task, runs: int, purpose: Purpose = Purpose.CHANGE) -> Task:
        """The task once that many runs delivered it, the last one for this."""

        def there(now: Task) -> bool:
            return now.state is TaskState.IN_REVIEW and now.runs == runs

        now = await until(self.review.store, task.id, there)
        assert now.run is not None and now.run.state is RunState.DELIVERED, now.run
        assert now.run.purpose is purpose
        return now

    async def files(self, task: Task) -> set[str]:
        """What is on the task's branch."""
        listed = await self.review.project.repository.git("ls-tree", "-r", "--name-only", branch_of(task.id))
        return set(listed.split())

    async def people(self, order: str, task: Task, **body: object) -> None:
        """A person does something to a task's merge request, and a hook tells of it."""
        now = await self.review.store.get(task.id)
        assert now is not None and now.merge_request is not None
        iid = now.merge_request.iid
        await self.review.control_of(iid, order, user="ben", **body)
        await self.review.store.hear(f"{PROJECT}!{iid}")

    def target(self, task: Task) -> str:
        """What the task's merge request is for."""
        found = self.review.project.merge_requests
        return next(one.target_branch for one in found if one.source_branch == branch_of(task.id))


@pytest.mark.cases
async def test_a_child_follows_its_parent_from_its_branch_to_the_merge(review: Review, ground: Path) -> None:
    parent = a_file_task("parent", Plan())
    child = a_file_task("child", Plan(depends_on=(parent.id,), stack=True))
    stack = Stack(review, parent, child)
    shop, settings = a_workshop(review, a_home(ground))
    async with at_work(review.store, review.queue, shop, settings):
        for one in (parent, child):
            await review.store.create(one)
            await review.queue.submit(one.id)
        await stack.in_review(child, runs=1)
        own = {f"notes/{parent.id}-1.txt", f"notes/{child.id}-1.txt"}
        assert stack.target(child) == branch_of(parent.id) and own <= await stack.files(child)

        await stack.people("comment", parent, body="@codegen add another one")
        await stack.in_review(parent, runs=2, purpose=Purpose.REWORK)
        await stack.in_review(child, runs=2, purpose=Purpose.REBASE)
        assert f"notes/{parent.id}-2.txt" in await stack.files(child), "what the parent added is under it"

        await stack.people("close", parent)
        parked = await until(review.store, child.id, lambda now: now.waiting is Waiting.PARENT)
        assert parked.waits is not None and parked.waits.task == parent.id
        reason = f"It needs `{parent.id}` _The parent_, which did not succeed"
        while not any(reason in str(one.blocks) for one in review.messenger.versions):
            review.messenger.spoke.clear()
            await review.messenger.spoke.wait()
        await stack.people("reopen", parent)
        await stack.in_review(child, runs=2, purpose=Purpose.REBASE)

        for request in review.project.merge_requests:
            request.remove_source_branch = False  # the parent's branch stays: GitLab itself moves nothing
        await stack.people("merge", parent)
        now = await stack.in_review(child, runs=3, purpose=Purpose.REBASE)
        assert stack.target(child) == "main"
        assert now.run is not None and now.run.verdict is not None and now.run.verdict.proven == 1
        assert now.run.target_base == (await review.project.repository.refs())["refs/heads/main"]
