"""Whether a finish can be believed far enough to spend a verification on it."""

from jobs.domain.brief import Brief
from jobs.domain.spec import Kind
from jobs.engines.agent.calls import Finish

_BY_TESTS = frozenset({Kind.BUGFIX, Kind.FEATURE, Kind.TESTS})


def objection(finish: Finish, brief: Brief, *, tree: str, opened: str | None) -> str:
    """What the model should mend before it finishes; empty when nothing is missing."""
    wanted = {criterion.id for criterion in brief.spec.criteria}
    named = {proof.criterion for proof in finish.proofs if proof.tests}
    if unknown := sorted(named - wanted):
        return f"The task has no criterion {', '.join(unknown)}; it has {', '.join(sorted(wanted))}."
    if tree == opened:
        return "The tree is what it was when you began. Check your edits, or say why in `unable`."
    open_ones = {one.id for one in brief.spec.criteria if one.proof is None}
    if brief.spec.kind in _BY_TESTS and (missing := sorted(open_ones - named)):
        return f"No test is named for {', '.join(missing)}. Write one and name it in `proofs`."
    return ""
