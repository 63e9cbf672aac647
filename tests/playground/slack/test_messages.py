"""Messages: threads, metadata, ephemeral ones, reactions, response URLs, files."""

from typing import Any

import pytest
from aiohttp import ClientSession
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from playground.person import Person
from tests.playground.slack.conftest import Clock
from tests.playground.slack.scripted_app import ScriptedApp

Payload = dict[str, Any]

HEAD = {"event_type": "codegen_head", "event_payload": {"task": "cg-1"}}


async def test_metadata_is_shown_only_when_asked_for(client: AsyncWebClient) -> None:
    posted = await client.chat_postMessage(channel="C0PAY", text="head", metadata=HEAD)
    plain = await client.conversations_history(channel="C0PAY")
    assert "metadata" not in plain["messages"][0]
    full = await client.conversations_history(channel="C0PAY", include_all_metadata=True)
    assert full["messages"][0]["metadata"] == HEAD
    await client.chat_update(channel="C0PAY", ts=posted["ts"], text="still")
    await client.chat_update(channel="C0PAY", ts=posted["ts"], text="gone", metadata={})
    bare = await client.conversations_replies(channel="C0PAY", ts=posted["ts"], include_all_metadata=True)
    assert "metadata" not in bare["messages"][0]


async def test_a_thread_is_counted_and_listed(client: AsyncWebClient, ana: Person) -> None:
    root = await client.chat_postMessage(channel="C0PAY", text="head")
    for text in ("one", "two"):
        await client.chat_postMessage(channel="C0PAY", text=text, thread_ts=root["ts"])
    thread = await client.conversations_replies(channel="C0PAY", ts=root["ts"])
    assert [m["text"] for m in thread["messages"]] == ["head", "one", "two"]
    assert thread["messages"][0]["reply_count"] == 2
    assert [m["text"] for m in (await client.conversations_history(channel="C0PAY"))["messages"]] == ["head"]
    reply = thread["messages"][1]["ts"]
    with pytest.raises(SlackApiError, match="cannot_reply_to_message"):
        await client.chat_postMessage(channel="C0PAY", text="three", thread_ts=reply)


async def test_history_pages_newest_first(client: AsyncWebClient) -> None:
    for number in range(5):
        await client.chat_postMessage(channel="C0PAY", text=str(number))
    first = await client.conversations_history(channel="C0PAY", limit=3)
    cursor = first["response_metadata"]["next_cursor"]
    rest = await client.conversations_history(channel="C0PAY", limit=3, cursor=cursor)
    assert [m["text"] for m in [*first["messages"], *rest["messages"]]] == list("43210")
    oldest = first["messages"][0]["ts"]
    assert (await client.conversations_history(channel="C0PAY", oldest=oldest))["messages"] == []


async def test_ephemeral_words_cannot_be_updated(client: AsyncWebClient, ana: Person, url: str) -> None:
    said = await client.chat_postEphemeral(channel="C0PAY", user="U0ANA", text="psst")
    assert [m["text"] for m in await ana.messages("C0PAY")] == ["psst"]
    assert (await client.conversations_history(channel="C0PAY"))["messages"] == []
    with pytest.raises(SlackApiError, match="message_not_found"):
        await client.chat_update(channel="C0PAY", ts=said["message_ts"], text="pst")


async def test_text_beyond_forty_thousand_characters_is_cut(client: AsyncWebClient) -> None:
    posted = await client.chat_postMessage(channel="C0PAY", text="x" * 40_001)
    assert len(posted["message"]["text"]) == 40_000


async def test_direct_messages(client: AsyncWebClient, ana: Person) -> None:
    opened = await client.conversations_open(users="U0ANA")
    posted = await client.chat_postMessage(channel="U0ANA", text="hello")
    assert posted["channel"] == opened["channel"]["id"]
    assert [m["text"] for m in await ana.messages(posted["channel"])] == ["hello"]


