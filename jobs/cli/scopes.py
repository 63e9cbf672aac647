"""Which scopes the bot's token needs, and what for; see https://docs.slack.dev/reference/scopes/."""

from collections.abc import Mapping
from typing import Final

from jobs.settings import OperatorFile

ALWAYS: Final[Mapping[str, str]] = {
    "app_mentions:read": "mentions of the bot",
    "channels:history": "replies in threads of public channels",
    "channels:read": "whether a public channel is shared with others",
    "chat:write": "threads",
    "commands": "/codegen and shortcuts",
    "files:read": "batches that are uploaded",
    "files:write": "changes and charts as files",
    "groups:history": "replies in threads of private channels",
    "groups:read": "whether a private channel is shared with others",
    "im:write": "what is told to one person alone",
    "reactions:read": "the cross that cancels",
    "reactions:write": "the mark on a reply that was heard",
    "users:read": "who is a guest",
}
"""Scope → what cannot be done without it."""
GROUPS: Final = "usergroups:read"
"""Who belongs to the user groups that codegen.toml names."""


def lacking(given: tuple[str, ...], operator: OperatorFile) -> dict[str, str]:
    """Scopes that a token lacks, each with what it is for."""
    wanted = dict(ALWAYS)
    if operator.groups:
        wanted[GROUPS] = f"the user groups of codegen.toml: {', '.join(sorted(operator.groups))}"
    return {scope: what for scope, what in wanted.items() if scope not in given}
