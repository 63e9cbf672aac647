"""Things with an expiry date: trigger ids and response URLs."""

import secrets
from dataclasses import dataclass, field

from playground.slack.limits import RESPONSE_URL_SECONDS, RESPONSE_URL_USES, TRIGGER_SECONDS
from playground.slack.payload import SlackError


@dataclass
class Trigger:
    """What a trigger id stands for."""

    user: str
    issued: float
    view_id: str | None = None
    """The view the person was in."""
    used: bool = False


@dataclass
class Triggers:
    """Trigger ids: three seconds, single use."""

    issued: dict[str, Trigger] = field(default_factory=dict)

    def issue(self, user: str, now: float, view_id: str | None = None) -> str:
        """Return a fresh trigger id."""
        trigger_id = f"{len(self.issued) + 1}.{int(now)}.{secrets.token_hex(8)}"
        self.issued[trigger_id] = Trigger(user, now, view_id)
        return trigger_id

    def exchange(self, trigger_id: object, now: float) -> Trigger:
        """Use a trigger id up; raises `invalid_…`, `exchanged_…` or `expired_trigger_id`."""
        trigger = self.issued.get(trigger_id) if isinstance(trigger_id, str) else None
        if trigger is None:
            raise SlackError("invalid_trigger_id")
        if trigger.used:
            raise SlackError("exchanged_trigger_id")
        if now - trigger.issued > TRIGGER_SECONDS:
            raise SlackError("expired_trigger_id")
        trigger.used = True
        return trigger


@dataclass
class ResponseUrl:
    """Where a response URL writes."""

    user: str
    channel: str
    issued: float
    message_ts: str | None = None
    thread_ts: str | None = None
    uses: int = 0


@dataclass
class ResponseUrls:
    """Response URLs: five uses, thirty minutes."""

    issued: dict[str, ResponseUrl] = field(default_factory=dict)

    def issue(self, url: ResponseUrl) -> str:
        """Return the secret last part of a fresh response URL."""
        key = secrets.token_urlsafe(16)
        self.issued[key] = url
        return key

    def use(self, key: str, now: float) -> ResponseUrl:
        """Count one use; raises `used_url` or `expired_url`."""
        url = self.issued.get(key)
        if url is None or url.uses >= RESPONSE_URL_USES:
            raise SlackError("used_url")
        if now - url.issued > RESPONSE_URL_SECONDS:
            raise SlackError("expired_url")
        url.uses += 1
        return url
