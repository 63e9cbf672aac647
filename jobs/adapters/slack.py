"""Slack's Web API for the worker, see https://docs.slack.dev/reference/methods."""

import asyncio
import contextlib
from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Any

import aiohttp
from pydantic import SecretStr
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from jobs.adapters.slack_faults import Gone, TooLong, ending, shortened
from jobs.errors import Stop, ThreadGone, Transient
from jobs.metrics import METRICS
from jobs.ports import Gate, Message

EVENT_TYPE = "codegen_message"
"""Metadata type that marks our messages, so that none is posted twice."""

LIMITED = 4
"""How often a call that was rate limited is made again."""

LONGEST_WAIT = 30.0
"""Seconds that are waited for Slack at the most where no gate does it."""

TIMEOUT = 20
"""Seconds a call to Slack may take."""

KEPT = 30.0
"""Seconds an idle connection is kept: less than a server keeps it, so that none is used that is gone."""


def kept_connections() -> aiohttp.ClientSession:
    """Connections to Slack that live on between calls, for as long as the block lasts."""
    connector = aiohttp.TCPConnector(limit=20, keepalive_timeout=KEPT)
    return aiohttp.ClientSession(connector=connector, timeout=aiohttp.ClientTimeout(total=TIMEOUT))


class SlackMessenger:
    """ports.Messenger over slack_sdk; a message carries its key as metadata and is looked up first."""

    def __init__(
        self,
        api_url: str,
        token: SecretStr,
        *,
        gate: Gate | None = None,
        session: aiohttp.ClientSession | None = None,
    ) -> None:
        """`gate` keeps all processes below Slack's limits; without `session` every call connects anew."""
        self._client = AsyncWebClient(
            token=token.get_secret_value(),
            base_url=api_url,
            timeout=TIMEOUT,
            session=session,
            # nothing is repeated unseen: a post whose answer was lost is looked for first
            retry_handlers=[],
        )
        self._gate = gate

    async def put(self, message: Message, *, ts: str | None = None) -> str:
        """Update the message at `ts`, else the one with the same key, else post it; returns its timestamp.

        One that a person deleted, or that cannot be changed any more, is posted anew, once.
        """
        if ts is not None and await self._update(message, ts):
            return ts
        standing = await self._found(message)
        for one in standing:
            if one != ts and await self._update(message, one):
                return one
        posted = await self._post(message)
        # beside one that cannot be changed, the new one is no double
        return posted if standing else await self.tidy(message) or posted

    async def tidy(self, message: Message) -> str | None:
        """Keep the oldest message with this key and remove others; returns its timestamp, or None."""
        try:
            found = await self._posted(message)
        except _Unreadable:
            return None
        for ts in found[1:]:
            with contextlib.suppress(Gone):
                await self._call("chat.delete", channel=message.channel, ts=ts)
        return found[0] if found else None

    async def upload(
        self, *, channel: str, thread_ts: str, name: str, title: str, content: str, key: str
    ) -> str:
        """Put a text file into a thread, once per key: the key stands in the file's name."""
        filename = f"{key.replace('/', '-')}-{name}"
        replies = await self._replies_if_readable(channel, thread_ts)
        there = [file for one in replies for file in one.get("files", ()) if file.get("name") == filename]
        if there:
            return _where(there)
        try:
            answer = await self._call(
                "files.upload_v2",
                channel=channel,
                thread_ts=thread_ts,
                filename=filename,
                title=title,
                content=content,
            )
        except Gone:
            raise ThreadGone("The thread's first message is gone.", retry_after=5.0) from None
        return _where(answer.get("files") or ())

    async def tell(self, person: str, text: str) -> None:
        """Say something to one person alone, in a direct message."""
        answer = await self._call("conversations.open", users=person)
        await self._call("chat.postMessage", channel=answer["channel"]["id"], text=text)

    async def permalink(self, channel: str, ts: str) -> str:
        """Where a message can be seen."""
        try:
            answer = await self._call("chat.getPermalink", channel=channel, message_ts=ts)
        except Gone:
            raise ThreadGone("The message is gone.", retry_after=5.0) from None
        return str(answer["permalink"])

    async def check(self) -> tuple[str, tuple[str, ...]]:
        """The team's name and the token's scopes; raises Stop when the token is refused."""
        answer = await self._call("auth.test")
        scopes = str(answer["headers"].get("x-oauth-scopes", ""))
        return str(answer["team"]), tuple(one.strip() for one in scopes.split(",") if one.strip())

    async def ask(self, method: str, **arguments: Any) -> dict[str, Any]:
        """Call a method in its turn; raises Stop when Slack refuses, Transient when trying again may help."""
        try:
            return await self._call(method, **arguments)
        except _Unreadable:
            raise ending("not_in_channel", 200, {}) from None

    async def _update(self, message: Message, ts: str) -> bool:
        try:
            await _fitting(lambda one: self._call("chat.update", ts=ts, **_payload(one)), message)
        except Gone:
            return False
        return True

    async def _post(self, message: Message) -> str:
        thread = {"thread_ts": message.thread_ts} if message.thread_ts else {}
        quiet = {"unfurl_links": False, "unfurl_media": False}
        answer = await _fitting(
            lambda one: self._call("chat.postMessage", **thread, **_payload(one), **quiet), message
        )
        return str(answer["ts"])

    async def _found(self, message: Message) -> list[str]:
        try:
            return await self._posted(message)
        except _Unreadable:  # a public channel that the bot may write to without being in it
            return []

    async def _posted(self, message: Message) -> list[str]:
        """Timestamps of the messages with this key, oldest first."""
        if message.thread_ts:
            candidates = await self._replies(message.channel, message.thread_ts)
        else:
            answer = await self._call(
                "conversations.history", channel=message.channel, include_all_metadata=True, limit=100
            )
            candidates = list(answer.get("messages", ()))
        return sorted((str(one["ts"]) for one in candidates if _key(one) == message.key), key=float)

    async def _replies_if_readable(self, channel: str, thread_ts: str) -> list[dict[str, Any]]:
        try:
            return await self._replies(channel, thread_ts)
        except _Unreadable:
            return []

    async def _replies(self, channel: str, thread_ts: str) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = []
        cursor = ""
        while True:
            page = {"cursor": cursor} if cursor else {}
            answer = await self._call(
                "conversations.replies",
                channel=channel,
                ts=thread_ts,
                include_all_metadata=True,
                limit=200,
                **page,
            )
            found += answer.get("messages", ())
            cursor = (answer.get("response_metadata") or {}).get("next_cursor", "")
            if not cursor:
                return found

    async def _call(self, method: str, **arguments: Any) -> dict[str, Any]:
        channel = str(arguments.get("channel", ""))
        for _ in range(LIMITED):
            if self._gate is not None:
                await self._gate.slack(method, channel=channel, ts=str(arguments.get("ts", "")))
            try:
                return await self._once(method, arguments)
            except Transient as passing:
                if not passing.limited:
                    raise
                if self._gate is None:
                    await asyncio.sleep(min(passing.retry_after, LONGEST_WAIT))
                    continue
                await self._gate.slack_limited(method, passing.retry_after, channel=channel)
        return await self._once(method, arguments)

    async def _once(self, method: str, arguments: Mapping[str, Any]) -> dict[str, Any]:
        try:
            answer = await getattr(self._client, method.replace(".", "_"))(**arguments)
        except SlackApiError as error:
            if method.startswith("conversations.") and _code(error) == "not_in_channel":
                raise _Unreadable from None
            kind = _code(error) or str(error.response.status_code)
            METRICS.count("codegen_api_errors_total", service="slack", kind=kind)
            raise ending(_code(error), *_envelope(error)) from None
        except (aiohttp.ClientError, TimeoutError, OSError):
            METRICS.count("codegen_api_errors_total", service="slack", kind="unreachable")
            raise Transient("Slack cannot be reached.", retry_after=3.0) from None
        data = dict(answer.data) if isinstance(answer.data, dict) else {}
        return {**data, "headers": {name.lower(): text for name, text in answer.headers.items()}}


