"""Small faults in changed Go lines, token by token; each one is compiled, so only a few are tried."""

from typing import Final

from jobs.checks.javascript import mutants as by_token
from jobs.checks.mutants import Mutant, spread

MAX_MUTANTS: Final = 10
"""Mutants tried per file."""

_CANDIDATES: Final = 6 * MAX_MUTANTS
_OF_ANOTHER_LANGUAGE: Final = ("undefined", "===", "!==", "??")


def mutants_of(path: str, source: str, lines: frozenset[int]) -> list[Mutant]:
    """Mutants of a file on some of its lines: the operators and constants that Go shares with JavaScript."""
    found = by_token.mutants_of(path, source, lines, limit=_CANDIDATES)
    return list(spread([one for one in found if _fits(one)], MAX_MUTANTS))


def _fits(mutant: Mutant) -> bool:
    foreign = any(word in mutant.text.partition(" → ")[2] for word in _OF_ANOTHER_LANGUAGE)
    # a rune holds one character: a longer one would not compile, and say nothing of the tests
    return not foreign and not mutant.text.startswith("`'") and "~'" not in mutant.text
