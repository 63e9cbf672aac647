"""What analysers report, and which of it is new: compared by file, rule and words, not by line number."""

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import IntEnum
from typing import Final

from jobs.checks.changes import SourceChange
from jobs.domain.patch import ChangeStatus
from jobs.domain.verdict import Finding

MAX_TEXT: Final = 400
"""Characters kept of what an analyser says about one place."""

_NUMBER: Final = re.compile(r"\bline \d+|\b\d+ > \d+|:\d+\b|\(\d+/\d+\)|\bL\d+\b")


class Severity(IntEnum):
    """How bad an issue is."""

    LOW = 1
    MEDIUM = 2
    HIGH = 3


@dataclass(frozen=True)
class Issue:
    """One thing an analyser reports."""

    path: str
    """File, from the repository's root."""
    line: int
    """Line in that file, from 1."""
    rule: str
    """The analyser's name for it."""
    text: str
    """What it says."""
    severity: Severity = Severity.MEDIUM
    """How bad it is."""

    @property
    def finding(self) -> Finding:
        """The issue for the reviewer."""
        text = " ".join(self.text.split())[:MAX_TEXT]
        return Finding(rule=self.rule, text=text, path=self.path, line=self.line)


def new_issues(
    base: Iterable[Issue],
    head: Iterable[Issue],
    *,
    renamed: Mapping[str, str],
    added: Mapping[str, frozenset[int]],
) -> list[Issue]:
    """What the head has more of than the target base; of equal ones those on added lines."""
    before = Counter((renamed.get(one.path, one.path), one.rule, _words(one)) for one in base)
    groups: dict[tuple[str, str, str], list[Issue]] = defaultdict(list)
    for one in head:
        groups[one.path, one.rule, _words(one)].append(one)
    found: list[Issue] = []
    for key, group in groups.items():
        group.sort(key=lambda one: (one.line not in added.get(one.path, ()), one.line))
        found += group[: max(0, len(group) - before[key])]
    return sorted(found, key=lambda one: (one.path, one.line, one.rule))


def renames(changes: Iterable[SourceChange]) -> dict[str, str]:
    """Old path → new path."""
    return {
        one.file.old_path: one.path
        for one in changes
        if one.file.old_path and one.file.status is ChangeStatus.RENAMED
    }


def _words(issue: Issue) -> str:
    return _NUMBER.sub("#", " ".join(issue.text.split()))
