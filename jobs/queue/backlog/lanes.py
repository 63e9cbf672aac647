"""Whose turn it is: fair between channels and between the people of one, priority first within bounds."""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from jobs.queue import keys
from jobs.queue.connection import Connection, Word
from jobs.queue.places import EVERYWHERE, Pool
from jobs.queue.write import Terms
from jobs.settings import OperatorFile

LEAD = 2
"""Turns by which a high priority goes ahead of a normal one, and a normal one ahead of a low one."""

# Start-time fair queueing on two levels: every start costs its channel, and its person there, one turn;
# whoever has had the fewest goes next. Who was away is set to the least of those present: time off saves
# up nothing. The lead of a priority is bounded, so that nobody waits for ever.
_NEXT = """
local share, rank = ARGV[1], 8796093022208
local starts = redis.call('GET', ARGV[2]) or '0'
local lead = tonumber(ARGV[3])
local passed = {}
local at = 5
for _ = 1, tonumber(ARGV[4]) do passed[ARGV[at]] = true; at = at + 1 end
local skip = at - 5
if redis.call('SCARD', ARGV[at]) >= tonumber(ARGV[at + 1]) then return {starts} end
at = at + 2
local function had(field) return tonumber(redis.call('HGET', share, field) or '0') end
local channels, floor = {}, had('v')
local function offer(pool, lane)
  local key = 'cg:lane:' .. pool .. '|' .. lane
  local row = redis.call('ZRANGE', key, 0, skip, 'WITHSCORES')
  for n = 1, #row, 2 do
    if not passed[row[n]] then
      local name, score = string.match(lane, '^(.-)|'), tonumber(row[n + 1])
      local c = channels[name]
      if not c then
        c = {had = math.max(had('c:' .. name), floor), floor = had('v:' .. name), rank = 9, lanes = {}}
        channels[name] = c
      end
      local one = {id = row[n], lane = lane, rank = math.floor(score / rank), score = score}
      one.had = math.max(had('p:' .. lane), c.floor)
      c.rank = math.min(c.rank, one.rank)
      c.lanes[#c.lanes + 1] = one
      return
    end
  end
end
for n = at, #ARGV, 3 do
  if redis.call('SCARD', ARGV[n + 1]) < tonumber(ARGV[n + 2]) then
    for _, lane in ipairs(redis.call('SMEMBERS', 'cg:lanes:' .. ARGV[n])) do offer(ARGV[n], lane) end
  end
end
local function before(a, b)
  if a.tag ~= b.tag then return a.tag < b.tag end
  if a.score ~= b.score then return a.score < b.score end
  return a.id < b.id
end
local chosen, least = nil, nil
for name, c in pairs(channels) do
  for _, one in ipairs(c.lanes) do
    one.tag = one.had + lead * one.rank
    c.least = math.min(c.least or one.had, one.had)
    if not c.first or before(one, c.first) then c.first = one end
  end
  local offered = {tag = c.had + lead * c.rank, score = c.first.score, id = c.first.id, name = name, c = c}
  least = math.min(least or c.had, c.had)
  if not chosen or before(offered, chosen) then chosen = offered end
end
if not chosen then return {starts} end
local c, one = chosen.c, chosen.c.first
return {starts, one.id, redis.call('HGETALL', 'cg:task:' .. one.id),
        'v', tostring(least), 'c:' .. chosen.name, tostring(c.had + 1),
        'v:' .. chosen.name, tostring(c.least), 'p:' .. one.lane, tostring(one.had + 1)}
"""


@dataclass(frozen=True)
class Pick:
    """The task whose turn it is, and what its start costs."""

    task: str
    """Task id."""
    record: Mapping[bytes, bytes]
    """The task's record at that moment; empty when there is none."""
    terms: Terms
    """Holds until somebody else starts one."""


async def glance(
    connection: Connection,
    known: Sequence[Pool],
    operator: OperatorFile,
    *,
    usable: Callable[[Pool], bool],
    passed: Sequence[str] = (),
) -> tuple[tuple[Pool, ...], Pick | None]:
    """Every pool, and the next task of the usable ones: one round trip while they are those known."""
    expected = [one for one in known if usable(one)]
    names, reply = await connection.many(
        [("SMEMBERS", keys.POOLS), _question(expected, operator, passed=passed)]
    )
    there = _read(names)
    if there == tuple(known):
        return there, _answer(reply)
    found = [one for one in there if usable(one)]
    return there, await pick(connection, found, operator, passed=passed)


async def pick(
    connection: Connection, pools: Sequence[Pool], operator: OperatorFile, *, passed: Sequence[str] = ()
) -> Pick | None:
    """The next task of these pools that a cap leaves room for; the cost does not grow with their length."""
    return _answer(await connection.call(*_question(pools, operator, passed=passed)))


async def pools(connection: Connection) -> tuple[Pool, ...]:
    """Every pool with tasks in its lanes."""
    return _read(await connection.call("SMEMBERS", keys.POOLS))


def _question(pools: Sequence[Pool], operator: OperatorFile, *, passed: Sequence[str]) -> Sequence[Word]:
    words: list[Word] = [keys.SHARE, keys.STARTS, LEAD, len(passed), *passed]
    words += [keys.running(EVERYWHERE), operator.backlog.running]
    for one in pools:
        words += [str(one), keys.running(one.repository), operator.running_in(one.repository)]
    return ("EVAL", _NEXT, 0, *words)


def _answer(reply: Sequence[Any]) -> Pick | None:
    if len(reply) < 2:
        return None
    starts, task, record, *shares = reply
    also: tuple[Sequence[Word], ...] = (("HSET", keys.SHARE, *shares), ("INCR", keys.STARTS))
    terms = Terms(same=((keys.STARTS, int(starts)),), also=also)
    return Pick(task.decode(), dict(zip(record[::2], record[1::2], strict=True)), terms)


def _read(names: Collection[bytes]) -> tuple[Pool, ...]:
    return tuple(Pool.read(name.decode()) for name in sorted(names))
