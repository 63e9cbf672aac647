"""A disk that does not take what is written: a sentence for the operator instead of a fault."""

import errno
from collections.abc import Iterator
from contextlib import contextmanager

from jobs.errors import Stop

FULL = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EROFS, errno.EIO})
"""What the kernel says of such a disk."""


@contextmanager
def written() -> Iterator[None]:
    """Turn a full, read-only or broken disk into a Stop; any other fault goes on as it is."""
    try:
        yield
    except OSError as error:
        if error.errno not in FULL:
            raise
        reason = f"The disk of CODEGEN_HOME does not take what is written ({error.strerror})."
        raise Stop(reason, remedy="Free space there, or name another disk; then retry.") from None
