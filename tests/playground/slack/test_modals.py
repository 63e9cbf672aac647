"""Modals: triggers, the stack, hashes, what people enter, and what the app's answer does."""

from typing import Any

import pytest
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from playground.person import Person
from tests.playground.slack.conftest import Clock
from tests.playground.slack.scripted_app import ScriptedApp

Payload = dict[str, Any]


def plain(text: str) -> Payload:
    return {"type": "plain_text", "text": text}


def options(*values: str) -> list[Payload]:
    return [{"text": plain(value), "value": value} for value in values]


def field(block_id: str, element: Payload, **changes: Any) -> Payload:
    block = {"type": "input", "block_id": block_id, "label": plain(block_id), **changes}
    return {**block, "element": {"action_id": "it", **element}}


def modal(*blocks: Payload, title: str = "Spec", **changes: Any) -> Payload:
    return {
        "type": "modal",
        "title": plain(title),
        "submit": plain("Send"),
        "blocks": list(blocks),
        **changes,
    }


TITLE = field("title", {"type": "plain_text_input", "min_length": 3})


async def trigger(ana: Person, app: ScriptedApp) -> str:
    await ana.command("", "C0PAY")
    trigger_id: str = app.of("command")[-1]["trigger_id"]
    return trigger_id


async def opened(client: AsyncWebClient, ana: Person, app: ScriptedApp, view: Payload) -> Payload:
    answer = await client.views_open(trigger_id=await trigger(ana, app), view=view)
    shown: Payload = answer["view"]
    return shown


async def refused(call: Any) -> str:
    with pytest.raises(SlackApiError) as caught:
        await call
    error: str = caught.value.response["error"]
    return error


async def test_a_trigger_works_once(client: AsyncWebClient, ana: Person, app: ScriptedApp) -> None:
    trigger_id = await trigger(ana, app)
    await client.views_open(trigger_id=trigger_id, view=modal(TITLE))
    assert (
        await refused(client.views_open(trigger_id=trigger_id, view=modal(TITLE))) == "exchanged_trigger_id"
    )


async def test_a_trigger_ends_after_three_seconds(
    client: AsyncWebClient, ana: Person, app: ScriptedApp, clock: Clock
) -> None:
    trigger_id = await trigger(ana, app)
    clock.ahead += 3.1
    assert await refused(client.views_open(trigger_id=trigger_id, view=modal(TITLE))) == "expired_trigger_id"
    assert await ana.views() == []


async def test_a_refused_view_does_not_use_the_trigger_up(
    client: AsyncWebClient, ana: Person, app: ScriptedApp
) -> None:
    trigger_id = await trigger(ana, app)
    assert (
        await refused(client.views_open(trigger_id=trigger_id, view={"type": "modal"})) == "invalid_arguments"
    )
    await client.views_open(trigger_id=trigger_id, view=modal(TITLE))


async def test_a_stale_hash_is_a_conflict(client: AsyncWebClient, ana: Person, app: ScriptedApp) -> None:
    view = await opened(client, ana, app, modal(TITLE))
    await client.views_update(view_id=view["id"], hash=view["hash"], view=modal(TITLE))
    update = client.views_update(view_id=view["id"], hash=view["hash"], view=modal(TITLE))
    assert await refused(update) == "hash_conflict"


async def test_three_views_fill_the_stack(client: AsyncWebClient, ana: Person, app: ScriptedApp) -> None:
    go = {"type": "button", "action_id": "go", "text": plain("Go")}
    view = modal({"type": "actions", "block_id": "row", "elements": [go]})
    top = await opened(client, ana, app, view)
    for _ in range(2):
        await ana.act(top["id"], "go")
        pushed = await client.views_push(trigger_id=app.of("block_actions")[-1]["trigger_id"], view=view)
        assert pushed["view"]["previous_view_id"] == top["id"]
        top = pushed["view"]
    await ana.act(top["id"], "go")
    push = client.views_push(trigger_id=app.of("block_actions")[-1]["trigger_id"], view=view)
    assert await refused(push) == "push_limit_reached"
    assert len(await ana.views()) == 3
    await ana.close(top["id"])
    assert len(await ana.views()) == 2


async def test_an_external_id_is_unique(
    client: AsyncWebClient, ana: Person, app: ScriptedApp, url: str
) -> None:
    await opened(client, ana, app, modal(TITLE, external_id="spec-1"))
    await client.views_update(external_id="spec-1", view=modal(TITLE, title="New", external_id="spec-1"))
    assert (await ana.views())[0]["title"]["text"] == "New"
    async with Person(url, "U0BEN") as ben:
        again = client.views_open(trigger_id=await trigger(ben, app), view=modal(TITLE, external_id="spec-1"))
        assert await refused(again) == "duplicate_external_id"


