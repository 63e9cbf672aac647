"""Diffs as GitLab gives them: one entry per file, and the lines on which a discussion may stand."""

import hashlib
import re
from collections.abc import Iterator
from dataclasses import dataclass

from playground.gitlab.records import Json
from playground.gitlab.repository import Repository

HUNK = re.compile(r"^@@ -(\d+)(?:,\d+)? \+(\d+)(?:,\d+)? @@")


@dataclass(frozen=True)
class Line:
    """One line of a hunk; the numbers are None where the line does not exist."""

    kind: str
    old: int | None
    new: int | None
    text: str


@dataclass(frozen=True)
class FileDiff:
    """The change of one file; `text` holds the hunks only."""

    old_path: str
    new_path: str
    old_mode: str
    new_mode: str
    change: str
    text: str

    @property
    def binary(self) -> bool:
        """Whether git shows no lines for it."""
        return not self.text and self.change in "MAD"

    def lines(self) -> Iterator[Line]:
        """The lines of all hunks with their numbers."""
        old = new = 0
        for raw in self.text.splitlines():
            if match := HUNK.match(raw):
                old, new = int(match[1]), int(match[2])
                yield Line("@", None, None, raw)
            elif raw.startswith("+"):
                yield Line("+", None, new, raw[1:])
                new += 1
            elif raw.startswith("-"):
                yield Line("-", old, None, raw[1:])
                old += 1
            elif not raw.startswith("\\"):
                yield Line(" ", old, new, raw[1:])
                old, new = old + 1, new + 1

    def shape(self) -> Json:
        """The entry of the API's diff lists."""
        return {
            "old_path": self.old_path,
            "new_path": self.new_path,
            "a_mode": self.old_mode,
            "b_mode": self.new_mode,
            "new_file": self.change == "A",
            "renamed_file": self.change == "R",
            "deleted_file": self.change == "D",
            "generated_file": False,
            "collapsed": False,
            "too_large": False,
            "diff": self.text,
        }


async def file_diffs(repository: Repository, old: str, new: str) -> list[FileDiff]:
    """The changes from one commit to another, file by file."""
    flags = ("--no-color", "--no-ext-diff", "--no-textconv", "-M", "--raw", "-p", "-z", "--abbrev=40")
    text = (await repository.raw("diff", *flags, old, new, "--")).decode(errors="replace")
    raw, patches = _split(text)
    return [FileDiff(*entry, text=patch) for entry, patch in zip(_entries(raw), patches, strict=True)]


def line_code(path: str, old: int | None, new: int | None) -> str:
    """GitLab's name for a line of a diff."""
    return f"{hashlib.sha1(path.encode(), usedforsecurity=False).hexdigest()}_{old or ''}_{new or ''}"


def _split(text: str) -> tuple[str, list[str]]:
    raw, _, patch = text.partition("\0\0")
    patches: list[str] = []
    hunks: list[str] | None = None
    for line in patch.split("\n"):
        if line.startswith("diff --git "):
            if hunks is not None:
                patches.append("\n".join(hunks))
            hunks = []
        elif hunks is not None and (line.startswith("@@") or hunks):
            hunks.append(line)
    if hunks is not None:
        patches.append("\n".join(hunks))
    return raw, [one if not one or one.endswith("\n") else f"{one}\n" for one in patches]


def _entries(raw: str) -> Iterator[tuple[str, str, str, str, str]]:
    fields = iter([part for part in raw.split("\0") if part])
    for head in fields:
        old_mode, new_mode, _, _, status = head.lstrip(":").split(" ")
        old_path = next(fields)
        new_path = next(fields) if status[0] in "RC" else old_path
        yield old_path, new_path, old_mode, new_mode, status[0]
