"""Accounts in Redis: what was spent, what is held for which run, and the write that settles it."""

from collections.abc import Sequence

from jobs.domain.ledger import Amounts, Balance, Measure, spend_amounts
from jobs.domain.task import Task, TaskState
from jobs.queue import keys
from jobs.queue.connection import Connection, Word

VERSION = "cg:budget:version"
"""Number: counts changes of any balance, so that nothing is reserved by an old look."""
HELD = "cg:budget:held"
"""Set: runs for which something is held."""
LINE = "cg:budget:line"
"""Hash: tasks that were too large, and whether another one has passed them."""
KEPT = 400 * 24 * 3600
"""Seconds an account is kept after its last change."""

SETTLE = """
  elseif name == 'SETTLE' then
    local run = 'cg:budget:run:' .. ARGV[at + 2]
    local names = redis.call('HGET', run, 'accounts')
    if names then
      for account in string.gmatch(names, '[^\\n]+') do
        for n = at + 3, at + words - 1, 2 do
          local held = tonumber(redis.call('HGET', run, ARGV[n]) or '0')
          redis.call('HINCRBY', 'cg:budget:of:' .. account, 'held:' .. ARGV[n], string.format('%d', -held))
          redis.call('HINCRBY', 'cg:budget:of:' .. account, 'spent:' .. ARGV[n], ARGV[n + 1])
        end
      end
      redis.call('DEL', run)
      redis.call('SREM', 'cg:budget:held', ARGV[at + 2])
      stirred = 'cg:awaited:budget'
    end
  elseif name == 'UNLINE' then
    if redis.call('HDEL', 'cg:budget:line', ARGV[at + 2]) == 1 then stirred = 'cg:awaited:budget' end
"""
"""Branches of commit's script. SETTLE gives back what a run held and counts what it used; the second time
there is nothing left to do. UNLINE takes a task out of the line."""

STIRRED = """
if stirred then
  redis.call('INCR', 'cg:budget:version')
  for _, one in ipairs(redis.call('SMEMBERS', stirred)) do redis.call('ZADD', 'cg:look', 0, one) end
end
"""
"""The end of commit's script: whoever waits for a budget is looked at again."""


def account(name: str) -> str:
    """Hash: what was spent and what is held of one budget."""
    return f"cg:budget:of:{name}"


def held(run: str) -> str:
    """Hash: what is held for a run, and in which accounts."""
    return f"cg:budget:run:{run}"


def reservation(run: str, names: Sequence[str], amounts: Amounts) -> tuple[Sequence[Word], ...]:
    """The commands that hold amounts for a run in every one of its accounts."""
    fields = [word for measure, amount in amounts.items() for word in (measure.value, amount)]
    commands: list[Sequence[Word]] = [
        ("HSET", held(run), "accounts", "\n".join(names), *fields),
        ("SADD", HELD, run),
        ("INCR", VERSION),
    ]
    for name in names:
        commands += [
            ("HINCRBY", account(name), f"held:{measure}", amount) for measure, amount in amounts.items()
        ]
        commands.append(("EXPIRE", account(name), KEPT))
    return tuple(commands)


def moves(old: Task | None, task: Task) -> list[Sequence[Word]]:
    """The commands that follow from a change of a task: an ended run is settled, who goes leaves the line."""
    commands: list[Sequence[Word]] = []
    run = task.run
    if run is not None and run.ended and old is not None and old.run is not None and not old.run.ended:
        used = spend_amounts(run.spend)
        commands.append(("SETTLE", run.id, *(word for pair in used.items() for word in pair)))
    if old is not None and old.state is TaskState.WAITING and task.state is not TaskState.WAITING:
        commands.append(("UNLINE", task.id))
    was, runs = old is not None and old.at_work, task.at_work
    if task.batch and was != runs:
        commands.append(("SADD" if runs else "SREM", keys.running(f"batch:{task.batch.id}"), task.id))
    return commands


async def balances(
    connection: Connection, names: Sequence[str]
) -> tuple[int, tuple[Balance, ...], tuple[bytes, ...]]:
    """The version of all accounts, what has been used of some, and the places in line."""
    # the version first: a change that comes between makes it old, and what is decided by it fails
    version, *rows, line = await connection.many(
        [("GET", VERSION), *[("HGETALL", account(name)) for name in names], ("HVALS", LINE)]
    )
    return int(version or 0), tuple(_balance(row) for row in rows), tuple(line)


def _balance(row: dict[bytes, bytes]) -> Balance:
    def amounts(kind: str) -> Amounts:
        return {one: int(row.get(f"{kind}:{one}".encode(), b"0")) for one in Measure}

    return Balance(spent=amounts("spent"), held=amounts("held"))


async def settle(connection: Connection, run: str, used: Amounts) -> None:
    """Settle a run outside the write that ended it, when that was lost."""
    words = [word for pair in used.items() for word in pair]
    await connection.call("EVAL", _SETTLE_ALONE, 0, 2 + len(words), "SETTLE", run, *words)


async def line_up(connection: Connection, task_id: str, place: str) -> None:
    """Give a task its place in line; the one it has already stays."""
    await connection.call("EVAL", _LINE_UP, 0, task_id, place)


_SETTLE_ALONE = f"""
local at, words, name, stirred = 1, tonumber(ARGV[1]), ARGV[2], nil
if false then
{SETTLE}end
{STIRRED}return 1
"""

_LINE_UP = """
local fresh = redis.call('HSETNX', 'cg:budget:line', ARGV[1], ARGV[2]) == 1
if fresh then redis.call('INCR', 'cg:budget:version') end
return 1
"""
