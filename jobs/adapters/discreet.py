"""A messenger that is silent where others read along, and in channels of other repositories."""

import time
from collections.abc import Awaitable, Callable

from jobs.errors import Stop, Unreachable
from jobs.ports import Directory, Message, Messenger

FRESH = 60.0
"""Seconds for which a channel is not asked about again."""
MOST = 10_000
"""Channels that are remembered."""

Stranger = Callable[[str, str], Awaitable[str]]
"""Message key and channel → a repository that the message is about and that is not the channel's, or ""."""


class DiscreetMessenger:
    """ports.Messenger that looks at a channel before it writes there; a person alone may be told anything."""

    def __init__(
        self,
        messenger: Messenger,
        directory: Directory,
        *,
        stranger: Stranger,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._messenger = messenger
        self._directory = directory
        self._stranger = stranger
        self._clock = clock
        self._internal: dict[str, float] = {}

    async def put(self, message: Message, *, ts: str | None = None) -> str:
        """Update or post; raises Unreachable for a channel that is shared, or not the repository's."""
        await self._look(message.channel, message.key)
        return await self._messenger.put(message, ts=ts)

    async def upload(
        self, *, channel: str, thread_ts: str, name: str, title: str, content: str, key: str
    ) -> str:
        """Put a file into the thread; raises Unreachable as `put`."""
        await self._look(channel, key)
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

    async def _look(self, channel: str, key: str) -> None:
        repository = await self._stranger(key, channel)
        if repository:
            raise Unreachable(
                f"{repository} does not belong to that channel, so nothing of it is shown there.",
                remedy="An operator can add the channel to its channels in codegen.toml.",
            )
        if self._clock() < self._internal.get(channel, 0.0):
            return
        try:
            shared = await self._directory.shared(channel)
        except Stop:
            return  # a channel that cannot be seen refuses the message itself, and says why
        if shared:
            raise Unreachable(
                "The channel is shared with another organisation, so nothing of a repository is shown there.",
                remedy="Ask for the next change from an internal channel.",
            )
        if len(self._internal) >= MOST:
            self._internal.clear()
        self._internal[channel] = self._clock() + FRESH
