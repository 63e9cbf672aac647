"""What a proof printed on each side, short enough to stand with its criterion."""

from collections.abc import Iterable, Sequence
from typing import Final

from jobs.checks.acceptance_runs import Acceptance
from jobs.checks.report import Case
from jobs.ports import Result

SIDE: Final = 1_000
"""Most characters of one side."""


def printed_by_tests(runs: Acceptance, nodes: Sequence[str]) -> str:
    """Each named test with its end and what it said, on both sides."""
    sides = [(runs.cases(node)[0], runs.cases(node)[1][:1]) for node in nodes]
    before = [line for there, _ in sides for line in _told(there.values())]
    after = [line for _, here in sides for one in here for line in _told(one.values())]
    return _both(before, after)


def printed_by_command(base: Result, head: Result) -> str:
    """The end of its output on both sides."""
    return _both(base.output.splitlines(), head.output.splitlines())


def _told(cases: Iterable[Case]) -> list[str]:
    return [f"{one.id} {one.outcome}" + (f": {one.message.strip()}" if one.message else "") for one in cases]


def _both(before: Sequence[str], after: Sequence[str]) -> str:
    parts = [("before", before), ("after", after)]
    return "\n".join(f"{side}:\n{_tail(lines)}" for side, lines in parts if any(map(str.strip, lines)))


def _tail(lines: Sequence[str]) -> str:
    return "\n".join(lines).strip()[-SIDE:]
