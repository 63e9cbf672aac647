"""Which toolchain a repository's tests are run with."""

import shlex

from jobs.checks.toolchains import go, node_project
from jobs.checks.toolchains.declared import Absent, Declared
from jobs.checks.toolchains.protocol import Toolchain
from jobs.checks.toolchains.python import Pytest, Unittest, from_suite, has_pytest, interpreter
from jobs.domain.repository_file import Suite
from jobs.errors import Stop
from jobs.ports import Workspace

_REMEDY = "Ask the operator to set its environment in codegen.toml to a directory with the test dependencies."
_PYTHON_PROJECT = ("pyproject.toml", "setup.py", "setup.cfg", "pytest.ini", "tox.ini", "requirements.txt")


async def detect(
    workspace: Workspace, *, environment: str | None, suite: tuple[str, ...], declared: Suite | None = None
) -> Toolchain:
    """The operator's suite command, else the repository's, else what the tree's files say.

    Without a command: a Python project's pytest, else unittest; a Node.js project's runner; Go's; Python
    again for any other tree. Raises Stop when there is none to run.
    """
    junit = ""
    if not suite and declared is not None:
        suite, junit = _words(declared.command), declared.junit or ""
    if suite and junit:
        return Declared(suite, junit=junit, environment=environment)
    wanted = from_suite(suite, interpreter(environment)) if suite else await _by_files(workspace, environment)
    if wanted is None:
        other = await node_project.from_suite(workspace, suite, environment=environment)
        return other or await go.from_suite(workspace, suite, environment=environment) or Declared(suite)
    if not isinstance(wanted, Pytest | Unittest):
        return wanted
    return await _python(workspace, wanted, said=bool(suite))


async def _by_files(workspace: Workspace, environment: str | None) -> Toolchain:
    if not any([await workspace.read(name) is not None for name in _PYTHON_PROJECT]):
        found = await node_project.detect(workspace, environment=environment)
        found = found or await go.detect(workspace, environment=environment)
        if found is not None:
            return found
    return Pytest(interpreter(environment))


async def _python(workspace: Workspace, wanted: Pytest | Unittest, *, said: bool) -> Toolchain:
    there = await has_pytest(workspace, wanted.python)
    if there is None:
        raise Stop("The repository's environment has no working Python interpreter.", remedy=_REMEDY)
    if isinstance(wanted, Pytest) and not there:
        if said:
            raise Stop("pytest is not in the repository's environment.", remedy=_REMEDY)
        return Unittest(wanted.python)
    return wanted


def _words(command: str) -> tuple[str, ...]:
    """The words of a simple command, else the shell that is to read it."""
    simple = not set(command) & set("|&;<>()$`\\\n*?[]~{}")
    try:
        words = tuple(shlex.split(command)) if simple else ()
    except ValueError:
        words = ()
    return words if words and "=" not in words[0] else ("/bin/sh", "-c", command)


__all__ = ["Absent", "detect"]
