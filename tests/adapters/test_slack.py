"""The worker's side of a thread against the Slack stand-in: nothing twice, and sentences for refusals."""

import dataclasses
from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Any

import pytest
from aiohttp import ClientSession
from pydantic import SecretStr

from jobs.adapters.slack import SlackMessenger
from jobs.errors import Stop, Transient
from jobs.ports import Message
from playground.person import Person
from playground.serve import serving
from playground.slack import SlackStandIn, demo_workspace
from playground.slack.seed import BOT_KEY, SIGNING_KEY


@dataclass
class Slack:
    """The stand-in, and the messenger that speaks to it."""

    standin: SlackStandIn
    url: str
    messenger: SlackMessenger
    session: ClientSession
    ana: Person

    async def trouble(self, kind: str, method: str, **more: object) -> None:
        async with self.session.post(
            f"{self.url}/_control/{kind}", json={"method": method, **more}
        ) as answer:
            assert answer.status == 200

    def calls(self, method: str) -> list[dict[str, Any]]:
        return [one for one in self.standin.state.calls if one["method"] == method]

    async def thread(self, ts: str) -> list[dict[str, Any]]:
        return await self.ana.replies("C0PAY", ts)


@pytest.fixture
async def slack() -> AsyncIterator[Slack]:
    standin = SlackStandIn(demo_workspace(), signing_secret=SIGNING_KEY)
    async with serving(standin.app) as url, ClientSession() as session, Person(url, "U0ANA") as ana:
        messenger = SlackMessenger(f"{url}/api/", SecretStr(BOT_KEY))
        yield Slack(standin, url, messenger, session, ana)


def message(text: str = "one", **fields: Any) -> Message:
    section = {"type": "section", "text": {"type": "mrkdwn", "text": text}}
    given = {"channel": "C0PAY", "text": text, "blocks": (section,), "key": "cg-1/head"}
    return Message.model_validate(given | fields)


async def test_a_message_is_posted_once_and_updated_afterwards(slack: Slack) -> None:
    ts = await slack.messenger.put(message())
    assert await slack.messenger.put(message("two"), ts=ts) == ts
    assert [one["text"] for one in await slack.ana.messages("C0PAY")] == ["two"]
    assert await slack.messenger.permalink("C0PAY", ts)


async def test_a_crash_between_post_and_store_posts_nothing_twice(slack: Slack) -> None:
    head = await slack.messenger.put(message())
    assert await slack.messenger.put(message("again")) == head
    reply = await slack.messenger.put(message("sum", thread_ts=head, key="cg-1-r1/summary"))
    assert await slack.messenger.put(message("sum 2", thread_ts=head, key="cg-1-r1/summary")) == reply
    assert [one["text"] for one in await slack.thread(head)] == ["again", "sum 2"]


async def test_an_answer_that_got_lost_after_the_post_posts_nothing_twice(slack: Slack) -> None:
    await slack.trouble("fail", "chat.postMessage", times=3, status=503, after_commit=True)
    with pytest.raises(Transient):
        await slack.messenger.put(message())
    slack.standin.state.faults.pending.clear()
    await slack.messenger.put(message("again"))
    assert [one["text"] for one in await slack.ana.messages("C0PAY")] == ["again"]


async def test_a_deleted_message_is_posted_anew(slack: Slack) -> None:
    ts = await slack.messenger.put(message())
    async with slack.session.post(
        f"{slack.url}/api/chat.delete",
        json={"channel": "C0PAY", "ts": ts},
        headers={"Authorization": f"Bearer {BOT_KEY}"},
    ) as answer:
        assert (await answer.json())["ok"]
    again = await slack.messenger.put(message("back"), ts=ts)
    assert again != ts
    assert [one["text"] for one in await slack.ana.messages("C0PAY")] == ["back"]


async def test_a_file_is_uploaded_once_per_key(slack: Slack) -> None:
    head = await slack.messenger.put(message())
    for _ in range(2):
        await slack.messenger.upload(
            channel="C0PAY",
            thread_ts=head,
            name="rejected.diff",
            title="Diff",
            content="+ a\n",
            key="cg-1-r1",
        )
    files = [file["name"] for one in await slack.thread(head) for file in one.get("files", ())]
    assert files == ["cg-1-r1-rejected.diff"]


async def test_a_rate_limit_is_waited_out(slack: Slack) -> None:
    await slack.trouble("rate_limit", "chat.postMessage", times=2, retry_after=0)
    await slack.messenger.put(message())
    assert len(slack.calls("chat.postMessage")) == 3


async def test_a_long_rate_limit_is_passed_on_with_its_time(slack: Slack) -> None:
    await slack.trouble("fail", "chat.postMessage", times=9, error="ratelimited")
    with pytest.raises(Transient) as caught:
        await slack.messenger.put(message())
    assert caught.value.retry_after > 0


@pytest.mark.parametrize(
    ("error", "told", "remedy"),
    [
        ("is_archived", "archived", "Unarchive"),
        ("not_in_channel", "not in the channel", "Invite"),
        ("channel_not_found", "no such channel", "Invite"),
        ("token_revoked", "refused the bot's token", "SLACK_BOT_TOKEN"),
        ("account_inactive", "refused the bot's token", "SLACK_BOT_TOKEN"),
        ("token_expired", "refused the bot's token", "SLACK_BOT_TOKEN"),
        ("not_authed", "refused the bot's token", "SLACK_BOT_TOKEN"),
        ("missing_scope", "lacks a Slack scope", "manifest.json"),
        ("restricted_action", "does not let the bot", "administrator"),
        ("invalid_blocks", "invalid_blocks", ""),
    ],
)
async def test_refusals_are_sentences(slack: Slack, error: str, told: str, remedy: str) -> None:
    await slack.trouble("fail", "chat.postMessage", error=error)
    with pytest.raises(Stop) as caught:
        await slack.messenger.put(message())
    assert told in caught.value.reason and remedy in caught.value.remedy
    assert BOT_KEY not in str(caught.value)


@pytest.mark.parametrize("fault", [{"status": 500}, {"error": "internal_error"}, {"error": "fatal_error"}])
async def test_slacks_own_faults_are_passing(slack: Slack, fault: dict[str, object]) -> None:
    await slack.trouble("fail", "chat.postMessage", times=9, **fault)
    with pytest.raises(Transient):
        await slack.messenger.put(message())


async def test_a_slack_that_is_not_there_is_passing() -> None:
    with pytest.raises(Transient, match="cannot be reached"):
        await SlackMessenger("http://127.0.0.1:9/api/", SecretStr(BOT_KEY)).put(message())


async def test_an_archived_channel_and_one_the_bot_is_not_in(slack: Slack) -> None:
    slack.standin.state.conversations["C0PAY"].is_archived = True
    with pytest.raises(Stop, match="archived"):
        await slack.messenger.put(message())
    # a public channel may be written to without being in it
    ts = await slack.messenger.put(message(channel="C0GEN"))
    assert await slack.messenger.put(message("two", channel="C0GEN"), ts=ts) == ts


async def test_the_check_names_team_and_scopes(slack: Slack) -> None:
    team, scopes = await slack.messenger.check()
    assert team == "Playground" and "chat:write" in scopes
    workspace = slack.standin.state.workspace
    app = dataclasses.replace(workspace.app, bot_token="xoxb-renewed")
    slack.standin.state.workspace = dataclasses.replace(workspace, app=app)
    with pytest.raises(Stop, match="refused the bot's token"):
        await slack.messenger.check()
