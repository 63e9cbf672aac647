"""Messages by channel: threads, reactions, metadata, and ephemeral ones that only one person sees."""

from dataclasses import dataclass, field

from playground.slack.elements import Entries
from playground.slack.payload import Payload, SlackError


@dataclass
class Message:
    """One message; `payload` is what Slack sends, without what is derived from its thread."""

    payload: Payload
    metadata: Payload | None = None
    seen_only_by: str | None = None
    """The person an ephemeral message is for."""
    entries: dict[str, Entries] = field(default_factory=dict)
    """What each person has entered in the message's elements."""

    @property
    def ts(self) -> str:
        """The id inside its channel."""
        ts: str = self.payload["ts"]
        return ts

    @property
    def thread_ts(self) -> str | None:
        """The root's `ts` of a reply, None for a top level message."""
        return self.payload.get("thread_ts")


@dataclass
class Messages:
    """Every message of the workspace."""

    by_channel: dict[str, list[Message]] = field(default_factory=dict)

    def add(self, channel: str, message: Message) -> None:
        """Append a message to its channel."""
        self.by_channel.setdefault(channel, []).append(message)

    def find(self, channel: str, ts: object, *, ephemeral: bool = False) -> Message:
        """Return a message; raises `message_not_found`. Ephemeral ones are found only when asked for."""
        for message in self.by_channel.get(channel, []):
            if message.ts == ts and (ephemeral or message.seen_only_by is None):
                return message
        raise SlackError("message_not_found")

    def remove(self, channel: str, message: Message) -> None:
        """Delete a message."""
        self.by_channel[channel].remove(message)

    def top_level(self, channel: str, user: str | None = None) -> list[Message]:
        """Return the channel's own messages, oldest first, with the ephemeral ones that `user` sees."""
        return [message for message in self._seen(channel, user) if _in_channel(message)]

    def thread(self, channel: str, ts: str, user: str | None = None) -> list[Message]:
        """Return a root and its replies, oldest first."""
        seen = self._seen(channel, user)
        roots = [message for message in seen if message.ts == ts]
        return roots + [message for message in seen if message.thread_ts == ts and message not in roots]

    def rendered(self, channel: str, message: Message, *, metadata: bool = False) -> Payload:
        """Return a message as the Web API shows it; metadata only when asked for."""
        payload = dict(message.payload)
        replies = [reply for reply in self.by_channel.get(channel, []) if reply.thread_ts == message.ts]
        lasting = [reply.payload for reply in replies if reply.seen_only_by is None]
        if lasting:
            people = list(dict.fromkeys(reply["user"] for reply in lasting))
            payload |= {
                "thread_ts": message.ts,
                "reply_count": len(lasting),
                "reply_users": people,
                "reply_users_count": len(people),
                "latest_reply": lasting[-1]["ts"],
                "is_locked": False,
                "subscribed": False,
            }
        return payload | ({"metadata": message.metadata} if metadata and message.metadata else {})

    def _seen(self, channel: str, user: str | None) -> list[Message]:
        return [m for m in self.by_channel.get(channel, []) if m.seen_only_by in (None, user)]


def _in_channel(message: Message) -> bool:
    return message.thread_ts is None or message.payload.get("subtype") == "thread_broadcast"
