"""What happens to every request before a listener: the door, the log's context, Slack's repeats."""

import logging
from collections.abc import Awaitable, Callable
from contextvars import ContextVar
from dataclasses import replace

from slack_bolt.context.async_context import AsyncBoltContext
from slack_bolt.response import BoltResponse

from bot import payload
from bot.door import Door, promptly
from bot.payload import Payload
from bot.roles import Roles
from jobs.queue import roster

_log = logging.getLogger(__name__)

Next = Callable[[], Awaitable[None]]
Middleware = Callable[..., Awaitable[BoltResponse | None]]

log_context: ContextVar[dict[str, str]] = ContextVar("log_context")
"""Who and what the current request is about, for log lines."""


def provide(door: Door) -> Middleware:
    """Middleware that gives listeners their argument `door`."""

    roles = Roles(door.operator, lambda: roster.members(door.tasks.connection))

    async def provide_door(context: AsyncBoltContext, next_: Next) -> None:
        context["door"] = replace(door, operator=await roles.now())
        await next_()

    return provide_door


async def describe(body: Payload, next_: Next) -> None:
    """Note who and what the request is about, for every log line it causes."""
    what = body.get("command") or body.get("type") or ""
    inner = (body.get("view") or {}).get("callback_id") or (body.get("actions") or [{}])[0].get(
        "action_id", ""
    )
    log_context.set(
        {"team": payload.team(body), "person": payload.person(body).id, "what": f"{what} {inner}".strip()}
    )
    await next_()


async def once(body: Payload, door: Door, next_: Next) -> BoltResponse | None:
    """Take each event once: Slack repeats those whose acknowledgement it missed, and Bolt does not tell.

    A submitted form needs no such memory, as the same form is the same task; a click carries its own id;
    a command is looked up after its ack, which must not wait for the store.
    """
    if (
        "event_id" in body
        and not _chatter(body["event"])
        and await promptly(door.tasks.seen(f"event:{body['event_id']}"))
    ):
        _log.info("a repeated event was left out")
        return BoltResponse(status=200, body="")
    await next_()
    return None


def _chatter(event: Payload) -> bool:
    """True for what is written outside of threads: nothing follows from it, so it need not be remembered."""
    return event.get("type") == "message" and not event.get("thread_ts")
