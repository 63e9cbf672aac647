"""What Slack sends, read in one place: who, where and from which view."""

from collections.abc import Mapping
from typing import Any

from slack_sdk.errors import SlackApiError

from jobs.domain.people import Person

Payload = Mapping[str, Any]
"""A part of a request as Slack's JSON has it."""


def person(body: Payload) -> Person:
    """Who sent a command, a click, a submission or an event."""
    if "user_id" in body:
        return Person(id=body["user_id"], name=body.get("user_name", ""))
    if "event" in body:
        return Person(id=body["event"].get("user", ""))
    user = body.get("user", {})
    return Person(id=user.get("id", ""), name=user.get("username") or user.get("name", ""))


def channel(body: Payload) -> str | None:
    """Where a command, click or event comes from; None for a modal, which knows only its metadata."""
    if "channel_id" in body:
        return str(body["channel_id"])
    place = body.get("event", body).get("channel")
    found = place.get("id") if isinstance(place, Mapping) else place
    return str(found) if found else None


def team(body: Payload) -> str:
    """The Slack team, or the organisation's installation when there is no team."""
    found = [body.get("team_id"), *((body.get(key) or {}).get("id") for key in ("team", "enterprise"))]
    return str(next((one for one in found if one), ""))


def error_code(error: SlackApiError) -> str:
    """Why Slack refused a call, in its own word, or the status when there is none."""
    data = error.response.data
    code = data.get("error") if isinstance(data, dict) else None
    return str(code or f"status {error.response.status_code}")
