"""Python's test runners: pytest where the environment has it, unittest where not."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Final

from jobs.checks.canary import Canary, hatch
from jobs.checks.toolchains.protocol import REPORT, Asked, Toolchain
from jobs.ports import Command, Workspace

_INSIDE: Final = Path(__file__).parent.parent / "inside"
_SYSTEM_PYTHON: Final = "/usr/bin/python3"
_ENV: Final = {
    "PYTHONDONTWRITEBYTECODE": "1",
    "PYTHONPATH": "{in}:src:.",
    "PYTHONNOUSERSITE": "1",
    "PY_COLORS": "0",
    "NO_COLOR": "1",
    "RECORDER_OUT": "{out}",
}
_MUTATE: Final = ("{in}/mutate.py", "{in}/plan.json", "{out}")
_PROBE: Final = "import importlib.util as u, sys; sys.exit(0 if u.find_spec('pytest') else 3)"


@cache
def inside(name: str) -> bytes:
    """The source of one of our programs for the sandbox."""
    return (_INSIDE / name).read_bytes()


def interpreter(environment: str | None) -> str:
    """The Python of an environment, or the system's."""
    return f"{environment}/bin/python" if environment else _SYSTEM_PYTHON


@dataclass(frozen=True)
class Pytest:
    """pytest with our recorder plugin."""

    python: str
    """Its interpreter."""
    arguments: tuple[str, ...] = ()
    """What the operator's suite command adds, such as a folder."""
    name: str = "pytest"
    addresses_tests: bool = True
    shuffles: bool = True

    @property
    def interpreter(self) -> str:
        """The interpreter that runs the tests."""
        return self.python

    def hatch(self, asked: Asked) -> Canary:
        """A module with random names."""
        return hatch(functions=True)

    def command(self, asked: Asked) -> Command:
        """One pytest process; the report's folder has a name that nobody can guess."""
        env = {**_ENV, "PYTHONHASHSEED": str(asked.seed), "RECORDER_TRACE": json.dumps(asked.traced)}
        env |= _order(asked)
        if asked.canary:
            env["RECORDER_CANARY"] = asked.canary
            env["RECORDER_FUNCTIONS"] = " ".join(asked.functions)
        return Command(
            argv=(self.python, *_pytest_argv(), f"--junitxml={{out}}/{REPORT}", *self._selection(asked)),
            env=env,
            timeout=asked.timeout,
            files=_programs("recorder.py"),
            collect=True,
        )

    def spelled(self, asked: Asked) -> str:
        """As a person would type it."""
        return " ".join(("python -m pytest", *self._selection(asked)))

    def file_of(self, node: str) -> str:
        """What stands before the first `::`."""
        return node.partition("::")[0]

    def mutation(self, plan: bytes, mutants: Mapping[str, bytes], nodes: Sequence[str]) -> Command:
        """One process that forks per mutant."""
        return Command(
            argv=(self.python, *_MUTATE, "pytest", *_pytest_argv()[2:], *nodes),
            env={**_ENV, "PYTHONPATH": "src:.", "PYTHONHASHSEED": "0", "RECORDER_OUT": "{out}"},
            files={**_programs("mutate.py", "recorder.py"), "plan.json": plan, **mutants},
            collect=True,
        )

    def _selection(self, asked: Asked) -> tuple[str, ...]:
        return asked.selection or self.arguments


