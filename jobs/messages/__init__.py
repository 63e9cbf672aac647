"""Every payload for a thread, built from domain objects; the words stand in templates/thread/."""

from jobs.messages.astray import astray, astray_key
from jobs.messages.batch import batch_digest, batch_head
from jobs.messages.consent import consent
from jobs.messages.head import head, state_line
from jobs.messages.news import news
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
    "head",
    "news",
    "state_line",
    "summary",
]
