"""What may still be used, and how much nonsense is put up with."""

import re
import time
from collections import Counter
from collections.abc import Callable

from pydantic_ai.messages import ModelResponse, ToolCallPart

from jobs.domain.brief import Brief
from jobs.domain.budget import Spend, spend_of
from jobs.errors import Exhausted, Stop

UNUSABLE = 5
"""Answers in a row without a call that can be carried out, before the work ends."""
WARNED = 3
"""Times the same call has had the same result when the model is told so."""
LOOPED = 6
"""Times it has had it when the work ends."""
REMEDY = "Raise the cap in codegen.toml, or split the spec into smaller ones."


class Meter:
    """Counts one call's spend against what the task has left."""

    def __init__(self, brief: Brief, now: Callable[[], float] = time.monotonic) -> None:
        self._cap, self._before = brief.cap, brief.spent
        self._now, self._begun = now, now()
        self._spend = Spend()

    @property
    def spend(self) -> Spend:
        """What this call has used so far."""
        return self._spend.model_copy(update={"seconds": self._now() - self._begun})

    def add(self, response: ModelResponse) -> None:
        """Count one answer of the model."""
        self._spend += spend_of(response)

    def seconds_left(self) -> float:
        """Wall clock that is left, in seconds."""
        return self._cap.minutes * 60 - (self._before + self.spend).seconds

    def check(self) -> None:
        """Raise Exhausted when a cap leaves no room for another call of the model."""
        used, cap = self._before + self.spend, self._cap
        if reached := cap.used_up(used):
            raise Exhausted(reached, remedy=REMEDY)
        if used.seconds >= cap.minutes * 60:
            raise Exhausted(f"The task has used its {cap.minutes:g} minutes of writing.", remedy=REMEDY)


class Patience:
    """Bounds answers that lead nowhere."""

    def __init__(self, model: str) -> None:
        self._model = model
        self._unusable = 0
        self._seen: Counter[tuple[str, str, str]] = Counter()

    def used(self) -> None:
        """A call could be carried out."""
        self._unusable = 0

    def changed(self) -> None:
        """The tree is another: the same call may now well be made again."""
        self._seen.clear()

    def unusable(self, what: str) -> None:
        """Raise Stop after too many answers in a row of no use."""
        self._unusable += 1
        if self._unusable >= UNUSABLE:
            raise Stop(
                f"The model {self._model} {what}, {UNUSABLE} times in a row.",
                remedy="Retry, or choose another engine.",
            )

    def repeated(self, call: ToolCallPart, text: str) -> str:
        """A warning for the model when it runs in circles; raises Stop when it does not listen."""
        key = (call.tool_name, call.args_as_json_str(), re.sub(r"\d+\.\d+", "", text))
        self._seen[key] += 1
        if self._seen[key] >= LOOPED:
            raise Stop(
                f"The model {self._model} runs in circles: it made the same call {LOOPED} times "
                "with the same result.",
                remedy="Make the spec more precise, or choose another engine.",
            )
        again = f"\nYou have made this call {self._seen[key]} times with this result. Do something else."
        return again if self._seen[key] >= WARNED else ""
