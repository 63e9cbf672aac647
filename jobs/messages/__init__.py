"""Every payload for a thread, built from domain objects; the words stand in templates/thread/."""

from jobs.messages.batch import batch_digest, batch_head
from jobs.messages.consent import consent
from jobs.messages.digest import digest
from jobs.messages.head import head, state_line
from jobs.messages.news import news
from jobs.messages.summary import diff_attached, summary
from jobs.ports import Message

__all__ = [
    "Message",
    "batch_digest",
    "batch_head",
    "consent",
    "diff_attached",
    "digest",
    "head",
    "news",
    "state_line",
    "summary",
]
