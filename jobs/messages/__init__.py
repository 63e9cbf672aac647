"""Every payload for a thread, built from domain objects; the words stand in templates/thread/."""

from jobs.messages.head import head, state_line
from jobs.messages.summary import diff_attached, summary

__all__ = ["diff_attached", "head", "state_line", "summary"]
