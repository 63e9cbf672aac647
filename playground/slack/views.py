"""Open modals as a stack per person, and everybody's home tab."""

import secrets
from dataclasses import dataclass, field

from playground.slack.elements import Entries, state_values
from playground.slack.limits import STACK
from playground.slack.payload import Payload, SlackError
from playground.slack.seed import App


@dataclass
class View:
    """One view of one person."""

    id: str
    user: str
    definition: Payload
    hash: str
    root: str
    previous: str | None = None
    entries: Entries = field(default_factory=dict)
    errors: dict[str, str] = field(default_factory=dict)
    """Field errors of the last submission, by block id."""

    def values(self) -> Entries:
        """Return `state.values`."""
        return state_values(self.definition["blocks"], self.entries)

    def replace(self, definition: Payload) -> None:
        """Take a new definition; entries stay where block and action ids stay."""
        self.definition = definition
        self.hash = _new_hash(self.hash)
        self.errors = {}

    def rendered(self, app: App, team: str) -> Payload:
        """Return Slack's view object."""
        shown = self.definition
        extra = {"external_id": shown["external_id"]} if "external_id" in shown else {"external_id": ""}
        return {
            "id": self.id,
            "team_id": team,
            "type": shown["type"],
            "blocks": shown["blocks"],
            "private_metadata": shown.get("private_metadata", ""),
            "callback_id": shown.get("callback_id", ""),
            "state": {"values": self.values()},
            "hash": self.hash,
            "title": shown.get("title", {"type": "plain_text", "text": "View Title", "emoji": True}),
            "clear_on_close": shown.get("clear_on_close", False),
            "notify_on_close": shown.get("notify_on_close", False),
            "close": shown.get("close"),
            "submit": shown.get("submit"),
            "previous_view_id": self.previous,
            "root_view_id": self.root,
            "app_id": app.id,
            "app_installed_team_id": team,
            "bot_id": app.bot_id,
            **extra,
        }


@dataclass
class Views:
    """Every open view."""

    stacks: dict[str, list[View]] = field(default_factory=dict)
    homes: dict[str, View] = field(default_factory=dict)

    def open(self, view: View) -> None:
        """Start a person's stack with this view."""
        self.refuse_double(view.definition, user=view.user)
        self.stacks[view.user] = [view]

    def push(self, view: View) -> None:
        """Put a view on top; raises `push_limit_reached`, or `not_found` where nothing is open."""
        stack = self.stacks.get(view.user, [])
        if not stack:
            raise SlackError("not_found")
        if len(stack) >= STACK:
            raise SlackError("push_limit_reached")
        self.refuse_double(view.definition)
        view.root, view.previous = stack[0].id, stack[-1].id
        stack.append(view)

    def find(self, view_id: object = None, external_id: object = None) -> View:
        """Return an open view or a home tab; raises `not_found`."""
        for view in self.every():
            if view.id == view_id or (external_id and view.definition.get("external_id") == external_id):
                return view
        raise SlackError("not_found")

    def close(self, view: View, *, everything: bool = False) -> list[View]:
        """Close a view, what stands above it, or the whole stack; return what was closed, top first."""
        stack = self.stacks.get(view.user, [])
        start = 0 if everything else stack.index(view)
        closed = stack[start:]
        del stack[start:]
        return closed[::-1]

    def refuse_double(self, definition: Payload, *, user: str | None = None, own: str | None = None) -> None:
        """Raise `duplicate_external_id` if another view than `own` has it; `user`'s stack is about to go."""
        external_id = definition.get("external_id")
        for view in self.every():
            ends = view.user == user and view.definition["type"] == "modal"
            if (
                external_id
                and view.definition.get("external_id") == external_id
                and view.id != own
                and not ends
            ):
                raise SlackError("duplicate_external_id")

    def every(self) -> list[View]:
        """Return all open views and home tabs."""
        return [view for stack in self.stacks.values() for view in stack] + list(self.homes.values())


def new_view(view_id: str, user: str, definition: Payload) -> View:
    """Return a view that stands alone."""
    return View(id=view_id, user=user, definition=definition, hash=_new_hash(""), root=view_id)


def _new_hash(before: str) -> str:
    number = int(before.partition(".")[0] or 1_600_000_000) + 1
    return f"{number}.{secrets.token_hex(4)}"