async def test_entries_survive_an_update_where_ids_are_kept(
    client: AsyncWebClient, ana: Person, app: ScriptedApp
) -> None:
    other = field(
        "kind", {"type": "static_select", "options": options("bugfix", "docs")}, dispatch_action=True
    )
    view = await opened(client, ana, app, modal(TITLE, other))
    await ana.act(view["id"], "it", value="Round half up")
    assert app.of("block_actions") == []

    renamed = field("kind2", {"type": "static_select", "options": options("bugfix")}, optional=True)
    shown = (await client.views_update(view_id=view["id"], view=modal(TITLE, renamed)))["view"]
    values = shown["state"]["values"]
    assert values["title"]["it"] == {"type": "plain_text_input", "value": "Round half up"}
    assert values["kind2"]["it"]["selected_option"] is None


async def test_what_slack_checks_itself_never_reaches_the_app(
    client: AsyncWebClient, ana: Person, app: ScriptedApp
) -> None:
    number = field("minutes", {"type": "number_input", "is_decimal_allowed": False, "max_value": "60"})
    view = await opened(client, ana, app, modal(TITLE, number))
    answer = await ana.submit(
        view["id"], {"title": {"it": {"value": "ab"}}, "minutes": {"it": {"value": "90"}}}
    )
    assert set(answer["errors"]) == {"title", "minutes"}
    assert (await ana.submit(view["id"], {"title": {"it": {"value": ""}}}))["errors"]["title"]
    assert app.of("view_submission") == []


@pytest.mark.parametrize(
    "answer",
    [
        {"response_action": "errors", "errors": {"nowhere": "x"}},
        {"response_action": "errors", "errors": {}},
        {"response_action": "errors", "errors": {"title": ""}},
        {"response_action": "update"},
        {"response_action": "update", "view": {"type": "modal"}},
        {"response_action": "dance"},
        {"text": "hello"},
    ],
)
async def test_a_wrong_answer_is_trouble_for_the_person(
    client: AsyncWebClient, ana: Person, app: ScriptedApp, answer: Payload
) -> None:
    view = await opened(client, ana, app, modal(TITLE))
    app.answers["view_submission"] = answer
    async with ana.hints() as hints:
        outcome = await ana.submit(view["id"], {"title": {"it": {"value": "abc"}}})
        assert outcome["ok"] is False and outcome["error"].startswith("invalid_")
        assert "trouble connecting" in (await anext(hints))["text"]
    assert len(await ana.views()) == 1


async def test_update_push_and_clear(client: AsyncWebClient, ana: Person, app: ScriptedApp) -> None:
    values = {"title": {"it": {"value": "abc"}}}
    view = await opened(client, ana, app, modal(TITLE))
    app.answers["view_submission"] = {"response_action": "update", "view": modal(TITLE, title="Step 2")}
    await ana.submit(view["id"], values)
    assert [v["title"]["text"] for v in await ana.views()] == ["Step 2"]
    app.answers["view_submission"] = {"response_action": "push", "view": modal(TITLE, title="Step 3")}
    await ana.submit(view["id"], values)
    stack = await ana.views()
    assert [v["title"]["text"] for v in stack] == ["Step 2", "Step 3"]
    assert stack[1]["previous_view_id"] == stack[0]["id"]
    app.answers["view_submission"] = {"response_action": "clear"}
    await ana.submit(stack[1]["id"], values)
    assert await ana.views() == []


async def test_closing_is_told_to_the_app_that_asked(
    client: AsyncWebClient, ana: Person, app: ScriptedApp
) -> None:
    quiet = await opened(client, ana, app, modal(TITLE))
    await ana.close(quiet["id"])
    loud = await opened(client, ana, app, modal(TITLE, notify_on_close=True))
    await ana.close(loud["id"], clear=True)
    assert [(closed["view"]["id"], closed["is_cleared"]) for closed in app.of("view_closed")] == [
        (loud["id"], True)
    ]


async def test_options_come_from_the_app_and_are_checked(
    client: AsyncWebClient, ana: Person, app: ScriptedApp
) -> None:
    repository = field("repository", {"type": "external_select", "min_query_length": 2})
    view = await opened(client, ana, app, modal(repository))
    app.answers["block_suggestion"] = {"options": options("payments/api")}
    assert await ana.options(view["id"], "it", "p") == []
    assert [o["value"] for o in await ana.options(view["id"], "it", "pay")] == ["payments/api"]
    groups = [{"label": plain("Yours"), "options": options("web/shop")}]
    app.answers["block_suggestion"] = {"option_groups": groups}
    assert [o["value"] for o in await ana.options(view["id"], "it", "web")] == ["web/shop"]
    app.answers["block_suggestion"] = {"options": options(*map(str, range(101)))}
    with pytest.raises(ValueError, match="invalid_options"):
        await ana.options(view["id"], "it", "many")


async def test_home(client: AsyncWebClient, ana: Person, app: ScriptedApp) -> None:
    assert await ana.home() is None
    home = {
        "type": "home",
        "blocks": [{"type": "section", "text": {"type": "mrkdwn", "text": "Nothing yet"}}],
    }
    await client.views_publish(user_id="U0ANA", view=home)
    shown = await ana.home()
    assert shown is not None and shown["blocks"][0]["text"]["text"] == "Nothing yet"
    with pytest.raises(SlackApiError, match="hash_conflict"):
        await client.views_publish(user_id="U0ANA", view=home, hash="1.old")
