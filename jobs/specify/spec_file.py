"""spec.yml: YAML or JSON to a Spec, every problem at once by field; and its JSON Schema."""

from collections.abc import Iterator

import yaml
from pydantic import JsonValue, ValidationError

from jobs.domain.spec import Spec
from jobs.errors import Refused
from jobs.settings import problems_by_field

LONGEST = 256 * 1024
"""Most characters of a spec."""
DEEPEST = 20
"""Most levels of nesting: a spec has four."""


def read_spec(text: str) -> Spec:
    """The spec that a document describes; raises Refused with every problem, by field."""
    problems, data = read_mapping(text)
    try:
        spec = Spec.model_validate(data)
    except ValidationError as error:
        raise Refused(problems | innermost(problems_by_field(error))) from None
    if problems:
        raise Refused(problems)
    return spec


def read_mapping(text: str) -> tuple[dict[str, str], dict[str, object]]:
    """What a document says and the keys that stand twice in it; raises Refused when it is no mapping."""
    if len(text) > LONGEST:
        raise Refused({"document": f"has {len(text)} characters; a spec has at most {LONGEST}"})
    if not text.strip():
        raise Refused({"document": "is empty; `codegen spec schema` prints what belongs into it"})
    problems, data = _parse(text)
    if not isinstance(data, dict):
        raise Refused(problems or {"document": "must be a mapping with fields such as title and criteria"})
    return problems, {str(name): value for name, value in data.items()}


def spec_schema() -> dict[str, JsonValue]:
    """JSON Schema of spec.yml."""
    schema: dict[str, JsonValue] = Spec.model_json_schema()
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", **schema, "title": "spec.yml"}


def innermost(problems: dict[str, str]) -> dict[str, str]:
    """Without what only follows from a problem further in: a refused item makes its list too short."""
    return {
        field: text
        for field, text in problems.items()
        if not any(other.startswith(f"{field}.") for other in problems)
    }


def _parse(text: str) -> tuple[dict[str, str], object]:
    try:
        _bound_depth(text)
        node = yaml.compose(text, Loader=yaml.SafeLoader)
        return dict(_repeated(node, "")), yaml.safe_load(text)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark
        place = f"line {mark.line + 1}, column {mark.column + 1}: " if mark else ""
        raise Refused({"document": f"{place}{error.problem or 'cannot be read'}"}) from None
    except (yaml.YAMLError, ValueError) as error:
        raise Refused({"document": f"cannot be read: {str(error).splitlines()[0]}"}) from None


def _bound_depth(text: str) -> None:
    depth = 0
    for event in yaml.parse(text, Loader=yaml.SafeLoader):
        if isinstance(event, yaml.AliasEvent):
            raise Refused({"document": f"line {_line(event)}: aliases (*name) are not allowed"})
        depth += isinstance(event, yaml.CollectionStartEvent) - isinstance(event, yaml.CollectionEndEvent)
        if depth > DEEPEST:
            raise Refused({"document": f"line {_line(event)}: is nested too deeply"})


def _repeated(node: yaml.Node | None, place: str) -> Iterator[tuple[str, str]]:
    """Keys that stand twice in one mapping: YAML would silently keep the last."""
    if isinstance(node, yaml.SequenceNode):
        for number, child in enumerate(node.value):
            yield from _repeated(child, f"{place}{number}.")
    elif isinstance(node, yaml.MappingNode):
        seen: set[str] = set()
        for key, child in node.value:
            name = str(key.value)
            if name in seen:
                yield f"{place}{name}", f"stands twice (line {_line(key)})"
            seen.add(name)
            yield from _repeated(child, f"{place}{name}.")


def _line(place: yaml.Event | yaml.Node) -> int:
    return place.start_mark.line + 1 if place.start_mark else 0
