"""A disk that does not take what is written: a sentence for the operator instead of a fault."""

import errno
import os
from collections.abc import Iterator
from contextlib import contextmanager

from jobs.errors import Stop

FULL = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EROFS, errno.EIO})
"""What the kernel says of such a disk."""


# git does not always pass on what the kernel said
_WORDS = (*(os.strerror(one) for one in (errno.ENOSPC, errno.EDQUOT, errno.EROFS)), "unable to write file")


@contextmanager
def written() -> Iterator[None]:
    """Turn a full, read-only or broken disk into a Stop; any other fault goes on as it is."""
    try:
        yield
    except OSError as error:
        if error.errno not in FULL:
            raise
        raise _refused(error.strerror) from None


def check_told(errors: str) -> None:
    """Raise the same Stop when git complains of such a disk; what a remote says is not meant."""
    ours = [line for line in errors.splitlines() if not line.startswith("remote:")]
    for word in _WORDS:
        if any(word in line for line in ours):
            raise _refused(word)


def _refused(why: str | None) -> Stop:
    reason = f"The disk of CODEGEN_HOME does not take what is written ({why})."
    return Stop(reason, remedy="Free space there, or name another disk; then retry.")
