"""The engine that applies a given diff: for replays, tests and `codegen run --engine patch`."""

from jobs.domain.brief import Brief, Work
from jobs.errors import Stop, StopKind
from jobs.ports import Note, Workspace


class PatchEngine:
    """Applies one diff and spends nothing."""

    def __init__(self, diff: str) -> None:
        self._diff = diff

    @property
    def name(self) -> str:
        """Engine; there is no model."""
        return "patch"

    async def work(self, brief: Brief, workspace: Workspace, note: Note) -> Work:
        """Apply the diff; a later round has nothing to add and raises Stop."""
        if brief.round > 1:
            raise Stop("The given patch did not pass verification.", remedy="Change the patch.")
        if not self._diff.strip():
            raise Stop("The given patch is empty.", remedy="Give a git diff.", kind=StopKind.INPUT)
        await note(step="applying the given patch")
        if (await workspace.patch()).empty:
            await workspace.apply(self._diff)
        return Work(summary=f"A given patch for: {brief.spec.title}")
