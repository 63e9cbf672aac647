"""What the stories are told in: a running stack, people at their Slack, and the records of every call."""

import asyncio
import signal
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

import yaml
from aiohttp import ClientSession

from jobs.domain.run import RunState
from jobs.domain.spec import Spec
from jobs.domain.task import Task, TaskState
from jobs.queue.store import Store
from jobs.queue.submit import connect
from playground.demo.run import CHANNEL, SPEC
from playground.form import fill
from playground.person import Person
from playground.stack import APP_TOKEN, BOT_TOKEN, GITLAB_TOKEN, MODEL_KEY, Stack, stack
from playground.threads import without_questions

Payload = dict[str, Any]

PATIENCE = 90.0
"""Seconds anything may take on a busy machine."""
PROJECT = "payments%2Fapi"
ENDED = frozenset(TaskState) - {TaskState.PROPOSED, TaskState.WAITING, TaskState.RUNNING}


@dataclass
class World:
    """One stack, shared by the stories of a module."""

    stack: Stack
    store: Store
    ana: Person
    http: ClientSession

    async def ask(self, spec: Spec) -> Task:
        """Ana types /codegen, fills in the form and submits it; the task that came of it."""
        known = {task.id for task in await self.store.list(limit=100)}
        assert (await self.ana.command("", CHANNEL))["ok"]
        await fill(self.ana, spec, within=PATIENCE)
        (task,) = [task for task in await self.store.list(limit=100) if task.id not in known]
        return task

    async def until(self, task: Task, wanted: Callable[[Task], bool]) -> Task:
        """The task once it is as wanted, told by the change feed."""
        async with self.store.changes() as news, asyncio.timeout(PATIENCE):
            while True:
                now = await self.store.get(task.id)
                if now is not None and wanted(now):
                    return now
                change = await anext(news)
                assert change is not None

    async def ended(self, task: Task) -> Task:
        """The task once its run has ended and the thread says so."""
        await self.until(task, lambda now: now.state in ENDED)
        return await self.told(task)

    async def told(self, task: Task, *, replies: int = 1) -> Task:
        """The task once its thread has so many replies."""

        async def there() -> bool:
            now = await self.store.get(task.id)
            return bool(now and now.thread and now.thread.ts and len(await self.thread(now)) > replies)

        await self.ana.wait_for(there, PATIENCE)
        now = await self.store.get(task.id)
        assert now is not None
        return now

    async def generating(self, task: Task) -> Task:
        """The task once the model thinks about it: to be made slow before."""
        async with asyncio.timeout(PATIENCE):
            while not (await self.calls(self.stack.model))["requests"]:
                await self._moment()
        return await self.until(task, lambda now: bool(now.run and now.run.state is RunState.GENERATING))

    async def workers(self, count: int) -> None:
        """Wait until so many workers have signed in."""
        async with asyncio.timeout(PATIENCE):
            while len(await self.store.workers()) < count:
                await self._moment()

    def pause(self, process: asyncio.subprocess.Process) -> Callable[[], None]:
        """Freeze a process; what is returned lets it go on."""
        process.send_signal(signal.SIGSTOP)
        return lambda: process.send_signal(signal.SIGCONT)

    async def thread(self, task: Task) -> list[Payload]:
        """The head message and its replies, open questions aside."""
        return without_questions(await self.everything(task))

    async def everything(self, task: Task) -> list[Payload]:
        """The head message and all of its replies, as Slack has them."""
        now = await self.store.get(task.id)
        assert now is not None and now.thread is not None and now.thread.ts is not None
        return await self.ana.replies(CHANNEL, now.thread.ts)

    async def heads(self) -> list[Payload]:
        """Every message of the bot in the channel that all can see."""
        shown = await self.ana.messages(CHANNEL)
        return [one for one in shown if one.get("bot_id") and not one.get("is_ephemeral")]

    async def click(self, task: Task, action: str) -> None:
        """Ana clicks a button of the head message."""
        thread = await self.thread(task)
        await self.ana.click(CHANNEL, thread[0]["ts"], action)

    async def control(self, standin: str, order: str, **body: Any) -> Payload:
        """Give a stand-in an order, such as to fail."""
        async with self.http.post(f"{standin}/_control/{order}", json=body) as answer:
            assert answer.status == 200, await answer.text()
            done: Payload = await answer.json()
        return done

    async def calls(self, standin: str) -> Any:
        """What a stand-in has been asked."""
        async with self.http.get(f"{standin}/_control/calls") as answer:
            return await answer.json()

    async def gitlab(self, path: str) -> Any:
        """What GitLab says of the project."""
        url = f"{self.stack.gitlab}/api/v4/projects/{PROJECT}{path}"
        async with self.http.get(url, headers={"PRIVATE-TOKEN": "glpat-ben-token"}) as answer:
            assert answer.status == 200, await answer.text()
            return await answer.json()

    async def branches(self) -> list[str]:
        """Branches that the product has pushed."""
        return [one["name"] for one in await self.gitlab("/repository/branches") if one["name"] != "main"]

    async def requests(self) -> list[Payload]:
        """Every merge request."""
        found: list[Payload] = await self.gitlab("/merge_requests?state=all")
        return found

    async def _moment(self) -> None:
        await self.store.connection.call("BLPOP", "story:nothing", 0.1)

    async def push(self, **files: str | None) -> None:
        """Ben pushes to main; `__` in a name stands for a slash, and .py is added."""
        named = {f"{name.replace('__', '/')}.py": text for name, text in files.items()}
        await self.control(
            self.stack.gitlab, "push", project="payments/api", branch="main", user="ben", files=named
        )

    async def refused_calls(self) -> list[Payload]:
        """Web API calls that Slack did not take, other than those a story made fail."""
        calls = (await self.calls(self.stack.slack))["calls"]
        return [one for one in calls if not one.get("ok", True) or one.get("error")]

    async def everything_said(self) -> str:
        """The logs of bot and workers and every call that Slack and GitLab got, as one text."""
        logs = "".join(
            path.read_text(errors="replace")
            for path in (self.stack.folder / "logs").iterdir()
            if path.name != "standins.log"
        )
        slack, gitlab = await self.calls(self.stack.slack), await self.calls(self.stack.gitlab)
        return logs + yaml.safe_dump([slack, gitlab], allow_unicode=True, width=10**9)


def sample(**changes: object) -> Spec:
    """The demo's spec, changed."""
    given = yaml.safe_load(SPEC.read_text(encoding="utf-8"))
    return Spec.model_validate(given | changes)


def secrets_in(text: str) -> list[str]:
    """Names of the secrets that stand in a text."""
    known = {"slack": BOT_TOKEN, "app": APP_TOKEN, "gitlab": GITLAB_TOKEN, "model": MODEL_KEY}
    return [name for name, value in known.items() if value in text]


@asynccontextmanager
async def running(**options: Any) -> AsyncIterator[World]:
    """A stack without bot and worker yet, and Ana at her Slack."""
    async with (
        stack(hold=False, **options) as up,
        connect(up.environment["REDIS_URL"]) as (store, _),
        Person(up.slack, "U0ANA") as ana,
        ClientSession() as http,
    ):
        yield World(up, store, ana, http)
