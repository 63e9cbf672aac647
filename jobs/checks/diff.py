"""Reading git's unified diff: which lines a change adds, and where they stand afterwards."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

_HUNK = re.compile(r"^@@ -\d+(?:,\d+)? \+(\d+)(?:,(\d+))? @@")
_SECTION = re.compile(r"^diff --git ", re.MULTILINE)
_INDEX = re.compile(r"^index [0-9a-f]+\.\.([0-9a-f]{40})", re.MULTILINE)
_PLACE = re.compile(r"^(?:\+\+\+|rename to) (.+)$", re.MULTILINE)
_OCTAL = re.compile(rb"\\([0-7]{3})")
_ESCAPES = {b"\\n": b"\n", b"\\t": b"\t", b'\\"': b'"', b"\\\\": b"\\"}


@dataclass(frozen=True)
class Line:
    """One line of a change."""

    path: str
    """File, from the repository's root, after the change."""
    number: int
    """Line in that file after the change, from 1 (for a removed line, where it would stand)."""
    text: str
    """The line without its mark."""


def added_lines(diff: str) -> tuple[Line, ...]:
    """Every line that the diff adds."""
    return tuple(line for mark, line in _walk(diff) if mark == "+")


def removed_lines(diff: str) -> tuple[Line, ...]:
    """Every line that the diff takes away."""
    return tuple(line for mark, line in _walk(diff) if mark == "-")


def added_numbers(diff: str) -> dict[str, frozenset[int]]:
    """Line numbers that each file gains, after the change."""
    numbers: dict[str, set[int]] = {}
    for line in added_lines(diff):
        numbers.setdefault(line.path, set()).add(line.number)
    return {path: frozenset(found) for path, found in numbers.items()}


def touched_lines(diff: str) -> dict[str, tuple[int, int]]:
    """From which to which line each file was changed, counted before the change; new files have none."""
    spans: dict[str, tuple[int, int]] = {}
    path, left_old, left_new = "", 0, 0
    for text in diff.split("\n"):
        if left_old > 0 or left_new > 0:
            left_old -= text[:1] not in "+\\"
            left_new -= text[:1] not in "-\\"
        elif found := _HUNK.match(text):
            first, left_old = int(text[4:].replace(",", " ").split()[0]), _old_length(text)
            left_new = int(found[2]) if found[2] is not None else 1
            if first and path:
                lowest, highest = spans.get(path, (first, first))
                spans[path] = (min(lowest, first), max(highest, first + left_old - 1))
        elif text.startswith("--- "):
            path = _name(text[4:])
    return spans


def contents(diff: str) -> dict[str, str]:
    """What each file becomes: its blob id, or its part of the diff where git names none."""
    return {_place(part): found[1] if (found := _INDEX.search(part)) else part for part in _parts(diff)}


def _parts(diff: str) -> list[str]:
    return [part.partition("\n@@ ")[0] if _INDEX.search(part) else part for part in _SECTION.split(diff)[1:]]


def _place(part: str) -> str:
    header = part.partition("\n")[0]
    found = _PLACE.search(part.partition("\n@@ ")[0])
    named = _name(found[1]) if found else ""
    # nothing but the header names a file that is gone or binary: the same name twice
    return named or _name(header[len(header) // 2 + 1 :])


def _walk(diff: str) -> Iterator[tuple[str, Line]]:
    path, old, number, left_old, left_new = "", "", 0, 0, 0
    for text in diff.split("\n"):
        if left_old > 0 or left_new > 0:
            mark = text[:1]
            if mark == "\\":
                continue
            yield mark, Line(path, number, text[1:])
            left_old -= mark != "+"
            left_new -= mark != "-"
            number += mark != "-"
        elif found := _HUNK.match(text):
            number = int(found[1])
            left_new = int(found[2]) if found[2] is not None else 1
            left_old = _old_length(text)
        elif text.startswith("--- "):
            old = _name(text[4:])
        elif text.startswith("+++ "):
            path = _name(text[4:]) or old


def _old_length(header: str) -> int:
    span = header.split(" ")[1]
    return int(span.split(",")[1]) if "," in span else 1


def _name(text: str) -> str:
    text = text.rstrip("\t\r")
    if text == "/dev/null":
        return ""
    if text.startswith('"') and text.endswith('"'):
        raw = text[1:-1].encode("utf-8", "surrogateescape")
        raw = _OCTAL.sub(lambda found: bytes([int(found[1], 8)]), raw)
        for escape, plain in _ESCAPES.items():
            raw = raw.replace(escape, plain)
        text = raw.decode("utf-8", "surrogateescape")
    return text[2:] if text[:2] in ("a/", "b/") else text
