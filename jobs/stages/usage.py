"""What a run uses besides the model: wall clock, and processor time in the sandbox."""

import time
from collections.abc import Callable

from jobs.domain.budget import Cap, Spend
from jobs.errors import Exhausted
from jobs.ports import Around, AroundEach, Command, Result, Workspace, Workspaces

REMEDY = "Raise the cap in codegen.toml, or split the spec into smaller ones."


class Usage:
    """Counts on from what the run had used when this worker took it."""

    def __init__(self, before: Spend, cap: Cap, *, now: Callable[[], float] = time.monotonic) -> None:
        self._before = before
        self._cap = cap
        self._now, self._begun = now, now()
        self._cpu = 0.0

    def add(self, result: Result) -> None:
        """Count one sandboxed command."""
        self._cpu += result.cpu_seconds

    def of(self, spend: Spend) -> Spend:
        """A spend with the time of the whole run in it."""
        seconds = self._before.seconds + self._now() - self._begun
        return spend.model_copy(
            update={"seconds": seconds, "cpu_seconds": self._before.cpu_seconds + self._cpu}
        )

    def seconds_left(self) -> float:
        """Wall clock that is left, in seconds; never negative."""
        return max(0.0, self._cap.minutes * 60 - self.of(Spend()).seconds)

    def over(self) -> Exhausted | None:
        """What to say when the run has used its time or its processor time."""
        if not self.seconds_left():
            return self.out_of_time()
        if self.of(Spend()).cpu_seconds >= self._cap.cpu_seconds:
            used = f"{self._cap.cpu_seconds:g} seconds of processor time"
            return Exhausted(f"The task has used its {used}.", remedy=REMEDY)
        return None

    def out_of_time(self) -> Exhausted:
        """What to say when the wall clock ended something."""
        return Exhausted(f"The task has used its {self._cap.minutes:g} minutes.", remedy=REMEDY)

    def check(self) -> None:
        """Raise Exhausted when the run has used its time or its processor time."""
        over = self.over()
        if over is not None:
            raise over


def metered(workspaces: Workspaces, usage: Usage) -> Workspaces:
    """Workspaces that count the processor time of every command."""

    async def counted(workspace: Workspace, command: Command) -> Result:
        result = await workspace.run(command)
        usage.add(result)
        return result

    return AroundEach(workspaces, lambda workspace: Around(workspace, running=counted))
