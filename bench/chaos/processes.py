"""Workers, the bot and Redis as processes that are killed, ended, frozen and started again."""

import asyncio
import os
import random
import signal
import time
from collections import Counter
from collections.abc import Awaitable, Callable
from contextlib import AbstractAsyncContextManager, AsyncExitStack
from dataclasses import dataclass, field, replace
from types import TracebackType
from typing import Self

from bench.chaos.plan import Plan
from bench.chaos.recovery import Blow
from playground.stack import Stack

BOT = "bot"
UP = (" is up, ", "listening as ")
"""What a worker and the bot log once they work."""
REDIS_DOWN = (0.2, 2.0)
"""Between which seconds Redis stays away."""


@dataclass
class Alive:
    """One process of ours."""

    process: asyncio.subprocess.Process
    leaving: AsyncExitStack
    """Ends it in an orderly way."""


@dataclass
class Processes:
    """Everything that can be struck; each is started again at once."""

    stack: Stack
    plan: Plan
    dice: random.Random
    alive: dict[str, Alive] = field(default_factory=dict)
    did: Counter[str] = field(default_factory=Counter)
    blows: list[Blow] = field(default_factory=list)
    """Every worker that was killed or frozen."""
    busy: set[str] = field(default_factory=set)
    """Names of what is being struck right now."""
    over: bool = False
    """True: nothing more is struck."""

    async def __aenter__(self) -> Self:
        """Start the bot and the workers."""
        await asyncio.gather(*(self._start(name) for name in (BOT, *self.worker_names)))
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """End what is left."""
        for one in self.alive.values():
            if one.process.returncode is None:
                one.process.send_signal(signal.SIGCONT)
        await asyncio.gather(*(one.leaving.aclose() for one in self.alive.values()))

    @property
    def worker_names(self) -> tuple[str, ...]:
        return tuple(f"worker{number}" for number in range(1, self.plan.workers + 1))

    @property
    def kills(self) -> int:
        """How many processes got SIGKILL."""
        return sum(number for name, number in self.did.items() if name.startswith("kill"))

    @property
    def gone(self) -> tuple[str, ...]:
        """Processes that nobody struck and that are not there any more."""
        found = ((name, one.process.returncode) for name, one in self.alive.items())
        return tuple(f"{name} ended by itself with status {how}" for name, how in found if how is not None)

    def name_of(self, pid: int) -> str | None:
        """The worker with this process id, if it is there and not being struck already."""
        found = (name for name in self.worker_names if name in self.alive and name not in self.busy)
        return next((name for name in found if self.alive[name].process.pid == pid), None)

    async def strike(self) -> None:
        """One random blow."""
        free = [name for name in self.worker_names if name not in self.busy]
        victim = self.dice.choice(free) if free else BOT
        blows: dict[str, tuple[int, Callable[[], Awaitable[None]]]] = {
            "kill worker": (5, lambda: self.kill(victim)),
            "freeze worker": (2, lambda: self.freeze(victim)),
            "end worker": (1, lambda: self.end(victim)),
            "kill bot": (2, lambda: self.kill(BOT)),
            "freeze bot": (1, lambda: self.freeze(BOT)),
            "kill redis": (1, self.kill_redis),
            "freeze redis": (1, self.freeze_redis),
        }
        name = self.dice.choices(list(blows), [weight for weight, _ in blows.values()])[0]
        await blows[name][1]()

    async def kill(self, name: str) -> None:
        """SIGKILL, and a new process at once."""
        if self._taken(name, "kill"):
            self._hurt(name, "killed")
            self.alive[name].process.kill()
            await self._again(name)

    async def end(self, name: str) -> None:
        """SIGTERM, as a rolling restart does it."""
        if self._taken(name, "end"):
            self.alive[name].process.terminate()
            await self._again(name)

    async def freeze(self, name: str) -> None:
        """SIGSTOP until its leases are gone, then on."""
        if self._taken(name, "freeze"):
            self._hurt(name, "frozen")
            pid = self.alive[name].process.pid
            os.kill(pid, signal.SIGSTOP)
            try:
                await asyncio.sleep(self.plan.lease * self.dice.uniform(1.2, 1.8))
            finally:  # also when another blow has failed
                os.kill(pid, signal.SIGCONT)
            self._woke(pid)
            self.busy.discard(name)

    async def kill_redis(self) -> None:
        """SIGKILL; its file has every acknowledged write."""
        if self._taken("redis", "kill"):
            await asyncio.to_thread(self.stack.redis.stop, signal.SIGKILL)
            await asyncio.sleep(self.dice.uniform(*REDIS_DOWN))
            await asyncio.to_thread(self.stack.redis.start)
            self.busy.discard("redis")

    async def freeze_redis(self) -> None:
        """SIGSTOP: connections stay open and nothing answers."""
        process = self.stack.redis.process
        if process is not None and self._taken("redis", "freeze"):
            process.send_signal(signal.SIGSTOP)
            await asyncio.sleep(self.dice.uniform(1.0, 3.0))
            process.send_signal(signal.SIGCONT)
            self.busy.discard("redis")

    def may(self, name: str) -> bool:
        """Whether it can be struck now: it is up, and one worker stays."""
        if name in self.alive and self.alive[name].process.returncode is not None:
            return False  # it ended by itself, which is told at the end
        left = [one for one in self.worker_names if one not in self.busy and one != name]
        return not self.over and name not in self.busy and (name not in self.worker_names or bool(left))

    def _taken(self, name: str, how: str) -> bool:
        if not self.may(name):
            return False
        self.busy.add(name)
        self.did[f"{how} {name.rstrip('0123456789')}"] += 1
        return True

    def _hurt(self, name: str, how: str) -> None:
        if name != BOT:
            self.blows.append(Blow(time.time(), self.alive[name].process.pid, f"{name} {how}"))

    def _woke(self, pid: int) -> None:
        at = next((at for at, one in enumerate(self.blows) if one.pid == pid and one.woke is None), None)
        if at is not None:
            self.blows[at] = replace(self.blows[at], woke=time.time())

    async def _again(self, name: str) -> None:
        one = self.alive[name]
        await one.process.wait()
        await one.leaving.aclose()
        await self._start(name)
        self.busy.discard(name)

    async def _start(self, name: str) -> None:
        leaving = AsyncExitStack()
        before = self.stack.log(name).count(UP[name == BOT])
        process = await leaving.enter_async_context(self._new(name))
        self.alive[name] = Alive(process, leaving)
        while self.stack.log(name).count(UP[name == BOT]) == before and process.returncode is None:
            await asyncio.sleep(0.2)

    def _new(self, name: str) -> AbstractAsyncContextManager[asyncio.subprocess.Process]:
        return self.stack.bot() if name == BOT else self.stack.worker(name)
