"""Slack's channels and user groups as the worker sees them, and what is not said in a shared channel."""

import time
from collections.abc import AsyncIterator

import pytest
from pydantic import SecretStr

from jobs.adapters.discreet import FRESH, DiscreetMessenger
from jobs.adapters.slack import SlackMessenger
from jobs.adapters.slack_directory import SlackDirectory
from jobs.errors import Unreachable
from jobs.ports import Message
from playground.serve import serving
from playground.slack import SlackStandIn, demo_workspace
from playground.slack.seed import BOT_KEY, SIGNING_KEY

MESSAGE = Message(channel="C0PAY", text="Of the repository.", blocks=(), key="cg-1/head")


@pytest.fixture
def slack() -> SlackStandIn:
    return SlackStandIn(demo_workspace(), signing_secret=SIGNING_KEY, clock=time.time)


@pytest.fixture
async def messenger(slack: SlackStandIn) -> AsyncIterator[SlackMessenger]:
    async with serving(slack.app) as url:
        yield SlackMessenger(f"{url}/api/", SecretStr(BOT_KEY))


async def test_groups_by_id_and_by_handle(messenger: SlackMessenger) -> None:
    found = await SlackDirectory(messenger).groups({"S0REV", "@reviewers", "@nobody", "S0GONE99"})
    assert found == {"S0REV": ("U0BEN",), "@reviewers": ("U0BEN",)}


async def test_nothing_is_said_where_others_read_along(
    slack: SlackStandIn, messenger: SlackMessenger
) -> None:
    now = [0.0]
    strangers: list[str] = []

    async def stranger(key: str, channel: str) -> str:
        return next(iter(strangers), "")

    directory = SlackDirectory(messenger)
    discreet = DiscreetMessenger(messenger, directory, stranger=stranger, clock=lambda: now[0])
    await discreet.put(MESSAGE)
    strangers.append("web/shop")
    with pytest.raises(Unreachable, match="web/shop does not belong to that channel"):
        await discreet.put(MESSAGE, ts="1.0")
    strangers.clear()
    slack.state.conversations["C0PAY"].is_ext_shared = True
    now[0] = FRESH
    before = len(slack.state.calls)
    with pytest.raises(Unreachable, match="shared with another organisation"):
        await discreet.put(MESSAGE, ts="1.0")
    with pytest.raises(Unreachable, match="shared with another organisation"):
        await discreet.upload(
            channel="C0PAY", thread_ts="1.0", name="a.diff", title="Diff", content="+secret", key="k"
        )
    assert {one["method"] for one in slack.state.calls[before:]} == {"conversations.info"}
