"""A fix that only adds what nothing uses is seen."""

import pytest

from jobs.checks.names import adds_unused
from tests.checks.contexts import context

CODE = "def half(one):\n    return one // 2\n"


@pytest.mark.parametrize(
    ("after", "unused"),
    [
        (CODE + "\n\nREVISION = 2\n", True),
        (CODE + "\n\ndef rounded(one):\n    return one\n", True),
        ("ROUND = 1\n\n\n" + CODE.replace("one // 2", "(one + ROUND) // 2"), False),
        (CODE.replace("one // 2", "(one + 1) // 2") + "\n\nREVISION = 2\n", False),
        (CODE + "\n\n__all__ = ['half']\n", False),
        (CODE + "\n\ndef half(one):\n    return (one + 1) // 2\n", False),
        ("import math\n" + CODE, False),
    ],
)
def test_a_fix_adds_what_nothing_uses(after: str, unused: bool) -> None:
    assert adds_unused(context({"a.py": CODE}, {"a.py": after}).changes) is unused
