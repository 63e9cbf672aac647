"""Channels and user groups of Slack, for the worker; see https://docs.slack.dev/reference/methods."""

from collections.abc import Collection, Mapping

from jobs.adapters.slack import SlackMessenger
from jobs.errors import Stop

_SHARED = ("is_ext_shared", "is_pending_ext_shared", "is_archived")


class SlackDirectory:
    """ports.Directory over Slack's Web API."""

    def __init__(self, slack: SlackMessenger) -> None:
        self._slack = slack

    async def internal(self, channel: str) -> bool:
        """False for a channel that is shared with others, archived or out of reach; raises Transient."""
        try:
            answer = await self._slack.ask("conversations.info", channel=channel)
        except Stop:
            return False
        facts: Mapping[str, object] = answer.get("channel") or {}
        return not any(facts.get(key) for key in _SHARED)

    async def groups(self, named: Collection[str]) -> Mapping[str, tuple[str, ...]]:
        """Members of user groups, by the id or @handle they are named by; raises Stop and Transient."""
        handles = {name for name in named if name.startswith("@")}
        ids = {name: name for name in named if name not in handles}
        if handles:
            answer = await self._slack.ask("usergroups.list")
            ids |= {
                f"@{one['handle']}": str(one["id"])
                for one in answer.get("usergroups") or ()
                if f"@{one.get('handle')}" in handles
            }
        return {name: await self._members(group) for name, group in ids.items()}

    async def _members(self, group: str) -> tuple[str, ...]:
        answer = await self._slack.ask("usergroups.users.list", usergroup=group)
        return tuple(str(one) for one in answer.get("users") or ())
