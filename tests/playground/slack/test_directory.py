"""Looking around: channels, people, groups."""

import pytest
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from playground.person import Person


async def test_channels(client: AsyncWebClient) -> None:
    listed = (await client.conversations_list(types="public_channel,private_channel", limit=2))["channels"]
    assert [(c["id"], c["is_member"]) for c in listed] == [("C0PAY", True), ("C0WEB", True)]
    rest = await client.conversations_list(limit=2, cursor="next:2")
    assert [(c["id"], c["is_member"]) for c in rest["channels"]] == [("C0GEN", False)]
    info = (await client.conversations_info(channel="C0PAY", include_num_members=True))["channel"]
    assert (info["name"], info["is_private"], info["num_members"]) == ("payments", False, 4)
    assert "U0BOT" in (await client.conversations_members(channel="C0PAY"))["members"]


async def test_people(client: AsyncWebClient) -> None:
    assert (await client.users_info(user="U0ANA"))["user"]["profile"]["email"] == "ana@example.com"
    everybody = (await client.users_list())["members"]
    assert [user["id"] for user in everybody if user["is_bot"]] == ["U0BOT"]
    (group,) = (await client.usergroups_list(include_users=True, include_count=True))["usergroups"]
    assert (group["handle"], group["users"], group["user_count"]) == ("reviewers", ["U0BEN"], 1)


async def test_a_deleted_message_is_gone(client: AsyncWebClient, ana: Person) -> None:
    posted = await client.chat_postMessage(channel="C0PAY", text="oops")
    await client.chat_delete(channel="C0PAY", ts=posted["ts"])
    assert await ana.messages("C0PAY") == []
    with pytest.raises(SlackApiError, match="message_not_found"):
        await client.chat_update(channel="C0PAY", ts=posted["ts"], text="x")


async def test_a_public_channel_takes_words_of_a_stranger_and_shows_it_nothing(
    client: AsyncWebClient,
) -> None:
    await client.chat_postMessage(channel="#general", text="hello")
    with pytest.raises(SlackApiError, match="not_in_channel"):
        await client.conversations_history(channel="C0GEN")
