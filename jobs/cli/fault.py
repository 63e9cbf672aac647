"""What a terminal shows of faults of ours: the traceback once, on stderr, without secrets."""

import logging
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager

from jobs.adapters.git.invoke import redacted
from jobs.settings import secret_values


def without_secrets(environment: Mapping[str, str]) -> Callable[[str], str]:
    """Takes every secret of the environment, and credentials in addresses, out of a text."""
    known = secret_values(environment)
    return lambda text: redacted(text, known)


@contextmanager
def log_on_stderr(hide: Callable[[str], str]) -> Iterator[None]:
    """Warnings and faults go to stderr for as long as the block lasts."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setLevel(logging.WARNING)
    handler.setFormatter(_RedactingFormatter(hide))
    logging.getLogger().addHandler(handler)
    try:
        yield
    finally:
        logging.getLogger().removeHandler(handler)


class _RedactingFormatter(logging.Formatter):
    def __init__(self, hide: Callable[[str], str]) -> None:
        super().__init__("%(message)s")
        self._hide = hide

    def format(self, record: logging.LogRecord) -> str:
        return self._hide(super().format(record))
