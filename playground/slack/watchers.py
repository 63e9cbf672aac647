"""People's pages that listen for changes."""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from playground.slack.payload import Payload

Queue = asyncio.Queue[Payload | None]
"""Hints for one page; None ends the stream."""


@dataclass
class Watchers:
    """The open event streams, by person."""

    queues: list[tuple[str, Queue]] = field(default_factory=list)
    closed: bool = False

    @contextmanager
    def watching(self, user: str) -> Iterator[Queue]:
        """Yield the hints for one person's page."""
        entry: tuple[str, Queue] = (user, asyncio.Queue())
        if self.closed:
            entry[1].put_nowait(None)
        self.queues.append(entry)
        try:
            yield entry[1]
        finally:
            self.queues.remove(entry)

    def publish(self, hint: Payload, user: str | None = None) -> None:
        """Send a hint to one person's pages, or to everybody's."""
        for watcher, queue in self.queues:
            if user in (None, watcher):
                queue.put_nowait(hint)

    def close(self) -> None:
        """End all streams."""
        self.closed = True
        for _, queue in self.queues:
            queue.put_nowait(None)
