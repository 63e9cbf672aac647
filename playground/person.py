"""A person in the Slack stand-in, for the demo and the stories."""

import asyncio
import json
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine
from contextlib import asynccontextmanager
from types import TracebackType
from typing import Any, Self, TypeVar

from aiohttp import ClientSession, ClientTimeout

Payload = dict[str, Any]
Seen = TypeVar("Seen")


class Person:
    """One person at their Slack, as an asynchronous context manager; `url` is the stand-in's base URL."""

    def __init__(self, url: str, user: str) -> None:
        self.user = user
        self._url = url.rstrip("/")
        self._session: ClientSession | None = None

    async def __aenter__(self) -> Self:
        self._session = ClientSession(timeout=ClientTimeout(total=30))
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._session is not None:
            await self._session.close()

    async def command(self, text: str, channel: str, command: str = "/codegen") -> Payload:
        """Type a slash command into a channel's composer."""
        return await self._do("command", channel=channel, command=command, text=text)

    async def message(
        self, channel: str, text: str, *, thread_ts: str | None = None, files: list[Payload] | None = None
    ) -> str:
        """Write a message, in a thread if `thread_ts` is given, and return its `ts`."""
        optional = {key: value for key, value in (("thread_ts", thread_ts), ("files", files)) if value}
        ts: str = (await self._do("message", channel=channel, text=text, **optional))["ts"]
        return ts

    async def messages(self, channel: str) -> list[Payload]:
        """Return what the channel shows, oldest first."""
        found: list[Payload] = (await self._see("messages", channel=channel))["messages"]
        return found

    async def replies(self, channel: str, ts: str) -> list[Payload]:
        """Return a thread: its root and the replies."""
        found: list[Payload] = (await self._see("replies", channel=channel, ts=ts))["messages"]
        return found

    async def views(self) -> list[Payload]:
        """Return the open modals, bottom first."""
        stack: list[Payload] = (await self._see("views"))["stack"]
        return stack

    async def home(self) -> Payload | None:
        """Return the app's home tab, None before it is published."""
        view: Payload | None = (await self._see("home"))["view"]
        return view

    async def open_home(self) -> Payload:
        """Open the app's home tab."""
        return await self._do("home")

    async def submit(self, view_id: str, values: dict[str, dict[str, Payload]]) -> Payload:
        """Submit a modal; `values` as in Slack's `state.values`."""
        return await self._do("submit", view_id=view_id, values=values)

    async def close(self, view_id: str, *, clear: bool = False) -> Payload:
        """Close a modal, or the whole stack."""
        return await self._do("close", view_id=view_id, clear=clear)

    async def options(
        self, view_id: str, action_id: str, value: str, *, block_id: str | None = None
    ) -> list[Payload]:
        """Type into an external select and return the offered options, those in groups included."""
        view = next(view for view in await self.views() if view["id"] == view_id)
        block = block_id or _block_of(view["blocks"], action_id)
        answer = await self._do("options", view_id=view_id, action_id=action_id, block_id=block, value=value)
        if not answer["ok"]:
            raise ValueError(f"no options: {answer}")
        grouped = [option for group in answer.get("option_groups", []) for option in group["options"]]
        return [*answer.get("options", []), *grouped]

    async def click(
        self, channel: str, ts: str, action_id: str, *, block_id: str | None = None, **entry: Any
    ) -> Payload:
        """Click a button, or change an element, of a message: the first one, or the one of a block."""
        root = next((m for m in await self.messages(channel) if m["ts"] == ts), None)
        message = root or await self._reply(channel, ts)
        block = block_id or _block_of(message.get("blocks", []), action_id)
        return await self._do(
            "action", channel=channel, message_ts=ts, action_id=action_id, block_id=block, **entry
        )

    async def act(self, view_id: str, action_id: str, **entry: Any) -> Payload:
        """Click a button, or change an element, of a modal or home tab."""
        home = await self.home()
        shown = [*await self.views(), *([home] if home else [])]
        view = next(view for view in shown if view["id"] == view_id)
        block = _block_of(view["blocks"], action_id)
        return await self._do("action", view_id=view_id, action_id=action_id, block_id=block, **entry)

    async def shortcut(
        self, callback_id: str, *, channel: str | None = None, message_ts: str | None = None
    ) -> Payload:
        """Use a global shortcut, or one on a message."""
        where = {"channel": channel, "message_ts": message_ts} if message_ts else {}
        return await self._do("shortcut", callback_id=callback_id, **where)

    async def react(self, channel: str, ts: str, name: str, *, remove: bool = False) -> Payload:
        """Add or remove an emoji."""
        return await self._do("reaction", channel=channel, ts=ts, name=name, remove=remove)

    def wait_for(
        self, predicate: Callable[[], Awaitable[Seen | None]], timeout: float = 30.0
    ) -> Coroutine[None, None, Seen]:
        """Return the first true answer of `predicate`, asked now and on every change; raises TimeoutError."""
        return self._first(predicate, timeout)

    async def _first(self, predicate: Callable[[], Awaitable[Seen | None]], seconds: float) -> Seen:
        async with asyncio.timeout(seconds), self.hints() as hints:
            seen = await predicate()
            while not seen:
                if await anext(hints, None) is None:
                    raise ConnectionError("the stand-in has ended the stream of changes")
                seen = await predicate()
            return seen

    @asynccontextmanager
    async def hints(self) -> AsyncIterator[AsyncIterator[Payload]]:
        """Yield the stream of changes this person's page gets, from now on."""
        url = f"{self._url}/_person/events"
        async with self._client().get(url, params={"user": self.user}, timeout=ClientTimeout()) as answer:
            await answer.content.readuntil(b"\n\n")

            async def stream() -> AsyncIterator[Payload]:
                async for line in answer.content:
                    if line.startswith(b"data: "):
                        yield json.loads(line.removeprefix(b"data: "))

            yield stream()

    async def _reply(self, channel: str, ts: str) -> Payload:
        for root in await self.messages(channel):
            for reply in await self.replies(channel, root["ts"]) if root["reply_count"] else []:
                if reply["ts"] == ts:
                    return reply
        raise ValueError(f"no message {ts} in {channel}")

    async def _do(self, act: str, **body: Any) -> Payload:
        async with self._client().post(
            f"{self._url}/_person/{act}", json={"user": self.user, **body}
        ) as answer:
            done: Payload = await answer.json()
        if answer.status != 200:
            raise ValueError(f"{act} is not possible: {done}")
        return done

    async def _see(self, what: str, **query: str) -> Payload:
        async with self._client().get(
            f"{self._url}/_person/{what}", params={"user": self.user, **query}
        ) as answer:
            seen: Payload = await answer.json()
        if answer.status != 200:
            raise ValueError(f"{what} cannot be seen: {seen}")
        return seen

    def _client(self) -> ClientSession:
        if self._session is None:
            raise RuntimeError("a Person is used as an asynchronous context manager")
        return self._session


def _block_of(blocks: list[Payload], action_id: str) -> str:
    for block in blocks:
        elements = [*block.get("elements", []), block.get("accessory"), block.get("element")]
        if any(isinstance(element, dict) and element.get("action_id") == action_id for element in elements):
            block_id: str = block["block_id"]
            return block_id
    raise ValueError(f"no element {action_id}")
