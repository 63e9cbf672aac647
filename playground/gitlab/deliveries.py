"""Webhooks out: one after the other, and lost, doubled or held back on demand."""

import asyncio
import uuid
from collections.abc import AsyncIterator
from contextlib import suppress
from dataclasses import dataclass, field

import aiohttp
from aiohttp import web

from playground.gitlab.contracts import Contract
from playground.gitlab.records import Hook, Json, Project

TITLES = {
    "push_events": "Push Hook",
    "merge_requests_events": "Merge Request Hook",
    "note_events": "Note Hook",
    "pipeline_events": "Pipeline Hook",
    "issues_events": "Issue Hook",
}
PATIENCE = aiohttp.ClientTimeout(total=10)


@dataclass(frozen=True)
class Delivery:
    """One webhook call to be made."""

    hook: Hook
    event: str
    payload: Json
    key: str


@dataclass
class Deliveries:
    """The webhook calls waiting and made, and the mischief planned for the next ones."""

    lose: int = 0
    double: int = 0
    hold: int = 0
    log: list[Json] = field(default_factory=list)
    held: list[Delivery] = field(default_factory=list)
    queue: "asyncio.Queue[Delivery]" = field(default_factory=asyncio.Queue)
    witness: Contract | None = None

    def emit(self, project: Project, event: str, payload: Json) -> None:
        """Plan the calls of every hook of the project that wants this event."""
        if self.witness is not None:
            self.witness.sent(payload)
        for hook in project.hooks:
            if event in hook.events:
                self._plan(Delivery(hook, event, payload, str(uuid.uuid4())))

    def release(self) -> None:
        """Send the held calls, the newest first."""
        self.hold = 0
        while self.held:
            self.queue.put_nowait(self.held.pop())

    def _plan(self, delivery: Delivery) -> None:
        if self.lose > 0:
            self.lose -= 1
            self._note(delivery, "lost")
            return
        if self.hold > 0:
            self.hold -= 1
            self.held.append(delivery)
            return
        self.queue.put_nowait(delivery)
        if self.double > 0:
            self.double -= 1
            self.queue.put_nowait(delivery)

    def _note(self, delivery: Delivery, outcome: object) -> None:
        self.log.append(
            {
                "event": delivery.event,
                "uuid": delivery.key,
                "url": delivery.hook.url,
                "payload": delivery.payload,
                "outcome": outcome,
            }
        )

    async def running(self, _app: web.Application) -> AsyncIterator[None]:
        """Deliver for as long as the application is up (an aiohttp cleanup context)."""
        async with aiohttp.ClientSession(timeout=PATIENCE) as session:
            task = asyncio.create_task(self._deliver(session))
            yield
            task.cancel()
            with suppress(asyncio.CancelledError):
                await task

    async def _deliver(self, session: aiohttp.ClientSession) -> None:
        while True:
            delivery = await self.queue.get()
            headers = {
                "X-Gitlab-Event": TITLES[delivery.event],
                "X-Gitlab-Event-UUID": delivery.key,
                "X-Gitlab-Webhook-UUID": str(uuid.uuid5(uuid.NAMESPACE_URL, delivery.hook.url)),
                "User-Agent": "GitLab/18.5.0",
            }
            if delivery.hook.token:
                headers["X-Gitlab-Token"] = delivery.hook.token
            try:
                async with session.post(delivery.hook.url, json=delivery.payload, headers=headers) as got:
                    self._note(delivery, got.status)
            except (aiohttp.ClientError, TimeoutError) as fault:
                self._note(delivery, str(fault))
            finally:
                self.queue.task_done()
