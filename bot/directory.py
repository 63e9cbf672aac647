"""What Slack knows about people and channels, remembered for some minutes."""

import time
from collections.abc import Callable

from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from bot.payload import error_code
from jobs.domain.people import Access

PAGE = 1000
"""Members of a channel that are asked for at once."""

_ABSENT = frozenset({"channel_not_found", "not_in_channel", "is_archived"})
_GUEST = ("is_restricted", "is_ultra_restricted", "is_stranger")
_SHARED = ("is_ext_shared", "is_pending_ext_shared")
_GRANTED = Access(granted=True)


class Directory:
    """Answers whether a person or a channel may be served at all."""

    def __init__(
        self, client: AsyncWebClient, *, seconds: float = 300.0, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._client = client
        self._seconds = seconds
        self._clock = clock
        self._known: dict[str, tuple[float, Access]] = {}
        self._members: dict[str, tuple[float, frozenset[str]]] = {}
        self._address = ""

    async def admits(self, *, person: str, channel: str) -> Access:
        """Refuses guests, people of other organisations and channels that are shared or out of reach."""
        for key, look in ((person, self._person), (channel, self._channel)):
            access = self._remembered(key) or await look(key)
            if not access.granted:
                return access
        return _GRANTED

    async def admits_person(self, person: str) -> Access:
        """Refuses guests and people of other organisations."""
        return self._remembered(person) or await self._person(person)

    async def members(self, channel: str) -> frozenset[str]:
        """User ids of a channel's members; nobody's for a channel that is out of reach."""
        until, found = self._members.get(channel, (0.0, frozenset()))
        if self._clock() >= until:
            found = await self._listed(channel)
            self._members[channel] = (self._clock() + self._seconds, found)
        return found

    async def address(self) -> str:
        """Where this Slack is seen in a browser, ending in a slash."""
        if not self._address:
            self._address = str((await self._client.auth_test()).get("url") or "")
        return self._address

    async def _listed(self, channel: str) -> frozenset[str]:
        found: list[str] = []
        cursor = ""
        while True:
            page = {"cursor": cursor} if cursor else {}
            try:
                answer = await self._client.conversations_members(channel=channel, limit=PAGE, **page)
            except SlackApiError as error:
                if error_code(error) in _ABSENT:
                    return frozenset()
                raise
            found += answer.get("members") or ()
            cursor = (answer.get("response_metadata") or {}).get("next_cursor", "")
            if not cursor:
                return frozenset(found)

    async def _person(self, user: str) -> Access:
        answer = await self._client.users_info(user=user)
        facts: dict[str, object] = answer.get("user") or {}
        return self._remember(user, "guest" if any(facts.get(key) for key in _GUEST) else "")

    async def _channel(self, channel: str) -> Access:
        try:
            answer = await self._client.conversations_info(channel=channel)
        except SlackApiError as error:
            if error_code(error) in _ABSENT:
                return Access(granted=False, reason="channel_out_of_reach")
            raise
        facts: dict[str, object] = answer.get("channel") or {}
        if facts.get("is_archived"):
            return Access(granted=False, reason="channel_out_of_reach")
        return self._remember(channel, "channel_shared" if any(facts.get(key) for key in _SHARED) else "")

    def _remembered(self, key: str) -> Access | None:
        until, access = self._known.get(key, (0.0, _GRANTED))
        return access if self._clock() < until else None

    def _remember(self, key: str, reason: str) -> Access:
        access = Access(granted=not reason, reason=reason)
        if len(self._known) >= 10_000:
            self._known.clear()
        self._known[key] = (self._clock() + self._seconds, access)
        return access
