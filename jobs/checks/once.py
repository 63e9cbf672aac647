"""Results that several checks need and that are computed once."""

import asyncio
from collections.abc import Callable, Coroutine
from typing import Generic, TypeVar

from jobs.errors import Stop

T = TypeVar("T")


class Once(Generic[T]):
    """A result that is computed at the first call, within a task group, and shared by all callers."""

    def __init__(self, group: asyncio.TaskGroup, compute: Callable[[], Coroutine[object, object, T]]) -> None:
        self._group = group
        self._compute = compute
        self._task: asyncio.Task[T] | None = None

    async def __call__(self) -> T:
        """The result."""
        return await self._begun()

    async def within(self, seconds: float) -> T | None:
        """The result if it is there by then, such as from a cache; else None, and its making goes on."""
        task = self._begun()
        await asyncio.wait({task}, timeout=seconds)
        return task.result() if task.done() else None

    def _begun(self) -> asyncio.Task[T]:
        if self._task is None:
            self._task = self._group.create_task(self._compute())
        return self._task


def first(failed: BaseExceptionGroup[BaseException]) -> BaseException:
    """The one that counts: a Stop before anything else."""
    stops, others = failed.split(Stop)
    group: BaseException = stops or others or failed
    while isinstance(group, BaseExceptionGroup):
        group = group.exceptions[0]
    return group
