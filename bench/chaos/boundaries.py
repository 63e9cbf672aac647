"""Striking the owner of a run right after it crossed a named boundary."""

import asyncio
import json
from collections import Counter
from dataclasses import dataclass, field
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


@dataclass
class Boundaries:
    """Counts down how often each is still to be struck."""

    store: Store
    processes: Processes
    left: Counter[str] = field(default_factory=Counter)
    struck: Counter[str] = field(default_factory=Counter)
    seen: dict[str, int] = field(default_factory=dict)
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
        async with aiohttp.ClientSession() as session:
            while any(self.left[name] > 0 for name in (PUSHED, OPENED, SAID)):
                await asyncio.sleep(LOOK)
                pushes = f"{stack.gitlab}/_control/calls?method=POST&path=git-receive-pack"
                opened = f"{stack.gitlab}/_control/calls?method=POST&path=/merge_requests"
                posted = f"{stack.slack}/_control/calls?method=chat.postMessage"
                for name, url in ((PUSHED, pushes), (OPENED, opened), (SAID, posted)):
                    if self.left[name] > 0:
                        await self._look(session, name, url)

    async def _look(self, session: aiohttp.ClientSession, name: str, url: str) -> None:
        async with session.get(url) as answer:
            calls: list[dict[str, Any]] = (await answer.json())["calls"]
        fresh, self.seen[name] = calls[self.seen.get(name, 0) :], len(calls)
        for call in fresh:
            task = _task_of(call)
            if name == PUSHED:
                self._strike(name, None)
            elif task is not None:
                await self._owner(name, task)

    async def _owner(self, name: str, task_id: str) -> None:
        stored = await patiently(lambda: self.store.stored(task_id))
        if stored is not None and stored.owner:
            self._strike(name, self.processes.name_of(int(stored.owner.split(":")[1])))

    def _strike(self, name: str, victim: str | None) -> None:
        victim = victim or next(iter(self.processes.worker_names))
        if self.left[name] <= 0 or victim in self.processes.busy:
            return
        self.left[name] -= 1
        self.struck[name] += 1
        blow = self.processes.freeze if self.left[name] % 3 == 1 else self.processes.kill
        task = asyncio.create_task(blow(victim))
        self.under_way.add(task)
        task.add_done_callback(self.under_way.discard)


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
