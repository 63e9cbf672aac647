"""Any other program: a declared command, judged by its exit status, or by the JUnit report it leaves."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from jobs.checks.toolchains.protocol import PROBLEM, Asked
from jobs.checks.toolchains.python import inside, interpreter
from jobs.ports import Command


@dataclass(frozen=True)
class Declared:
    """A declared suite command; `{out}/report.xml` in it is where JUnit is looked for."""

    argv: tuple[str, ...]
    """Program and arguments."""
    junit: str = ""
    """Glob of the JUnit reports that it leaves in the tree; empty: `{out}/report.xml`, if anything."""
    environment: str | None = None
    """Directory with the repository's dependencies."""
    name: str = "command"
    addresses_tests: bool = False
    shuffles: bool = False

    @property
    def interpreter(self) -> str:
        """The system's Python: a declared program brings its own."""
        return interpreter(None)

    def hatch(self, asked: Asked) -> None:
        """Nothing can be added to a declared command."""
        return

    def command(self, asked: Asked) -> Command:
        """The command as declared; a selection cannot be passed on."""
        if not self.junit:
            return Command(argv=self.argv, timeout=asked.timeout, collect=True)
        return Command(
            argv=(self.interpreter, "-I", "{in}/declared_run.py", "{out}", self.junit, *self.argv),
            timeout=asked.timeout,
            files={"declared_run.py": inside("declared_run.py")},
            collect=True,
        )

    def spelled(self, asked: Asked) -> str:
        """As declared."""
        return " ".join(self.argv[2:] if self.argv[:2] == ("/bin/sh", "-c") else self.argv)

    def file_of(self, node: str) -> str:
        """What stands before the first `::`."""
        return node.partition("::")[0]

    def mutation(self, plan: bytes, mutants: Mapping[str, bytes], nodes: Sequence[str]) -> None:
        """Not offered."""
        return


@dataclass(frozen=True)
class Absent:
    """A toolchain that the repository needs and that is not there: every run says so."""

    name: str
    """Such as go."""
    reason: str
    """What is missing."""
    addresses_tests: bool = False
    shuffles: bool = False

    @property
    def interpreter(self) -> str:
        """The system's Python."""
        return interpreter(None)

    def hatch(self, asked: Asked) -> None:
        """Nothing runs."""
        return

    def command(self, asked: Asked) -> Command:
        """Leaves the reason."""
        script = f'printf %s "$0" > {{out}}/{PROBLEM}'
        return Command(argv=("/bin/sh", "-c", script, self.reason), timeout=60, collect=True)

    def spelled(self, asked: Asked) -> str:
        """Its name."""
        return self.name

    def file_of(self, node: str) -> str:
        """What stands before the first `::`."""
        return node.partition("::")[0]

    def mutation(self, plan: bytes, mutants: Mapping[str, bytes], nodes: Sequence[str]) -> None:
        """Not offered."""
        return
