"""The committed contracts: Slack's methods with their arguments, and schemas of Slack's published types."""

import json
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any

from jsonschema import Draft7Validator
from jsonschema.exceptions import ValidationError

from playground.slack.payload import Payload, problem

CONTRACTS = Path(__file__).parent.parent / "contracts"
"""Where the data files stand."""


@cache
def methods() -> Mapping[str, Payload]:
    """Return the known Web API methods: arguments, errors, scopes, rate tier."""
    contract: dict[str, dict[str, Payload]] = json.loads((CONTRACTS / "slack_methods.json").read_text())
    return contract["methods"]


@cache
def _document() -> Payload:
    document: Payload = json.loads((CONTRACTS / "slack_types.schema.json").read_text())
    return document


@cache
def _validator(definition: str) -> Draft7Validator:
    document = _document()
    if definition not in document["definitions"]:
        raise KeyError(definition)
    return Draft7Validator({"$ref": f"#/definitions/{definition}", "definitions": document["definitions"]})


@cache
def definition_of(block_type: str) -> str | None:
    """Return the name of the schema of a block type, None for a type that Slack does not publish."""
    definitions = _document()["definitions"]
    for branch in definitions["KnownBlock"]["anyOf"]:
        name: str = branch["$ref"].removeprefix("#/definitions/")
        variants = definitions[name].get("anyOf", [definitions[name]])
        if variants[0]["properties"]["type"].get("const") == block_type:
            return name
    return None


def problems(value: object, definition: str, pointer: str = "") -> list[str]:
    """Return what the published type refuses in `value`, each with its JSON pointer."""
    return [
        message for error in _validator(definition).iter_errors(value) for message in _told(error, pointer)
    ]


def _told(error: ValidationError, pointer: str) -> Iterator[str]:
    """Descend into the branch of a union that the value means by its `type`."""
    place = pointer + "".join(f"/{part}" for part in error.absolute_path)
    if error.validator != "anyOf" or not error.context:
        yield problem(_words(error), place)
        return
    meant = [children for children in _branches(error) if not any(map(_is_other_type, children))]
    if not meant:
        yield problem("unsupported type or value", place)
        return
    for child in min(meant, key=len):
        yield from _told(child, pointer)


def _branches(error: ValidationError) -> list[list[ValidationError]]:
    branches: dict[Any, list[ValidationError]] = {}
    for child in error.context or ():
        branches.setdefault(child.relative_schema_path[0], []).append(child)
    return list(branches.values())


def _is_other_type(error: ValidationError) -> bool:
    """Tell whether a branch is refused because the value is of another `type` altogether."""
    place = list(error.relative_path)
    if error.validator == "anyOf" and not place:
        return all(any(map(_is_other_type, children)) for children in _branches(error))
    return (place == ["type"] and error.validator == "const") or (not place and error.validator == "type")


def _words(error: ValidationError) -> str:
    if error.validator == "required":
        return f"missing required field: {error.message.split(chr(39))[1]}"
    if error.validator == "additionalProperties":
        return f"invalid additional property: {', '.join(error.message.split(chr(39))[1::2])}"
    if error.validator == "type":
        return f"must be of type {error.validator_value}"
    return str(error.message)[:200]
