"""How long a review will take, roughly: what is open costs more than what is long."""

from jobs.domain.task import Task
from jobs.domain.verdict import EvidenceStatus, Strength

READ, PER_LINE = 2.0, 0.03
"""Minutes for any change, and for each changed line."""
OPEN, WEAK, ASSUMED = 6.0, 3.0, 2.0
"""Minutes for each criterion that is not proven, each weak proof, each assumption."""


def review_minutes(task: Task) -> float:
    """Estimated minutes of a person's time; 0 without a change to review."""
    run = task.run
    if run is None or run.patch is None or run.patch.empty:
        return 0.0
    lines = sum(one.added + one.removed for one in run.patch.files)
    evidence = run.verdict.evidence if run.verdict else ()
    opened = sum(one.status is not EvidenceStatus.PROVEN for one in evidence)
    if run.verdict is None:
        opened = len(task.spec.criteria)
    weak = sum(one.strength is Strength.WEAK for one in evidence)
    return READ + PER_LINE * lines + OPEN * opened + WEAK * weak + ASSUMED * len(run.assumptions)
