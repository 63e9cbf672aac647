"""Which tests are to prove which criterion, and how commands for the sandbox's shell are put."""

from collections.abc import Iterable
from typing import Final

from jobs.domain.run import NamedProof
from jobs.domain.spec import Spec
from jobs.ports import Command

_COMMAND_TIMEOUT: Final = 600.0


def proofs(spec: Spec, named: Iterable[NamedProof]) -> dict[str, tuple[str, ...]]:
    """Criterion → tests: the spec's own where it names any, else the engine's."""
    found: dict[str, tuple[str, ...]] = {}
    for one in named:
        found[one.criterion] = tuple(dict.fromkeys(found.get(one.criterion, ()) + one.tests))
    for criterion in spec.criteria:
        if criterion.proof is not None:
            found[criterion.id] = criterion.proof.tests
    known = {criterion.id for criterion in spec.criteria}
    return {name: tests for name, tests in found.items() if name in known and tests}


def shell(text: str, environment: str | None, *, timeout: float = _COMMAND_TIMEOUT) -> Command:
    """A command as a person types it, with the environment's programs first."""
    path = "/usr/local/bin:/usr/bin:/bin"
    if environment:
        path = f"{environment}/bin:{environment}/node_modules/.bin:{path}"
    env = {"PATH": path, "PYTHONDONTWRITEBYTECODE": "1", "PYTHONPATH": "src:."}
    return Command(argv=("/bin/sh", "-c", text), env=env, timeout=timeout)
