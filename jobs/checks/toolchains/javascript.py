"""JavaScript and TypeScript: node's own test runner, vitest and jest."""

import json
import re
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from pathlib import PurePosixPath
from typing import Final

from jobs.checks.canary import Canary, picked
from jobs.checks.toolchains.protocol import Asked
from jobs.checks.toolchains.python import inside, interpreter
from jobs.ports import Command

_ENV: Final = {"NO_COLOR": "1", "NODE_ENV": "test"}
_JEST_SHUFFLES: Final = [29, 5]
"""Version whose option --randomize is the first."""
_PROGRAMS: Final = ("node_runners.mjs", "node_reporter.mjs")


class Runner(StrEnum):
    """Which program collects and runs the tests."""

    NODE = "node"
    VITEST = "vitest"
    JEST = "jest"


@dataclass(frozen=True)
class JavaScript:
    """One of the test runners, started by a program of ours that writes JUnit."""

    runner: Runner
    """Which one."""
    environment: str | None = None
    """Directory with `node_modules`."""
    arguments: tuple[str, ...] = ()
    """What the repository's own test command adds, such as a folder."""
    sample: str = ""
    """A test file of the repository; the canary is named after its kind."""
    loader: str = ""
    """A module that node loads first, such as tsx."""
    addresses_tests: bool = True
    shuffles: bool = False

    @property
    def name(self) -> str:
        """The runner's."""
        return "node:test" if self.runner is Runner.NODE else self.runner

    @property
    def interpreter(self) -> str:
        """The system's Python, for programs of ours."""
        return interpreter(None)

    def hatch(self, asked: Asked) -> Canary:
        """A test file with random names, of the kind that is run here."""
        like = next(iter(asked.selection), "").partition("::")[0] or self.sample
        return hatch(self.runner, like=like)

    def command(self, asked: Asked) -> Command:
        """One process of ours, which starts the runner."""
        settings = self._settings(
            files=tuple(dict.fromkeys(map(self.file_of, asked.selection))),
            canary=asked.canary or "",
            traced=asked.traced,
            order=asked.order,
        )
        return Command(
            argv=("node", "{in}/node_run.mjs", "{in}/settings.json", "{out}"),
            env=_ENV,
            timeout=asked.timeout,
            files={**_programs("node_run.mjs"), "settings.json": settings},
            collect=True,
        )

    def spelled(self, asked: Asked) -> str:
        """As a person would type it."""
        start = {Runner.NODE: "node --test", Runner.VITEST: "npx vitest run", Runner.JEST: "npx jest"}
        return " ".join((start[self.runner], *(asked.selection or self.arguments)))

    def file_of(self, node: str) -> str:
        """What stands before the first `::`."""
        return node.partition("::")[0]

    def mutation(self, plan: bytes, mutants: Mapping[str, bytes], nodes: Sequence[str]) -> Command:
        """One process of ours that starts the runner once per mutant."""
        files = tuple(dict.fromkeys(map(self.file_of, nodes)))
        return Command(
            argv=("node", "{in}/node_mutate.mjs", "{in}/settings.json", "{in}/plan.json", "{out}"),
            env=_ENV,
            files={
                **_programs("node_mutate.mjs"),
                "settings.json": self._settings(files=files, nodes=tuple(nodes)),
                "plan.json": plan,
                **mutants,
            },
            collect=True,
        )

    def _settings(
        self,
        *,
        files: tuple[str, ...],
        canary: str = "",
        traced: tuple[str, ...] = (),
        nodes: tuple[str, ...] = (),
        order: int | None = None,
    ) -> bytes:
        facts = {
            "runner": self.runner,
            "environment": self.environment,
            "arguments": self.arguments,
            "selection": files,
            "canary": canary,
            "traced": traced,
            "nodes": nodes,
            "loader": self.loader,
            # jest takes a seed of 31 bits
            "order": None if order is None else order % 2**31,
        }
        return json.dumps(facts).encode()


def shuffles(runner: Runner, version: str) -> bool:
    """True when a runner of that version can run tests in a random order; node's own cannot."""
    if runner is Runner.VITEST:
        return True
    numbers = [int(part) for part in re.findall(r"\d+", version)[:2]]
    return runner is Runner.JEST and numbers >= _JEST_SHUFFLES


def hatch(runner: Runner, *, like: str = "") -> Canary:
    """A passing and a failing test, each alone and in a group."""
    stem, group, *names = picked(6)
    good, bad, plain_good, plain_bad = names
    left, right = secrets.randbelow(900) + 50, secrets.randbelow(40) + 3
    right_is, wrong_is = left + right, left + right + 1
    head = {
        Runner.NODE: 'import { describe, test } from "node:test";\nimport assert from "node:assert";\n',
        Runner.VITEST: 'import { describe, expect, test } from "vitest";\n',
        Runner.JEST: "",
    }[runner]

    def one(name: str, value: int) -> str:
        said = (
            f"assert.equal({left} + {right}, {value})"
            if runner is Runner.NODE
            else f"expect({left} + {right}).toBe({value})"
        )
        return f'test("{name}", () => {{\n  {said};\n}});\n'

    inner = one(good, right_is) + one(bad, wrong_is)
    text = head + one(plain_good, right_is) + one(plain_bad, wrong_is)
    text += f'describe("{group}", () => {{\n{inner}}});\n'
    return Canary(
        name=f"{stem}{_ending(runner, like)}",
        text=text,
        functions=(),
        must_pass=frozenset({good, plain_good}),
        must_fail=frozenset({bad, plain_bad}),
    )


def _ending(runner: Runner, like: str) -> str:
    if runner is Runner.NODE:
        return ".test.mjs"
    suffixes = PurePosixPath(like).suffixes[-2:]
    return "".join(suffixes) if len(suffixes) == 2 else ".test.js"


def _programs(main: str) -> dict[str, bytes]:
    return {name: inside(name) for name in (main, *_PROGRAMS)}
