"""Faults on demand: rate limits, failures and slowness of Web API methods."""

from dataclasses import dataclass, field


@dataclass
class Fault:
    """What goes wrong with the next calls of a method."""

    kind: str
    """`rate_limit`, `fail` or `slow`."""
    method: str
    """A method's name, or `*`."""
    times: int
    seconds: float = 0.0
    """How long to wait, or what Retry-After says."""
    status: int | None = None
    """Answer with this HTTP status and no JSON."""
    error: str = "internal_error"
    after_commit: bool = False
    """Do the work, and answer with the failure all the same."""


@dataclass
class Faults:
    """The faults that are still to come."""

    pending: list[Fault] = field(default_factory=list)

    def add(self, fault: Fault) -> None:
        """Let a fault happen to the next calls."""
        self.pending.append(fault)

    def take(self, kind: str, method: str) -> Fault | None:
        """Use up one occurrence of a fault for this call, None when there is none."""
        for fault in self.pending:
            if fault.kind == kind and fault.method in (method, "*") and fault.times > 0:
                fault.times -= 1
                return fault
        return None
