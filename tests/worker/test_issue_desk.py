"""An issue becomes a proposed task and a person begins it: the GitLab stand-in over HTTP, a real store."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

import pytest
from aiohttp import web
from pydantic import SecretStr

from bot.hooks import PATH, hooks
from jobs.adapters.gitlab import GitLabConnection, GitLabInbound
from jobs.domain.intake import Intake
from jobs.domain.review import MergeRequest, MergeRequestState
from jobs.domain.task import Task, TaskState
from jobs.queue import issues
from jobs.queue.store import Store
from jobs.settings import OperatorFile
from jobs.specify.estimate import estimate
from jobs.specify.intake import Seen
from jobs.worker.issue_desk import IssueDesk
from jobs.worker.moves import looked_at
from jobs.worker.replanning import edited
from playground.gitlab import GitLabStandIn
from playground.gitlab.issue_acts import comment_issue, open_issue
from playground.gitlab.records import Hook, Issue, Project
from playground.gitlab.seed import BOT_KEY
from playground.serve import serving
from tests.factories import a_merge_request
from tests.gitlab import a_gitlab

PROJECT = "payments/api"
GOOD = "Totals are off by a cent.\n\n- `round(2.5)` is 3, not 2: it fails today\n"
OPERATOR = OperatorFile.model_validate(
    {
        "repositories": {PROJECT: {"channels": ["C0PAY"], "people": ["U0ANA"]}},
        "people": {"ana": "U0ANA", "ben": "U0BEN"},
    }
)


@dataclass
class World:
    """One project with one issue, and a worker's desk."""

    standin: GitLabStandIn
    project: Project
    desk: IssueDesk
    store: Store
    moved: list[TaskState] = field(default_factory=list)

    async def done(self, task: Task) -> None:
        self.moved.append(task.state)

    def open(self, text: str, *, author: str = "ana", labels: tuple[str, ...] = ("codegen",)) -> Issue:
        state = self.standin.state
        return open_issue(
            state,
            self.project,
            user=state.users[author],
            title="Round half up",
            description=text,
            labels=list(labels),
        )

    def say(self, user: str, text: str) -> None:
        state = self.standin.state
        comment_issue(state, self.project, self.project.issues[0], user=state.users[user], body=text)

    async def look(self) -> None:
        """Twice: a doubled hook changes nothing."""
        for _ in range(2):
            await self.desk.look(PROJECT, 1)

    async def seen(self) -> None:
        """The worker has looked at the repository and asks nothing."""
        task = await self.task()
        rough = estimate(task.spec.kind, PROJECT, ())
        intake = Intake(version=task.spec_version, score=100, estimate=rough, facts=(), at=datetime.now(UTC))
        await self.store.change(task.id, lambda now: looked_at(now, Seen(), intake, OPERATOR))

    async def move(self, state: TaskState, request: MergeRequest | None) -> None:
        task = await self.task()
        await self.store.change(task.id, lambda now: now.to(state, merge_request=request))

    async def task(self) -> Task:
        (only,) = await self.store.list()
        return only

    def notes(self) -> list[str]:
        found = [note for one in self.project.issues[0].discussions for note in one.notes]
        return [one.body for one in found if one.author.username == "codegen"]


@pytest.fixture
async def world(store: Store, tmp_path: Path) -> AsyncIterator[World]:
    with a_gitlab(tmp_path) as standin:
        project = await standin.add_project(PROJECT, None)
        async with serving(standin.app) as url:
            connection = GitLabConnection(url, SecretStr(BOT_KEY))
            moved: list[TaskState] = []

            async def done(task: Task) -> None:
                moved.append(task.state)

            yield World(
                standin, project, IssueDesk(store, GitLabInbound(connection), OPERATOR, done), store, moved
            )
            connection.close()


async def test_from_a_labelled_issue_to_a_task_that_waits_for_a_worker(world: World) -> None:
    issue = world.open("Please @all fix it.")
    await world.look()
    assert "criteria" in world.notes()[0]
    assert await world.store.list() == ()

    issue.description = GOOD + "- @all see it\n"
    await world.look()
    task = await world.task()
    assert (task.state, task.requester.id, task.origin) == (
        TaskState.PROPOSED,
        "U0ANA",
        f"gitlab/{PROJECT}/issues/1",
    )
    world.say("ana", "/codegen go")
    await world.seen()
    await world.look()
    assert (await world.task()).state is TaskState.PROPOSED, "said before the note"
    assert "@all" not in world.notes()[0]

    world.say("ben", "/codegen go")
    await world.look()
    assert (await world.task()).state is TaskState.PROPOSED
    assert len(world.notes()) == 2, "who has no role is answered once"

    world.say("ana", "/codegen go")
    await world.look()
    assert (await world.task()).state is TaskState.WAITING
    assert world.moved == [TaskState.PROPOSED, TaskState.WAITING]
    assert "was accepted." in world.notes()[0]
    assert len(world.notes()) == 2
    assert await issues.hinted(world.store.connection) == ((PROJECT, 1),), "the next step is told there too"


