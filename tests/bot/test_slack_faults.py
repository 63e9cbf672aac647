"""Slack refuses the bot: the person hears what it means and what to do, and no task is lost."""

from typing import Any

import pytest

from playground.form import submit
from playground.person import Person
from playground.slack import SlackStandIn
from tests.bot.test_evidence import modal, summed_up, whispered
from tests.bot.test_trouble import fault
from tests.bot.world import PAY, Bot, entries, form, heads, told


@pytest.mark.parametrize(
    ("code", "sentence"),
    [
        ("expired_trigger_id", "That took longer than Slack waits for, so nothing was opened"),
        ("invalid_trigger_id", "That took longer than Slack waits for"),
        ("token_revoked", "Slack does not take my token any more (token_revoked)"),
        ("invalid_auth", "Ask an operator to renew `SLACK_BOT_TOKEN`"),
        ("account_inactive", "What is queued or running goes on"),
        ("not_in_channel", "type `/invite` there and choose me"),
        ("fatal_error", "Slack did not take a step (fatal_error). Try again"),
    ],
)
async def test_a_form_that_cannot_be_opened(
    bot: Bot, ana: Person, slack_url: str, code: str, sentence: str
) -> None:
    await fault(slack_url, "fail", method="views.open", error=code)

    await ana.command("", PAY)
    await bot.settled()

    assert sentence in await told(ana)
    assert await bot.store.list() == ()


async def test_a_click_that_slack_delivers_twice_says_nothing_the_second_time(
    bot: Bot, ana: Person, slack_url: str
) -> None:
    _, ts = await summed_up(bot, ana)
    await fault(slack_url, "fail", method="views.open", error="exchanged_trigger_id")

    await ana.click(PAY, ts, "run_evidence")
    await bot.settled()

    replies = await ana.replies(PAY, (await heads(ana))[0]["ts"])
    assert not [one for one in replies if one.get("is_ephemeral")]


async def test_evidence_says_so_when_it_cannot_be_looked_up(
    bot: Bot, ana: Person, ben: Person, slack_url: str
) -> None:
    _, ts = await summed_up(bot, ana)
    await fault(slack_url, "fail", method="users.info", error="fatal_error")

    await ben.click(PAY, ts, "run_evidence")

    await modal(ben, "The evidence could not be looked up")
    await bot.settled()
    assert "Slack did not take a step (fatal_error)" in await whispered(ben)


@pytest.mark.parametrize("code", ["channel_not_found", "not_in_channel", "is_archived", "restricted_action"])
async def test_a_head_that_no_channel_takes_is_told_directly(
    bot: Bot, ana: Person, slack_url: str, code: str
) -> None:
    view = await form(ana)
    await fault(slack_url, "fail", method="chat.postMessage", error=code)

    assert await submit(ana, view["id"], entries()) == {"ok": True}
    await bot.settled()

    [task] = await bot.store.list()
    [said] = await ana.messages("D00ANA")
    assert task.id in said["text"] and code in said["text"]
    assert await bot.queue.queued((task.id,)) == {task.id}, "the task goes on"


@pytest.mark.parametrize(
    "code", ["user_not_in_channel", "channel_not_found", "not_in_channel", "is_archived"]
)
async def test_what_one_person_should_see_comes_directly_instead(
    bot: Bot, ana: Person, slack: SlackStandIn, slack_url: str, code: str
) -> None:
    await fault(slack_url, "fail", method="chat.postEphemeral", error=code)

    async def directly() -> list[dict[str, Any]] | None:
        return [one.payload for one in slack.state.messages.by_channel.get("D00ANA", ())] or None

    await ana.message(PAY, "<@U0BOT> please round half up")

    [said] = await ana.wait_for(directly, 5)
    assert "I can begin a spec with what is written here" in said["text"]
    assert said["blocks"][-1]["elements"][0]["text"]["text"] == "Begin a spec with this"


@pytest.mark.parametrize("code", ["expired_url", "used_url"])
async def test_an_answer_whose_address_expired_comes_another_way(
    bot: Bot, ana: Person, slack_url: str, code: str
) -> None:
    await fault(slack_url, "fail", method="response_url", error=code)

    await ana.command("help", PAY)

    assert "/codegen" in await told(ana)
