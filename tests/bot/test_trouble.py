"""When Slack, Redis or the channel does not play along: a clear sentence, and nothing half done."""

import dataclasses
import json
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from typing import Any

import pytest
from aiohttp import ClientSession

from playground.form import submit
from playground.person import Person
from playground.redis_server import RedisServer
from playground.serve import serving
from playground.slack import SlackStandIn, demo_workspace
from playground.slack.seed import SIGNING_KEY
from tests.bot.world import PAY, Bot, entries, form, heads, running, told
from tests.factories import a_task
from tests.servers import private_redis


@pytest.fixture
def mortal_redis() -> Iterator[RedisServer]:
    with private_redis() as server:
        yield server


async def test_without_its_store_the_bot_says_so_and_goes_on_afterwards(
    slack_url: str, mortal_redis: RedisServer, ana: Person
) -> None:
    async with running(slack_url=slack_url, redis_url=mortal_redis.url) as bot:
        view = await form(ana)
        mortal_redis.stop()

        refused = await submit(ana, view["id"], entries())
        assert "Submit again in a minute: one form never becomes two tasks." in refused["errors"]["kind"]
        assert await ana.command("status", PAY) is not None
        assert "I cannot reach my store right now, so nothing was done." in await told(ana)
        assert await heads(ana) == []

        mortal_redis.start()
        assert await submit(ana, view["id"], entries()) == {"ok": True}
        await bot.settled()
        assert len(await bot.store.list()) == 1
        assert len(await heads(ana)) == 1


async def test_a_head_message_that_slack_refuses_loses_no_task(bot: Bot, ana: Person, slack_url: str) -> None:
    view = await form(ana)
    await fault(slack_url, "fail", method="chat.postMessage", error="channel_is_limited_access")

    assert await submit(ana, view["id"], entries()) == {"ok": True}
    await bot.settled()

    [task] = await bot.store.list()
    assert task.id in await bot.queue.queued((task.id,))
    assert await heads(ana) == []
    said = [one["text"] for one in await ana.messages("D00ANA")]
    assert said == [
        f"`{task.id}` is queued, but I could not write into <#{PAY}> (channel_is_limited_access). If the "
        "channel is private, type `/invite` there and choose me. The task goes on; "
        f"`/codegen status {task.id}` shows it."
    ]


async def test_an_answer_of_slack_that_was_lost_makes_no_second_message(
    bot: Bot, ana: Person, slack_url: str
) -> None:
    view = await form(ana)
    await fault(slack_url, "fail", method="chat.postMessage", status=503, after_commit=True)

    await submit(ana, view["id"], entries())
    await bot.settled()

    [task] = await bot.store.list()
    assert len(await heads(ana)) == 1
    assert task.id in await bot.queue.queued((task.id,)), "the worker finds the message by its key"


async def test_a_rate_limit_is_waited_for(bot: Bot, ana: Person, slack_url: str) -> None:
    await fault(slack_url, "rate_limit", method="views.open", retry_after=1)

    assert await form(ana)


async def test_a_form_that_was_closed_at_once_is_no_fault(bot: Bot, ana: Person, slack_url: str) -> None:
    await fault(slack_url, "fail", method="views.update", error="not_found")

    await ana.command("", PAY)
    await bot.settled()

    assert await heads(ana) == []
    assert not [one for one in await ana.messages(PAY) if one.get("is_ephemeral")]


async def test_when_the_facts_cannot_be_had_the_loading_view_does_not_stay(
    bot: Bot, ana: Person, slack_url: str
) -> None:
    await fault(slack_url, "fail", method="users.info", error="fatal_error")

    await ana.command("", PAY)
    await bot.settled()

    assert "could not be opened" in json.dumps(await ana.views())
    assert "Slack did not take a step (fatal_error)" in await told(ana)


@pytest.mark.parametrize(
    ("person", "channel", "sentence"),
    [
        ({"is_restricted": True}, {}, "Guests and people of other organisations"),
        ({"is_stranger": True}, {}, "Guests and people of other organisations"),
        ({}, {"is_ext_shared": True}, "shared with another organisation"),
        ({}, {"is_private": True, "members": ("U0ANA",)}, "I cannot see this channel"),
    ],
)
async def test_who_and_where_no_code_may_be_shown(
    person: dict[str, Any], channel: dict[str, Any], sentence: str, redis_url: str
) -> None:
    async with (
        slack_with(person, channel) as url,
        running(slack_url=url, redis_url=redis_url) as bot,
        Person(url, "U0ANA") as ana,
    ):
        await ana.command("", PAY)
        await bot.settled()

        [view] = await ana.views()
        assert sentence in json.dumps(view["blocks"])
        assert not view.get("submit")


async def test_a_guest_is_told_nothing_of_a_task(redis_url: str) -> None:
    async with (
        slack_with({"is_ultra_restricted": True}, {}) as url,
        running(slack_url=url, redis_url=redis_url) as bot,
        Person(url, "U0ANA") as ana,
    ):
        task, _ = await bot.store.create(a_task(requester={"id": "U0BEN"}))

        await ana.command(f"status {task.id}", PAY)
        sentence = await told(ana)
        assert "Guests and people of other organisations" in sentence
        assert task.spec.title not in sentence


async def test_a_store_that_fails_after_the_form_was_taken_is_said_privately(
    slack_url: str, mortal_redis: RedisServer, ana: Person
) -> None:
    async with running(slack_url=slack_url, redis_url=mortal_redis.url) as bot:
        view = await form(ana)
        await fault(slack_url, "slow", method="chat.postMessage", seconds=0.5)
        assert await submit(ana, view["id"], entries()) == {"ok": True}
        mortal_redis.stop()
        await bot.settled()

        [sentence] = [one["text"] for one in await ana.messages("D00ANA")]
        assert sentence.startswith("Your task is saved and starts by itself")

        mortal_redis.start()
        assert len(await bot.store.list()) == 1


async def test_a_repository_of_another_channel_is_refused_above_the_form(
    bot: Bot, ana: Person, slack: SlackStandIn
) -> None:
    view = await form(ana)
    await submit(ana, view["id"], entries(criteria=["It works"]))
    kind, body = bot.heard[-1]
    answers = body["view"]["state"]["values"]
    answers["repository"] = {"repository": {"selected_option": {"value": "web/shop"}}}
    answers["criteria"]["criteria"]["value"] = "A line of 2.675 totals 2.68"

    answer: Any = await slack.delivery.deliver(kind, body)

    assert answer["response_action"] == "push"
    assert "`web/shop` cannot be used from this channel" in json.dumps(answer["view"])
    assert await bot.store.list() == ()


async def fault(url: str, kind: str, **body: Any) -> None:
    async with ClientSession() as session, session.post(f"{url}/_control/{kind}", json=body) as answer:
        assert answer.status == 200


@asynccontextmanager
async def slack_with(person: dict[str, Any], channel: dict[str, Any]) -> AsyncIterator[str]:
    """The demo's workspace with another Ana or another #payments."""
    usual = demo_workspace()
    users = tuple(dataclasses.replace(one, **person) if one.id == "U0ANA" else one for one in usual.users)
    channels = tuple(dataclasses.replace(one, **channel) if one.id == PAY else one for one in usual.channels)
    changed = dataclasses.replace(usual, users=users, channels=channels)
    async with serving(SlackStandIn(changed, signing_secret=SIGNING_KEY).app) as url:
        yield url
