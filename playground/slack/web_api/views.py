"""views.*: modals and home tabs."""

from collections.abc import Callable

from playground.slack.payload import Payload, SlackError, problem
from playground.slack.validate import view_definition
from playground.slack.views import View, new_view
from playground.slack.web_api.call import Call


def _open(call: Call) -> Payload:
    definition = _definition(call, "modal")
    user, _ = _exchange(call)
    view = new_view(call.state.new_id("V"), user, definition)
    call.state.views.open(view)
    return _shown(call, view)


def _push(call: Call) -> Payload:
    definition = _definition(call, "modal")
    user, opened_from = _exchange(call)
    if opened_from is None:
        raise SlackError("not_found")
    view = new_view(call.state.new_id("V"), user, definition)
    call.state.views.push(view)
    return _shown(call, view)


def _update(call: Call) -> Payload:
    if not call.text("view_id") and not call.text("external_id"):
        raise SlackError("invalid_arguments", problem("view_id or external_id is required", "/view_id"))
    view = call.state.views.find(call.text("view_id"), call.text("external_id"))
    definition = _definition(call, view.definition["type"])
    if call.text("hash") not in (None, view.hash):
        raise SlackError("hash_conflict")
    call.state.views.refuse_double(definition, own=view.id)
    view.replace(definition)
    return _shown(call, view)


def _publish(call: Call) -> Payload:
    user = call.state.user(call.text("user_id")).id
    definition = _definition(call, "home")
    homes = call.state.views.homes
    view = homes.get(user)
    if call.text("hash") is not None and (view is None or call.text("hash") != view.hash):
        raise SlackError("hash_conflict")
    call.state.views.refuse_double(definition, own=view.id if view else None)
    if view is None:
        homes[user] = view = new_view(call.state.new_id("V"), user, definition)
    else:
        view.replace(definition)
    return _shown(call, view)


def _definition(call: Call, kind: str) -> Payload:
    definition = view_definition(call.args["view"], kind)
    found = list(call.state.files.problems(definition["blocks"], "/view/blocks", call.state.clock()))
    if found:
        raise SlackError("invalid_arguments", *found)
    return definition


def _exchange(call: Call) -> tuple[str, str | None]:
    """Use the trigger up and return whose it is and which view it came from."""
    if not call.text("trigger_id"):
        raise SlackError("invalid_arguments", problem("missing required field: trigger_id", "/trigger_id"))
    trigger = call.state.triggers.exchange(call.text("trigger_id"), call.state.clock())
    return trigger.user, trigger.view_id


def _shown(call: Call, view: View) -> Payload:
    what = "home" if view.definition["type"] == "home" else "views"
    call.state.watchers.publish({"what": what}, view.user)
    workspace = call.state.workspace
    return {"view": view.rendered(workspace.app, workspace.team_id)}


HANDLERS: dict[str, Callable[[Call], Payload]] = {
    "views.open": _open,
    "views.push": _push,
    "views.update": _update,
    "views.publish": _publish,
}
"""The methods of this family."""
