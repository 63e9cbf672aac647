"""users.* and usergroups.*: people."""

from collections.abc import Callable

from playground.slack.payload import Payload, SlackError
from playground.slack.seed import User
from playground.slack.web_api.call import Call


def _info(call: Call) -> Payload:
    return {"user": _user(call, call.state.user(call.text("user")))}


def _list(call: Call) -> Payload:
    page, cursor = call.page([_user(call, user) for user in call.state.workspace.users])
    return {
        "members": page,
        "cache_ts": int(call.state.clock()),
        "response_metadata": {"next_cursor": cursor},
    }


def _lookup_by_email(call: Call) -> Payload:
    for user in call.state.workspace.users:
        if user.email == call.text("email"):
            return {"user": _user(call, user)}
    raise SlackError("users_not_found")


def _groups(call: Call) -> Payload:
    team = call.state.workspace.team_id
    return {
        "usergroups": [
            {
                "id": group.id,
                "team_id": team,
                "is_usergroup": True,
                "name": group.name,
                "handle": group.handle,
            }
            | ({"users": list(group.users)} if call.args.get("include_users") else {})
            | ({"user_count": len(group.users)} if call.args.get("include_count") else {})
            for group in call.state.workspace.groups
        ]
    }


def _group_users(call: Call) -> Payload:
    for group in call.state.workspace.groups:
        if group.id == call.text("usergroup"):
            return {"users": list(group.users)}
    raise SlackError("no_such_subteam")


def _user(call: Call, user: User) -> Payload:
    mail = (
        {"email": user.email} if user.email and "users:read.email" in call.state.workspace.app.scopes else {}
    )
    names = {"real_name": user.real_name, "display_name": user.name, "real_name_normalized": user.real_name}
    return {
        "id": user.id,
        "team_id": call.state.workspace.team_id,
        "name": user.name,
        "real_name": user.real_name,
        "deleted": user.deleted,
        "tz": "Etc/UTC",
        "tz_label": "Coordinated Universal Time",
        "tz_offset": 0,
        "is_admin": False,
        "is_owner": False,
        "is_bot": user.is_bot,
        "is_app_user": False,
        "is_restricted": user.is_restricted,
        "is_ultra_restricted": user.is_ultra_restricted,
        "is_stranger": user.is_stranger,
        "updated": 1_700_000_000,
        "profile": {**names, **mail, "team": call.state.workspace.team_id},
    }


HANDLERS: dict[str, Callable[[Call], Payload]] = {
    "users.info": _info,
    "users.list": _list,
    "users.lookupByEmail": _lookup_by_email,
    "usergroups.list": _groups,
    "usergroups.users.list": _group_users,
}
"""The methods of these families."""
