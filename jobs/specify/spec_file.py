"""spec.yml: YAML or JSON to a Spec, every problem at once by field; and its JSON Schema."""

from pydantic import JsonValue, ValidationError

from jobs.domain.spec import Spec
from jobs.domain.starter import Starters
from jobs.errors import Refused
from jobs.settings import problems_by_field
from jobs.specify.document import innermost, parsed
from jobs.specify.starters import SHIPPED, begun, without_what_follows

LONGEST = 256 * 1024
"""Most characters of a spec."""


def read_spec(text: str, templates: Starters = SHIPPED) -> Spec:
    """The spec that a document describes; raises Refused with every problem, by field."""
    problems, data = read_mapping(text)
    unknown, data = begun(data, templates)
    problems |= unknown
    try:
        spec = Spec.model_validate(data)
    except ValidationError as error:
        found = innermost(problems_by_field(error))
        raise Refused(problems | without_what_follows(found, problems)) from None
    if problems:
        raise Refused(problems)
    return spec


def read_mapping(text: str) -> tuple[dict[str, str], dict[str, object]]:
    """What a document says and the keys that stand twice in it; raises Refused when it is no mapping."""
    if len(text) > LONGEST:
        raise Refused({"document": f"has {len(text)} characters; a spec has at most {LONGEST}"})
    if not text.strip():
        raise Refused({"document": "is empty; `codegen spec schema` prints what belongs into it"})
    problems, data = parsed(text)
    if not isinstance(data, dict):
        raise Refused(problems or {"document": "must be a mapping with fields such as title and criteria"})
    return problems, {str(name): value for name, value in data.items()}


def spec_schema() -> dict[str, JsonValue]:
    """JSON Schema of spec.yml."""
    schema: dict[str, JsonValue] = Spec.model_json_schema()
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", **schema, "title": "spec.yml"}
