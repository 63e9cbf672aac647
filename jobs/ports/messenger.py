"""Slack's side of the conversation, or what stands for it, and the rates of both sides."""

from typing import Protocol

from pydantic import JsonValue

from jobs.domain.base_model import Frozen


class Message(Frozen):
    """A message for a thread, ready to send."""

    channel: str
    """Channel id."""
    thread_ts: str | None = None
    """Head message's timestamp; None posts at top level."""
    text: str
    """Fallback for notifications and screen readers."""
    blocks: tuple[dict[str, JsonValue], ...]
    """Block Kit, within Slack's limits."""
    key: str
    """What this message is, such as cg-1a2b3c4d/head: at most one message carries it."""


class Messenger(Protocol):
    """Slack's side of the conversation, or what stands for it."""

    async def put(self, message: Message, *, ts: str | None = None) -> str:
        """Update the message at `ts`, else the one with the same key, else post it; returns its timestamp."""

    async def upload(
        self, *, channel: str, thread_ts: str, name: str, title: str, content: str, key: str
    ) -> str:
        """Put a text file into a thread, once per key; returns where it is, empty when Slack does not say."""

    async def tell(self, person: str, text: str) -> None:
        """Say something to one person alone, in a direct message."""

    async def tidy(self, message: Message) -> str | None:
        """Keep the oldest message with this key and remove others; returns its timestamp, or None."""

    async def permalink(self, channel: str, ts: str) -> str:
        """Where a message can be seen."""


class Gate(Protocol):
    """Keeps all processes together below the limits of Slack and GitLab."""

    async def slack(self, method: str, *, channel: str = "", ts: str = "") -> None:
        """Wait for one call's turn; raises Busy at once for what is not urgent."""

    async def slack_limited(self, method: str, seconds: float, *, channel: str = "") -> None:
        """Slack answered 429: nobody calls before these seconds are over."""

    async def gitlab(self, host: str, *, cost: int = 1) -> None:
        """Wait for so many requests' turn."""

    async def gitlab_limited(self, host: str, seconds: float) -> None:
        """GitLab answered 429: nobody calls before these seconds are over."""
