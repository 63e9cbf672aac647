"""Channels and user groups of Slack, for the worker; see https://docs.slack.dev/reference/methods."""

from collections.abc import Collection, Mapping

from jobs.adapters.slack import SlackMessenger

_SHARED = ("is_ext_shared", "is_pending_ext_shared")


class SlackDirectory:
    """ports.Directory over Slack's Web API."""

    def __init__(self, slack: SlackMessenger) -> None:
        self._slack = slack

    async def shared(self, channel: str) -> bool:
        """Whether others than this organisation read along, or will; raises Stop when it is out of reach."""
        answer = await self._slack.ask("conversations.info", channel=channel)
        facts: Mapping[str, object] = answer.get("channel") or {}
        return any(facts.get(key) for key in _SHARED)

    async def groups(self, named: Collection[str]) -> Mapping[str, tuple[str, ...]]:
        """Members of user groups, by the id or @handle they are named by; raises Stop and Transient.

        A group that is not there, or is disabled, is left out.
        """
        answer = await self._slack.ask("usergroups.list")
        listed = answer.get("usergroups") or ()
        ids = {name: str(one["id"]) for one in listed for name in (str(one["id"]), f"@{one.get('handle')}")}
        return {name: await self._members(ids[name]) for name in sorted(named) if name in ids}

    async def _members(self, group: str) -> tuple[str, ...]:
        answer = await self._slack.ask("usergroups.users.list", usergroup=group)
        return tuple(str(one) for one in answer.get("users") or ())
