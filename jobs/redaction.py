"""What a credential looks like; every text that leaves goes through `scrub` first.

A room of its own at the bottom, so that messages, stages and checks share one set of patterns.
"""

import math
import re
from collections import Counter
from collections.abc import Iterator
from typing import Final

PATTERNS: Final = {
    "gitlab-token": r"\bgl(?:pat|dt|rt|ptt|soat|agent|cbt|imt|ft|oas|ffct)-[0-9A-Za-z_.=-]{20,}",
    "slack-token": r"\bxox[abeoprs](?:\.xox[bp])?-[0-9A-Za-z-]{10,}|\bxapp-\d-[A-Z0-9]+-\d+-[0-9a-f]{20,}",
    "slack-webhook": r"hooks\.slack\.com/(?:services|workflows|triggers)/[TE][0-9A-Z]{6,}/[\w/-]{12,}",
    "anthropic-key": r"\bsk-ant-[0-9A-Za-z_-]{24,}",
    "openai-key": r"\bsk-(?:proj-|svcacct-|admin-)?[0-9A-Za-z_-]{32,}",
    "google-key": r"\bAIza[0-9A-Za-z_-]{35}(?![0-9A-Za-z_-])",
    "google-oauth": r"\bya29\.[0-9A-Za-z_-]{30,}|\bGOCSPX-[0-9A-Za-z_-]{28}",
    "huggingface-token": r"\bhf_[0-9A-Za-z]{30,}\b",
    "groq-key": r"\bgsk_[0-9A-Za-z]{40,}\b",
    "github-token": r"\bgh[pousr]_[0-9A-Za-z]{36,}\b|\bgithub_pat_[0-9A-Za-z_]{50,}",
    "aws-key-id": r"\b(?:AKIA|ASIA|ABIA|ACCA)[0-9A-Z]{16}\b",
    "aws-secret": r"(?i)aws.{0,20}(?:secret|key).{0,20}['\"=: ][0-9A-Za-z/+]{40}(?![0-9A-Za-z/+=])",
    "azure-key": r"(?i)\b(?:AccountKey|SharedAccessKey)=[0-9A-Za-z+/]{42,88}={0,2}",
    "azure-secret": r"(?<![0-9A-Za-z_~.-])[0-9A-Za-z_~.-]{3}8Q~[0-9A-Za-z_~.-]{31,34}(?![0-9A-Za-z_~.-])",
    "azure-signature": r"[?&]sig=[0-9A-Za-z%+/]{40,}={0,2}",
    "private-key": r"-----BEGIN (?:[A-Z0-9]+ )*PRIVATE KEY(?: BLOCK)?-----"
    r"(?:[0-9A-Za-z+/=\s\\,:-]*?-----END (?:[A-Z0-9]+ )*PRIVATE KEY(?: BLOCK)?-----)?",
    "npm-token": r"\bnpm_[0-9A-Za-z]{36}\b",
    "pypi-token": r"\bpypi-AgEI[0-9A-Za-z_-]{50,}",
    "stripe-key": r"\b[rs]k_live_[0-9A-Za-z]{20,}",
    "sendgrid-key": r"\bSG\.[0-9A-Za-z_-]{22}\.[0-9A-Za-z_-]{43}",
    "digitalocean-token": r"\bdo[opr]_v1_[0-9a-f]{64}\b",
    "json-web-token": r"\beyJ[0-9A-Za-z_-]{10,}\.eyJ[0-9A-Za-z_-]{10,}\.[0-9A-Za-z_-]{10,}",
    "url-password": r"\b[a-z][a-z0-9+.-]*://[^\s/:@'\"{}$<]*:[^\s/:@'\"{}$<]{6,}@[^\s/'\"]+",
}
"""Name → pattern of a credential that is known by its form."""

ASSIGNED: Final = "assigned-secret"
"""Name of what is no known form, but is assigned to a name of a secret and looks random."""

_COMPILED: Final = {name: re.compile(pattern) for name, pattern in PATTERNS.items()}
_ASSIGNMENT: Final = re.compile(
    r"(?i)(?<![a-z])[\w.-]*(?:password|passwd|pwd|secret|token|api[_-]?key|access[_-]?key|auth[_-]?key"
    r"|client[_-]?key|private[_-]?key|credential)s?['\"\]]*\s*(?::=|=>|[:=])\s*(?:[rbuf]{0,2}['\"])?"
    r"(?P<value>[0-9A-Za-z+/_=.~-]{20,})(?![0-9A-Za-z+/_=.~(\[-])"
)
_ENTROPY: Final = 3.6
"""Bits per character from which a value of mixed characters counts as random: words and paths are below."""
_HEXADECIMAL: Final = 3.0


def found_in(text: str) -> tuple[str, ...]:
    """Names of what looks like a credential in a text."""
    return tuple(dict.fromkeys(name for name, _, _ in _places(text)))


def scrub(text: str) -> str:
    """The text with every credential replaced by its name; never longer than before, the same when clean."""
    for start, end, name in _disjoint(text):
        told = f"[{name} removed]"
        told = told if len(told) <= end - start else "[removed]"
        text = text[:start] + told + text[end:]
    return text


def entropy(text: str) -> float:
    """Shannon's, in bits per character."""
    total = len(text)
    return -sum(count / total * math.log2(count / total) for count in Counter(text).values())


def _places(text: str) -> Iterator[tuple[str, int, int]]:
    for name, pattern in _COMPILED.items():
        for found in pattern.finditer(text):
            yield name, found.start(), found.end()
    for found in _ASSIGNMENT.finditer(text):
        if _random(found["value"]):
            yield ASSIGNED, found.start("value"), found.end("value")


def _disjoint(text: str) -> list[tuple[int, int, str]]:
    """Places from the last to the first, none within another; the earliest and longest wins."""
    chosen: list[tuple[int, int, str]] = []
    reached = 0
    for start, end, name in sorted(
        ((start, end, name) for name, start, end in _places(text)), key=lambda one: (one[0], -one[1])
    ):
        if start >= reached:
            chosen.append((start, end, name))
            reached = end
        elif end > reached:
            chosen[-1] = (chosen[-1][0], end, chosen[-1][2])
            reached = end
    return chosen[::-1]


def _random(value: str) -> bool:
    digits = sum(char.isdigit() for char in value)
    if not digits or digits == len(value) or value.count(".") > 2 or "example" in value.lower():
        return False
    if re.fullmatch(r"[0-9a-fA-F-]+", value):
        return len(value) >= 32 and entropy(value) >= _HEXADECIMAL
    letters = {char.isupper() for char in value if char.isalpha()}
    return len(letters) == 2 and entropy(value) >= _ENTROPY
