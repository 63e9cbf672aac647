"""Questions about the edges: which functions are called, with what, and what is worth asking."""

import json
import subprocess
import sys
from functools import partial
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from jobs.checks import boundaries
from jobs.checks.boundaries import differences
from jobs.checks.boundary_functions import Callable, callables
from jobs.domain.verdict import Check, CheckStatus
from jobs.ports import Command, Result
from tests.checks.contexts import context, run
from tests.checks.trials import with_trials

PARSE = """def parse(text: str):
    if not text:
        return None
    return int(text)
"""
STRICT = PARSE.replace("return None", "raise ValueError(text)")


def checked(before: dict[str, str], after: dict[str, str], folder: Path) -> Check:
    """The check, with the program of ours really run on both sides."""
    sides = iter(("base", "head"))
    for side, files in (("base", before), ("head", {**before, **after})):
        for name, text in files.items():
            (folder / side / name).parent.mkdir(parents=True, exist_ok=True)
            (folder / side / name).write_text(text)

    def answer(command: Command) -> Result:
        return ran(command, folder / next(sides))

    ctx = with_trials(context({**before}, {**after}), answer=answer)
    return run(boundaries.check, ctx)


def ran(command: Command, side: Path) -> Result:
    given, out = side.parent / f"in-{side.name}", side.parent / f"out-{side.name}"
    given.mkdir()
    out.mkdir()
    for name, content in command.files.items():
        (given / name).write_bytes(content)
    words = [one.replace("{in}", str(given)).replace("{out}", str(out)) for one in command.argv]
    done = subprocess.run([sys.executable, *words[1:]], cwd=side, check=False)
    found = {one.name: one.read_bytes() for one in out.iterdir()}
    return Result(exit_code=done.returncode, output="", files=found)


def test_an_edge_that_fails_now_is_a_question_and_no_failure(tmp_path: Path) -> None:
    check = checked({"src/read.py": PARSE}, {"src/read.py": STRICT}, tmp_path)
    assert check.status is CheckStatus.WARNING, check
    assert not check.blocking
    first = check.findings[0]
    assert first.text == "parse('') returned None, now raises ValueError: intended?"
    assert (first.path, first.line) == ("src/read.py", 3)


def test_what_gives_the_same_is_no_question(tmp_path: Path) -> None:
    same = PARSE.replace("if not text", "if len(text) == 0")
    check = checked({"read.py": PARSE}, {"read.py": same}, tmp_path)
    assert check.status is CheckStatus.PASSED, check


def test_a_value_at_module_level_is_followed_to_what_uses_it(tmp_path: Path) -> None:
    code = "LIMIT = 10\n\n\ndef fits(count: int) -> bool:\n    return count <= LIMIT\n"
    check = checked({"limits.py": code}, {"limits.py": code.replace("= 10", "= 0")}, tmp_path)
    assert "fits(1) returned True, now returns False: intended?" in [one.text for one in check.findings]


def test_a_call_that_never_ends_any_more_is_the_first_question(tmp_path: Path) -> None:
    code = "def half(number: int):\n    return number // 2\n"
    stuck = code.replace("    return", "    while number == 1:\n        pass\n    return 7 +")
    check = checked({"a.py": code}, {"a.py": stuck}, tmp_path)
    assert check.findings[0].text == "half(1) returned 0, now does not end: intended?"


def test_chance_and_endless_calls_are_no_questions(tmp_path: Path) -> None:
    code = "import itertools\n\nCOUNT = itertools.count()\n\n\ndef one(a: int):\n    return next(COUNT), 1\n"
    endless = "def two(a: int):\n    while True:\n        a = 1\n"
    stuck = endless.replace("a = 1", "a = 2")
    check = checked(
        {"one.py": code, "two.py": endless}, {"one.py": code.replace(", 1", ", 2"), "two.py": stuck}, tmp_path
    )
    assert not check.findings, check


def test_what_reaches_outside_is_not_called() -> None:
    code = "import shutil\n\n\ndef clear(path: str):\n    shutil.rmtree(path)\n"
    ctx = context({"clear.py": code}, {"clear.py": code.replace("(path)\n", "(path, True)\n")})
    assert callables(ctx.changes) == ()


def test_a_module_that_cannot_be_imported_is_not_available(tmp_path: Path) -> None:
    broken = "import no_such_thing\n\n" + PARSE
    check = checked({"read.py": broken}, {"read.py": broken.replace("None", "0")}, tmp_path)
    assert check.status is CheckStatus.NOT_AVAILABLE
    assert "ModuleNotFoundError while it was imported" in check.summary


def said(told: Result, _: Command) -> Result:
    return told


def test_results_that_the_change_forged_are_not_available() -> None:
    changed = context({"read.py": PARSE}, {"read.py": STRICT})
    forged = [b"", b"{}", b"[[]]", b'[["returned 1"]]', b"[1]", json.dumps([["x"] * 500]).encode()]
    for content in forged:
        told = Result(exit_code=0, output="", files={"boundaries.json": content})
        check = run(boundaries.check, with_trials(changed, answer=partial(said, told)))
        assert check.status is CheckStatus.NOT_AVAILABLE, content


def test_each_manner_of_difference_is_asked_once_before_any_twice() -> None:
    one = Callable("a.py", range(1, 2), "f", ("a", "a"), ("1", "2", "3", "4"))
    asked = differences(
        one,
        before=["returned 1", "returned 2", "returned None", "returned 4"],
        after=["returned 2", "returned 3", "raised KeyError", "raised KeyError"],
    )
    assert [item.text.partition(")")[0] for item in asked] == ["f(3", "f(4", "f(1"]


@given(st.lists(st.sampled_from(["returned 1", "returned None", "raised TypeError", "varies"]), max_size=8))
def test_the_same_on_both_sides_is_never_asked(outcomes: list[str]) -> None:
    one = Callable("a.py", range(1, 2), "f", ("a", "a"), tuple(map(str, range(len(outcomes)))))
    assert differences(one, before=outcomes, after=list(outcomes)) == []
