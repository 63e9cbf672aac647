"""Who runs a task: a lease that must be renewed, and an epoch that fences off whoever lost it."""

from collections.abc import Sequence

from jobs.errors import LostLease
from jobs.queue import keys
from jobs.queue.connection import Connection
from jobs.queue.write import Lease

# An owner cut off for longer than its lease goes on if nobody took over: the epoch decides, not the clock
_RENEW = """
if redis.call('HGET', KEYS[1], 'epoch') ~= ARGV[1] then return 0 end
redis.call('SET', KEYS[2], ARGV[2], 'PX', ARGV[3])
return 1
"""

_RELEASE = """
if redis.call('HGET', KEYS[1], 'epoch') ~= ARGV[1] then return 0 end
redis.call('HSET', KEYS[1], 'owner', '')
redis.call('DEL', KEYS[2])
return 1
"""


async def renew(connection: Connection, leases: Sequence[Lease], *, seconds: float) -> tuple[Lease, ...]:
    """Renew leases; returns those that are lost."""
    commands = [
        ("EVAL", _RENEW, 2, *_keys(one), one.epoch, f"{one.owner}|{one.epoch}", round(seconds * 1000))
        for one in leases
    ]
    replies = await connection.many(commands)
    return tuple(lease for lease, reply in zip(leases, replies, strict=True) if reply != 1)


async def release(connection: Connection, lease: Lease) -> bool:
    """Give a task up in an orderly way; False when the lease was lost already."""
    return bool(await connection.call("EVAL", _RELEASE, 2, *_keys(lease), lease.epoch) == 1)


async def check(connection: Connection, lease: Lease) -> None:
    """Raise LostLease when another worker owns the task."""
    epoch = await connection.call("HGET", keys.task(lease.task), "epoch")
    if epoch is None or int(epoch) != lease.epoch:
        raise LostLease(lease.task)


async def unowned(connection: Connection, task_ids: Sequence[str]) -> tuple[str, ...]:
    """Those of the tasks that nobody holds a live lease on."""
    replies = await connection.many([("EXISTS", keys.lease(one)) for one in task_ids])
    return tuple(one for one, held in zip(task_ids, replies, strict=True) if not held)


def _keys(lease: Lease) -> tuple[str, str]:
    return keys.task(lease.task), keys.lease(lease.task)
