"""Submitting and closing modals, and what the app's answer does to the stack."""

from dataclasses import dataclass

from playground.slack import outgoing
from playground.slack.delivery import INTERACTIVE, Delivery, Undelivered
from playground.slack.elements import Entries, elements_of
from playground.slack.filled import unfilled
from playground.slack.interactions import TROUBLE, enter
from playground.slack.outgoing import Place
from playground.slack.payload import Payload, SlackError, problem
from playground.slack.state import State
from playground.slack.validate import view_definition
from playground.slack.views import View, new_view

ANSWERS = {"clear": set[str](), "errors": {"errors"}, "update": {"view"}, "push": {"view"}}
"""What each `response_action` carries."""


@dataclass(frozen=True)
class Modals:
    """What people do with open modals."""

    state: State
    delivery: Delivery

    async def submit(self, *, user: str, view: View, values: Entries) -> Payload:
        """Submit a modal with what the person entered."""
        enter(Place(view=view), user, values)
        missing = unfilled(view)
        if missing:
            return self._shown(user, {"ok": False, "errors": missing})
        view.errors = {}
        payload = outgoing.view_submission(self.state, user=user, view=view)
        try:
            answer = await self.delivery.deliver(INTERACTIVE, payload)
            outcome = self._apply(user, view, answer)
        except Undelivered as error:
            outcome = self._trouble(user, {"ok": False, "error": error.code})
        except SlackError as error:
            outcome = self._trouble(user, error.answer())
        return self._shown(user, outcome)

    async def close(self, *, user: str, view: View, clear: bool) -> Payload:
        """Close a modal, or with `clear` the whole stack; the app hears of views that asked for it."""
        everything = clear or bool(view.definition.get("clear_on_close"))
        closed = self.state.views.close(view, everything=everything)
        outcome: Payload = {"ok": True}
        for gone in closed:
            if gone.definition.get("notify_on_close"):
                payload = outgoing.view_closed(self.state, user=user, view=gone, is_cleared=everything)
                try:
                    await self.delivery.deliver(INTERACTIVE, payload)
                except Undelivered as error:
                    outcome = {"ok": False, "error": error.code}
        return self._shown(user, outcome)

    def _apply(self, user: str, view: View, answer: object) -> Payload:
        if answer in (None, "", {}):
            if view in self.state.views.stacks.get(user, []):
                self.state.views.close(view)
            return {"ok": True}
        action = answer.get("response_action") if isinstance(answer, dict) else None
        if not isinstance(answer, dict) or action not in ANSWERS:
            raise SlackError(
                "invalid_response_action", problem("unknown response_action", "/response_action")
            )
        if set(answer) - {"response_action"} != ANSWERS[action]:
            raise SlackError("invalid_response_action", problem(f"{action} needs {ANSWERS[action]}", ""))
        if action == "errors":
            return self._refused(view, answer["errors"])
        if action == "clear":
            self.state.views.close(view, everything=True)
        else:
            self._replaced(user, view, answer)
        return {"ok": True}

    def _replaced(self, user: str, view: View, answer: Payload) -> None:
        definition = view_definition(answer["view"], "modal")
        if answer["response_action"] == "push":
            self.state.views.push(new_view(self.state.new_id("V"), user, definition))
            return
        self.state.views.refuse_double(definition, own=view.id)
        view.replace(definition)

    def _refused(self, view: View, errors: object) -> Payload:
        inputs = {
            b["block_id"] for b in view.definition["blocks"] if b["type"] == "input" and list(elements_of(b))
        }
        if not isinstance(errors, dict) or not errors:
            raise SlackError("invalid_errors", problem("must be an object of texts by block_id", "/errors"))
        strangers = sorted(set(errors) - inputs)
        if strangers:
            raise SlackError(
                "invalid_errors", *[problem("no input block has this id", f"/errors/{s}") for s in strangers]
            )
        empty = [key for key, text in errors.items() if not isinstance(text, str) or not text]
        if empty:
            raise SlackError(
                "invalid_errors", *[problem("must be a text", f"/errors/{key}") for key in empty]
            )
        view.errors = dict(errors)
        return {"ok": False, "errors": errors}

    def _trouble(self, user: str, outcome: Payload) -> Payload:
        self.state.watchers.publish({"what": "notice", "text": TROUBLE}, user)
        return outcome

    def _shown(self, user: str, outcome: Payload) -> Payload:
        self.state.watchers.publish({"what": "views"}, user)
        return outcome
