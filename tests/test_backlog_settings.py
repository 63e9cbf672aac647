"""The `[backlog]` table: every problem at once, at start."""

import tomllib
from pathlib import Path

import pytest
from pydantic import ValidationError

from jobs.domain.plan import ANYTIME, Overlap, Plan
from jobs.settings import OperatorFile, problems_by_field

EXAMPLE = Path(__file__).resolve().parent.parent / "codegen.example.toml"


def read(text: str) -> OperatorFile:
    return OperatorFile.model_validate(tomllib.loads(text))


def test_the_example_is_a_valid_file() -> None:
    operator = OperatorFile.model_validate(tomllib.loads(EXAMPLE.read_text(encoding="utf-8")))
    assert operator.backlog.windows["tonight"].hours == "22:00–06:00 Europe/Berlin"


def test_every_problem_is_named_at_once() -> None:
    text = """
    [backlog]
    running = 0
    [backlog.windows.tonight]
    opens = 22:00:00
    closes = 06:00:00
    zone = "Europe/Atlantis"
    [backlog.windows.weekend]
    opens = "8 pm"
    closes = 20:00:00
    days = ["sam"]
    """
    with pytest.raises(ValidationError) as caught:
        read(text)
    problems = problems_by_field(caught.value)
    places = [place.removeprefix("backlog.") for place in problems]
    assert places == ["running", "windows.tonight.zone", "windows.weekend.opens", "windows.weekend.days.0"]
    assert "Europe/Berlin is one" in problems["backlog.windows.tonight.zone"]


def test_a_channel_names_a_window_that_there_is() -> None:
    text = """
    [backlog.windows.anytime]
    opens = 01:00:00
    closes = 02:00:00
    days = []
    [backlog.channels]
    C1 = "tonihgt"
    """
    with pytest.raises(ValidationError) as caught:
        read(text)
    (problem,) = problems_by_field(caught.value).values()
    assert "channels.C1: there is no window tonihgt" in problem
    assert "opens on no day" in problem and "this name is taken" in problem


def test_a_plan_gets_the_channel_s_window_and_the_repository_s_toolchain() -> None:
    operator = read("""
    [backlog.windows.tonight]
    opens = 22:00:00
    closes = 06:00:00
    [backlog.channels]
    C1 = "tonight"
    [repositories."a/b"]
    toolchain = "go"
    running = 1
    """)
    plan = operator.plan_for(Plan(), repository="a/b", channel="C1")
    assert (plan.window, plan.toolchain) == ("tonight", "go")
    assert operator.plan_for(Plan(window=ANYTIME), repository="c/d", channel="C1").window == ANYTIME
    assert operator.plan_for(Plan(), repository="c/d", channel=None) == Plan(overlap=Overlap.SERIALISE)
    assert (operator.running_in("a/b"), operator.running_in("c/d")) == (1, 8)
