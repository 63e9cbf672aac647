"""Any other program: a declared command, judged by its exit status, or by the JUnit report it leaves."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from jobs.checks.toolchains.protocol import Asked
from jobs.checks.toolchains.python import interpreter
from jobs.ports import Command


@dataclass(frozen=True)
class Declared:
    """The operator's own suite command; `{out}/report.xml` in it is where JUnit is looked for."""

    argv: tuple[str, ...]
    """Program and arguments."""
    name: str = "command"
    addresses_tests: bool = False
    knows_functions: bool = False

    @property
    def interpreter(self) -> str:
        """The system's Python: a declared program brings its own."""
        return interpreter(None)

    def command(self, asked: Asked) -> Command:
        """The command as declared; a selection cannot be passed on."""
        return Command(argv=self.argv, timeout=asked.timeout, collect=True)

    def spelled(self, asked: Asked) -> str:
        """As declared."""
        return " ".join(self.argv)

    def file_of(self, node: str) -> str:
        """What stands before the first `::`."""
        return node.partition("::")[0]

    def mutation(self, plan: bytes, mutants: Mapping[str, bytes], nodes: Sequence[str]) -> None:
        """Not offered."""
        return
