"""The stand-in refuses what Slack refuses: one wrong call a row."""

from collections.abc import AsyncIterator
from dataclasses import replace
from typing import Any

import pytest
from aiohttp import ClientSession

from playground.serve import serving
from playground.slack import Channel, SlackStandIn, demo_workspace
from playground.slack.seed import BOT_KEY, SIGNING_KEY
from tests.playground.slack.wrong_calls import WRONG, Wrong

Payload = dict[str, Any]


READS = ("conversations.", "users.", "usergroups.", "chat.getPermalink", "files.getUpload")
CHANNELLED = ("chat.", "reactions.", "conversations.replies")


@pytest.fixture
def slack() -> SlackStandIn:
    seed = demo_workspace()
    more = (
        Channel(id="G0OUT", name="secret", members=("U0ANA",), is_private=True),
        Channel(id="G0IN", name="inside", members=("U0ANA", "U0BOT"), is_private=True),
        Channel(id="C0OLD", name="old", members=("U0ANA", "U0BOT"), is_archived=True),
    )
    return SlackStandIn(replace(seed, channels=(*seed.channels, *more)), signing_secret=SIGNING_KEY)


@pytest.fixture
async def url(slack: SlackStandIn) -> AsyncIterator[str]:
    async with serving(slack.app) as address:
        yield address


async def call(url: str, method: str, args: Payload, token: str | None = BOT_KEY) -> Payload:
    headers = {"Authorization": f"Bearer {token}"} if token else {}
    given = {"channel": "C0PAY", **args} if method.startswith(CHANNELLED) and "text" not in args else args
    if method.startswith("chat.") and method != "chat.postMessage":
        given = {"channel": "C0PAY", **args}
    async with ClientSession(headers=headers) as session:
        if method.startswith(READS) and method != "conversations.join":
            async with session.get(f"{url}/api/{method}", params=given) as answer:
                read: Payload = await answer.json()
                return read
        async with session.post(f"{url}/api/{method}", json=given) as answer:
            written: Payload = await answer.json()
            return written


@pytest.mark.parametrize("wrong", WRONG, ids=[wrong.id for wrong in WRONG])
async def test_refused(wrong: Wrong, slack: SlackStandIn, url: str) -> None:
    if wrong.without:
        app = slack.state.workspace.app
        left = tuple(scope for scope in app.scopes if scope != wrong.without)
        slack.state.workspace = replace(slack.state.workspace, app=replace(app, scopes=left))
    args = dict(wrong.args)
    if args.get("ts") == "bot":
        args["ts"] = (await call(url, "chat.postMessage", {"channel": "C0PAY", "text": "mine"}))["ts"]
    if args.get("ts") == "person":
        async with ClientSession() as session:
            words = {"user": "U0ANA", "channel": "C0PAY", "text": "hers"}
            async with session.post(f"{url}/_person/message", json=words) as answer:
                args["ts"] = (await answer.json())["ts"]
    before = sum(map(len, slack.state.messages.by_channel.values()))

    refused = await call(url, wrong.method, args, wrong.token)

    assert (refused["ok"], refused["error"]) == (False, wrong.error), refused
    if wrong.at is not None:
        told = refused["response_metadata"]["messages"]
        assert any(f"[json-pointer:{wrong.at}" in message for message in told), told
    assert sum(map(len, slack.state.messages.by_channel.values())) == before


async def test_every_problem_is_named_at_once(url: str) -> None:
    refused = await call(url, "chat.postMessage", {"text": 5, "colour": "red"})
    told = " ".join(refused["response_metadata"]["messages"])
    assert all(name in told for name in ("channel", "colour", "/text"))


@pytest.mark.parametrize("body", ["{", "[]"])
async def test_a_body_that_is_no_object(url: str, body: str) -> None:
    headers = {"Authorization": f"Bearer {BOT_KEY}", "Content-Type": "application/json"}
    post = ClientSession(headers=headers)
    async with post as session, session.post(f"{url}/api/chat.postMessage", data=body) as answer:
        assert (await answer.json())["error"] in ("invalid_json", "json_not_object")


async def test_reads_do_not_look_into_a_json_body(url: str) -> None:
    post = ClientSession(headers={"Authorization": f"Bearer {BOT_KEY}"})
    async with post as session, session.post(f"{url}/api/users.info", json={"user": "U0ANA"}) as answer:
        assert (await answer.json())["error"] == "invalid_arguments"
