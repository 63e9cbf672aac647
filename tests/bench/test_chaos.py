"""The short form of `make chaos`: the real bot, workers and stand-ins, a few tasks, every kind of blow."""

import asyncio
import math

import pytest

from bench.chaos.plan import Plan
from bench.chaos.run import chaos

SHORT = Plan(
    tasks=4,
    full=0,
    workers=2,
    seed=7,
    lease=1.5,
    blows=(2.0, 4.0),
    troubles=(0.5, 1.5),
    at_boundaries=0,
    limit=240.0,
    recovery=math.inf,
)


async def test_nothing_is_lost_or_doubled(capsys: pytest.CaptureFixture[str]) -> None:
    async with asyncio.timeout(280):
        status = await chaos(SHORT)
    told = capsys.readouterr().out
    assert status == 0, told
    last = told.strip().splitlines()[-1]
    assert last.startswith("chaos: 4 tasks, ")
    assert "lost 0, doubled 0, worst recovery" in last
