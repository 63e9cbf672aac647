"""What is known of a changed file by its language: mutants, lines that ran, names, assertions."""

from jobs.checks import go_mutants
from jobs.checks import mutants as python_mutants
from jobs.checks import turned as python_turned
from jobs.checks.javascript import mutants as javascript_mutants
from jobs.checks.javascript import turned as javascript_turned
from jobs.checks.layout import is_go, is_javascript, is_python
from jobs.checks.mutants import Mutant


def mutants_of(path: str, source: str, lines: frozenset[int]) -> list[Mutant]:
    """Every mutant of a file on some of its lines; none for a language that is not known here."""
    if is_javascript(path):
        return javascript_mutants.mutants_of(path, source, lines)
    if is_go(path):
        return go_mutants.mutants_of(path, source, lines)
    return python_mutants.mutants_of(path, source, lines) if is_python(path) else []


def executed(path: str, source: str, ran: frozenset[int]) -> frozenset[int]:
    """Lines that count as run: in Python every line of a statement of which some line ran."""
    return python_mutants.executed(source, ran) if is_python(path) else ran


def turned(path: str, source: str, names: tuple[str, ...]) -> Mutant | None:
    """The file with the first plain assertion of a test turned around; None when it has none."""
    if is_javascript(path):
        return javascript_turned.turned(path, source, names)
    return python_turned.turned(path, source, names) if is_python(path) else None
