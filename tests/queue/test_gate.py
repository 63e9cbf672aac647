"""One bucket for all processes: what is urgent goes first, an answer 429 stops everybody."""

import asyncio

import pytest

from jobs.errors import Busy
from jobs.queue import keys
from jobs.queue.connection import Connection
from jobs.queue.gate import SLACK, URGENCY, RedisGate, Urgency


@pytest.fixture
def gate(connection: Connection) -> RedisGate:
    URGENCY.set(Urgency.STATE)
    return RedisGate(connection)


async def passed(gate: RedisGate, urgency: Urgency, times: int, *, ts: bool = True) -> int:
    """How many of so many calls go through at once."""
    URGENCY.set(urgency)
    count = 0
    for number in range(times):
        try:
            await gate.slack("chat.update", channel="C1", ts=str(number) if ts else "1.0")
        except Busy as busy:
            assert busy.retry_after > 0
        else:
            count += 1
    return count


async def test_two_processes_share_one_bucket_and_progress_leaves_room(
    gate: RedisGate, connection: Connection
) -> None:
    burst = int(SLACK["chat.update"].burst)
    other = RedisGate(connection)
    assert await passed(gate, Urgency.PROGRESS, burst * 2) <= burst - 5
    assert 1 <= await passed(other, Urgency.STATE, burst) <= 4
    assert await passed(gate, Urgency.PROGRESS, 3) == 0
    URGENCY.set(Urgency.END)
    async with asyncio.timeout(5):
        await other.slack("chat.update", channel="C1", ts="end")


async def test_one_message_is_updated_once_in_three_seconds(gate: RedisGate) -> None:
    assert await passed(gate, Urgency.STATE, 4, ts=False) == 1


async def test_a_rate_limit_holds_everybody_back(gate: RedisGate, connection: Connection) -> None:
    await gate.slack_limited("chat.postMessage", 30, channel="C1")
    with pytest.raises(Busy) as caught:
        await RedisGate(connection).slack("chat.postMessage", channel="C1")
    assert 25 < caught.value.retry_after <= 30
    await gate.slack("chat.postMessage", channel="C2")


async def test_what_is_urgent_waits_for_its_turn(gate: RedisGate) -> None:
    URGENCY.set(Urgency.END)
    await gate.gitlab("gitlab.example", cost=60)
    loop = asyncio.get_running_loop()
    begun = loop.time()
    await gate.gitlab("gitlab.example", cost=5)
    assert loop.time() - begun > 0.2


async def test_two_dozen_tasks_never_exceed_the_limit_of_the_app(
    gate: RedisGate, connection: Connection
) -> None:
    limit = SLACK["chat.update"]

    async def task(number: int) -> int:
        return await passed(RedisGate(connection), Urgency.STATE, 20) if number else 0

    before = await connection.call("TIME")
    through = sum(await asyncio.gather(*(task(number) for number in range(25))))
    after = await connection.call("TIME")
    seconds = int(after[0]) - int(before[0]) + 1
    assert through <= limit.burst + limit.per_minute / 60 * seconds


async def test_buckets_do_not_outlive_their_use(gate: RedisGate, connection: Connection) -> None:
    await gate.gitlab("gitlab.example")
    assert 0 < await connection.call("PTTL", keys.bucket("gitlab:gitlab.example")) <= 600_000
