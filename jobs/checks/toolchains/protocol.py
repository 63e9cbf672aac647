"""What every toolchain can do, and what it says of a run."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from jobs.checks.canary import Canary
from jobs.ports import Command

REPORT = "report.xml"
"""Where every toolchain leaves its JUnit report, under `{out}`."""
COLLECTED = "collected.json"
"""Where a toolchain that can tell lists what it was going to run, under `{out}`."""
LINES = "lines.json"
"""Where a toolchain that can trace lists the lines that ran, under `{out}`."""

PROBLEM = "problem.txt"
"""Where a program of ours says why nothing could be run, under `{out}`."""


@dataclass(frozen=True)
class Asked:
    """One test run that is asked of a toolchain."""

    selection: tuple[str, ...] = ()
    """Files or node ids; empty means the whole suite as the repository's settings have it."""
    canary: str | None = None
    """Path of the canary's file in the tree."""
    functions: tuple[str, ...] = ()
    """Names of the canary's plain functions, collected whatever the settings say of names."""
    order: int | None = None
    """Seed of a random order of the tests; None for their own order."""
    seed: int = 0
    """Hash seed; runs that are compared for flakiness use different ones."""
    traced: tuple[str, ...] = ()
    """Files whose executed lines are wanted."""
    timeout: float = 600.0
    """Wall clock in seconds."""


class Toolchain(Protocol):
    """A way to run tests that gives a JUnit report."""

    @property
    def name(self) -> str:
        """Such as pytest."""

    @property
    def interpreter(self) -> str:
        """A Python that is there in the sandbox, for programs of ours."""

    @property
    def addresses_tests(self) -> bool:
        """True when single tests can be named; else only the whole command's report or exit status counts."""

    @property
    def shuffles(self) -> bool:
        """True when it runs tests in a random order if asked to."""

    def hatch(self, asked: Asked) -> Canary | None:
        """Tests of ours that are run among these; None when nothing can be added."""

    def command(self, asked: Asked) -> Command:
        """The command that runs the tests."""

    def spelled(self, asked: Asked) -> str:
        """The command as a person would type it."""

    def file_of(self, node: str) -> str:
        """The file that a node id stands in."""

    def mutation(self, plan: bytes, mutants: Mapping[str, bytes], nodes: Sequence[str]) -> Command | None:
        """The command that tries mutants, or None when this toolchain has none."""
