"""The second model as checks get it: asked once per question, counted into the run, held to its cap."""

import hashlib
import json
from typing import Final, TypeVar

from jobs.domain.base_model import Frozen
from jobs.domain.budget import Cap, Spend
from jobs.ports import Answered, Cache, Model, Note, Prompt, Unanswered

A = TypeVar("A", bound=Frozen)

_CACHE_FORMAT: Final = "opinion-1"


class CountedModel:
    """ports.Model whose every call is in the run's record, used or not."""

    def __init__(self, model: Model, *, spent: Spend, cap: Cap, note: Note) -> None:
        self._model = model
        self._spent, self._cap = spent, cap
        self._note = note
        self._own = Spend()

    @property
    def name(self) -> str:
        """`provider:name`."""
        return self._model.name

    async def ask(self, prompt: Prompt, schema: type[A]) -> Answered[A]:
        """The model's answer; raises Unanswered as well when the cap leaves no room for the call."""
        if reached := self._cap.used_up(self._spent + self._own):
            raise Unanswered(reached)
        try:
            answered = await self._model.ask(prompt, schema)
        except Unanswered as unanswered:
            await self._count(unanswered.spend)
            raise
        await self._count(answered.spend)
        return answered

    async def _count(self, spend: Spend) -> None:
        self._own += spend
        await self._note(spend=self._own)


class RememberedModel:
    """ports.Model that puts the same question once: rounds and a resumed run do not pay again."""

    def __init__(self, model: Model, *, cache: Cache) -> None:
        self._model = model
        self._cache = cache

    @property
    def name(self) -> str:
        """`provider:name`."""
        return self._model.name

    async def ask(self, prompt: Prompt, schema: type[A]) -> Answered[A]:
        """The answer given before, at no cost, or a new one; a failure is not remembered."""
        spend = Spend()

        async def compute() -> bytes:
            nonlocal spend
            answered = await self._model.ask(prompt, schema)
            spend = answered.spend
            return answered.value.model_dump_json().encode()

        shape = json.dumps(schema.model_json_schema(), sort_keys=True)
        facts = "\0".join((_CACHE_FORMAT, self.name, shape, prompt.system, prompt.text))
        key = f"opinion/{hashlib.sha256(facts.encode(errors='replace')).hexdigest()}"
        return Answered(schema.model_validate_json(await self._cache.single(key, compute)), spend)