async def test_reactions(client: AsyncWebClient, ana: Person) -> None:
    ts = await ana.message("C0PAY", "look")
    await client.reactions_add(channel="C0PAY", timestamp=ts, name="eyes")
    await ana.react("C0PAY", ts, "eyes")
    assert (await ana.messages("C0PAY"))[0]["reactions"] == [
        {"name": "eyes", "users": ["U0BOT", "U0ANA"], "count": 2}
    ]
    with pytest.raises(SlackApiError, match="already_reacted"):
        await client.reactions_add(channel="C0PAY", timestamp=ts, name="eyes")
    await client.reactions_remove(channel="C0PAY", timestamp=ts, name="eyes")
    with pytest.raises(SlackApiError, match="no_reaction"):
        await client.reactions_remove(channel="C0PAY", timestamp=ts, name="eyes")


async def test_a_file_goes_up_in_three_steps_and_into_a_thread(
    client: AsyncWebClient, ana: Person, url: str
) -> None:
    root = await client.chat_postMessage(channel="C0PAY", text="head")
    done = await client.files_upload_v2(
        channel="C0PAY",
        thread_ts=root["ts"],
        filename="change.diff",
        content="--- a\n+++ b\n",
        snippet_type="diff",
        initial_comment="The diff",
    )
    shared = (await ana.replies("C0PAY", root["ts"]))[1]
    assert (shared["text"], shared["files"][0]["name"]) == ("The diff", "change.diff")
    async with ClientSession() as session, session.get(shared["files"][0]["url_private"]) as answer:
        assert await answer.text() == "--- a\n+++ b\n"
    info = (await client.files_info(file=done["file"]["id"]))["file"]
    assert info["shares"]["public"]["C0PAY"][0]["thread_ts"] == root["ts"]


async def test_a_response_url_works_five_times_for_half_an_hour(
    ana: Person, app: ScriptedApp, clock: Clock
) -> None:
    await ana.command("", "C0PAY")
    address = app.of("command")[0]["response_url"]
    async with ClientSession() as session:
        for number in range(5):
            async with session.post(address, json={"text": str(number)}) as answer:
                assert answer.status == 200
        async with session.post(address, json={"text": "six"}) as answer:
            assert (await answer.json())["error"] == "used_url"
        await ana.command("", "C0PAY")
        clock.ahead += 30 * 60 + 1
        async with session.post(app.of("command")[1]["response_url"], json={"text": "late"}) as answer:
            assert (await answer.json())["error"] == "expired_url"
    assert [m["text"] for m in await ana.messages("C0PAY")] == list("01234")


async def test_a_response_url_replaces_and_deletes_its_message(
    client: AsyncWebClient, ana: Person, app: ScriptedApp
) -> None:
    go = {"type": "button", "action_id": "go", "text": {"type": "plain_text", "text": "Go"}}
    row = {"type": "actions", "block_id": "row", "elements": [go]}
    await client.chat_postEphemeral(channel="C0PAY", user="U0ANA", text="psst", blocks=[row])
    await ana.click("C0PAY", (await ana.messages("C0PAY"))[0]["ts"], "go")
    address = app.of("block_actions")[0]["response_url"]
    async with ClientSession() as session:
        await session.post(address, json={"text": "done", "replace_original": True})
        assert [m["text"] for m in await ana.messages("C0PAY")] == ["done"]
        await session.post(address, json={"delete_original": True})
        assert await ana.messages("C0PAY") == []
        async with session.post(address, json={"words": "x"}) as answer:
            assert answer.status == 400


async def test_permalinks_and_people(client: AsyncWebClient) -> None:
    posted = await client.chat_postMessage(channel="C0PAY", text="head")
    link = await client.chat_getPermalink(channel="C0PAY", message_ts=posted["ts"])
    assert link["permalink"].endswith(f"/archives/C0PAY/p{posted['ts'].replace('.', '')}")
    assert (await client.users_lookupByEmail(email="ben@example.com"))["user"]["id"] == "U0BEN"
    assert (await client.usergroups_users_list(usergroup="S0REV"))["users"] == ["U0BEN"]
    scopes = (await client.auth_test()).headers["x-oauth-scopes"]
    assert "chat:write" in scopes.split(",")
