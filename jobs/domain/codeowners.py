"""CODEOWNERS as GitLab reads it: sections, optional ones, approval counts, and the last match wins.

See https://docs.gitlab.com/user/project/codeowners/reference/
"""

import re
from collections.abc import Iterable, Sequence
from functools import lru_cache

from jobs.domain.base_model import Frozen

PLACES = ("CODEOWNERS", "docs/CODEOWNERS", ".gitlab/CODEOWNERS")
"""Where it may stand; the first that is there counts."""

_SECTION = re.compile(r"^(?P<optional>\^)?\[(?P<name>[^\]]+)\](?:\[(?P<count>\d+)\])?(?P<owners>.*)$")
_WORD = re.compile(r"(?:\\.|[^\s\\])+")
_OWNER = re.compile(r"^@(?P<name>[A-Za-z0-9_][\w.-]*)$")


class Entry(Frozen):
    """One line: a pattern and who owns what matches it."""

    pattern: str
    """Path pattern, without escapes."""
    owners: tuple[str, ...]
    """Usernames; groups, roles and e-mail addresses are left out."""
    excluded: bool = False
    """True: what matches needs no approval in this section."""


class Section(Frozen):
    """A part of the file with approvals of its own."""

    name: str
    """As it is first written."""
    optional: bool
    """True when nobody has to approve."""
    approvals: int
    """How many of its owners have to approve."""
    entries: tuple[Entry, ...]
    """In the order of the file."""


class Owners(Frozen):
    """Who owns some changed files, in one section."""

    section: str
    """Its name; empty for lines before the first."""
    optional: bool
    """True when nobody has to approve."""
    approvals: int
    """How many have to."""
    usernames: tuple[str, ...]
    """Who may, those of most files first."""


def read(text: str) -> tuple[Section, ...]:
    """Every section in the order of the file; sections of the same name are one."""
    found: dict[str, tuple[str, bool, int, list[Entry]]] = {}
    name, defaults = "", tuple[str, ...]()
    for line in text.splitlines():
        line = line.strip()
        if not line or line.startswith("#"):
            continue
        section = _SECTION.match(line)
        if section:
            name = section["name"].strip()
            defaults = _usernames(section["owners"].split())
            count = 0 if section["optional"] else max(1, int(section["count"] or 1))
            found.setdefault(name.casefold(), (name, bool(section["optional"]), count, []))
            continue
        found.setdefault(name.casefold(), (name, False, 1, []))[3].append(_entry(line, defaults))
    return tuple(
        Section(name=one, optional=optional, approvals=count, entries=tuple(entries))
        for one, optional, count, entries in found.values()
    )


def owners(sections: Sequence[Section], paths: Iterable[str]) -> tuple[Owners, ...]:
    """Who owns these files, per section that has a say; in each the last line that matches a file counts."""
    wanted = tuple(paths)
    answers = []
    for section in sections:
        counts: dict[str, int] = {}
        for path in wanted:
            for username in _matching(section, path):
                counts[username] = counts.get(username, 0) + 1
        if counts:
            best = tuple(sorted(counts, key=lambda one: -counts[one]))
            answers.append(
                Owners(
                    section=section.name,
                    optional=section.optional,
                    approvals=section.approvals,
                    usernames=best,
                )
            )
    return tuple(answers)


def _matching(section: Section, path: str) -> tuple[str, ...]:
    if any(one.excluded and _matches(one.pattern, path) for one in section.entries):
        return ()
    for entry in reversed(section.entries):
        if not entry.excluded and _matches(entry.pattern, path):
            return entry.owners
    return ()


def _entry(line: str, defaults: tuple[str, ...]) -> Entry:
    pattern, *rest = _WORD.findall(line) or [line]  # a lone backslash is no word
    excluded = pattern.startswith("!")
    pattern = re.sub(r"\\(.)", r"\1", pattern.removeprefix("!"))
    named = [word for word in rest if not word.startswith("#")]
    return Entry(pattern=pattern, owners=_usernames(named) if named else defaults, excluded=excluded)


def _usernames(words: Iterable[str]) -> tuple[str, ...]:
    found = [_OWNER.match(word) for word in words]
    return tuple(one["name"] for one in found if one)


def _matches(pattern: str, path: str) -> bool:
    return _compiled(pattern).fullmatch(path) is not None


@lru_cache(maxsize=2048)
def _compiled(pattern: str) -> re.Pattern[str]:
    rooted = pattern.startswith("/")
    body = pattern.strip("/")
    if pattern.endswith("/"):
        body += "/**/*"
    parts = []
    for part in re.split(r"(\*\*/|\*\*|\*|\?)", body):
        parts.append({"**/": "(?:.*/)?", "**": ".*", "*": "[^/]*", "?": "[^/]"}.get(part, re.escape(part)))
    return re.compile(("" if rooted else "(?:.*/)?") + "".join(parts), re.DOTALL)
