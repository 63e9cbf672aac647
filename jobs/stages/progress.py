"""Progress of the current run: stages and engines note facts, the journal saves and announces them."""

import asyncio

from pydantic import JsonValue

from jobs.domain.answers import attributed
from jobs.domain.budget import Spend
from jobs.domain.question import Question, Rewind
from jobs.domain.run import Run, RunState
from jobs.ports import Artifacts, Journal, Workspace
from jobs.stages import snapshots
from jobs.stages.usage import Usage


class Progress:
    """The run as it stands; an instance is the Note that stages and engines get."""

    def __init__(self, run: Run, *, journal: Journal, artifacts: Artifacts, usage: Usage) -> None:
        self.run = run
        self.usage = usage
        self._journal = journal
        self._artifacts = artifacts
        self._workspace: Workspace | None = None
        self._before = run.spend
        self._turn = asyncio.Lock()  # checks note side by side: none may write over what another noted

    def watch(self, workspace: Workspace) -> None:
        """From now on a checkpoint of the conversation includes this workspace's tree."""
        self._workspace = workspace

    async def to(self, state: RunState, **facts: object) -> Run:
        """Move the run, save and announce it."""
        async with self._turn:
            self.run = await self._journal(self._measured(self.run.to(state, **facts)))
            self._before = self.run.spend
        return self.run

    async def note(self, **facts: object) -> Run:
        """Add facts without a change of state."""
        async with self._turn:
            self.run = await self._journal(self._measured(self.run.note(**facts)))
        return self.run

    async def __call__(
        self,
        *,
        step: str | None = None,
        spend: Spend | None = None,
        conversation: bytes | None = None,
        assumptions: tuple[Question, ...] | None = None,
    ) -> None:
        """ports.Note: what is left out stays as it was; Exhausted once writing is over a cap."""
        facts: dict[str, object] = {}
        if step is not None:
            facts["step"] = step
        if spend is not None:
            facts["spend"] = self._before + spend
        if assumptions is not None:
            facts["assumptions"] = await self._asked(assumptions)
        if conversation is not None:
            facts |= await self._checkpoint(conversation)
        await self.note(**facts)
        if self.run.state is RunState.GENERATING:
            self.usage.check()

    async def go_back(self, rewind: Rewind) -> None:
        """Take over the tree and the messages of a moment of the run before, or note that they are gone."""
        patch, stored = None, None
        if self.run.start and rewind.question.tree and self.run.conversation:
            patch = await snapshots.kept(self.run.start, rewind.question.tree, self._artifacts)
            stored = await self._artifacts.get(self.run.conversation)
        if patch is not None and stored is not None:
            await self.note(patch=patch)
        else:
            gone = rewind.model_copy(update={"gone": True})
            await self.note(rewind=gone, conversation=None, assumptions=())

    async def chain_head(self) -> str:
        """Hash of the task's last event."""
        return await self._journal.chain_head()

    async def keep(self, conversation: bytes | None) -> str | None:
        """Store an engine's messages under the run's key."""
        if conversation is None:
            return self.run.conversation
        # never over the recorded one: a worker lost right here must not leave calls without their spend
        first = f"{self.run.id}/conversation"
        key = f"{first}/2" if self.run.conversation == first else first
        return await self._artifacts.put(key, conversation)

    async def _asked(self, questions: tuple[Question, ...]) -> tuple[Question, ...]:
        """The questions as they are recorded; the tree before each new one is kept, to go back to."""
        questions, known = attributed(questions, self.run), set(self.run.assumptions)
        if self._workspace is not None and any(one not in known for one in questions):
            await snapshots.keep(await self._workspace.patch(), self._artifacts)
        return questions

    def _measured(self, run: Run) -> Run:
        return run.model_copy(update={"spend": self.usage.of(run.spend)})

    async def _checkpoint(self, conversation: bytes) -> dict[str, JsonValue | object]:
        facts: dict[str, object] = {"conversation": await self.keep(conversation)}
        if self._workspace is not None:
            facts["patch"] = await self._workspace.patch()
        return facts
