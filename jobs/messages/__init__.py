"""Every payload for a thread, built from domain objects; the words stand in templates/thread/."""

from jobs.messages.astray import astray, astray_key
from jobs.messages.batch import batch_digest, batch_head
from jobs.messages.blocks import one_line
from jobs.messages.consent import consent
from jobs.messages.digest import digest
from jobs.messages.head import head, state_line
from jobs.messages.news import news
from jobs.messages.question import is_open, question, question_over
from jobs.messages.replies import pending, replies, replies_taken
from jobs.messages.summary import diff_attached, diff_offered, summary
from jobs.ports import Message

__all__ = [
    "Message",
    "astray",
    "astray_key",
    "batch_digest",
    "batch_head",
    "consent",
    "diff_attached",
    "diff_offered",
    "digest",
    "head",
    "is_open",
    "news",
    "one_line",
    "pending",
    "question",
    "question_over",
    "replies",
    "replies_taken",
    "state_line",
    "summary",
]
