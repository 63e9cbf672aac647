"""One write: a record, its event, its indexes and the news of it, all or nothing."""

import json
import secrets
from collections.abc import Sequence

from pydantic import JsonValue

from jobs.domain.event import seal
from jobs.domain.task import Task
from jobs.queue import accounts, keys, milestones, outcomes, places
from jobs.queue.chronicle import event_facts, event_kind, moved, news
from jobs.queue.connection import Connection, Word
from jobs.queue.indexes import indexed
from jobs.queue.record import pack, pack_patch, unwritten
from jobs.queue.write import Outcome, Terms, Write

_COMMIT = f"""
local stirred = nil
if ARGV[2] ~= '' and redis.call('HGET', KEYS[1], 'epoch') ~= ARGV[2] then return 'lost' end
if ARGV[4] ~= '' and redis.call('HEXISTS', KEYS[3], 'outcome') == 1 then return 'done' end
if (redis.call('HGET', KEYS[1], 'rev') or '0') ~= ARGV[1] then return 'conflict' end
if ARGV[3] ~= '' and redis.call('EXISTS', KEYS[2]) == 1 then return 'held' end
local at = 6
for _ = 1, tonumber(ARGV[5]) do
  local kind, key, value = ARGV[at], ARGV[at + 1], ARGV[at + 2]
  if kind == 'same' and (redis.call('GET', key) or '0') ~= value then return 'stale' end
  if kind == 'below' and redis.call('SCARD', key) >= tonumber(value) then return 'full' end
  at = at + 3
end
while at <= #ARGV do
  local words, name = tonumber(ARGV[at]), ARGV[at + 1]
  if name == 'LEAVE' then
    local pool, lane = ARGV[at + 2], ARGV[at + 3]
    redis.call('ZREM', 'cg:lane:' .. pool .. '|' .. lane, ARGV[at + 4])
    if redis.call('EXISTS', 'cg:lane:' .. pool .. '|' .. lane) == 0 then
      redis.call('SREM', 'cg:lanes:' .. pool, lane)
      if redis.call('EXISTS', 'cg:lanes:' .. pool) == 0 then redis.call('SREM', 'cg:pools', pool) end
    end
  elseif name == 'STIR' then
    for _, one in ipairs(redis.call('SMEMBERS', ARGV[at + 2])) do
      redis.call('ZADD', 'cg:look', 0, one)
      redis.call('PUBLISH', 'cg:wake', 'lanes')
    end
{accounts.SETTLE}  else
    redis.call(unpack(ARGV, at + 1, at + words))
  end
  at = at + words + 1
end
{accounts.STIRRED}return 'ok'
"""


async def commit(connection: Connection, write: Write) -> Outcome:
    """Carry out a write; one that is repeated after a lost answer is recognised."""
    mark = secrets.token_hex(8)
    reply = await connection.call(*command(write, mark=mark))
    outcome = Outcome(reply.decode())
    if outcome is not Outcome.OK and await _was_ours(connection, write.task.id, mark):
        return Outcome.OK
    return outcome


def command(write: Write, *, mark: str) -> Sequence[Word]:
    """The one command that carries out a write; its reply is an Outcome."""
    before = write.old or unwritten(write.task)
    kind, facts = _event(write)
    event = seal(
        task=write.task.id,
        seq=before.events,
        at=write.task.updated_at,
        kind=kind,
        facts=facts,
        prev=before.head,
    )
    words: list[Word] = [before.rev, write.lease.epoch if write.lease else ""]
    words += ["free" if write.take else "", write.act or "", *_guards(write.terms)]
    for one in (
        _record(write, head=event.hash, mark=mark),
        ("RPUSH", keys.events(write.task.id), event.model_dump_json()),
        *_leasing(write),
        *indexed(write, kind),
        *accounts.moves(write.old.task if write.old else None, write.task),
        *outcomes.recorded(write.old.task if write.old else None, write.task),
        *milestones.recorded(write.old.task if write.old else None, write.task),
        *write.terms.also,
        ("PUBLISH", keys.CHANGES, _news(write.task)),
        *places.waking(write.old.task if write.old else None, write.task),
    ):
        words += [len(one), *one]
    task_keys = (keys.task(write.task.id), keys.lease(write.task.id), keys.act(write.act or "-"))
    return ("EVAL", _COMMIT, len(task_keys), *task_keys, *words)


def takeovers(write: Write) -> int:
    """How many owners in a row were lost, this write included, since the run last changed its state."""
    old = write.old
    if old is None or moved(old.task, write.task):
        return 0
    return old.takeovers + (1 if write.take and old.owner else 0)


async def _was_ours(connection: Connection, task_id: str, mark: str) -> bool:
    # the client repeats a command whose answer was lost with the connection
    last = await connection.call("HGET", keys.task(task_id), "mark")
    return bool(last == mark.encode())


def _event(write: Write) -> tuple[str, dict[str, JsonValue]]:
    old = write.old.task if write.old else None
    kind, facts = event_kind(old, write.task), event_facts(old, write.task)
    if write.take:
        facts |= {"owner": write.take[0], "epoch": (write.old.epoch if write.old else 0) + 1}
        kind = kind if old and moved(old, write.task) else "lease.taken"
    return write.kind or kind, facts | write.facts


def _record(write: Write, *, head: str, mark: str) -> Sequence[Word]:
    old, task = write.old, write.task
    before = old or unwritten(task)
    fresh = news(old.task if old else None, task)
    values: dict[str, Word] = {
        "schema": write.schema,
        "doc": pack(task),
        "rev": before.rev + 1,
        "epoch": before.epoch + (1 if write.take else 0),
        "owner": write.take[0] if write.take else before.owner,
        "takeovers": takeovers(write),
        "events": before.events + 1,
        "head": head,
        "mark": mark,
        "toolchain": task.plan.toolchain or "",
    }
    if fresh or not old:
        values["moved"] = keys.micros(task.updated_at)
    patch = task.run.patch if task.run else None
    if patch and not (old and old.task.run and old.task.run.patch == patch):
        values["patch"] = pack_patch(patch) or b"null"
    elif not patch and old:
        values["patch"] = b"null"
    return ("HSET", keys.task(task.id), *(word for pair in values.items() for word in pair))


def _guards(terms: Terms) -> list[Word]:
    same = [("same", key, number) for key, number in terms.same]
    below = [("below", key, number) for key, number in terms.below]
    return [len(same) + len(below), *(word for guard in (*same, *below) for word in guard)]


def _leasing(write: Write) -> Sequence[Sequence[Word]]:
    if not write.take:
        return ()
    owner, seconds = write.take
    epoch = (write.old.epoch if write.old else 0) + 1
    return (("SET", keys.lease(write.task.id), f"{owner}|{epoch}", "PX", round(seconds * 1000)),)


def _news(task: Task) -> str:
    return json.dumps(
        {
            "task": task.id,
            "state": task.state.value,
            "run": task.run.state.value if task.run else None,
            "requester": task.requester.id,
            "channel": task.thread.channel if task.thread else None,
        }
    )
