"""What a sentence is about, as weighted terms, and how much two sentences have in common."""

import re
from collections.abc import Iterable, Mapping
from typing import Final

_TOKEN: Final = re.compile(r"--?[A-Za-z][\w-]*|[A-Za-z_]\w*|\d+(?:[.,]\d+)*%?")
_HUMP: Final = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")
_ENDINGS: Final = ("ations", "ation", "ings", "ing", "ied", "ies", "ed", "es", "s", "ly")
_SILENT_WORDS: Final = (
    "a an the itself and or but then else when while for from to into in on at of by with without as is are "
    "if be been was were it its this that these those they them there here no not nor only also so than too "
    "very can could may might must shall should will would do does did done has have had having now "
    "after before any all each every some such other another same new old more most less few one two "
    "both own per via which who whom whose what where how why just again still yet about over under out "
    "up down off function method class module file code value values result results return returns "
    "returned use uses used using make makes made set sets get gets give gives given call calls called "
    "change changes changed instead longer rather otherwise like e g i etc today first last user users "
    "people person "
)
_SILENT: Final = frozenset(_SILENT_WORDS.split())
_WORD, _NUMBER, _NAME = 1.0, 1.0, 2.0
SMALLEST: Final = 3.0
"""Least weight of an ordinary sentence."""


def terms(*texts: str) -> Mapping[str, float]:
    """Term → weight: words by their stem, numbers, and identifiers both whole and in parts."""
    found: dict[str, float] = {}
    for token in (one for text in texts for one in _TOKEN.findall(text)):
        bare = token.strip("-_")
        if bare[:1].isdigit():
            found[bare.replace(",", ".").rstrip("%")] = _NUMBER
            continue
        parts = [part for piece in re.split(r"[_-]", bare) for part in _HUMP.split(piece) if part]
        if len(parts) > 1:
            found["=" + bare.lower()] = _NAME
        for part in parts:
            word = part.lower()
            if word not in _SILENT and len(word) > 1:
                found[stem(word)] = _WORD
    return found


def stem(word: str) -> str:
    """A word without its common English ending."""
    for ending in _ENDINGS:
        if word.endswith(ending) and len(word) - len(ending) >= 3:
            word = word[: -len(ending)] + ("y" if ending in ("ied", "ies") else "")
            break
    if len(word) > 3 and word[-1] == word[-2] and word[-1] not in "lsz":
        word = word[:-1]
    return word.removesuffix("e") if len(word) > 3 else word


def common(one: Mapping[str, float], other: Mapping[str, float], *, least: float = SMALLEST) -> float:
    """How much of the smaller of two is in the other: 0 for nothing, 1 for all of it.

    A sentence about less than `least` is taken to be about this much: one shared word then says little.
    """
    shared = sum(one[term] for term in one.keys() & other.keys())
    return shared / max(least, min(sum(one.values()), sum(other.values())))


def nearest(about: Mapping[str, float], others: Iterable[Mapping[str, float]]) -> float:
    """The most it has in common with any of the others; 0 without any."""
    return max((common(about, one) for one in others), default=0.0)
