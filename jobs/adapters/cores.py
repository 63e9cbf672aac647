"""As many heavy commands at a time as the machine has cores, over all runs of all its workers."""

import asyncio
import os
import random
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from jobs.adapters import locks

_LONGEST_PAUSE = 0.3


@dataclass(frozen=True)
class Cores:
    """Slots as locked files: a worker that is killed gives its own back."""

    folder: Path
    count: int

    @asynccontextmanager
    async def one(self) -> AsyncIterator[None]:
        """Hold a slot; waiting can be cancelled."""
        descriptor = await self._taken()
        try:
            yield
        finally:
            os.close(descriptor)

    async def _taken(self) -> int:
        self.folder.mkdir(parents=True, exist_ok=True)
        pause = 0.01
        while True:
            for number in random.sample(range(self.count), self.count):
                descriptor = locks.opened(self.folder / f"{number}.lock")
                if locks.try_lock(descriptor):
                    return descriptor
                os.close(descriptor)
            await asyncio.sleep(pause)
            pause = min(pause * 1.5, _LONGEST_PAUSE)


def cores_of(home: Path) -> Cores:
    """The slots of this machine's workers: one per core that this process may use."""
    return Cores(home / "cores", max(1, len(os.sched_getaffinity(0))))