class _Unreadable(Exception):
    """The bot is not in the channel, so its history cannot be looked through."""


async def _fitting(send: Callable[[Message], Awaitable[dict[str, Any]]], message: Message) -> dict[str, Any]:
    """Send a message, cut when Slack finds it too long."""
    for one in (message, shortened(message)):
        with contextlib.suppress(TooLong):
            return await send(one)
    raise Stop("Slack takes no message of this length.")


def _payload(message: Message) -> dict[str, Any]:
    return {
        "channel": message.channel,
        "text": message.text,
        "blocks": list(message.blocks),
        "metadata": {"event_type": EVENT_TYPE, "event_payload": {"key": message.key}},
    }


def _where(files: Sequence[Mapping[str, Any]]) -> str:
    """The address of the first file, empty when Slack does not say."""
    return str(files[0].get("permalink") or "") if files else ""


def _key(message: Mapping[str, Any]) -> str | None:
    metadata = message.get("metadata") or {}
    if metadata.get("event_type") != EVENT_TYPE:
        return None
    payload: Mapping[str, str] = metadata.get("event_payload") or {}
    return payload.get("key")


def _envelope(error: SlackApiError) -> tuple[int, dict[str, str]]:
    """Status and headers of a refusal."""
    headers = getattr(error.response, "headers", None) or {}
    return getattr(error.response, "status_code", 0), {name.lower(): str(headers[name]) for name in headers}


def _code(error: SlackApiError) -> str:
    """Slack's own word, empty when what answered was not Slack."""
    data = getattr(error.response, "data", None)
    return str(data.get("error") or "") if isinstance(data, dict) else ""
