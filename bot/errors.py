"""The one error handler: a sentence and a reference for the person, a line with the traceback for the log."""

import logging
import secrets

import aiohttp
from slack_bolt.context.async_context import AsyncBoltContext
from slack_bolt.response import BoltResponse
from slack_sdk.errors import SlackApiError

from bot import say
from bot.payload import Payload, error_code
from jobs.errors import Stop, Transient
from jobs.queue.connection import TROUBLE

_log = logging.getLogger(__name__)


_OPEN = frozenset({"exchanged_trigger_id"})
"""Slack delivered a click twice: its view is open."""

_KINDS = {
    **dict.fromkeys(("expired_trigger_id", "invalid_trigger_id"), "slow"),
    **dict.fromkeys(("ratelimited", "rate_limited"), "limited"),
    **dict.fromkeys(
        ("invalid_auth", "not_authed", "token_revoked", "token_expired", "account_inactive"), "token"
    ),
    **dict.fromkeys(("channel_not_found", "not_in_channel", "is_archived", "restricted_action"), "channel"),
}
"""Slack's refusals that have a sentence of their own."""


async def on_error(error: Exception, body: Payload, context: AsyncBoltContext) -> BoltResponse | None:
    """Answer a request whose listener or middleware raised; before the ack the answer is the ack."""
    if isinstance(error, SlackApiError) and error_code(error) in _OPEN:
        _log.info("a repeated click was left out: its view is open")
        return None
    reference = secrets.token_hex(4)
    _log.error("fault %s: %s", reference, type(error).__name__, exc_info=error)
    form = body.get("type") == "view_submission"
    kind, problem = _kind(error)
    taken = context.ack.response is not None
    sentence = say.fault(kind, reference=reference, problem=problem, form=form, taken=taken)
    if not taken and body.get("type") != "event_callback":
        return _unacknowledged(body, sentence)
    try:
        await say.quietly(sentence, body=body, context=context)
    except (SlackApiError, aiohttp.ClientError, TimeoutError, OSError) as second:
        _log.warning("fault %s could not be told: %s", reference, type(second).__name__)
    return None


def _kind(error: Exception) -> tuple[str, str]:
    if isinstance(error, SlackApiError):
        return _KINDS.get(error_code(error), "slack"), error_code(error)
    if isinstance(error, aiohttp.ClientError | TimeoutError):
        return "slack", "it could not be reached"
    if isinstance(error, Stop):
        return "stop", str(error)
    return ("store", "") if isinstance(error, (*TROUBLE, Transient)) else ("ours", "")


def _unacknowledged(body: Payload, sentence: str) -> BoltResponse:
    match body.get("type"):
        case "view_submission":
            block = next(iter(body["view"]["state"]["values"]), "title")
            return BoltResponse(status=200, body={"response_action": "errors", "errors": {block: sentence}})
        case "block_suggestion":
            return BoltResponse(status=200, body={"options": []})
        case None if "command" in body:
            return BoltResponse(status=200, body={"response_type": "ephemeral", "text": sentence})
    return BoltResponse(status=500, body="")
