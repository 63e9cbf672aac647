"""What an engine notes, kept for looking at; it can lose the process at a chosen turn."""

from jobs.domain.budget import Spend
from jobs.domain.question import Question


class Killed(Exception):
    """The worker died here."""


class Notes:
    def __init__(self, *, die_at: int | None = None) -> None:
        self.steps: list[str] = []
        self.spend = Spend()
        self.conversation: bytes | None = None
        self.assumptions: tuple[Question, ...] = ()
        self._die_at = die_at

    async def __call__(
        self,
        *,
        step: str | None = None,
        spend: Spend | None = None,
        conversation: bytes | None = None,
        assumptions: tuple[Question, ...] | None = None,
    ) -> None:
        self.spend = spend or self.spend
        self.conversation = conversation or self.conversation
        self.assumptions = self.assumptions if assumptions is None else assumptions
        if step is None:
            return
        self.steps.append(step)
        if len(self.steps) == self._die_at:
            raise Killed
