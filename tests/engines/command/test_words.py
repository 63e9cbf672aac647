"""What a program tells is read line by line and part by part; whatever it is, nothing breaks."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jobs.domain.coding_agent import Told
from jobs.engines.command.events import NOTHING, SAID, STEP, Event, read_event
from jobs.engines.command.report import Report, read_report

RUN = {"id": "1", "type": "command_execution", "command": "pytest -q", "status": "in_progress"}
USED = {"type": "tool_use", "name": "Bash", "input": {"command": "pytest -q"}}
LINES: list[tuple[Told, object, Event]] = [
    (Told.CODEX, {"type": "item.started", "item": RUN}, Event(step="running pytest -q")),
    (
        Told.CODEX,
        {"type": "item.completed", "item": {"type": "file_change", "changes": [{"path": "a.py"}]}},
        Event(step="writing a.py"),
    ),
    (
        Told.CODEX,
        {"type": "item.completed", "item": {"type": "agent_message", "text": "Done."}},
        Event(said="Done."),
    ),
    (Told.CODEX, {"type": "turn.failed", "error": {"message": "no model"}}, Event(failed="no model")),
    (
        Told.CLAUDE_CODE,
        {"type": "assistant", "message": {"content": [{"type": "text", "text": "I look."}, USED]}},
        Event(step="bash pytest -q", said="I look."),
    ),
    (Told.CLAUDE_CODE, {"type": "result", "subtype": "success", "result": "Done."}, Event(said="Done.")),
    (
        Told.CLAUDE_CODE,
        {"type": "result", "subtype": "error_max_turns", "is_error": True},
        Event(failed="error_max_turns"),
    ),
    (
        Told.OPENCODE,
        {"type": "tool_use", "part": {"tool": "edit", "state": {"input": {"filePath": "/code/a.py"}}}},
        Event(step="edit /code/a.py"),
    ),
    (Told.OPENCODE, {"type": "text", "part": {"text": "Done."}}, Event(said="Done.")),
    (
        Told.OPENCODE,
        {"type": "error", "error": {"name": "APIError", "data": {"message": "refused"}}},
        Event(failed="refused"),
    ),
    (Told.PLAIN, {"step": "thinking", "text": "Hm."}, Event(step="thinking", said="Hm.")),
]


@pytest.mark.parametrize(("told", "line", "expected"), LINES)
def test_each_program_is_understood(told: Told, line: object, expected: Event) -> None:
    assert read_event(told, json.dumps(line)) == expected


def test_plain_text_is_what_it_says_and_nothing_of_the_others() -> None:
    assert read_event(Told.PLAIN, "All done.\n") == Event(said="All done.")
    assert read_event(Told.CODEX, "All done.") == NOTHING


def test_secrets_and_length_are_cut() -> None:
    key = "sk-proj-" + "a1" * 30
    event = read_event(
        Told.PLAIN, json.dumps({"step": f"export A={key}" + "x" * 999, "text": key + "y" * 9999})
    )
    assert key not in event.step + event.said
    assert len(event.step) <= STEP and len(event.said) <= SAID


@given(told=st.sampled_from(Told), line=st.text() | st.recursive(st.none(), st.lists).map(json.dumps))
def test_no_line_breaks_it(told: Told, line: str) -> None:
    assert isinstance(read_event(told, line), Event)


@given(
    told=st.sampled_from(Told),
    kind=st.sampled_from(["item.started", "assistant", "result", "text", "tool_use", "error", "turn.failed"]),
    rest=st.dictionaries(
        st.sampled_from(["item", "message", "part", "error", "result", "is_error", "subtype", "step"]),
        st.none() | st.text(max_size=3) | st.just([]) | st.just({}) | st.just({"type": "file_change"}),
    ),
)
def test_no_shape_of_a_known_line_breaks_it(told: Told, kind: str, rest: dict[str, object]) -> None:
    assert isinstance(read_event(told, json.dumps({"type": kind, **rest})), Event)


def test_a_report_is_read_part_by_part() -> None:
    told = {
        "summary": "Half up.",
        "proofs": [{"criterion": "AC1", "tests": "not a list"}],
        "answers": [{"to": 1, "text": "Done."}],
        "cost": 0,
    }
    report = read_report(json.dumps(told).encode())
    assert report is not None
    assert (report.summary, report.proofs, len(report.answers)) == ("Half up.", (), 1)


@pytest.mark.parametrize("content", [None, b"", b"[]", b"\xff", b"[" * 100_000, b'{"summary": 1}'])
def test_what_is_no_report(content: bytes | None) -> None:
    assert read_report(content) in (None, Report())
