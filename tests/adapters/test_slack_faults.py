"""What the worker's messenger makes of Slack's refusals: nothing is lost, nothing stands there twice."""

from collections.abc import Sequence
from typing import Any

import pytest

from jobs.adapters.slack_faults import SHORT, ending, shortened
from jobs.errors import Stop, ThreadGone, TokenRefused, Transient, Unreachable
from jobs.queue.connection import Connection
from jobs.queue.posting import MarkingMessenger
from playground.slack.seed import BOT_KEY
from tests.adapters.test_slack import Slack, message, slack

__all__ = ["slack"]

HEAD = "cg-1/head"


@pytest.mark.parametrize(
    ("code", "status", "expected"),
    [
        ("channel_not_found", 200, Unreachable),
        ("not_in_channel", 200, Unreachable),
        ("is_archived", 200, Unreachable),
        ("is_inactive", 200, Unreachable),
        ("restricted_action", 200, Unreachable),
        ("restricted_action_read_only_channel", 200, Unreachable),
        ("posting_to_channel_denied", 200, Unreachable),
        ("token_revoked", 200, TokenRefused),
        ("invalid_auth", 200, TokenRefused),
        ("account_inactive", 200, TokenRefused),
        ("thread_not_found", 200, ThreadGone),
        ("ratelimited", 200, Transient),
        ("ratelimited", 429, Transient),
        ("", 429, Transient),
        ("", 503, Transient),
        ("request_timeout", 200, Transient),
        ("fatal_error", 200, Transient),
        ("invalid_blocks", 200, Stop),
    ],
)
def test_each_refusal_has_its_consequence(code: str, status: int, expected: type[Exception]) -> None:
    assert type(ending(code, status, {})) is expected


@pytest.mark.parametrize(("header", "seconds"), [("7", 7.0), ("0.5", 0.5), ("soon", 3.0), ("", 3.0)])
def test_how_long_to_wait_is_slacks_word_where_it_is_a_number(header: str, seconds: float) -> None:
    told = ending("ratelimited", 429, {"retry-after": header})

    assert isinstance(told, Transient) and told.limited and told.retry_after == seconds


async def texts(slack: Slack, channel: str = "C0PAY") -> Sequence[str]:
    return [one["text"] for one in await slack.ana.messages(channel)]


@pytest.mark.parametrize("code", ["cant_update_message", "edit_window_closed", "message_not_found"])
async def test_what_cannot_be_changed_any_more_is_said_anew_once(slack: Slack, code: str) -> None:
    old = await slack.messenger.put(message())
    # refused under its own name, and again when it is found by its key
    await slack.trouble("fail", "chat.update", times=1, error=code)
    standing = slack.standin.state.messages.find("C0PAY", old)
    standing.payload["bot_id"] = "B0OTHER"

    new = await slack.messenger.put(message("two"), ts=old)
    assert new != old
    assert await slack.messenger.put(message("three"), ts=new) == new
    assert await slack.messenger.put(message("four")) == new, "the one that can be changed is found"
    assert await texts(slack) == ["one", "four"]


@pytest.mark.parametrize("code", ["msg_too_long", "msg_blocks_too_long"])
@pytest.mark.parametrize("method", ["chat.postMessage", "chat.update"])
async def test_what_is_too_long_is_cut_and_keeps_its_buttons(slack: Slack, code: str, method: str) -> None:
    ts = await slack.messenger.put(message()) if method == "chat.update" else None
    await slack.trouble("fail", method, error=code)

    await slack.messenger.put(long_message(), ts=ts)

    [shown] = await slack.ana.messages("C0PAY")
    assert [block["type"] for block in shown["blocks"]] == ["section", "actions"]
    assert "This is cut" in shown["blocks"][0]["text"]["text"]


async def test_what_is_too_long_even_then_is_a_stop(slack: Slack) -> None:
    await slack.trouble("fail", "chat.postMessage", times=2, error="msg_too_long")

    with pytest.raises(Stop, match="takes no message of this length"):
        await slack.messenger.put(long_message())


def test_a_cut_leaves_no_half_link_or_entity() -> None:
    text = "x" * (SHORT - 4) + "&amp;&lt;" + "<https://gitlab.example|there>"

    shown = str(shortened(message(text)).blocks)

    assert "&am" not in shown and "<https" not in shown


async def test_a_thread_whose_root_is_gone_is_not_written_into(slack: Slack) -> None:
    reply = message("sum", thread_ts="1700000000.000001", key="cg-1-r1/summary")

    with pytest.raises(ThreadGone):
        await slack.messenger.put(reply)
    with pytest.raises(ThreadGone):
        await slack.messenger.upload(
            channel="C0PAY", thread_ts="1700000000.000001", name="d", title="d", content="+", key="cg-1-r1"
        )
    assert await texts(slack) == []


async def test_one_person_is_told_in_a_direct_message(slack: Slack) -> None:
    await slack.messenger.tell("U0ANA", "I cannot write into the channel.")

    assert await texts(slack, "D00ANA") == ["I cannot write into the channel."]
    with pytest.raises(Stop, match="user_not_found"):
        await slack.messenger.tell("U0NOBODY", "Hello")


async def test_a_channel_that_cannot_be_read_gets_each_reply_once(
    slack: Slack, connection: Connection
) -> None:
    messenger = MarkingMessenger(slack.messenger, connection)
    head = await messenger.put(message(channel="C0GEN"))
    reply = message("sum", channel="C0GEN", thread_ts=head, key="cg-1-r1/summary")

    assert await messenger.put(reply) == await messenger.put(reply)

    assert len(await slack.ana.replies("C0GEN", head)) == 2


async def test_a_reply_comes_anew_where_its_thread_begins_anew(slack: Slack, connection: Connection) -> None:
    messenger = MarkingMessenger(slack.messenger, connection)
    first = await messenger.put(message())
    summary = {"thread_ts": first, "key": "cg-1-r1/summary"}
    await messenger.put(message("sum", **summary))
    slack.standin.state.messages.by_channel["C0PAY"].pop(0)

    again = await messenger.put(message("two"), ts=first)
    await messenger.put(message("sum", **summary | {"thread_ts": again}))

    assert [one["text"] for one in await slack.thread(again)] == ["two", "sum"]


async def test_a_revoked_token_stops_with_what_the_operator_can_do(slack: Slack) -> None:
    await slack.trouble("fail", "chat.update", error="token_revoked")
    ts = await slack.messenger.put(message())

    with pytest.raises(TokenRefused) as caught:
        await slack.messenger.put(message("two"), ts=ts)

    assert "SLACK_BOT_TOKEN" in caught.value.remedy and BOT_KEY not in str(caught.value)


def long_message() -> Any:
    button = {"type": "button", "action_id": "a", "text": {"type": "plain_text", "text": "Retry"}}
    section = {"type": "section", "text": {"type": "mrkdwn", "text": "line\n" * 590}}
    row = {"type": "actions", "elements": [button]}
    return message(blocks=(section, {"type": "divider"}, section, row))
