"""One JSON object per line, with the task and run it belongs to and without secrets."""

import json
import logging
import sys
import traceback
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, datetime
from types import MappingProxyType

from jobs.domain.task import Task

_ABOUT: ContextVar[Mapping[str, str]] = ContextVar("about", default=MappingProxyType({}))

_HIDDEN = "[secret]"


@contextmanager
def about(task: Task | str) -> Iterator[None]:
    """Records made in this block, and in what is started from it, name this task (or task id) and its run."""
    facts = {"task": task} if isinstance(task, str) else {"task": task.id}
    if not isinstance(task, str) and task.run is not None:
        facts["run"] = task.run.id
    before = _ABOUT.set(facts)
    try:
        yield
    finally:
        _ABOUT.reset(before)


def configure(secrets: Iterable[str], *, level: int = logging.INFO) -> None:
    """Send every record of this process to stderr as JSON; the given values never appear.

    `level` is ours; libraries only warn: a line for each request is no news.
    """
    hidden = tuple(secret for secret in secrets if secret)
    handler = logging.StreamHandler(sys.stderr)
    handler.addFilter(lambda record: _structure(record, hidden))
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(logging.WARNING)
    logging.getLogger("jobs").setLevel(level)


def line(record: logging.LogRecord, hidden: tuple[str, ...]) -> str:
    """The record as one line of JSON."""
    fields = {
        "at": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
        "level": record.levelname.lower(),
        "logger": record.name,
        "text": record.getMessage(),
    }
    fields |= _ABOUT.get()
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
