"""Every input of a modal: its initial value, and what a person enters."""

from typing import Any

import pytest
from aiohttp import ClientSession
from slack_sdk.web.async_client import AsyncWebClient

from playground.person import Person
from tests.playground.slack.scripted_app import ScriptedApp
from tests.playground.slack.test_modals import field, modal, opened, options
from tests.playground.slack.test_payloads import told

Payload = dict[str, Any]

EVERY_INPUT: dict[str, tuple[Payload, Payload, Payload]] = {
    "plain_text_input": ({"initial_value": "a"}, {"value": "a"}, {"value": "b"}),
    "email_text_input": ({"initial_value": "a@b.c"}, {"value": "a@b.c"}, {"value": "d@e.f"}),
    "url_text_input": ({"initial_value": "https://a.b"}, {"value": "https://a.b"}, {"value": "http://c.d"}),
    "number_input": ({"initial_value": "1", "is_decimal_allowed": False}, {"value": "1"}, {"value": "2"}),
    "static_select": (
        {"options": options("a", "b"), "initial_option": options("a")[0]},
        {"selected_option": options("a")[0]},
        {"selected_option": options("b")[0]},
    ),
    "external_select": (
        {"initial_option": options("a")[0]},
        {"selected_option": options("a")[0]},
        {"selected_option": options("z")[0]},
    ),
    "radio_buttons": (
        {"options": options("a", "b"), "initial_option": options("a")[0]},
        {"selected_option": options("a")[0]},
        {"selected_option": options("b")[0]},
    ),
    "multi_static_select": (
        {"options": options("a", "b"), "initial_options": options("a")},
        {"selected_options": options("a")},
        {"selected_options": options("a", "b")},
    ),
    "multi_external_select": (
        {"initial_options": options("a")},
        {"selected_options": options("a")},
        {"selected_options": options("b")},
    ),
    "checkboxes": (
        {"options": options("a", "b"), "initial_options": options("a")},
        {"selected_options": options("a")},
        {"selected_options": options("b")},
    ),
    "users_select": ({"initial_user": "U0ANA"}, {"selected_user": "U0ANA"}, {"selected_user": "U0BEN"}),
    "multi_users_select": (
        {"initial_users": ["U0ANA"]},
        {"selected_users": ["U0ANA"]},
        {"selected_users": ["U0BEN"]},
    ),
    "channels_select": (
        {"initial_channel": "C0PAY"},
        {"selected_channel": "C0PAY"},
        {"selected_channel": "C0WEB"},
    ),
    "conversations_select": (
        {"initial_conversation": "C0PAY"},
        {"selected_conversation": "C0PAY"},
        {"selected_conversation": "C0WEB"},
    ),
    "datepicker": (
        {"initial_date": "2026-01-02"},
        {"selected_date": "2026-01-02"},
        {"selected_date": "2026-03-04"},
    ),
    "timepicker": ({"initial_time": "09:00"}, {"selected_time": "09:00"}, {"selected_time": "10:30"}),
    "datetimepicker": (
        {"initial_date_time": 1_700_000_000},
        {"selected_date_time": 1_700_000_000},
        {"selected_date_time": 1_800_000_000},
    ),
}


@pytest.mark.parametrize("kind", EVERY_INPUT)
async def test_every_input_has_its_state(
    client: AsyncWebClient, ana: Person, app: ScriptedApp, kind: str
) -> None:
    given, before, after = EVERY_INPUT[kind]
    view = await opened(client, ana, app, modal(field("b", {"type": kind, **given})))
    assert view["state"]["values"] == {"b": {"it": {"type": kind, **before}}}

    assert await ana.submit(view["id"], {"b": {"it": after}}) == {"ok": True}
    submitted = app.of("view_submission")[-1]["view"]["state"]["values"]
    assert submitted == {"b": {"it": {"type": kind, **after}}}


async def test_files_of_a_modal_are_uploaded(client: AsyncWebClient, ana: Person, app: ScriptedApp) -> None:
    logs = field("logs", {"type": "file_input", "filetypes": ["txt"], "max_files": 1})
    view = await opened(client, ana, app, modal(logs))
    log = {"name": "log.txt", "content": "boom"}
    too_many = await ana.submit(view["id"], {"logs": {"it": {"files": [log, log]}}})
    wrong = await ana.submit(view["id"], {"logs": {"it": {"files": [{**log, "name": "log.exe"}]}}})
    assert "logs" in too_many["errors"] and "logs" in wrong["errors"]

    assert await ana.submit(view["id"], {"logs": {"it": {"files": [log]}}}) == {"ok": True}
    (submitted,) = app.of("view_submission")
    assert told(submitted) == []
    file = submitted["view"]["state"]["values"]["logs"]["it"]["files"][0]
    async with ClientSession() as session, session.get(file["url_private"]) as answer:
        assert await answer.text() == "boom"
