"""A team's last weeks and a few tasks beside the demo's own, for App Home and the morning to show."""

from collections.abc import Iterator
from datetime import datetime, timedelta

from aiohttp import ClientSession

from jobs.domain.milestone import Milestone, Reached
from jobs.domain.people import Person
from jobs.domain.plan import Plan, Priority, Waits
from jobs.domain.review import MergeRequest
from jobs.domain.run import Run, RunState
from jobs.domain.spec import Criterion, Kind, Spec
from jobs.domain.standing import Standing
from jobs.domain.task import Task, TaskState, Thread, Waiting, task_id
from jobs.queue import keys, milestones, people
from jobs.queue.store import Store

REPOSITORY, CHANNEL = "payments/api", "C0PAY"
WEEKS = (
    (3, 2, 1, 9.0),
    (5, 4, 0, 6.5),
    (6, 4, 1, 5.0),
    (9, 8, 1, 4.0),
    (8, 7, 2, 3.5),
    (12, 10, 1, 2.5),
    (11, 10, 0, 2.0),
)
"""Merge requests opened, merged, closed, and hours until one was there, the oldest week first."""
TITLES = (
    ("Accept credit notes without a reference", Priority.HIGH, "U0ANA"),
    ("Explain tax rates in the export", Priority.NORMAL, "U0BEN"),
    ("Drop the old CSV layout", Priority.LOW, "U0ANA"),
)


async def give_past(store: Store, now: datetime) -> None:
    """Eight weeks of milestones, three tasks that wait for the evening, and Ben's GitLab account."""
    lines = [one.model_dump_json() for one in _milestones(now)]
    await store.connection.call("LPUSH", milestones.KEY, *lines)
    code = await people.offer(store.connection, "U0BEN")
    await people.link(store.connection, code, "ben")
    for task in _waiting(now):
        await store.create(task)


async def give_review(store: Store, gitlab: str, token: str, now: datetime) -> None:
    """A merge request that Ben was asked to review four days ago; `gitlab` is its address."""
    title = "Say how payment terms are counted"
    task, then = _task(title, "U0ANA", now), now - timedelta(days=4)
    request = await _opened(task, gitlab, token)
    run = Run(
        id=f"{task.id}-r1",
        task=task.id,
        number=1,
        state=RunState.DELIVERED,
        started_at=then - timedelta(minutes=6),
        ended_at=then,
        head=request.sha,
        merge_request=request,
    )
    reviewed = {"state": TaskState.IN_REVIEW, "waiting": None, "standing": Standing(reviewers=("ben",))}
    await store.create(task.note(run=run, runs=1, merge_request=request, **reviewed))


async def _opened(task: Task, gitlab: str, token: str) -> MergeRequest:
    branch, title = f"codegen/{task.id}", task.spec.title
    push = {"project": REPOSITORY, "branch": branch, "user": "codegen", "files": {"docs/terms.md": title}}
    wanted = {"source_branch": branch, "target_branch": "main", "title": title}
    project = f"{gitlab}/api/v4/projects/{REPOSITORY.replace('/', '%2F')}"
    async with ClientSession(headers={"PRIVATE-TOKEN": token}, raise_for_status=True) as http:
        await http.post(f"{gitlab}/_control/push", json=push)
        async with http.get(f"{gitlab}/api/v4/users", params={"username": "ben"}) as found:
            (ben,) = await found.json()
        asked = wanted | {"reviewer_ids": [ben["id"]]}
        async with http.post(f"{project}/merge_requests", json=asked) as answer:
            opened = await answer.json()
    return MergeRequest(
        project=REPOSITORY, sha=opened["sha"], url=opened["web_url"], iid=opened["iid"], **wanted
    )


async def morning_comes(store: Store) -> None:
    """The channel has not been told of its morning yet: the next look of a worker does."""
    await store.connection.call("HDEL", keys.MORNINGS, CHANNEL)


def _milestones(now: datetime) -> Iterator[Milestone]:
    for back, (opened, merged, closed, hours) in zip(range(len(WEEKS), 0, -1), WEEKS, strict=True):
        monday = now - timedelta(days=now.weekday(), weeks=back)
        for number in range(opened):
            one = {"task": f"cg-past{back}{number:03}", "repository": REPOSITORY}
            at = monday + timedelta(hours=7 * number)
            rework = number % (2 + back % 3) == 0
            yield Milestone(what=Reached.OPENED, at=at, seconds=3600 * (hours + number % 3), **one)
            yield Milestone(what=Reached.RUN, at=at, usd=0.8 + 0.3 * (number % 4), rework=rework, **one)
            end = Reached.MERGED if number < merged else Reached.CLOSED
            if number < merged + closed:
                yield Milestone(what=end, at=at + timedelta(hours=12), **one)


def _waiting(now: datetime) -> Iterator[Task]:
    evening = now + timedelta(hours=9)
    for title, priority, person in TITLES:
        yield _task(title, person, now).note(
            waiting=Waiting.SCHEDULE,
            waits=Waits(at=evening),
            plan=Plan(priority=priority, not_before=evening),
        )


def _task(title: str, person: str, now: datetime) -> Task:
    spec = Spec(
        kind=Kind.FEATURE,
        title=title,
        repository=REPOSITORY,
        goal=title,
        criteria=(Criterion(id="AC1", text="python -m invoices exits with 0 for every example"),),
    )
    return Task(
        id=task_id(title),
        origin=title,
        spec=spec,
        requester=Person(id=person),
        thread=Thread(channel=CHANNEL),
        state=TaskState.WAITING,
        waiting=Waiting.WORKER,
        created_at=now,
        updated_at=now,
    )
