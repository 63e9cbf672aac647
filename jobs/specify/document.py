"""YAML from people, without what its parser lets pass: repeated keys, aliases, endless nesting."""

from collections.abc import Iterator

import yaml

from jobs.errors import Refused

DEEPEST = 20
"""Most levels of nesting."""


def innermost(problems: dict[str, str]) -> dict[str, str]:
    """Without what only follows from a problem further in: a refused item makes its list too short."""
    return {
        field: text
        for field, text in problems.items()
        if not any(other.startswith(f"{field}.") for other in problems)
    }


def parsed(text: str) -> tuple[dict[str, str], object]:
    """Problems by field that no model would see, and the data; raises Refused when it is no document."""
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
