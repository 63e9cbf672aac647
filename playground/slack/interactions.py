"""What people do, carried to the app and back: commands, clicks, option requests, shortcuts."""

from dataclasses import dataclass

from playground.slack import outgoing
from playground.slack.delivery import INTERACTIVE, SLASH, Delivery, Undelivered
from playground.slack.elements import FIELDS, STATELESS, Entries, entered, find
from playground.slack.options import checked_options
from playground.slack.outgoing import Place
from playground.slack.payload import Payload, SlackError, problem
from playground.slack.response_url import respond
from playground.slack.state import State
from playground.slack.tickets import ResponseUrl

TROUBLE = "We had some trouble connecting. Try again?"
"""What Slack says in a modal that was not acknowledged properly."""


@dataclass(frozen=True)
class Interactions:
    """Everything a person can do that an app has to acknowledge, except what happens to modals."""

    state: State
    delivery: Delivery

    async def command(self, *, user: str, channel_id: str, command: str, text: str) -> Payload:
        """Send a slash command and show the acknowledgement's message."""
        state = self.state
        channel = state.conversation(channel_id)
        if command not in state.workspace.app.commands:
            self.notice(user, f"{command} is not a valid command.")
            return {"ok": False, "error": "invalid_command"}
        payload = outgoing.slash_command(state, user=user, channel=channel, command=command, text=text)
        try:
            answer = await self.delivery.deliver(SLASH, payload)
            body = {"text": answer} if isinstance(answer, str) else answer
            if not body:
                return {"ok": True}
            if not isinstance(body, dict):
                raise Undelivered("dispatch_failed")
            return {
                "ok": True,
                "response": respond(state, ResponseUrl(user, channel.id, state.clock()), body),
            }
        except Undelivered as error:
            self.notice(user, f'{command} failed with the error "{error.code}"')
            return {"ok": False, "error": error.code}
        except SlackError as error:
            self.notice(user, f'{command} failed with the error "dispatch_failed"')
            return {**error.answer(), "error": "dispatch_failed", "cause": error.code}

    async def action(
        self, *, user: str, place: Place, block_id: str, action_id: str, given: Payload
    ) -> Payload:
        """Click or change an element; an input that does not dispatch only remembers its entry."""
        block, element = self._element(place, block_id, action_id)
        action = {"action_id": action_id, "block_id": block_id, "type": element["type"]}
        action |= {
            key: element[key] for key in ("text", "value", "url") if key in element and _is_button(element)
        }
        if element["type"] in FIELDS:
            action |= entered(element, given)
        if element["type"] in FIELDS and element["type"] not in STATELESS:
            place.entries(user).setdefault(block_id, {})[action_id] = entered(element, given)
            if block["type"] == "input" and not block.get("dispatch_action"):
                return {"ok": True}
        action["action_ts"] = self.state.ts()
        payload = outgoing.block_actions(self.state, user=user, place=place, action=action)
        try:
            await self.delivery.deliver(INTERACTIVE, payload)
        except Undelivered as error:
            self.notice(user, TROUBLE)
            return {"ok": False, "error": error.code}
        return {"ok": True}

    async def options(self, *, user: str, place: Place, block_id: str, action_id: str, value: str) -> Payload:
        """Ask the app for an external select's options."""
        _, element = self._element(place, block_id, action_id)
        if len(value) < element.get("min_query_length", 3):
            return {"ok": True, "options": []}
        payload = outgoing.block_suggestion(
            self.state, user=user, place=place, block_id=block_id, action_id=action_id, value=value
        )
        try:
            answer = await self.delivery.deliver(INTERACTIVE, payload)
            return {"ok": True, **checked_options(answer)}
        except Undelivered as error:
            self.notice(user, TROUBLE)
            return {"ok": False, "error": error.code}
        except SlackError as error:
            self.notice(user, TROUBLE)
            return error.answer()

    async def shortcut(self, *, user: str, callback_id: str, place: Place) -> Payload:
        """Use a shortcut."""
        known = self.state.workspace.app.shortcuts
        if known is not None and callback_id not in known:
            return {"ok": False, "error": "unknown_shortcut"}
        payload = outgoing.shortcut(self.state, user=user, callback_id=callback_id, place=place)
        try:
            await self.delivery.deliver(INTERACTIVE, payload)
        except Undelivered as error:
            self.notice(user, TROUBLE)
            return {"ok": False, "error": error.code}
        return {"ok": True}

    def notice(self, user: str, text: str) -> None:
        """Tell a person something in Slack's own words."""
        self.state.watchers.publish({"what": "notice", "text": text}, user)

    def _element(self, place: Place, block_id: str, action_id: str) -> tuple[Payload, Payload]:
        found = find(place.blocks, block_id, action_id)
        if found is None:
            raise SlackError("element_not_found")
        return found


def enter(place: Place, user: str, values: Entries) -> None:
    """Take over what a person entered; raises `element_not_found` for a field that is not there."""
    for block_id, actions in values.items():
        for action_id, given in actions.items():
            found = find(place.blocks, block_id, action_id)
            if found is None or found[1]["type"] not in FIELDS:
                raise SlackError("element_not_found", problem("no such field", f"/{block_id}/{action_id}"))
            place.entries(user).setdefault(block_id, {})[action_id] = entered(found[1], given)


def _is_button(element: Payload) -> bool:
    return element["type"] not in FIELDS
