"""Which messages are replies: no apps, no edits, no asides, nothing outside a thread."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.replies import Word, addressed, read_reply
from tests.factories import a_task

SAID = {"channel": "C0PAY", "thread_ts": "1.000001", "ts": "2.000001", "user": "U0ANA", "text": "mind notes"}


@pytest.mark.parametrize(
    ("changes", "text", "word"),
    [
        ({}, "mind notes", None),
        ({"subtype": "thread_broadcast"}, "mind notes", None),
        ({"subtype": "file_share"}, "mind notes", None),
        ({"text": "<@U0BOT>, mute"}, "mute", Word.MUTE),
        ({"text": "UNMUTE!"}, "UNMUTE!", Word.UNMUTE),
        ({"text": "mute the log line"}, "mute the log line", None),
        ({"text": "asides are fine"}, "asides are fine", None),
    ],
)
def test_what_people_say_in_a_thread_is_a_reply(
    changes: dict[str, object], text: str, word: Word | None
) -> None:
    reply = read_reply({**SAID, **changes})
    assert reply is not None and (reply.text, reply.word) == (text, word)


@pytest.mark.parametrize(
    "changes",
    [
        {"bot_id": "B0BOT"},
        {"subtype": "message_changed", "message": SAID},
        {"subtype": "message_deleted"},
        {"subtype": "channel_join"},
        {"thread_ts": "2.000001"},
        {"thread_ts": None},
        {"user": None},
        {"text": "Aside: lunch?"},
        {"text": "<@U0BOT> aside lunch?"},
        {"text": "  "},
        {"text": None},
    ],
)
def test_anything_else_is_none(changes: dict[str, object]) -> None:
    assert read_reply({**SAID, **changes}) is None


def test_in_a_batchs_thread_a_reply_names_its_task() -> None:
    one, two = a_task(id="cg-1a2b3c4d"), a_task(id="cg-5e6f7g8h")
    reply = read_reply({**SAID, "text": "cg-5e6f7g8h: mind notes"})
    assert reply is not None and addressed(reply, [one, two]) == (two, "mind notes")
    unnamed = read_reply(SAID)
    assert unnamed is not None and addressed(unnamed, [one, two]) is None
    assert addressed(unnamed, [one]) == (one, "mind notes") and addressed(unnamed, []) is None


@given(
    event=st.dictionaries(
        st.sampled_from([*SAID, "subtype", "bot_id"]), st.none() | st.text() | st.integers()
    )
)
def test_no_event_is_too_odd_to_read(event: dict[str, object]) -> None:
    reply = read_reply(event)
    assert reply is None or reply.text == reply.text.strip() != ""
