"""The scripted mind by itself: what it does follows from what it is told."""

from playground.model.script import next_calls
from playground.model.solve import Solve
from playground.model.talk import Call, Seen, Talk, Turn

TASK = "# Task: Round half up\n\n- AC1: A line of 1 x 2.665 totals 2.67\n"
TOOLS = frozenset({"read", "search", "edit", "write", "run", "assume", "finish"})


def talk(*turns: Turn) -> Talk:
    return Talk(task=TASK, tools=TOOLS, turns=turns)


def test_it_begins_by_searching() -> None:
    calls = next_calls(Solve(), talk())
    assert {call.tool for call in calls} == {"search"}


def test_finding_nothing_is_said() -> None:
    calls = next_calls(Solve(), talk())
    nothing = Turn(calls, tuple(Seen("Nothing under . matches.") for _ in calls))
    (finish,) = next_calls(Solve(), talk(nothing))
    assert "found no file that fits" in finish.args["unable"]


def test_a_call_that_was_cut_off_is_made_again() -> None:
    calls = next_calls(Solve(), talk())
    cut = Turn((*calls[:-1], Call("search", {"unreadable": '{"pat'})), tuple(Seen("") for _ in calls))
    assert next_calls(Solve(), talk(cut)) == calls


def test_a_task_it_does_not_know_is_declined() -> None:
    (call,) = next_calls(Solve(), Talk(task="Paint the house.", tools=TOOLS))
    assert call.tool == "finish"
    assert "knows only" in call.args["unable"]
