"""Which toolchain a repository's tests are run with."""

from jobs.checks.toolchains.declared import Declared
from jobs.checks.toolchains.protocol import Toolchain
from jobs.checks.toolchains.python import Pytest, Unittest, from_suite, has_pytest, interpreter
from jobs.errors import Stop
from jobs.ports import Workspace

_REMEDY = "Ask the operator to set its environment in codegen.toml to a directory with the test dependencies."


async def detect(workspace: Workspace, *, environment: str | None, suite: tuple[str, ...]) -> Toolchain:
    """The operator's suite command, else pytest, else unittest; raises Stop when there is none to run."""
    python = interpreter(environment)
    wanted = from_suite(suite, python) if suite else Pytest(python)
    if wanted is None:
        return Declared(suite)
    there = await has_pytest(workspace, python)
    if there is None:
        raise Stop("The repository's environment has no working Python interpreter.", remedy=_REMEDY)
    if isinstance(wanted, Pytest) and not there:
        if suite:
            raise Stop("pytest is not in the repository's environment.", remedy=_REMEDY)
        return Unittest(python)
    return wanted
