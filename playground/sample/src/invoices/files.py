"""Reading invoice files."""

import json
from pathlib import Path

from .invoice import Invoice


class FileError(Exception):
    """A file that cannot be used; the message names it."""


def load(path):
    """The invoice in a file."""
    try:
        data = json.loads(Path(path).read_text(encoding="utf-8"))
    except OSError as error:
        raise FileError(f"{path}: {error.strerror}") from error
    except ValueError as error:
        raise FileError(f"{path}: not JSON") from error
    try:
        return Invoice.read(data)
    except ValueError as error:
        raise FileError(f"{path}: {error}") from error
