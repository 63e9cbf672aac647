"""How long a run stood still after its owner was struck: until the next write under the fence."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from statistics import median

from jobs.domain.event import Event

ALIVE = "running"
"""State of a task that an owner is at work on."""
DYING = 1.0
"""Seconds within which a write may still be one that was under way when its process was frozen."""


@dataclass(frozen=True)
class Blow:
    """A worker got SIGKILL or SIGSTOP."""

    at: float
    """Seconds since 1970."""
    pid: int
    """Its process."""
    how: str
    """What was done to whom."""
    woke: float | None = None
    """When it could go on, if it was only frozen."""


@dataclass(frozen=True)
class Gap:
    """One run that stood still."""

    task: str
    """Task id."""
    phase: str
    """State of the run when its owner was struck."""
    blow: Blow
    """What struck it."""
    seconds: float
    """Until the first write of a new owner, or until the old one woke up."""

    def __str__(self) -> str:
        at = datetime.fromtimestamp(self.blow.at, UTC)
        return f"{self.task} while {self.phase}, {self.blow.how} at {at:%H:%M:%S}: {self.seconds:.1f} s"


@dataclass
class _Holding:
    owner: str
    since: float
    phase: str
    blow: Blow | None = None


@dataclass
class Gaps:
    """Every gap of every run."""

    found: list[Gap] = field(default_factory=list)

    @property
    def worst(self) -> float:
        """Seconds of the longest; 0 without any."""
        return max((one.seconds for one in self.found), default=0.0)

    def told(self, most: int = 3) -> str:
        """How many, how long, and which were the longest."""
        if not self.found:
            return "no run lost its owner"
        longest = sorted(self.found, key=lambda one: one.seconds, reverse=True)[:most]
        middle = median(one.seconds for one in self.found)
        return f"{len(self.found)} runs lost their owner, median {middle:.1f} s; " + "; ".join(
            str(one) for one in longest
        )


def gaps_of(history: Sequence[Event], blows: Sequence[Blow]) -> list[Gap]:
    """The gaps of one task: a blow counts for the run that its victim held at that moment."""
    found: list[Gap] = []
    holding: _Holding | None = None
    for event in history:
        at, owner = event.at.timestamp(), str(event.facts.get("owner", ""))
        if holding is not None:
            blow = _struck(holding, blows, until=at)
            if blow is not None and _goes_on(event, blow, holding):
                found.append(Gap(event.task, holding.phase, blow, _still(event, blow)))
                holding.since = at
        if owner:
            holding = _Holding(owner, at, holding.phase if holding else "preparing")
        if holding is not None and event.facts.get("state") != ALIVE:
            holding = None
        if holding is not None:
            holding.phase = str(event.facts.get("run_state", holding.phase))
    return found


def _struck(holding: _Holding, blows: Sequence[Blow], *, until: float) -> Blow | None:
    pid = int(holding.owner.split(":")[1])
    hits = [one for one in blows if one.pid == pid and holding.since < one.at < until]
    return min(hits, key=lambda one: one.at, default=None)


def _goes_on(event: Event, blow: Blow, holding: _Holding) -> bool:
    """True for the write of a new owner; or of the same one, which was frozen and is awake again."""
    if "owner" in event.facts:
        return True
    own = event.kind.startswith("run.")
    return own and blow.woke is not None and event.at.timestamp() > blow.at + DYING


def _still(event: Event, blow: Blow) -> float:
    """Seconds until another owner's first write; one that nobody replaced goes on when it wakes up."""
    end = event.at.timestamp()
    return (end if "owner" in event.facts or blow.woke is None else min(end, blow.woke)) - blow.at
