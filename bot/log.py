"""Log lines: one JSON object each, with who and what, and never a secret."""

import json
import logging
import re
import traceback
from collections.abc import Callable, Iterable
from datetime import UTC, datetime

from bot.middleware import log_context

_TOKEN = re.compile(r"\bx(?:ox[a-z]|app)-[A-Za-z0-9-]{6,}|(?<=://)[^/\s:@]*:[^/\s@]+(?=@)")


def log_to_stderr(secrets: Iterable[str]) -> None:
    """Send the product's and the libraries' log lines to standard error."""
    handler = logging.StreamHandler()
    handler.addFilter(as_line(secrets))
    logging.basicConfig(level=logging.INFO, format="%(message)s", handlers=[handler], force=True)
    logging.getLogger("aiohttp.access").setLevel(logging.WARNING)


def as_line(secrets: Iterable[str]) -> Callable[[logging.LogRecord], bool]:
    """A filter that makes a record one line of JSON, without known secrets or what looks like a token."""
    known = sorted((json.dumps(one)[1:-1] for one in secrets if len(one) >= 6), key=len, reverse=True)

    def rewrite(record: logging.LogRecord) -> bool:
        entry = {
            "at": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "room": record.name,
            "text": record.getMessage(),
            **log_context.get({}),
        }
        if record.exc_info and record.exc_info[0]:
            entry["traceback"] = "".join(traceback.format_exception(*record.exc_info))
        line = json.dumps(entry)
        for secret in known:
            line = line.replace(secret, "[redacted]")
        record.msg, record.args = _TOKEN.sub("[redacted]", line), None
        record.exc_info = record.exc_text = record.stack_info = None
        return True

    return rewrite
