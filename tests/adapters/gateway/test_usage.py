"""Tokens are read from the answers, in whatever parts they come."""

import json
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jobs.adapters.gateway.usage import LARGEST, Tokens, UsageReader

CHAT = {
    "usage": {"prompt_tokens": 100, "completion_tokens": 7, "prompt_tokens_details": {"cached_tokens": 40}}
}
RESPONSES = {
    "type": "response.completed",
    "response": {
        "usage": {"input_tokens": 100, "output_tokens": 7, "input_tokens_details": {"cached_tokens": 40}}
    },
}
MESSAGES = (
    {
        "type": "message_start",
        "message": {
            "usage": {
                "input_tokens": 50,
                "cache_creation_input_tokens": 10,
                "cache_read_input_tokens": 40,
                "output_tokens": 1,
            }
        },
    },
    {"type": "message_delta", "usage": {"output_tokens": 3}},
    {"type": "message_delta", "usage": {"output_tokens": 7}},
)


def events(*told: object) -> bytes:
    noise = b": ping\n\ndata: [DONE]\n\ndata: {broken\n\n"
    return noise + b"".join(b"event: x\r\ndata: " + json.dumps(one).encode() + b"\r\n\r\n" for one in told)


def read(content: bytes, *, streamed: bool, cuts: tuple[int, ...] = ()) -> Tokens:
    reader = UsageReader(300, streamed)
    places = sorted({0, len(content), *(cut % (len(content) + 1) for cut in cuts)})
    for start, end in pairwise(places):
        reader.add(content[start:end])
    return reader.result()


@pytest.mark.parametrize(
    ("told", "expected"),
    [
        ((CHAT,), Tokens(100, 7, cached=40)),
        ((RESPONSES,), Tokens(100, 7, cached=40)),
        (MESSAGES, Tokens(100, 7, cached=40, written=10)),
    ],
)
@given(cuts=st.lists(st.integers(0, 2000), max_size=8).map(tuple))
def test_events_in_any_parts(told: tuple[object, ...], expected: Tokens, cuts: tuple[int, ...]) -> None:
    assert read(events(*told), streamed=True, cuts=cuts) == expected


@given(cuts=st.lists(st.integers(0, 2000), max_size=8).map(tuple))
def test_a_whole_answer_in_any_parts(cuts: tuple[int, ...]) -> None:
    assert read(json.dumps(CHAT).encode(), streamed=False, cuts=cuts) == Tokens(100, 7, cached=40)


def test_what_is_not_said_is_estimated_from_the_size_and_marked_so() -> None:
    assert read(b"x" * 30, streamed=False) == Tokens(100, 10, measured=False)
    assert (
        read(events({"usage": {"prompt_tokens": -1, "completion_tokens": True}}), streamed=True).measured
        is False
    )


def test_an_answer_beyond_all_bounds_is_no_burden() -> None:
    reader = UsageReader(0, True)
    for _ in range(3):
        reader.add(b"x" * LARGEST)
    reader.add(b"\n" + events(CHAT))
    assert reader.result().received == 7


@given(content=st.binary(max_size=300), streamed=st.booleans())
def test_any_bytes_are_read(content: bytes, streamed: bool) -> None:
    assert read(content, streamed=streamed).received >= 0
