"""One side of the comparison, target base or head: lays files over its tree and runs tests there."""

import asyncio
import json
import marshal
from ast import literal_eval
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Final

from jobs.checks.canary import Canary, problem
from jobs.checks.report import Case, CaseOutcome, ReportError, read_junit
from jobs.checks.services import served, trouble
from jobs.checks.toolchains.protocol import COLLECTED, LINES, REPORT, Asked, Toolchain
from jobs.checks.toolchains.python import inside
from jobs.domain.repository_file import Service
from jobs.errors import Stop
from jobs.ports import Command, Result, Workspace

Overlay = Mapping[str, bytes | None]
"""Path → content that it has in the tree, None for no file: what is laid over a side's own files."""

_ANY_PYTHON: Final = 2
"""The format of marshalled data that every Python 3 reads."""
LOG_LIMIT: Final = 8_000
"""Characters of output kept for a reader."""


@dataclass(frozen=True)
class Trial:
    """One test run, as far as it can be believed."""

    cases: Mapping[str, Case]
    """Tests by id, our own canaries taken out; empty when there is a problem."""
    problem: str
    """Why the run says nothing, or empty."""
    command: str
    """What was run, as a person would type it."""
    seconds: float
    """How long it took."""
    log: str
    """Tail of what it printed."""
    lines: Mapping[str, frozenset[int]]
    """Lines of the traced files that ran."""


@dataclass
class Side:
    """A workspace with what is laid over it; one command at a time."""

    workspace: Workspace
    toolchain: Toolchain
    services: Mapping[str, Service] = field(default_factory=dict)
    """What runs beside every command."""
    _laid: dict[str, bytes | None] = field(default_factory=dict)
    _own: dict[str, bytes | None] = field(default_factory=dict)
    _canary: str | None = None
    _turn: asyncio.Lock = field(default_factory=asyncio.Lock)

    async def trial(self, asked: Asked, *, overlay: Overlay) -> Trial:
        """Run tests with an overlay and a canary, and judge whether their report can be believed."""
        async with self._turn:
            canary = self.toolchain.hatch(asked)
            folder = await self._lay(overlay, canary=canary, near=self._near(asked))
            where = f"{folder}/{canary.name}".removeprefix("./") if canary else None
            placed = replace(asked, canary=where, functions=canary.functions if canary else ())
            self._canary = where
            result = await self.workspace.run(served(self.toolchain.command(placed), self.services))
        return judge(result, canary, spelled=self.toolchain.spelled(asked))

    async def execute(self, command: Command, *, overlay: Overlay) -> Result:
        """Run any command with an overlay."""
        async with self._turn:
            await self._lay(overlay, canary=None, near=[])
            return await self.workspace.run(served(command, self.services))

    async def rewritten(self, expected: Mapping[str, bytes]) -> tuple[str, ...]:
        """Which files no longer have this content, apart from what is laid over them."""
        async with self._turn:
            left = [path for path in expected if path not in self._laid]
            return tuple([path for path in left if await self.workspace.read(path) != expected[path]])

    def _near(self, asked: Asked) -> list[str]:
        files = [self.toolchain.file_of(node) for node in asked.selection]
        return [file.rpartition("/")[0] or "." for file in files[:1]]

    async def _lay(self, overlay: Overlay, *, canary: Canary | None, near: list[str]) -> str:
        for path in overlay:
            if path not in self._own:
                self._own[path] = await self.workspace.read(path)
        wanted = {**{path: self._own[path] for path in self._laid}, **overlay}
        current = {**self._own, **self._laid}
        write: dict[str, bytes] = {}
        remove = [self._canary] if self._canary else []
        self._canary = None
        for path, content in wanted.items():
            if content is None and current[path] is not None:
                remove.append(path)
            elif content is not None and content != current[path]:
                write[path] = content
        self._laid = dict(overlay)
        if not (write or remove or canary):
            return ""
        return await self._place(write=write, remove=remove, canary=canary, near=near)

    async def _place(
        self,
        *,
        write: Mapping[str, bytes],
        remove: Sequence[str],
        canary: Canary | None = None,
        near: Sequence[str] = (),
    ) -> str:
        names = {path: f"file{number}" for number, path in enumerate(write)}
        plan = {"write": names, "remove": [*remove], "near": [*near], "canary": canary.name if canary else ""}
        files = {names[path]: content for path, content in write.items()}
        if canary:
            files[canary.name] = canary.text.encode()
        command = Command(
            argv=(self.toolchain.interpreter, "-I", "-S", "{in}/place.py", "{in}/plan"),
            files={**files, "place.py": inside("place.py"), "plan": marshal.dumps(plan, _ANY_PYTHON)},
            timeout=120,
        )
        result = await self.workspace.run(command)
        if result.exit_code != 0:
            raise Stop("Files could not be laid into the tree for the tests.", remedy="Check the disk space.")
        return str(literal_eval(result.output.strip().splitlines()[-1]))


def judge(result: Result, canary: Canary | None, *, spelled: str) -> Trial:
    """What a run says, or why it says nothing: report, canaries, completeness and exit status must agree."""
    cases: dict[str, Case] = {}
    why = _ending(result)
    if not why:
        try:
            cases = _cases(result, canary)
        except ReportError as error:
            why = f"{error} (exit status {result.exit_code})"
    if not why and canary:
        why = problem(canary, cases) or _disagreement(result, cases)
    kept = {} if why else {name: one for name, one in cases.items() if not (canary and canary.owns(name))}
    return Trial(
        cases=kept,
        problem=why,
        command=spelled,
        seconds=result.seconds,
        log=result.output[-LOG_LIMIT:],
        lines=_lines(result),
    )


def _ending(result: Result) -> str:
    if trouble(result):
        return trouble(result)
    if result.timed_out:
        return f"the tests did not end within {result.seconds:.0f} s"
    if result.exit_code is None or result.exit_code >= 128:
        return "the test runner was killed"
    return ""


def _cases(result: Result, canary: Canary | None) -> dict[str, Case]:
    content = result.files.get(REPORT)
    if content is None and canary is None:
        outcome = CaseOutcome.PASSED if result.exit_code == 0 else CaseOutcome.FAILED
        return {"command": Case(id="command", outcome=outcome, message=result.output[-600:])}
    return read_junit(content)


def _disagreement(result: Result, cases: Mapping[str, Case]) -> str:
    if result.exit_code != 1:
        return f"the exit status {result.exit_code} and the report do not agree"
    collected = result.files.get(COLLECTED)
    if collected is not None:
        try:
            missing = set(json.loads(collected)) - set(cases)
        except (ValueError, TypeError):
            return "the list of collected tests cannot be read"
        if missing:
            return f"{len(missing)} collected tests are not in the report, such as {min(missing)}"
    return ""


def _lines(result: Result) -> dict[str, frozenset[int]]:
    content = result.files.get(LINES)
    if content is None:
        return {}
    try:
        return {str(path): frozenset(map(int, numbers)) for path, numbers in json.loads(content).items()}
    except (ValueError, TypeError, AttributeError):
        return {}
