"""A JavaScript test with an assertion turned around: it must fail where the test passes."""

from typing import Final

from jobs.checks.javascript.tokens import Token, TokenKind, closing, tokens
from jobs.checks.mutants import Mutant

_OPPOSITES: Final = {
    "equal": "notEqual",
    "strictEqual": "notStrictEqual",
    "deepEqual": "notDeepEqual",
    "deepStrictEqual": "notDeepStrictEqual",
    "match": "doesNotMatch",
    "throws": "doesNotThrow",
    "rejects": "doesNotReject",
}
_OPPOSITE: Final = {**_OPPOSITES, **{other: one for one, other in _OPPOSITES.items()}}


def turned(path: str, source: str, names: tuple[str, ...]) -> Mutant | None:
    """The file with the first plain assertion of a test turned around; None when it has none."""
    found = tokens(source)
    body = _body(found, names[-1])
    depth = 0
    for index in range(*body):
        token = found[index]
        depth += (token.text == "{") - (token.text == "}") if token.kind is TokenKind.SIGN else 0
        if depth != 1 or token.kind is not TokenKind.WORD:
            continue
        fault = _opposite(source, found, index)
        if fault is not None:
            start, end, new = fault
            text = source[:start] + new + source[end:]
            return Mutant(path=path, line=token.line, text=new, source=text)
    return None


def _body(found: list[Token], name: str) -> tuple[int, int]:
    for index in range(len(found) - 2):
        opening, title = found[index + 1], found[index + 2]
        called = found[index].text in ("test", "it") and opening.text == "("
        if called and title.kind in (TokenKind.STRING, TokenKind.TEMPLATE) and title.text[1:-1] == name:
            return index + 3, closing(found, index + 1) or index + 3
    return 0, 0


def _opposite(source: str, found: list[Token], index: int) -> tuple[int, int, str] | None:
    words = [one.text for one in found[index : index + 4]]
    match words:
        case ["assert", ".", method, "("] if method in _OPPOSITE:
            return found[index + 2].start, found[index + 2].end, _OPPOSITE[method]
        case ["assert", ".", "ok", "("]:
            return _negated(source, found, index + 3)
        case ["assert", "(", *_]:
            return _negated(source, found, index + 1)
        case ["expect", "(", *_]:
            return _expectation(found, index + 1)
    return None


def _negated(source: str, found: list[Token], opening: int) -> tuple[int, int, str] | None:
    """The call's first argument, negated."""
    end = closing(found, opening)
    at = opening + 1
    while end is not None and at < end:
        if found[at].text == ",":
            end = at
            break
        inner = closing(found, at) if found[at].text in ("(", "[", "{") else at
        at = (inner or at) + 1
    if end is None or end == opening + 1:
        return None
    start, last = found[opening].end, found[end].start
    return start, last, f"!({source[start:last]})"


def _expectation(found: list[Token], opening: int) -> tuple[int, int, str] | None:
    end = closing(found, opening)
    if end is None or [one.text for one in found[end + 1 : end + 2]] != ["."]:
        return None
    if found[end + 2].text == "not":
        return found[end + 1].start, found[end + 2].end, ""
    return found[end].end, found[end].end, ".not"
