"""Our part of a merge request's description, between markers: what people write around it stays."""

import hashlib
import re

_BEGIN = "<!-- codegen:begin title={digest} -->"
_END = "<!-- codegen:end -->"
_PART = re.compile(r"<!-- codegen:begin title=(?P<title>[0-9a-f]{12}) -->.*?<!-- codegen:end -->", re.DOTALL)


def enclosed(text: str, *, title: str) -> str:
    """Our part, with the title we gave, so that another title is known to be a person's."""
    inner = text.replace("<!-- codegen:", "&lt;!-- codegen:")
    return f"{_BEGIN.format(digest=_digest(title))}\n{inner}\n{_END}"


def merged(present: str, text: str, *, title: str) -> str:
    """The description with our part brought up to date and everything else as people left it.

    Where our part was removed it is put below what stands there.
    """
    ours = enclosed(text, title=title)
    if _PART.search(present):
        return _PART.sub(lambda _: ours, present, count=1)
    return f"{present.rstrip()}\n\n{ours}" if present.strip() else ours


def with_line(present: str, line: str) -> str:
    """The description with one line of our part rewritten: the one that begins with the same bold word."""
    word = line.partition(" ")[0]
    part = _PART.search(present)
    if part is None or not word:
        return present
    lines = [line if one.startswith(f"{word} ") else one for one in part[0].split("\n")]
    return f"{present[: part.start()]}{chr(10).join(lines)}{present[part.end() :]}"


def retitled(present: str, title: str) -> bool:
    """True when a person gave the merge request its present title."""
    part = _PART.search(present)
    return part is not None and part["title"] != _digest(title)


def _digest(title: str) -> str:
    return hashlib.sha256(" ".join(title.split()).encode()).hexdigest()[:12]
