"""What package.json says about how a project is tested, and whether that is there."""

import json
from collections.abc import Mapping, Sequence
from typing import Final

from pydantic import BaseModel, ValidationError

from jobs.checks.toolchains.declared import Absent
from jobs.checks.toolchains.javascript import JavaScript, Runner, shuffles
from jobs.checks.toolchains.protocol import Toolchain
from jobs.checks.toolchains.python import inside
from jobs.errors import Stop, StopKind
from jobs.ports import Command, Workspace

_NONE_YET: Final = "no test specified"


class _Package(BaseModel):
    scripts: Mapping[str, str] = {}
    dependencies: Mapping[str, str] = {}
    devDependencies: Mapping[str, str] = {}


class _Probe(BaseModel):
    old: bool
    there: bool
    tsx: bool
    sample: str
    version: str


async def detect(workspace: Workspace, *, environment: str | None) -> Toolchain | None:
    """The project's runner, by its test script or its packages; None when there is no Node.js project."""
    content = await workspace.read("package.json")
    if content is None:
        return None
    package = _read(content)
    script = package.scripts.get("test", "")
    found = _runner(script.split())
    if found is not None:
        return await _checked(workspace, *found, environment=environment)
    packages = {**package.dependencies, **package.devDependencies}
    for runner in (Runner.VITEST, Runner.JEST):
        if runner in packages:
            return await _checked(workspace, runner, (), environment=environment)
    if script and _NONE_YET not in script:
        raise Stop(
            "The test script in package.json starts a runner that is not known here.",
            remedy="Declare the suite's command and its JUnit path in .codegen.yml on the default branch.",
            kind=StopKind.INPUT,
        )
    usual = await _checked(workspace, Runner.NODE, (), environment=environment)
    return usual if isinstance(usual, JavaScript) and usual.sample else None


async def from_suite(
    workspace: Workspace, suite: Sequence[str], *, environment: str | None
) -> Toolchain | None:
    """The toolchain that a suite command means, or None when it is another program."""
    if list(suite) in (["npm", "test"], ["npm", "run", "test"]):
        return await detect(workspace, environment=environment)
    found = _runner(suite)
    return await _checked(workspace, *found, environment=environment) if found else None


def _read(content: bytes) -> _Package:
    try:
        return _Package.model_validate_json(content)
    except ValidationError:
        raise Stop(
            "package.json cannot be read.",
            remedy="Make it valid JSON with scripts and dependencies as npm has them.",
            kind=StopKind.INPUT,
        ) from None


def _runner(words: Sequence[str]) -> tuple[Runner, tuple[str, ...]] | None:
    """Runner and further arguments, when the command is a single one of those known here."""
    if any(word in ("&&", "||", ";", "|") for word in words):
        return None
    left = [word for word in words if word not in ("npx", "--no-install", "run", "--run")]
    if left[:1] == ["node"] and "--test" in left:
        given = tuple(word.strip("'\"") for word in left[1:] if not word.startswith("-"))
        return Runner.NODE, given
    for runner in (Runner.VITEST, Runner.JEST):
        if left[:1] == [runner.value]:
            return runner, tuple(word for word in left[1:] if not word.startswith("-"))
    return None


async def _checked(
    workspace: Workspace, runner: Runner, arguments: tuple[str, ...], *, environment: str | None
) -> Toolchain:
    words = ("node", "{in}/node_probe.cjs", environment or "", runner.value)
    result = await workspace.run(
        Command(argv=words, files={"node_probe.cjs": inside("node_probe.cjs")}, timeout=60)
    )
    if result.exit_code != 0:
        return Absent("node", "Node.js is not in the sandbox; install it on the worker or in the environment")
    probe = _Probe.model_validate(json.loads(result.output.strip().splitlines()[-1]))
    if probe.old and runner is Runner.NODE:
        return Absent("node", "Node.js is older than 18.19, the first whose test runner can be read")
    if not probe.there:
        return Absent(runner, f"{runner} is not in node_modules of the repository's environment")
    loader = "tsx" if probe.tsx and runner is Runner.NODE else ""
    return JavaScript(
        runner,
        environment,
        arguments,
        sample=probe.sample,
        loader=loader,
        shuffles=shuffles(runner, probe.version),
    )
