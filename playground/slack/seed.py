"""The workspace a stand-in starts with, and the demo's one."""

from dataclasses import dataclass

from playground.slack.payload import Payload

SCOPES = (
    "commands",
    "chat:write",
    "chat:write.public",
    "app_mentions:read",
    "channels:read",
    "channels:history",
    "groups:read",
    "groups:history",
    "im:read",
    "im:write",
    "im:history",
    "users:read",
    "users:read.email",
    "usergroups:read",
    "files:read",
    "files:write",
    "reactions:read",
    "reactions:write",
    "links:read",
    "links:write",
)
EVENTS = (
    "message.channels",
    "message.groups",
    "message.im",
    "app_mention",
    "reaction_added",
    "reaction_removed",
    "app_home_opened",
)


@dataclass(frozen=True, kw_only=True)
class User:
    """A member of the workspace."""

    id: str
    name: str
    real_name: str
    email: str | None = None
    is_bot: bool = False
    is_restricted: bool = False
    """A guest."""
    is_ultra_restricted: bool = False
    """A guest of a single channel."""
    is_stranger: bool = False
    """Somebody of another workspace, met in a shared channel."""
    deleted: bool = False


@dataclass(frozen=True, kw_only=True)
class Channel:
    """A conversation that exists from the start."""

    id: str
    name: str
    members: tuple[str, ...] = ()
    is_private: bool = False
    is_ext_shared: bool = False
    is_archived: bool = False


@dataclass(frozen=True, kw_only=True)
class UserGroup:
    """A mentionable group of people."""

    id: str
    handle: str
    name: str
    users: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class App:
    """The app under test, as it is installed."""

    id: str = "A0CODEGEN"
    bot_user: str = "U0BOT"
    bot_id: str = "B0BOT"
    bot_token: str
    app_token: str
    scopes: tuple[str, ...] = SCOPES
    events: tuple[str, ...] = EVENTS
    commands: tuple[str, ...] = ("/codegen",)
    shortcuts: tuple[str, ...] | None = None
    """Callback ids of global and message shortcuts; None leaves them unchecked."""

    menu: tuple[Payload, ...] = ()
    """Shortcuts as people see them: name, type, callback_id."""

    @property
    def verification_token(self) -> str:
        """The legacy token in every payload; an app must not rely on it."""
        return "legacy-verification-token"


@dataclass(frozen=True, kw_only=True)
class Workspace:
    """Everything that is true before the first call."""

    team_id: str
    name: str
    domain: str
    users: tuple[User, ...]
    channels: tuple[Channel, ...]
    app: App
    groups: tuple[UserGroup, ...] = ()


BOT_KEY = "xoxb-playground-token"
"""The demo's bot token."""
APP_KEY = "xapp-playground-token"
"""The demo's app-level token, for Socket Mode."""
SIGNING_KEY = "playground-signing-secret"
"""The demo's signing secret."""


def demo_workspace(manifest: Payload | None = None) -> Workspace:
    """Return the demo's workspace; what the app may do is its manifest's word when given."""
    people = (
        User(id="U0ANA", name="ana", real_name="Ana", email="ana@example.com"),
        User(id="U0BEN", name="ben", real_name="Ben", email="ben@example.com"),
        User(id="U0EVE", name="eve", real_name="Eve", email="eve@example.com"),
    )
    bot = User(id="U0BOT", name="codegen", real_name="codegen", is_bot=True)
    everyone = tuple(user.id for user in people)
    return Workspace(
        team_id="T0PLAY",
        name="Playground",
        domain="playground",
        users=(*people, bot),
        channels=(
            Channel(id="C0PAY", name="payments", members=(*everyone, bot.id)),
            Channel(id="C0WEB", name="web", members=(*everyone, bot.id)),
            Channel(id="C0GEN", name="general", members=everyone),
        ),
        app=_app(manifest),
        groups=(UserGroup(id="S0REV", handle="reviewers", name="Reviewers", users=("U0BEN",)),),
    )


def _app(manifest: Payload | None) -> App:
    if manifest is None:
        return App(bot_token=BOT_KEY, app_token=APP_KEY)
    features = manifest.get("features", {})
    subscriptions = manifest.get("settings", {}).get("event_subscriptions", {})
    return App(
        bot_token=BOT_KEY,
        app_token=APP_KEY,
        scopes=tuple(manifest["oauth_config"]["scopes"]["bot"]),
        events=tuple(subscriptions.get("bot_events", ())),
        commands=tuple(command["command"] for command in features.get("slash_commands", ())),
        shortcuts=tuple(shortcut["callback_id"] for shortcut in features.get("shortcuts", ())),
        menu=tuple(features.get("shortcuts", ())),
    )
