"""The one table of listeners, held against what jobs emits, what Bolt fills in and the manifest."""

import inspect
import json
from collections.abc import Awaitable, Callable, Iterator
from pathlib import Path
from typing import Any, cast

import pytest
from slack_bolt.kwargs_injection.async_args import AsyncArgs

from bot import errors, middleware
from bot.listeners import ACTIONS, COMMANDS, EVENTS, OPTIONS, SHORTCUTS, VIEWS, Listener
from jobs.domain.action import Action

ROOT = Path(__file__).parents[2]
OURS = {"door"}
"""What our middleware puts into the context."""
SCOPE_OF = {
    "app_mention": {"app_mentions:read"},
    "app_home_opened": set[str](),
    "message.channels": {"channels:history"},
    "message.groups": {"groups:history"},
    "reaction_added": {"reactions:read"},
}
SUBSCRIBED = {"message": ("message.channels", "message.groups")}
"""What an event is subscribed to as, where that is not its name."""


def manifest() -> dict[str, Any]:
    return cast(dict[str, Any], json.loads((ROOT / "manifest.json").read_text()))


def functions() -> Iterator[Callable[..., Awaitable[object]]]:
    for table in (COMMANDS, VIEWS, SHORTCUTS, ACTIONS, OPTIONS, EVENTS):
        yield from table.values()
    yield from (middleware.describe, middleware.once, errors.on_error)


def test_every_action_that_jobs_emits_is_bound() -> None:
    assert set(Action) <= set(ACTIONS)


@pytest.mark.parametrize("function", [*functions()], ids=lambda one: one.__name__)
def test_bolt_fills_every_argument(function: Listener) -> None:
    known = set(inspect.signature(AsyncArgs.__init__).parameters) | {"next_", "error"} | OURS
    arguments = inspect.getfullargspec(function)

    assert set(arguments.args) <= known, "an unknown argument silently becomes None"
    assert not arguments.kwonlyargs, "Bolt does not see these"


def test_the_manifest_announces_what_is_bound() -> None:
    said = manifest()

    assert {one["command"] for one in said["features"]["slash_commands"]} == set(COMMANDS)
    events = {name for event in EVENTS for name in SUBSCRIBED.get(event, (event,))}
    assert set(said["settings"]["event_subscriptions"]["bot_events"]) == events
    assert {one["callback_id"] for one in said["features"]["shortcuts"]} == set(SHORTCUTS)
    assert said["settings"]["interactivity"]["is_enabled"]
    assert said["settings"]["socket_mode_enabled"]
    assert set[str]().union(*(SCOPE_OF[event] for event in events)) <= set(
        said["oauth_config"]["scopes"]["bot"]
    )
    assert said["features"]["app_home"]["home_tab_enabled"]


def test_the_manifest_keeps_to_slacks_lengths() -> None:
    said = manifest()
    shown = said["display_information"]

    assert len(shown["name"]) <= 35
    assert len(shown["description"]) <= 140
    assert 174 <= len(shown["long_description"]) <= 4000


def test_the_scopes_are_those_that_the_calls_need() -> None:
    needed = {
        "commands",
        "app_mentions:read",
        "chat:write",
        "chat:write.public",
        "users:read",
        *(f"{kind}:{what}" for kind in ("channels", "groups") for what in ("read", "history")),
        "files:read",
        "files:write",
        "im:write",
        "reactions:read",
        "reactions:write",
        "usergroups:read",
    }

    assert set(manifest()["oauth_config"]["scopes"]["bot"]) == needed
