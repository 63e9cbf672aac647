"""What the stand-in is asked, answers and sends, held against GitLab's published types."""

import json
import re
from collections.abc import Iterator, Mapping
from fnmatch import fnmatchcase
from functools import cache
from typing import Any

from jsonschema import Draft7Validator
from jsonschema.exceptions import ValidationError

from playground.contracts.sources import GITLAB
from playground.gitlab.differing import NOT_SENT, NULL, OTHERWISE
from playground.gitlab.operations import EVENTS, OPERATIONS, Operation

PAGING = frozenset({"page", "perPage", "pagination", "orderBy", "sort", "cursor"})
"""Parameters of every list."""


class Contract:
    """A witness of calls and hooks that collects what differs from the types."""

    def __init__(self) -> None:
        self.problems: list[str] = []
        self.seen: set[tuple[str, str]] = set()

    def call(self, method: str, route: str, *, query: Mapping[str, str], body: str) -> None:
        """A call came in: its parameters must be known and of the right type."""
        operation = _operations().get((method, route))
        if operation is not None:
            where = f"{method} {route}"
            self.problems += [f"{where}: {one}" for one in _asked(operation, query, body)]

    def answered(self, method: str, route: str, answer: object) -> None:
        """A call was answered with success."""
        operation = _operations().get((method, route))
        if operation is not None and operation.answer:
            self.seen.add((method, route))
            self.problems += [f"{method} {route} answers {one}" for one in _answer(operation, answer)]

    def sent(self, event: Mapping[str, Any]) -> None:
        """A webhook's body was made."""
        kind = str(event.get("object_kind"))
        about = str(event["object_attributes"]["noteable_type"]) if kind == "note" else ""
        self.seen.add((kind, about))
        self.problems += [f"the hook {kind} {one}" for one in problems(event, EVENTS[kind, about])]


def problems(value: object, definition: str) -> list[str]:
    """What the published type refuses in a value, each with its place, besides what is known to differ."""
    found = [one for error in _validator(definition).iter_errors(value) for one in _leaves(error)]
    return [f"{_place(one)}: {one.message[:200]}" for one in found if not _known(definition, one)]


def _asked(operation: Operation, query: Mapping[str, str], body: str) -> Iterator[str]:
    given = {_camel(name.partition("[")[0]) for name in query} - PAGING
    content = json.loads(body) if body.strip() else {}
    sent = {_camel(name): value for name, value in content.items()}
    known = {*operation.arguments, *_fields(operation.options)}
    for name in sorted(given | sent.keys()):
        if name not in known:
            yield f"{name} is no parameter"
    if operation.options:
        options = {name: value for name, value in sent.items() if name in _fields(operation.options)}
        yield from problems(options, operation.options)


def _answer(operation: Operation, answer: object) -> Iterator[str]:
    if not operation.answer.endswith("[]"):
        yield from problems(answer, operation.answer)
    elif not isinstance(answer, list):
        yield "something that is no list"
    else:
        found = [text for one in answer for text in problems(one, operation.answer[:-2])]
        yield from dict.fromkeys(found)


def _leaves(error: ValidationError) -> Iterator[ValidationError]:
    best = [one for one in error.context or () if one.validator != "type" or one.relative_path]
    if error.validator == "anyOf" and best:
        for one in best:
            yield from _leaves(one)
    else:
        yield error


def _known(definition: str, error: ValidationError) -> bool:
    place = _place(error)
    if error.validator == "required":
        missing = error.message.split("'")[1]
        return any(fnmatchcase(f"{definition}:{place}/{missing}", one) for one in NOT_SENT)
    if error.instance is None:
        return place.rpartition("/")[2] in NULL
    return any(fnmatchcase(f"{definition}:{place}", one) for one in OTHERWISE)


def _place(error: ValidationError) -> str:
    return "".join(f"/{'*' if isinstance(part, int) else part}" for part in error.absolute_path)


@cache
def _operations() -> Mapping[tuple[str, str], Operation]:
    return {(one.method, one.path): one for one in OPERATIONS}


@cache
def _document() -> dict[str, Any]:
    document: dict[str, Any] = json.loads(GITLAB.target.read_text())
    return document


@cache
def _validator(definition: str) -> Draft7Validator:
    definitions = _document()["definitions"]
    if definition not in definitions:
        raise KeyError(definition)
    return Draft7Validator({"$ref": f"#/definitions/{definition}", "definitions": definitions})


@cache
def _fields(definition: str) -> frozenset[str]:
    if not definition:
        return frozenset()
    body = _document()["definitions"][definition]
    return frozenset(name for one in body.get("anyOf", [body]) for name in one["properties"])


def _camel(name: str) -> str:
    return re.sub(r"_([a-z])", lambda found: found[1].upper(), name)
