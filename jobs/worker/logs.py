"""One JSON object per line, with the task and run it belongs to and without secrets."""

import json
import logging
import sys
import traceback
from collections.abc import Iterable
from contextvars import ContextVar
from datetime import UTC, datetime

RUN: ContextVar[str] = ContextVar("run", default="")
"""Id of the run that the current code works for; the task's id stands in it."""

_HIDDEN = "[secret]"


def configure(secrets: Iterable[str], *, level: int = logging.INFO) -> None:
    """Send every record of this process to stderr as JSON; the given values never appear."""
    hidden = tuple(secret for secret in secrets if secret)
    handler = logging.StreamHandler(sys.stderr)
    handler.addFilter(lambda record: _structure(record, hidden))
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(level)
    logging.getLogger("arq").setLevel(logging.WARNING)


def line(record: logging.LogRecord, hidden: tuple[str, ...]) -> str:
    """The record as one line of JSON."""
    fields = {
        "at": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
        "level": record.levelname.lower(),
        "logger": record.name,
        "text": record.getMessage(),
    }
    run = RUN.get()
    if run:
        fields |= {"task": run.rpartition("-r")[0], "run": run}
    if record.exc_info and record.exc_info[0]:
        fields["traceback"] = "".join(traceback.format_exception(*record.exc_info))
    text = json.dumps(fields, ensure_ascii=False)
    for secret in hidden:
        text = text.replace(secret, _HIDDEN)
    return text


def _structure(record: logging.LogRecord, hidden: tuple[str, ...]) -> bool:
    record.msg, record.args = line(record, hidden), ()
    record.exc_info = record.exc_text = record.stack_info = None
    return True
