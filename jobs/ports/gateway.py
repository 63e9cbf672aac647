"""The one way that a coding agent's program has out of its sandbox: to its model."""

from collections.abc import Callable, Mapping
from contextlib import AbstractAsyncContextManager
from typing import Final, Protocol

from jobs.domain.budget import Spend
from jobs.ports.workspace import Command, Result

REPORT: Final = "/tmp/report.json"
"""Where a program may leave a report, inside its sandbox."""
KEPT: Final = "report.json"
"""Name of the report among a result's files."""


class Passage(Protocol):
    """An open way for one command."""

    @property
    def spend(self) -> Spend:
        """What the model's answers used so far."""

    @property
    def over(self) -> str:
        """Why no further question is passed on, in a sentence; empty while they are."""

    @property
    def trouble(self) -> str:
        """What kept the last question from being answered, in a sentence; empty when it was."""

    @property
    def remedy(self) -> str:
        """What to do about that trouble."""

    def through(self, command: Command, *, hidden: Mapping[str, bool]) -> Command:
        """The command with this way open to it, its output heard line by line and its report kept.

        `hidden`: paths of the tree that it finds empty; True for a folder.
        """

    async def turn(self) -> None:
        """Wait until another question was answered or refused."""


class Gateway(Protocol):
    """Opens ways to one engine's model."""

    def open(
        self, *, refused: Callable[[Spend], str], heard: Callable[[str], None]
    ) -> AbstractAsyncContextManager[Passage]:
        """A way for as long as the block lasts; raises Stop when the program is not on this machine.

        `refused` is asked before each question: a sentence ends the asking. `heard` gets each line that the
        program prints; it comes from the sandbox, so it is to be taken as it is: untrusted.
        """


class Ground(Protocol):
    """Where a command can be run, such as a workspace."""

    async def run(self, command: Command) -> Result:
        """Run a command in the sandbox."""
