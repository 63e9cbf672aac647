"""What people wrote in Slack as the beginning of a spec: one message names it, the others are quoted."""

import re
from collections.abc import Iterable, Sequence

from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from bot.payload import Payload
from bot.views.fit import SECTION, fit

TITLE = 150
"""Longest title of a spec."""
THREAD = 50
"""Messages of a thread that are read."""

_LINK = re.compile(r"<(?:[@#!][^<>|]*\|([^<>]*)|(https?://[^<>|]+)(?:\|[^<>]*)?)>")
_MENTION = re.compile(r"<@([A-Z0-9]+)>")


async def quoted(message: Payload, channel: str, client: AsyncWebClient) -> dict[str, str]:
    """The form's beginning: goal and title from a message, its thread and what it forwards as context."""
    thread = await _thread(message, channel, client)
    names = await names_of([message, *thread], client)
    goal = plain(str(message.get("text") or ""), names)
    others = [one for one in thread if one.get("ts") != message.get("ts") and not one.get("bot_id")]
    lines = [*_forwarded(message, names)]
    lines += [
        f"{names.get(str(one.get('user')), 'Somebody')}: {plain(str(one.get('text') or ''), names)}"
        for one in others
    ]
    answers = {**titled(goal), "context": fit("\n".join(line for line in lines if line.strip()), SECTION)}
    return {name: text for name, text in answers.items() if text.strip()}


def titled(text: str) -> dict[str, str]:
    """Title and goal from free text: its first line names it, the whole explains it."""
    if not text.strip():
        return {}
    return {"title": fit(text.strip().splitlines()[0].strip(), TITLE), "goal": fit(text.strip(), SECTION)}


def plain(text: str, names: dict[str, str]) -> str:
    """Slack's mrkdwn as people read it: mentions by name, links by address, nothing escaped.

    See https://docs.slack.dev/messaging/formatting-message-text/#escaping
    """
    text = _MENTION.sub(lambda found: f"@{names.get(found[1], found[1])}", text)
    text = _LINK.sub(lambda found: found[1] or found[2] or "", text)
    return text.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&").strip()


async def names_of(messages: Sequence[Payload], client: AsyncWebClient) -> dict[str, str]:
    """Names of who wrote messages and of who is mentioned in them, by Slack user id; the first twenty."""
    known = {str(one["user"]) for one in messages if one.get("user")}
    for one in messages:
        known |= set(_MENTION.findall(str(one.get("text") or "")))
    names: dict[str, str] = {}
    for user in sorted(known)[:20]:
        try:
            answer = await client.users_info(user=user)
        except SlackApiError:
            continue
        facts: Payload = answer.get("user") or {}
        names[user] = str(facts.get("real_name") or facts.get("name") or user)
    return names


async def _thread(message: Payload, channel: str, client: AsyncWebClient) -> Sequence[Payload]:
    root = message.get("thread_ts")
    if not root:
        return ()
    try:
        answer = await client.conversations_replies(channel=channel, ts=str(root), limit=THREAD)
    except SlackApiError:
        return ()  # a thread that cannot be read adds nothing: the message itself is there
    found: Sequence[Payload] = answer.get("messages") or ()
    return found


def _author(message: Payload, names: dict[str, str]) -> str:
    return names.get(str(message.get("user")), "Somebody")


def _forwarded(message: Payload, names: dict[str, str]) -> Iterable[str]:
    for one in message.get("attachments") or ():
        text = one.get("text") or one.get("fallback")
        if text:
            yield f"{one.get('author_name') or 'Forwarded'}: {plain(str(text), names)}"