@dataclass(frozen=True)
class Unittest:
    """The standard library's runner, through a program of ours that writes JUnit."""

    python: str
    """Its interpreter."""
    arguments: tuple[str, ...] = ()
    """What the operator's suite command adds: a start folder for discovery."""
    name: str = "unittest"
    addresses_tests: bool = True
    shuffles: bool = True

    @property
    def interpreter(self) -> str:
        """The interpreter that runs the tests."""
        return self.python

    def hatch(self, asked: Asked) -> Canary:
        """A module with random names."""
        return hatch(functions=False)

    def command(self, asked: Asked) -> Command:
        """Discovery, or the named tests."""
        env = {
            **_ENV,
            **_order(asked),
            "PYTHONHASHSEED": str(asked.seed),
            "RECORDER_TRACE": json.dumps(asked.traced),
        }
        if asked.canary:
            env["RECORDER_CANARY"] = asked.canary
        what = asked.selection or ("discover", *self.arguments[:1])
        return Command(
            argv=(self.python, "{in}/unittest_run.py", f"{{out}}/{REPORT}", *what),
            env={**env, "PYTHONPATH": "src:."},
            timeout=asked.timeout,
            files=_programs("unittest_run.py"),
            collect=True,
        )

    def spelled(self, asked: Asked) -> str:
        """As a person would type it."""
        return " ".join(("python -m unittest", *(asked.selection or ("discover", *self.arguments))))

    def file_of(self, node: str) -> str:
        """The module's file, taking names that start with a capital for classes."""
        parts = node.removesuffix(".py").replace("/", ".").split(".")
        end = next((at for at, part in enumerate(parts) if part[:1].isupper()), len(parts))
        return "/".join(parts[:end]) + ".py"

    def mutation(self, plan: bytes, mutants: Mapping[str, bytes], nodes: Sequence[str]) -> Command:
        """One process that forks per mutant."""
        what = tuple(nodes) or ("discover", *self.arguments[:1])
        return Command(
            argv=(self.python, *_MUTATE, "unittest", *what),
            env={**_ENV, "PYTHONPATH": "src:.", "PYTHONHASHSEED": "0"},
            files={**_programs("mutate.py", "unittest_run.py"), "plan.json": plan, **mutants},
            collect=True,
        )


def _programs(*names: str) -> dict[str, bytes]:
    return {name: inside(name) for name in (*names, "tracing.py")}


def _order(asked: Asked) -> dict[str, str]:
    return {} if asked.order is None else {"RECORDER_ORDER": str(asked.order)}


def _pytest_argv() -> tuple[str, ...]:
    return (
        *("-m", "pytest", "-p", "recorder", "-q", "--tb=short", "--maxfail=0"),
        # a settings file further down would change the ids of the tests beside it
        *("--continue-on-collection-errors", "--rootdir=."),
        *("-o", "junit_family=xunit1", "-o", "junit_logging=no", "-o", "cache_dir=/tmp/.pytest_cache"),
    )


def resolved(toolchain: Toolchain, proofs: Mapping[str, tuple[str, ...]]) -> dict[str, tuple[str, ...]]:
    """Proofs with parameters as pytest spells them in its ids: other letters than ASCII escaped."""
    if not isinstance(toolchain, Pytest):
        return dict(proofs)
    return {criterion: tuple(map(_escaped, nodes)) for criterion, nodes in proofs.items()}


def _escaped(node: str) -> str:
    test, bracket, parameters = node.partition("[")
    return node if parameters.isascii() else f"{test}{bracket}{parameters.encode('unicode_escape').decode()}"


def from_suite(suite: Sequence[str], python: str) -> Pytest | Unittest | None:
    """The toolchain that an operator's suite command means, or None when it is another program."""
    words = list(suite)
    if words[:1] and Path(words[0]).name in ("python", "python3") and words[1:2] == ["-m"]:
        words = words[2:]
    if words[:1] in (["pytest"], ["py.test"]):
        return Pytest(python, tuple(words[1:]))
    if words[:1] == ["unittest"]:
        return Unittest(python, tuple(word for word in words[1:] if word != "discover"))
    return None


async def has_pytest(workspace: Workspace, python: str) -> bool | None:
    """Whether the environment has pytest; None when the interpreter itself cannot be started."""
    result = await workspace.run(Command(argv=(python, "-I", "-c", _PROBE), timeout=60))
    return {0: True, 3: False}.get(result.exit_code if result.exit_code is not None else -1)
