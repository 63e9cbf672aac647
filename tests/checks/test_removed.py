"""A test may go, or follow, with what it is about: and with nothing else."""

import pytest

from jobs.checks.removed import removed_names
from tests.checks.contexts import context

BEFORE = "from a import gone as old, kept\n\nWANTED = 8\n\n\ndef made():\n    return old(4)\n\n\n"
TESTS = BEFORE + (
    "def test_direct():\n    assert old(4) == WANTED\n\n\n"
    "def test_by_helper():\n    assert made() == 8\n\n\n"
    "def test_other():\n    assert kept(4) == 4\n"
)
CODE = "def gone(one):\n    return one * 2\n\n\ndef kept(one):\n    return one\n"
FOLLOWS = TESTS.replace("gone as old", "new as old")
REMOVED = removed_names(context({"a.py": CODE}, {"a.py": CODE.replace("gone", "new")}).changes)
PATH = "tests/test_a.py"


@pytest.mark.parametrize(("name", "gone"), [("direct", "gone"), ("by_helper", "gone"), ("other", "")])
def test_a_test_needs_what_it_uses_and_not_what_its_file_imports(name: str, gone: str) -> None:
    assert REMOVED.used_by(PATH, TESTS, f"{PATH}::test_{name}") == gone


@pytest.mark.parametrize(
    ("after", "alike"),
    [
        (FOLLOWS, True),
        (FOLLOWS.replace("old(4) == WANTED", "old(4) == 12"), False),
        (FOLLOWS.replace("WANTED = 8", "WANTED = 12"), False),
        (FOLLOWS.replace("return old(4)", "return 8"), False),
        (FOLLOWS.replace("kept(4) == 4", "kept(4) == 5"), True),
        (FOLLOWS + "\n\nMORE = 3\n\n\ndef test_more():\n    assert MORE\n", True),
    ],
)
def test_only_names_that_are_gone_may_be_others(after: str, alike: bool) -> None:
    assert REMOVED.alike(PATH, TESTS, after, f"{PATH}::test_direct") is alike


def test_a_file_that_imports_what_is_gone_cannot_be_loaded() -> None:
    assert REMOVED.breaks(PATH, TESTS)
    assert REMOVED.breaks(PATH, "import a\n\n\ndef test_a():\n    assert a.gone(1)\n")
    assert not REMOVED.breaks(PATH, TESTS.replace("gone as old, kept", "kept"))
    assert REMOVED.breaks("a_test.go", "package a\n\nfunc TestA(t *testing.T) {\n\tgone(t)\n}\n")
