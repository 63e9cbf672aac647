"""What a message in a task's thread is: words for the next round, a word to the bot, or neither; pure."""

import re
from collections.abc import Mapping, Sequence
from enum import StrEnum

from jobs.domain.base_model import Frozen
from jobs.domain.task import Task

_MENTION = re.compile(r"^\s*<@[A-Z0-9]+>[\s,:]*")
_ASIDE = re.compile(r"aside\b", re.IGNORECASE)
_NAMED = re.compile(r"^`?(cg-[0-9a-z]{8})`?[\s,:]*")
_SPOKEN = frozenset({None, "thread_broadcast", "file_share"})
"""Subtypes of messages that people write; edits and deletions are others."""


class Word(StrEnum):
    """What is asked of the bot by one word."""

    MUTE = "mute"
    """Keep nothing more that is written in the thread."""
    UNMUTE = "unmute"
    """Keep it again."""


class Reply(Frozen):
    """A message that was written in a thread."""

    channel: str
    """Where."""
    thread_ts: str
    """Timestamp of the thread's first message."""
    ts: str
    """Its own timestamp."""
    user: str
    """Slack user id of who wrote it."""
    text: str
    """What was written, without a mention at its beginning."""
    word: Word | None
    """Set when that is a word to the bot."""


def read_reply(event: Mapping[str, object]) -> Reply | None:
    """The reply that a message event tells of; None for anything that is not said in a thread to be heard.

    Nothing is heard of apps, of edits and deletions, and of what begins with “aside”.
    """
    thread, ts, user = event.get("thread_ts"), event.get("ts"), event.get("user")
    if not (isinstance(thread, str) and isinstance(ts, str) and isinstance(user, str)) or thread == ts:
        return None
    if event.get("bot_id") or event.get("subtype") not in _SPOKEN:
        return None
    text = _MENTION.sub("", str(event.get("text") or "")).strip()
    if not text or _ASIDE.match(text):
        return None
    word = next((one for one in Word if text.casefold().strip(" .!") == one.value), None)
    channel = str(event.get("channel") or "")
    return Reply(channel=channel, thread_ts=thread, ts=ts, user=user, text=text, word=word)


def addressed(reply: Reply, tasks: Sequence[Task]) -> tuple[Task, str] | None:
    """The task that a reply is for, and its words; in a batch's thread it has to begin with the task's id."""
    if len(tasks) == 1:
        return tasks[0], reply.text
    named = _NAMED.match(reply.text)
    found = next((one for one in tasks if named and one.id == named[1]), None)
    return (found, reply.text[named.end() :].strip()) if named and found else None