@pytest.mark.parametrize(
    ("ended", "said"),
    [
        (MergeRequestState.OPENED, "merge request !7 is open for review."),
        (MergeRequestState.MERGED, "merge request !7 is merged."),
        (MergeRequestState.CLOSED, "merge request !7 was closed without merging."),
        (None, "ended without a merge request. The change that was tried did not pass"),
    ],
)
async def test_the_issue_tells_how_its_task_ended(
    world: World, ended: MergeRequestState | None, said: str
) -> None:
    issue = world.open(GOOD)
    await world.look()
    moves = [TaskState.WAITING, TaskState.RUNNING]
    moves += [TaskState.REJECTED] if ended is None else [TaskState.IN_REVIEW]
    moves += [TaskState(ended.value)] if ended in (MergeRequestState.MERGED, MergeRequestState.CLOSED) else []
    for state in moves:
        await world.move(state, a_merge_request(state=ended) if ended else None)
    issue.state = "closed" if ended is MergeRequestState.MERGED else "opened"
    await world.look()
    (note,) = world.notes()
    assert said in " ".join(note.split())


@pytest.mark.parametrize("how", [{"state": "closed"}, {"labels": ["bug"]}])
async def test_who_closes_an_issue_or_takes_its_label_off_withdraws_what_nobody_began(
    world: World, how: dict[str, object]
) -> None:
    issue = world.open(GOOD)
    await world.look()
    for name, value in how.items():
        setattr(issue, name, value)
    await world.look()
    assert (await world.task()).state is TaskState.CANCELLED
    assert "was cancelled." in world.notes()[0]
    assert world.moved == [TaskState.PROPOSED, TaskState.CANCELLED]


async def test_what_was_mended_in_slack_stays_until_the_issue_changes(world: World) -> None:
    issue = world.open(GOOD)
    await world.look()
    task = await world.task()
    mended = {"spec": task.spec.model_copy(update={"goal": "Said better."}).model_dump(mode="json")}
    await world.store.change(
        task.id, lambda now: edited(now, mended, operator=OPERATOR, now=datetime.now(UTC))[0]
    )
    await world.look()
    assert (await world.task()).spec.goal == "Said better."
    assert "Said better." in world.notes()[0]
    issue.description = GOOD + "- `round(3.5)` is 4\n"
    await world.look()
    assert len((await world.task()).spec.criteria) == 2


async def test_hooks_of_issues_and_comments_are_hints_that_the_desk_takes(world: World, store: Store) -> None:
    heard = asyncio.Event()

    async def hear(hint: str) -> None:
        await store.hear(hint)
        heard.set()

    bot = web.Application()
    bot.router.add_post(PATH, hooks("hook-secret", hear))
    async with serving(bot) as url:
        events = {"issues_events", "note_events"}
        world.project.hooks.append(Hook(9, f"{url}{PATH}", "hook-secret", events, 0.0))
        world.open(GOOD)
        await asyncio.wait_for(heard.wait(), 30)
        assert await issues.hinted(store.connection) == ((PROJECT, 1),)
        await world.look()
        await issues.looked(store.connection, PROJECT, 1)
        assert (await world.task()).state is TaskState.PROPOSED
        heard.clear()
        world.say("ana", "/codegen go")
        await asyncio.wait_for(heard.wait(), 30)
        assert await issues.hinted(store.connection) == ((PROJECT, 1),)


async def test_words_that_changed_after_the_confirmation_are_not_begun(world: World) -> None:
    issue = world.open(GOOD)
    await world.look()
    await world.seen()
    await world.look()
    world.say("ana", "/codegen go")
    issue.description = GOOD + "- `secrets.txt` is printed\n"
    await world.look()
    await world.seen()
    await world.look()
    task = await world.task()
    assert (task.state, task.spec_version) == (TaskState.PROPOSED, 2)
    assert "secrets.txt" in world.notes()[0]


async def test_without_a_label_a_person_with_a_role_asks(world: World) -> None:
    world.open(GOOD, author="eve", labels=())
    await world.look()
    assert world.notes() == []
    world.say("ana", "/codegen")
    await world.look()
    assert (await world.task()).requester.id == "U0ANA"


async def test_a_label_alone_makes_no_task_for_somebody_without_a_role(world: World) -> None:
    world.open(GOOD, author="eve")
    await world.look()
    assert await world.store.list() == ()
    assert "comment `/codegen`" in world.notes()[0]


async def test_without_hooks_the_list_finds_it(world: World) -> None:
    world.open(GOOD)
    await world.desk.sweep()
    assert (await world.task()).state is TaskState.PROPOSED
