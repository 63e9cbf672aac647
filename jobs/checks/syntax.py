"""Reading Python source, safe beside other threads that read some, too."""

import ast
from collections.abc import Callable
from typing import Final, TypeVar

T = TypeVar("T")

UNREADABLE: Final = (SyntaxError, ValueError, RecursionError, MemoryError)
"""What reading raises for a text that is not valid Python, or nested too deeply to be read."""
_TRIES: Final = 50


def tree(source: str | bytes) -> ast.Module:
    """The syntax tree; raises one of UNREADABLE."""
    return undisturbed(lambda: ast.parse(source))


def undisturbed(read: Callable[[], T]) -> T:
    """What `read` gives that parses Python, tried again where another thread's parsing broke it.

    Python 3.11 and 3.12 count the depth of all trees that are being built in one place
    (https://github.com/python/cpython/issues/106905), and raise SystemError when two threads build some.
    """
    for _ in range(_TRIES):
        try:
            return read()
        except SystemError:
            continue
    return read()
