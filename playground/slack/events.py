"""The Events API: what happened, once, with Slack's retries and redelivery on demand."""

import asyncio
from dataclasses import dataclass, field

from playground.slack.delivery import EVENT, Delivery, Undelivered
from playground.slack.payload import Payload, SlackError
from playground.slack.state import State

RETRY_DELAYS = (0.0, 60.0, 300.0)
"""Seconds before each of Slack's three retries."""

SCOPES = {
    "app_mention": ["app_mentions:read"],
    "message_metadata_posted": ["metadata.message:read"],
    "reaction_added": ["reactions:read"],
    "reaction_removed": ["reactions:read"],
}
"""The scopes an event type needs; message events need the history scope of their kind of channel."""


@dataclass
class Events:
    """Events on their way to the app, and those already sent."""

    state: State
    delivery: Delivery
    sent: list[Payload] = field(default_factory=list)
    _running: set[asyncio.Task[None]] = field(default_factory=set)

    def flush(self) -> None:
        """Start delivering what happened during a request."""
        for event, channel in self.state.outbox:
            if self._subscribed(event, channel):
                envelope = self._envelope(event, channel)
                self.sent.append(envelope)
                task = asyncio.create_task(self._deliver(envelope))
                self._running.add(task)
                task.add_done_callback(self._running.discard)
        self.state.outbox.clear()

    async def redeliver(self, event_id: str | None, times: int, reason: str) -> list[Payload]:
        """Send an event, by default the last one, again; return the outcomes. Raises `event_not_found`."""
        found = [event for event in self.sent if event_id in (None, event["event_id"])]
        if not found:
            raise SlackError("event_not_found")
        outcomes: list[Payload] = []
        for number in range(1, times + 1):
            try:
                await self.delivery.deliver(EVENT, found[-1], retry=(number, reason))
                outcomes.append({"ok": True, "event_id": found[-1]["event_id"], "retry": number})
            except Undelivered as error:
                outcomes.append({"ok": False, "error": error.code, "retry": number})
        return outcomes

    async def stop(self) -> None:
        """Give up what is still waiting for a retry."""
        for task in list(self._running):
            task.cancel()
        await asyncio.gather(*self._running, return_exceptions=True)

    async def _deliver(self, envelope: Payload) -> None:
        reason = ""
        for attempt, delay in enumerate((0.0, *RETRY_DELAYS)):
            await asyncio.sleep(delay)
            try:
                await self.delivery.deliver(EVENT, envelope, retry=(attempt, reason))
                return
            except Undelivered as error:
                reason = "timeout" if error.code == "operation_timeout" else "http_error"

    def _subscribed(self, event: Payload, channel: str | None) -> bool:
        app = self.state.workspace.app
        kind: str = event["type"]
        conversation = self.state.conversations.get(channel or "")
        if conversation is not None and app.bot_user not in conversation.members:
            return False
        needed = SCOPES.get(kind, [])
        if kind == "message" and conversation is not None:
            needed = [f"{conversation.family}:history"]
            kind = f"message.{'im' if conversation.is_im else conversation.family}"
        return kind in app.events and set(needed) <= set(app.scopes)

    def _envelope(self, event: Payload, channel: str | None) -> Payload:
        workspace = self.state.workspace
        bot = {"user_id": workspace.app.bot_user, "is_bot": True, "is_enterprise_install": False}
        conversation = self.state.conversations.get(channel or "")
        return {
            "token": workspace.app.verification_token,
            "team_id": workspace.team_id,
            "context_team_id": workspace.team_id,
            "api_app_id": workspace.app.id,
            "event": event,
            "type": "event_callback",
            "event_id": self.state.new_id("Ev"),
            "event_time": int(self.state.clock()),
            "authorizations": [{"enterprise_id": None, "team_id": workspace.team_id, **bot}],
            "is_ext_shared_channel": bool(conversation and conversation.is_ext_shared),
            "event_context": f"4-{self.state.new_id('Ec')}",
        }
