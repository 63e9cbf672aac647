"""What the stand-in knows: one mutable world, shared by the bot's side and the people's side."""

import time
from collections.abc import Callable
from dataclasses import dataclass, field

from playground.slack.faults import Faults
from playground.slack.files import Files
from playground.slack.messages import Messages
from playground.slack.payload import Payload, SlackError
from playground.slack.seed import User, Workspace
from playground.slack.tickets import ResponseUrls, Triggers
from playground.slack.views import Views
from playground.slack.watchers import Watchers


@dataclass(kw_only=True)
class Conversation:
    """A channel or a direct message, as it is now."""

    id: str
    name: str
    members: list[str]
    is_private: bool = False
    is_ext_shared: bool = False
    is_archived: bool = False
    is_im: bool = False

    @property
    def family(self) -> str:
        """The first half of the scopes that cover it: channels, groups or im."""
        return "im" if self.is_im else "groups" if self.is_private else "channels"

    @property
    def channel_type(self) -> str:
        """The kind as message events name it."""
        return {"im": "im", "groups": "group", "channels": "channel"}[self.family]


@dataclass
class State:
    """Everything that changes while the stand-in runs."""

    workspace: Workspace
    clock: Callable[[], float] = time.time
    origin: str = ""
    """The stand-in's own address, as the last request named it."""
    conversations: dict[str, Conversation] = field(default_factory=dict)
    messages: Messages = field(default_factory=Messages)
    views: Views = field(default_factory=Views)
    files: Files = field(default_factory=Files)
    triggers: Triggers = field(default_factory=Triggers)
    response_urls: ResponseUrls = field(default_factory=ResponseUrls)
    watchers: Watchers = field(default_factory=Watchers)
    faults: Faults = field(default_factory=Faults)
    calls: list[Payload] = field(default_factory=list)
    outbox: list[tuple[Payload, str | None]] = field(default_factory=list)
    """Events to send to the app once the present request is answered, with the channel they belong to."""
    _last_ts: int = 0
    _counter: int = 0

    def __post_init__(self) -> None:
        for seed in self.workspace.channels:
            self.conversations[seed.id] = Conversation(
                id=seed.id,
                name=seed.name,
                members=list(seed.members),
                is_private=seed.is_private,
                is_ext_shared=seed.is_ext_shared,
                is_archived=seed.is_archived,
            )

    def ts(self) -> str:
        """Return a fresh message timestamp, later than every one before."""
        self._last_ts = max(int(self.clock() * 1_000_000), self._last_ts + 1)
        return f"{self._last_ts // 1_000_000}.{self._last_ts % 1_000_000:06d}"

    def new_id(self, prefix: str) -> str:
        """Return a fresh id such as F0000001."""
        self._counter += 1
        return f"{prefix}0{self._counter:06d}"

    def user(self, user_id: object) -> User:
        """Return a user; raises `user_not_found`."""
        for user in self.workspace.users:
            if user.id == user_id:
                return user
        raise SlackError("user_not_found")

    def conversation(self, channel: object) -> Conversation:
        """Return a conversation; raises `channel_not_found`."""
        found = self.conversations.get(channel) if isinstance(channel, str) else None
        if found is None:
            raise SlackError("channel_not_found")
        return found

    def direct_message(self, user_id: str) -> Conversation:
        """Return the bot's direct message with a user, opened if need be; raises `user_not_found`."""
        user = self.user(user_id)
        channel = f"D0{user.id[1:]}"
        bot = self.workspace.app.bot_user
        return self.conversations.setdefault(
            channel, Conversation(id=channel, name=user.name, members=[user.id, bot], is_im=True)
        )

    def emit(self, event: Payload, channel: str | None = None) -> None:
        """Queue an event for the app."""
        self.outbox.append((event, channel))

    def changed(self, channel: str, thread_ts: str | None = None) -> None:
        """Tell every watching page that messages of a channel changed."""
        hint: Payload = {"what": "messages", "channel": channel}
        self.watchers.publish(hint | ({"thread_ts": thread_ts} if thread_ts else {}))
