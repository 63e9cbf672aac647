"""Striking the owner of a run right after it crossed a named boundary."""

import asyncio
import json
from collections import Counter
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Any

import aiohttp

from bench.chaos.processes import BOT, Processes
from jobs.domain.run import RunState
from jobs.domain.task import TaskState
from jobs.queue.patience import patiently
from jobs.queue.store import Store

CREATED, PUSHED, OPENED, SAID = "created", "pushed", "opened", "said"
STATES = ("preparing", "generating", "verifying", "opening", "delivered")
"""Boundaries that are states of a run."""
NAMED = (CREATED, *STATES, PUSHED, OPENED, SAID)
"""All of them; the first is the bot's, the last three are seen from the services' side."""
LOOK = 0.15
HELD_BACK = 2.0
"""Seconds GitLab takes to open a merge request while a run that has pushed is to be struck."""
HOLDS = 20
"""How many merge requests it takes so long for."""


@dataclass
class Boundaries:
    """Counts down how often each is still to be struck."""

    store: Store
    processes: Processes
    left: Counter[str] = field(default_factory=Counter)
    struck: Counter[str] = field(default_factory=Counter)
    seen: set[tuple[str, str]] = field(default_factory=set)
    """Boundary and task of every call that was looked at."""
    under_way: set["asyncio.Task[None]"] = field(default_factory=set)

    async def watch_states(self) -> None:
        """Follow the store's changes, until cancelled."""
        async with self.store.changes() as news:
            async for change in news:
                if change.task is None:
                    continue
                if change.state is TaskState.WAITING and change.run is None:
                    self._strike(CREATED, BOT)
                elif change.run is not None and self.left[change.run] > 0:
                    await self._owner(change.run, change.task)

    async def watch_services(self) -> None:
        """Follow what GitLab and Slack are asked to do, until cancelled."""
        stack = self.processes.stack
        opening = f"{stack.gitlab}/_control/calls?method=POST&path=/merge_requests"
        posting = f"{stack.slack}/_control/calls?method=chat.postMessage"
        async with aiohttp.ClientSession() as session:
            await self._hold_back(session)
            while any(self.left[name] > 0 for name in (PUSHED, OPENED, SAID)):
                await asyncio.sleep(LOOK)
                for call in await _calls(session, opening):
                    await self._seen(OPENED if call["status"] == HTTPStatus.CREATED else PUSHED, call)
                for call in await _calls(session, posting):
                    await self._seen(SAID, call)

    async def _hold_back(self, session: aiohttp.ClientSession) -> None:
        """While GitLab takes its time to open a merge request, its branch is there and it is not."""
        fault = {"method": "POST", "path": "/merge_requests", "seconds": HELD_BACK, "times": HOLDS}
        async with session.post(f"{self.processes.stack.gitlab}/_control/slow", json=fault) as answer:
            answer.raise_for_status()

    async def _seen(self, name: str, call: dict[str, Any]) -> None:
        """Strike once for each call, when it is at this boundary for the first time."""
        task = _task_of(call)
        if task is None or self.left[name] <= 0 or (name, task) in self.seen:
            return
        self.seen.add((name, task))
        await self._owner(name, task)

    async def _owner(self, name: str, task_id: str) -> None:
        stored = await patiently(lambda: self.store.stored(task_id))
        if stored is not None and stored.owner:
            self._strike(name, self.processes.name_of(int(stored.owner.split(":")[1])))

    def _strike(self, name: str, victim: str | None) -> None:
        if victim is None or self.left[name] <= 0 or not self.processes.may(victim):
            return
        self.left[name] -= 1
        self.struck[name] += 1
        blow = self.processes.freeze if self.left[name] % 3 == 1 else self.processes.kill
        task = asyncio.create_task(blow(victim))
        self.under_way.add(task)
        task.add_done_callback(self.under_way.discard)


async def _calls(session: aiohttp.ClientSession, url: str) -> list[dict[str, Any]]:
    async with session.get(url) as answer:
        calls: list[dict[str, Any]] = (await answer.json())["calls"]
    return calls


def _task_of(call: dict[str, Any]) -> str | None:
    """The task a merge request or a summary is of."""
    if "body" in call:
        branch = str(json.loads(call["body"] or "{}").get("source_branch", ""))
        return branch.removeprefix("codegen/") or None
    metadata = call["args"].get("metadata") or {}
    key = str((metadata.get("event_payload") or {}).get("key", ""))
    return key.partition("/")[0].rpartition("-r")[0] if key.endswith("/summary") else None


def all_of(times: int) -> Counter[str]:
    """Every boundary, that often."""
    names = [*(state.value for state in RunState if state in STATES), CREATED, PUSHED, OPENED, SAID]
    return Counter(dict.fromkeys(names, times))
