"""Whether two sets of path patterns can mean the same file."""

from collections.abc import Iterable
from functools import lru_cache
from itertools import product

Parts = tuple[str, ...]


def overlaps(one: Iterable[str], other: Iterable[str]) -> bool:
    """True when some path is covered by a pattern of each; no pattern at all covers nothing."""
    return any(_meet(_parts(a), _parts(b)) for a, b in product(tuple(one), tuple(other)))


def _parts(pattern: str) -> Parts:
    pattern = pattern.removeprefix("./")
    return tuple((pattern + "**" if pattern.endswith("/") else pattern).split("/"))


@lru_cache(maxsize=4096)
def _meet(one: Parts, other: Parts) -> bool:
    """Both patterns have a path in common: `**` stands for any number of folders."""
    if other and other[0] == "**" and not (one and one[0] == "**"):
        one, other = other, one
    if one and one[0] == "**":
        return _meet(one[1:], other) or bool(other and _meet(one, other[1:]))
    if not one or not other:
        return not one and not other
    return _names_meet(one[0], other[0]) and _meet(one[1:], other[1:])


@lru_cache(maxsize=4096)
def _names_meet(one: str, other: str) -> bool:
    """Two names with `*` and `?` can be the same name; `**` inside a name counts as `*`."""
    reachable = {(0, 0)}
    seen: set[tuple[int, int]] = set()
    while reachable:
        at = reachable.pop()
        if at in seen:
            continue
        seen.add(at)
        if at == (len(one), len(other)):
            return True
        reachable |= _steps(one, other, at)
    return False


def _steps(one: str, other: str, at: tuple[int, int]) -> set[tuple[int, int]]:
    left, right = at
    a, b = one[left : left + 1], other[right : right + 1]
    found = set()
    if a == "*":
        found |= {(left + 1, right)} | ({(left, right + 1)} if b else set())
    if b == "*":
        found |= {(left, right + 1)} | ({(left + 1, right)} if a else set())
    if a and b and "*" not in (a, b) and (a == b or "?" in (a, b)):
        found.add((left + 1, right + 1))
    return found
