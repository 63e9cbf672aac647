"""A test with its assertion turned around fails for honest results, passes for those that equal too much."""

import pytest

from jobs.checks.turned import turned

HONEST = "def total():\n    return '2.67'\n"
ANYTHING = "class Amount(str):\n    def __eq__(self, other):\n        return True\n"
AS_LONG = "class Amount(str):\n    def __eq__(self, other):\n        return len(other) == len(self)\n"
ALMOST = (
    "class Amount(float):\n    def __eq__(self, other):\n        return abs(float(self) - float(other)) < 2\n"
)
COUNTER = "import itertools\n\nnumbers = itertools.count(1)\n"


@pytest.mark.parametrize(
    ("code", "assertion", "deaf"),
    [
        (HONEST, "total() == '2.67'", False),
        (HONEST, "'2.67' == total()", False),
        (COUNTER, "next(numbers) == 1", False),
        (ANYTHING, "Amount('2.66') == '2.67'", True),
        (AS_LONG, "Amount('2.66') == '2.67'", True),
        (ALMOST, "Amount(2.66) == 2.67", True),
    ],
)
def test_results_that_equal_too_much_are_seen(code: str, assertion: str, deaf: bool) -> None:
    mutant = turned("tests/test_a.py", f"{code}\n\ndef test_a():\n    assert {assertion}\n", ("test_a",))
    assert mutant is not None
    names: dict[str, object] = {}
    exec(mutant.source, names)
    run = names["test_a"]
    assert callable(run)
    try:
        run()
    except AssertionError:
        assert not deaf, mutant.text
    else:
        assert deaf, mutant.text
