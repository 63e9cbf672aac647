"""A messenger that says nothing where another organisation reads along."""

import time
from collections.abc import Callable

from jobs.errors import Stop
from jobs.ports import Directory, Message, Messenger

FRESH = 60.0
"""Seconds for which a channel is not asked about again."""
MOST = 10_000
"""Channels that are remembered."""


class DiscreetMessenger:
    """ports.Messenger that looks at a channel before it writes there; a person alone may be told anything."""

    def __init__(
        self, messenger: Messenger, directory: Directory, *, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._messenger = messenger
        self._directory = directory
        self._clock = clock
        self._internal: dict[str, float] = {}

    async def put(self, message: Message, *, ts: str | None = None) -> str:
        """Update or post; raises Stop for a channel that is shared."""
        await self._look(message.channel)
        return await self._messenger.put(message, ts=ts)

    async def upload(
        self, *, channel: str, thread_ts: str, name: str, title: str, content: str, key: str
    ) -> str:
        """Put a file into the thread; raises Stop for a channel that is shared."""
        await self._look(channel)
        return await self._messenger.upload(
            channel=channel, thread_ts=thread_ts, name=name, title=title, content=content, key=key
        )

    async def tell(self, person: str, text: str) -> None:
        """Say something to one person alone."""
        await self._messenger.tell(person, text)

    async def tidy(self, message: Message) -> str | None:
        """Keep the oldest message with this key."""
        return await self._messenger.tidy(message)

    async def permalink(self, channel: str, ts: str) -> str:
        """Where a message can be seen."""
        return await self._messenger.permalink(channel, ts)

    async def _look(self, channel: str) -> None:
        if self._clock() < self._internal.get(channel, 0.0):
            return
        try:
            shared = await self._directory.shared(channel)
        except Stop:
            return  # a channel that cannot be seen refuses the message itself, and says why
        if shared:
            raise Stop(
                "The channel is shared with another organisation, so no code is shown there.",
                remedy="Ask again from an internal channel.",
            )
        if len(self._internal) >= MOST:
            self._internal.clear()
        self._internal[channel] = self._clock() + FRESH
