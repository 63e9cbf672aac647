"""What a check's failure means, as the repository and the operator set it."""

from collections.abc import Mapping
from dataclasses import dataclass

from jobs.domain.repository_file import FILE_NAME, Gate
from jobs.domain.verdict import Check, CheckStatus

_COUNTS = (CheckStatus.FAILED, CheckStatus.NOT_AVAILABLE)


@dataclass(frozen=True)
class Gates:
    """All gates of one verification."""

    repository: Mapping[str, Gate]
    """From .codegen.yml."""
    operator: Mapping[str, Gate]
    """From codegen.toml, which wins."""

    def apply(self, check: Check) -> Check:
        """The check as it counts."""
        if check.name in self.operator:
            return gated(check, self.operator, source="codegen.toml")
        return gated(check, self.repository)


def gated(check: Check, gates: Mapping[str, Gate], *, source: str = FILE_NAME) -> Check:
    """The check as it counts: a failure under `warn` is a warning, under `off` nothing; both say why."""
    gate = gates.get(check.name, Gate.BLOCK)
    if gate is Gate.OFF:
        summary = f"Switched off in {source}; it said: {check.summary}"
        return check.model_copy(
            update={"status": CheckStatus.SKIPPED, "summary": summary, "findings": (), "blocking": False}
        )
    if gate is Gate.WARN and check.status in _COUNTS:
        status = CheckStatus.WARNING if check.status is CheckStatus.FAILED else check.status
        summary = f"{check.summary} It only warns, as {source} says."
        return check.model_copy(update={"status": status, "summary": summary, "blocking": False})
    return check
