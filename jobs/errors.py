"""How things end that do not go on: expected stops carry a sentence for the person, bugs do not."""

from enum import StrEnum


class StopKind(StrEnum):
    """What kind of outside cause ended the work; decides the exit status of the operator's tool."""

    OUTSIDE = "outside"
    """Refused, unreachable, rate limited, over budget, no sandbox: exit status 4."""
    INPUT = "input"
    """A spec, configuration, repository or revision that is not right: exit status 2."""


class Stop(Exception):
    """An expected end: `reason` and `remedy` are shown to the person as they are.

    Neither may hold a secret, a traceback or a path of this machine.
    """

    def __init__(self, reason: str, *, remedy: str = "", kind: StopKind = StopKind.OUTSIDE) -> None:
        super().__init__(reason)
        self.reason = reason
        self.remedy = remedy
        self.kind = kind

    def __str__(self) -> str:
        """Reason and remedy in one line."""
        return f"{self.reason} {self.remedy}".strip()


def archived(project: str) -> Stop:
    """A project in which nobody may change anything."""
    return Stop(
        f"{project} is archived: nothing can be changed or merged there.",
        remedy="Unarchive it in GitLab, then click Retry.",
        kind=StopKind.INPUT,
    )


class BranchGone(Stop):
    """The branch of a merge request is not there any more: only a run makes it anew."""


class Unreachable(Stop):
    """The channel cannot be written to: whoever asked is told alone, and the work goes on."""


class TokenRefused(Stop):
    """Nothing can be said until the operator renews the token: it stays to be said."""


class Exhausted(Stop):
    """A cap was reached; what there is so far is still delivered."""


class Transient(Exception):
    """Trying again later may help; the queue does so, with a bound."""

    def __init__(self, reason: str, *, retry_after: float = 1.0, limited: bool = False) -> None:
        super().__init__(reason)
        self.reason = reason
        self.retry_after = retry_after
        self.limited = limited
        """True when it was a rate limit."""


class ThreadGone(Transient):
    """A person deleted the message that a thread hangs from: it comes back before anything else is said."""


class Busy(Transient):
    """It is not urgent enough to be said now: say the newest later."""


class Refused(Exception):
    """Input that is not accepted: every problem at once, by field."""

    def __init__(self, problems: dict[str, str]) -> None:
        super().__init__("; ".join(f"{field}: {text}" for field, text in problems.items()))
        self.problems = problems


class LostLease(Exception):
    """Another worker owns the task now: stop without touching anything."""
