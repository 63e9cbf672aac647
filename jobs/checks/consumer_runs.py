"""A repository that depends on the changed one: its suite with the target base's code and with the head's."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from jobs.checks.canary import Canary
from jobs.checks.report import Case, CaseOutcome
from jobs.checks.side import Overlay, Side
from jobs.checks.suites import BaseSuite
from jobs.checks.toolchains.protocol import Asked, Toolchain
from jobs.checks.toolchains.python import inside
from jobs.ports import Command

FOLDER: Final = ".codegen-dependency"
"""Where the dependency is laid in the consumer's tree; `CODEGEN_DEPENDENCY` names it."""

_EXPORT: Final = "export_tree.py"
_TOO_LARGE: Final = 3


@dataclass(frozen=True)
class Consumed:
    """What one consumer's suite says."""

    name: str
    """Full path of the consumer's project."""
    problem: str = ""
    """Why it says nothing; empty when it does."""
    passing: int = 0
    """Tests that pass with the target base's code."""
    broken: tuple[tuple[str, str], ...] = ()
    """Test and message of those that fail with the head's code only."""
    command: str = ""
    """What was run."""
    seconds: float = 0.0
    """How long it took, shared results not counted."""


@dataclass(frozen=True)
class WithDependency:
    """A consumer's toolchain whose programs find the dependency before any installed copy of it."""

    toolchain: Toolchain

    @property
    def name(self) -> str:
        """As its toolchain."""
        return self.toolchain.name

    @property
    def interpreter(self) -> str:
        """As its toolchain."""
        return self.toolchain.interpreter

    @property
    def addresses_tests(self) -> bool:
        """As its toolchain."""
        return self.toolchain.addresses_tests

    @property
    def shuffles(self) -> bool:
        """As its toolchain."""
        return self.toolchain.shuffles

    def hatch(self, asked: Asked) -> Canary | None:
        """As its toolchain."""
        return self.toolchain.hatch(asked)

    def command(self, asked: Asked) -> Command:
        """The toolchain's command, told where the dependency is."""
        return pointed(self.toolchain.command(asked))

    def spelled(self, asked: Asked) -> str:
        """As its toolchain."""
        return self.toolchain.spelled(asked)

    def file_of(self, node: str) -> str:
        """As its toolchain."""
        return self.toolchain.file_of(node)

    def mutation(self, plan: bytes, mutants: Mapping[str, bytes], nodes: Sequence[str]) -> Command | None:
        """Not asked for here."""
        return None


def pointed(command: Command) -> Command:
    """The command with `CODEGEN_DEPENDENCY`, and the dependency first among Python's folders but ours."""
    parts = [part for part in command.env.get("PYTHONPATH", "").split(":") if part]
    ours = [part for part in parts if part == "{in}"]
    path = ":".join((*ours, f"{FOLDER}/src", FOLDER, *(part for part in parts if part != "{in}")))
    return command.model_copy(
        update={"env": {**command.env, "PYTHONPATH": path, "CODEGEN_DEPENDENCY": FOLDER}}
    )


async def delivered(side: Side, overlay: Overlay) -> Overlay | None:
    """What a side delivers, as it is laid in a consumer's tree; None when it is too large."""
    command = Command(
        argv=(side.toolchain.interpreter, "-I", f"{{in}}/{_EXPORT}", "{out}"),
        files={_EXPORT: inside(_EXPORT)},
        timeout=120,
        collect=True,
    )
    result = await side.execute(command, overlay=overlay)
    if result.exit_code == _TOO_LARGE or result.exit_code != 0:
        return None
    return {f"{FOLDER}/{path}": content for path, content in result.files.items()}


async def with_head(side: Side, base: BaseSuite, laid: Overlay, *, name: str) -> Consumed:
    """Run the suite with the head's code; what fails is run twice more, and only what fails thrice counts."""
    trials = [await side.trial(Asked(seed=2), overlay=laid)]
    if trials[0].problem:
        return Consumed(
            name,
            passing=len(base.passing),
            broken=(("the whole suite", trials[0].problem),),
            command=trials[0].command,
            seconds=trials[0].seconds,
        )
    if any(_fails(trials[0].cases.get(test)) for test in base.passing):
        trials += [await side.trial(Asked(seed=seed), overlay=laid) for seed in (0, 1)]
    broken = tuple(
        (test, case.message if (case := trials[0].cases.get(test)) else "It is not run any more.")
        for test in base.passing
        if all(_fails(one.cases.get(test)) for one in trials)
    )
    return Consumed(
        name,
        passing=len(base.passing),
        broken=broken,
        command=trials[0].command,
        seconds=sum(one.seconds for one in trials),
    )


def _fails(case: Case | None) -> bool:
    return case is None or case.outcome is not CaseOutcome.PASSED
