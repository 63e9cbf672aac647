"""What was checked, what was shown, and what follows."""

from enum import StrEnum

from jobs.domain.base_model import Frozen
from jobs.domain.consent import Ask


class CheckStatus(StrEnum):
    """How one check ended."""

    PASSED = "passed"
    FAILED = "failed"
    WARNING = "warning"
    NOT_AVAILABLE = "not_available"
    SKIPPED = "skipped"


class Finding(Frozen):
    """One thing a check has to say about one place."""

    rule: str
    """Short name of the rule."""
    text: str
    """What was found, for the reviewer."""
    path: str | None = None
    """File, from the repository's root."""
    line: int | None = None
    """Line in that file after the change, from 1."""


class Covered(Frozen):
    """Which changed statements of a file ran in a test; each stands for its first line."""

    path: str
    """File, from the repository's root."""
    ran: tuple[int, ...]
    """Lines that ran, ascending."""
    idle: tuple[int, ...]
    """Lines that no test runs, ascending."""


class Check(Frozen):
    """One check's result."""

    name: str
    """Name of the check, as its file in jobs/checks."""
    status: CheckStatus
    """How it ended."""
    summary: str
    """One sentence."""
    findings: tuple[Finding, ...] = ()
    """What it found."""
    seconds: float = 0.0
    """How long it took."""
    command: str | None = None
    """What was run, as typed in a shell; None when nothing was."""
    blocking: bool = True
    """False: a failure warns but does not reject."""
    asks: tuple[Ask, ...] = ()
    """What a person may allow: with it the check would not fail; empty when nothing would help."""
    covered: tuple[Covered, ...] = ()
    """Changed statements by file, where the check measures that."""
    log: str = ""
    """Tail of what the command printed, 8 KiB at most, scanned for secrets."""


class Outcome(StrEnum):
    """What a proof did on one side."""

    PASSED = "passed"
    FAILED = "failed"
    ERROR = "error"
    ABSENT = "absent"
    FLAKY = "flaky"


class EvidenceStatus(StrEnum):
    """Whether a criterion was shown."""

    PROVEN = "proven"
    NOT_PROVEN = "not_proven"
    CONTRADICTED = "contradicted"


class Strength(StrEnum):
    """How much a proof is worth: an engine's own, unchallenged tests are weak."""

    STRONG = "strong"
    WEAK = "weak"


class ProofKind(StrEnum):
    """What sort of proof was executed."""

    TESTS = "tests"
    COMMAND = "command"
    REVIEW = "review"
    NONE = "none"


class Author(StrEnum):
    """Who wrote a proof: a person, a call that never saw the patch, or the engine itself."""

    PERSON = "person"
    BLIND = "blind"
    ENGINE = "engine"


class ExecutedProof(Frozen):
    """The proof of one criterion, as executed."""

    kind: ProofKind
    """Sort of proof."""
    command: str | None = None
    """What was run."""
    tests: tuple[str, ...] = ()
    """Node ids."""
    by: Author | None = None
    """Who wrote it; None when there is none."""


class Evidence(Frozen):
    """What executions say about one criterion."""

    criterion: str
    """Id of the criterion."""
    status: EvidenceStatus
    """Whether it was shown."""
    strength: Strength | None = None
    """How much the proof is worth; None when not proven."""
    base: Outcome | None = None
    """What the proof did on the target base."""
    head: Outcome | None = None
    """What it did on the head."""
    proof: ExecutedProof
    """What was executed."""
    reason: str = ""
    """One sentence: why this status."""
    log: str = ""
    """The end of what the proof printed on each side, 2 KiB at most, scanned for secrets."""


class VerdictStatus(StrEnum):
    """What follows from all checks and all evidence."""

    PASSED = "passed"
    REJECTED = "rejected"
    UNPROVEN = "unproven"


class Verdict(Frozen):
    """All checks and all evidence of one round."""

    checks: tuple[Check, ...]
    """In the order they were run."""
    evidence: tuple[Evidence, ...]
    """One per criterion, in the spec's order."""

    @property
    def status(self) -> VerdictStatus:
        """Rejected by a blocking failure or a contradiction; unproven by anything left open."""
        failed = any(check.blocking and check.status is CheckStatus.FAILED for check in self.checks)
        if failed or any(one.status is EvidenceStatus.CONTRADICTED for one in self.evidence):
            return VerdictStatus.REJECTED
        missing = any(check.blocking and check.status is CheckStatus.NOT_AVAILABLE for check in self.checks)
        if missing or any(one.status is EvidenceStatus.NOT_PROVEN for one in self.evidence):
            return VerdictStatus.UNPROVEN
        return VerdictStatus.PASSED

    @property
    def asks(self) -> tuple[Ask, ...]:
        """What stands between this change and its verification that a person may allow; else empty."""
        failed = [one for one in self.checks if one.blocking and one.status is CheckStatus.FAILED]
        if not all(one.asks for one in failed):
            return ()
        return tuple(ask for one in failed for ask in one.asks)

    @property
    def proven(self) -> int:
        """How many criteria are proven."""
        return sum(one.status is EvidenceStatus.PROVEN for one in self.evidence)
