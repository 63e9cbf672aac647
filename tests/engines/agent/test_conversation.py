"""The messages survive storage, and make room for themselves."""

import pytest
from pydantic_ai.messages import ModelResponse, ToolCallPart, ToolReturnPart

from jobs.engines.agent.conversation import DROPPED, KEPT, ROOM, Conversation, Opening
from jobs.errors import Stop


def opened() -> Conversation:
    talk = Conversation([])
    talk.open_round(system="s", prompt="p", note=Opening(stamp="one", spec="d", tree="t"))
    return talk


def add(talk: Conversation, name: str, content: str, *, changed: bool = False) -> None:
    talk.messages.append(ModelResponse([ToolCallPart("write", {"path": name}, name)]))
    metadata = {"changed": True} if changed else None
    talk.answer([ToolReturnPart("write", content, tool_call_id=name, metadata=metadata)])


def test_it_is_the_same_after_storage() -> None:
    talk = opened()
    add(talk, "a", "done", changed=True)
    again = Conversation.load(talk.dump())
    assert again.dump() == talk.dump()
    assert (again.stamp, again.spec, again.tree) == ("one", "d", "t")
    assert [call.tool_call_id for call in again.changes_since("t")] == ["a"]
    assert again.changes_since("another tree") == []


def test_what_cannot_be_read_is_a_stop() -> None:
    with pytest.raises(Stop, match="cannot be read"):
        Conversation.load(b'{"not": "messages"}')


def test_old_results_are_dropped_many_at_once() -> None:
    talk = opened()
    for number in range(14):
        add(talk, f"c{number}", str(number) * 50_000, changed=True)
    talk.trim()
    contents = [str(part.content) for part in talk._returns()]
    assert contents[0] == DROPPED and contents[-1] != DROPPED
    kept = sum(len(content) for content in contents)
    assert kept <= KEPT + 14 * len(DROPPED) < ROOM
    assert len(talk.changes_since("t")) == 14


def test_a_finish_is_answered_when_the_next_round_opens() -> None:
    talk = opened()
    talk.messages.append(ModelResponse([ToolCallPart("finish", {}, "f")]))
    talk.open_round(system="s", prompt="again", note=Opening(stamp="two", spec="d", tree="u"))
    assert talk.unanswered() == []
    assert [part.tool_call_id for part in talk._returns()] == ["f"]
    assert talk.stamp == "two"
