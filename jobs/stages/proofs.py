"""Which tests are to prove which criterion."""

from collections.abc import Iterable

from jobs.domain.run import NamedProof
from jobs.domain.spec import Spec


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
