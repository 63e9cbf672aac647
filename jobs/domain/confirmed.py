"""A run as it counts: what a person confirmed is proven, what a person answered is assumed no more."""

from jobs.domain.answers import as_answered
from jobs.domain.consent import Confirmation
from jobs.domain.patch import Sha
from jobs.domain.run import Run
from jobs.domain.task import Task
from jobs.domain.verdict import Author, Evidence, EvidenceStatus, ProofKind, Strength, Verdict


def counted(task: Task) -> Run | None:
    """The task's run as it counts; a confirmation holds for exactly one commit."""
    return as_counted(task.run, task) if task.run else None


def as_counted(run: Run, task: Task) -> Run:
    """A run of the task as it counts."""
    run = as_answered(run, task)
    if run.verdict is None or run.head is None or not task.confirmations:
        return run
    return run.model_copy(update={"verdict": _confirmed(run.verdict, run.head, task.confirmations)})


def to_confirm(run: Run) -> tuple[str, ...]:
    """Ids of the criteria that wait for another person's look."""
    evidence = run.verdict.evidence if run.verdict and run.head else ()
    return tuple(one.criterion for one in evidence if _waits(one))


def _confirmed(verdict: Verdict, head: Sha, confirmations: tuple[Confirmation, ...]) -> Verdict:
    said = {one.criterion: one for one in confirmations if one.head == head}
    evidence = tuple(
        _proven(one, said[one.criterion]) if _waits(one) and one.criterion in said else one
        for one in verdict.evidence
    )
    return verdict.model_copy(update={"evidence": evidence})


def _proven(one: Evidence, said: Confirmation) -> Evidence:
    proven = {
        "status": EvidenceStatus.PROVEN,
        "strength": Strength.STRONG,
        "proof": one.proof.model_copy(update={"by": Author.PERSON}),
        "reason": f"{said.person.name or said.person.id} looked at {said.head[:10]} and confirmed it.",
    }
    return one.model_copy(update=proven)


def _waits(one: Evidence) -> bool:
    return one.proof.kind is ProofKind.REVIEW and one.status is EvidenceStatus.NOT_PROVEN
