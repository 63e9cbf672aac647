"""What several checks need is computed once, and not everybody waits for it."""

import asyncio

from jobs.checks.once import Once


async def test_it_is_computed_once_and_asked_for_without_waiting() -> None:
    made, go = [], asyncio.Event()

    async def compute() -> int:
        made.append(1)
        await go.wait()
        return 7

    async with asyncio.TaskGroup() as group:
        once = Once(group, compute)
        assert await once.within(0.0) is None
        go.set()
        assert await once() == 7
        assert await once.within(0.0) == 7
    assert made == [1]
