"""spec.yml: read strictly, every problem at once, by field."""

import json

import jsonschema
import pytest
import yaml

from jobs.errors import Refused
from jobs.specify.spec_file import read_spec, spec_schema
from tests.factories import a_spec

WHOLE = """
version: 1
kind: bugfix
title: Round half up in invoice totals
repository: payments/api
target: main
goal: Totals use banker's rounding; finance expects half up.
criteria:
  - id: AC1
    text: A line of 2.675 at two decimals totals 2.68
    proof: {tests: ["tests/test_totals.py::test_half_up"]}
non_goals: [Changing currencies]
paths: {allow: ["src/**", "tests/**"], deny: ["src/tax/**"]}
docs: required
"""


def problems(text: str) -> dict[str, str]:
    with pytest.raises(Refused) as refused:
        read_spec(text)
    return refused.value.problems


def test_yaml_and_json_say_the_same() -> None:
    spec = read_spec(WHOLE)

    assert spec.paths.deny == ("src/tax/**",)
    assert read_spec(json.dumps(spec.model_dump(mode="json", exclude_none=True))) == spec


def test_a_spec_survives_being_written() -> None:
    spec = a_spec()

    assert read_spec(yaml.safe_dump(spec.model_dump(mode="json"))) == spec


def test_every_problem_is_named_at_once() -> None:
    text = (
        WHOLE.replace("title:", "titel:").replace("kind: bugfix", "kind: wish").replace("id: AC1", "id: one")
    )

    found = problems(text)

    assert set(found) == {"title", "titel", "kind", "criteria.0.id"}
    assert found["title"] == "is missing"
    assert found["titel"] == "is not a field of this document"


def test_a_field_that_stands_twice_is_not_silently_lost() -> None:
    found = problems(WHOLE + "title: Another\n" + "goal: ''\n")

    assert found["title"] == "stands twice (line 15)"
    assert found["goal"]


def test_a_proof_is_exactly_one() -> None:
    both = WHOLE.replace("proof: {tests", "proof: {command: make, tests")

    assert problems(both) == {"criteria.0.proof": "give exactly one of tests, command or review: true"}


@pytest.mark.parametrize(
    ("text", "word"),
    [
        ("", "is empty"),
        ("   \n", "is empty"),
        ("just words", "must be a mapping"),
        ("[1, 2]", "must be a mapping"),
        ("a: [", "line 1"),
        ("title: {a: b", "line 1"),
        ("a: &x [1]\nb: *x", "aliases"),
        ("[" * 5000, "nested too deeply"),
        ("a: !!python/object/apply:os.system [ls]", "line 1"),
        ("\x00", "cannot be read"),
        ("a: 1\n---\nb: 2", "line 2"),
        ("x" * 300_000, "at most"),
    ],
)
def test_what_is_no_document_is_said_with_its_place(text: str, word: str) -> None:
    assert word in problems(text)["document"]


def test_the_schema_takes_what_is_read_and_refuses_what_is_not() -> None:
    schema = spec_schema()
    jsonschema.Draft202012Validator.check_schema(schema)

    jsonschema.validate(yaml.safe_load(WHOLE), schema)
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate({**yaml.safe_load(WHOLE), "kind": "wish"}, schema)
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate({**yaml.safe_load(WHOLE), "titel": "x"}, schema)
