"""How a form writes a spec's lists: one item a line, a proof after ` :: `, `!` before a denied path."""

import re

from jobs.domain.spec import Criterion, Paths, Proof

MARK = " :: "
_BULLET = re.compile(r"^(?:[-*•]\s+|\d{1,2}[.)]\s+|AC\d{1,3}:\s+)+")
_COMMA = re.compile(r",(?![^\[]*\])")


class ProofError(ValueError):
    """What follows ` :: ` is no proof."""


def lines(text: str) -> tuple[str, ...]:
    """Items of a list as typed or pasted: trimmed, without bullets or numbers, empty ones left out."""
    bare = (_BULLET.sub("", line.strip()).strip() for line in text.splitlines())
    return tuple(line for line in bare if line)


def write_criterion(criterion: Criterion) -> str:
    """A criterion as one line."""
    text = _one_line(criterion.text)
    return f"{text}{MARK}{_write_proof(criterion.proof)}" if criterion.proof else text


def read_criterion(line: str, number: int) -> dict[str, object]:
    """The fields of a criterion, not yet validated; raises ProofError when a proof cannot be read."""
    text, mark, proof = line.partition(MARK)
    fields: dict[str, object] = {"id": f"AC{number}", "text": text}
    return fields | {"proof": _read_proof(proof.strip())} if mark else fields


def write_paths(paths: Paths) -> str:
    """Patterns as lines."""
    return "\n".join([*paths.allow, *(f"!{pattern}" for pattern in paths.deny)])


def read_paths(text: str) -> dict[str, tuple[str, ...]]:
    """The fields of paths, not yet validated."""
    patterns = [line.strip() for line in text.splitlines() if line.strip()]
    return {
        "allow": tuple(one for one in patterns if not one.startswith("!")),
        "deny": tuple(one[1:].strip() for one in patterns if one.startswith("!")),
    }


def _write_proof(proof: Proof) -> str:
    if proof.review:
        return "review"
    if proof.command:
        return f"run: {_one_line(proof.command)}"
    return "tests: " + ", ".join(_one_line(test) for test in proof.tests)


def _read_proof(text: str) -> dict[str, object]:
    keyword, _, rest = text.partition(":")
    match keyword.strip().lower(), rest.strip():
        case "review", "":
            return {"review": True}
        case "run", command if command:
            return {"command": command}
        case "tests", named if any(part.strip() for part in _COMMA.split(named)):
            return {"tests": tuple(part.strip() for part in _COMMA.split(named) if part.strip())}
    raise ProofError(text)


def _one_line(text: str) -> str:
    return " ".join(text.split())
