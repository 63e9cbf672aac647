"""Answers by response URL or by acknowledgement: ephemeral or in the channel, replacing or deleting."""

import json

from aiohttp import web

from playground.slack.limits import POST_TEXT
from playground.slack.payload import Payload, SlackError, problem
from playground.slack.posting import post, sent_by_bot
from playground.slack.state import State
from playground.slack.tickets import ResponseUrl
from playground.slack.validate import message_blocks

KNOWN = frozenset(
    {
        "text",
        "blocks",
        "attachments",
        "response_type",
        "replace_original",
        "delete_original",
        "thread_ts",
        "mrkdwn",
    }
    | {"unfurl_links", "unfurl_media", "metadata"}
)
"""What a response may hold."""


async def handle(request: web.Request, state: State) -> web.Response:
    """Answer a POST to a response URL."""
    try:
        body = json.loads(await request.read() or b"null")
    except ValueError:
        body = None
    try:
        if not isinstance(body, dict):
            raise SlackError("invalid_payload")
        failing = state.faults.take("fail", "response_url")
        if failing:
            raise SlackError(failing.error)
        respond(state, state.response_urls.use(request.match_info["key"], state.clock()), body)
    except SlackError as error:
        status = 404 if error.code in ("used_url", "expired_url") else 400
        return web.json_response(error.answer(), status=status)
    finally:
        state.calls.append({"method": "response_url", "args": body, "at": state.clock(), "answer": {}})
    return web.Response(text="ok")


def respond(state: State, url: ResponseUrl, body: Payload) -> Payload | None:
    """Do what a response asks for and return the message, None when it only deletes."""
    unknown = sorted(set(body) - KNOWN)
    if unknown:
        raise SlackError("invalid_arguments", *[problem(f"unknown argument: {name}", "") for name in unknown])
    original = state.messages.find(url.channel, url.message_ts, ephemeral=True) if url.message_ts else None
    if body.get("delete_original") and original is not None:
        state.messages.remove(url.channel, original)
        state.changed(url.channel, original.thread_ts)
        return None
    content = _content(body)
    if body.get("replace_original") and original is not None:
        kept = {key: value for key, value in original.payload.items() if key not in ("blocks", "text")}
        original.payload = {**kept, **content}
        state.changed(url.channel, original.thread_ts)
        return original.payload
    thread_ts = body.get("thread_ts") or url.thread_ts
    content |= {"thread_ts": thread_ts} if thread_ts else {}
    seen_only_by = None if body.get("response_type") == "in_channel" else url.user
    channel = state.conversation(url.channel)
    return post(state, channel, sent_by_bot(state, content), seen_only_by=seen_only_by).payload


def _content(body: Payload) -> Payload:
    if not any(body.get(key) for key in ("text", "blocks", "attachments")):
        raise SlackError("no_text")
    content: Payload = {"text": str(body.get("text", ""))[:POST_TEXT]}
    if body.get("blocks"):
        content["blocks"] = message_blocks(body["blocks"])
    return content
