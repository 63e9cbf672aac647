"""The file tools say what was wrong, and doing them twice is doing them once."""

import json
import subprocess
from pathlib import Path

import pytest

from jobs.engines.agent.hands import HAND


def hand(folder: Path, tool: str, **request: object) -> tuple[int, str]:
    script = folder.parent / "hand.py"
    script.write_bytes(HAND)
    done = subprocess.run(
        ["/usr/bin/python3", "-I", "-S", "-B", str(script)],
        input=json.dumps({"tool": tool, **request}).encode(),
        cwd=folder,
        capture_output=True,
    )
    assert not done.stderr
    return done.returncode, done.stdout.decode()


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    folder = tmp_path / "tree"
    folder.mkdir()
    (folder / "a.py").write_text("one = 1\ntwo = 2\none = 1\n")
    (folder / "b.bin").write_bytes(b"\0\xff")
    return folder


def read(tree: Path, path: str, first: int = 1, last: int | None = None) -> tuple[int, str]:
    return hand(tree, "read", path=path, first=first, last=last)


def test_reading_numbers_lines_and_lists_directories(tree: Path) -> None:
    assert read(tree, "a.py", 2, 2) == (0, "a.py, lines 2 to 2 of 3:\n    2  two = 2\n")
    assert read(tree, ".") == (0, "./:\na.py\nb.bin\n")


@pytest.mark.parametrize("path", ["/etc/passwd", "../x", "a/../../x", ".git/config"])
def test_paths_stay_inside(tree: Path, path: str) -> None:
    status, text = read(tree, path)
    assert status == 1
    assert "not a path in the repository" in text


def test_what_cannot_be_read_is_said(tree: Path) -> None:
    assert "does not exist" in read(tree, "none.py")[1]
    assert "not text" in read(tree, "b.bin")[1]


def test_an_edit_is_done_once(tree: Path) -> None:
    change = {"path": "a.py", "old": "two = 2", "new": "two = 22"}
    (tree / "a.py").write_text("one = 1\ntwo = 2\n")
    assert hand(tree, "edit", **change) == (0, "Replaced 1 place in a.py, line 2.\n")
    (tree / "a.py").write_text("one = 1\nzwei = 22\n")
    again = {"path": "a.py", "old": "two = 2", "new": "zwei = 22"}
    assert hand(tree, "edit", **again)[0] == 0
    assert (tree / "a.py").read_text() == "one = 1\nzwei = 22\n"


def test_an_edit_that_is_not_unique_names_the_lines(tree: Path) -> None:
    status, text = hand(tree, "edit", path="a.py", old="one = 1", new="one = 3")
    assert status == 1
    assert "2 times" in text and "lines 1, 3" in text


def test_an_edit_that_is_not_there_points_to_what_is_near(tree: Path) -> None:
    status, text = hand(tree, "edit", path="a.py", old="  two = 2\n  three", new="x")
    assert status == 1
    assert "    2  two = 2" in text


def test_writing_makes_directories(tree: Path) -> None:
    assert hand(tree, "write", path="x/y/z.txt", content="hello\n")[0] == 0
    assert (tree / "x/y/z.txt").read_text() == "hello\n"
    assert "already" in hand(tree, "write", path="x/y/z.txt", content="hello\n")[1]


def test_searching_lines_and_names(tree: Path) -> None:
    assert hand(tree, "search", pattern="tw.", path=".", names=False) == (0, "a.py:2:two = 2\n")
    assert hand(tree, "search", pattern=r"\.py$", path=".", names=True) == (0, "a.py\n")
    assert "Nothing" in hand(tree, "search", pattern="seven", path=".", names=False)[1]
    assert "not a regular expression" in hand(tree, "search", pattern="(", path=".", names=False)[1]


def test_much_is_cut(tree: Path) -> None:
    (tree / "big.py").write_text("line\n" * 5000)
    assert "lines 1 to 400 of 5000" in read(tree, "big.py")[1]
    assert "There is more" in hand(tree, "search", pattern="line", path=".", names=False)[1]
