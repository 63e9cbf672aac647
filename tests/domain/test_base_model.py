from enum import StrEnum

from jobs.domain.base_model import Frozen
from jobs.domain.spec import Spec


class Colour(StrEnum):
    RED = "red"


class Wheel(Frozen):
    spokes: int
    """How many,
    at least three."""


class Cart(Frozen):
    """Something with wheels."""

    wheels: tuple[Wheel, ...] = ()
    """All of them."""
    colour: Colour = Colour.RED
    """As painted."""
    name: str = ""


def test_a_schema_says_what_the_docstrings_say() -> None:
    schema = Cart.model_json_schema()
    fields = schema["properties"]
    assert schema["description"] == "Something with wheels."
    assert fields["wheels"]["description"] == "All of them."
    assert fields["colour"]["description"] == "As painted."
    assert "description" not in fields["name"]
    assert schema["$defs"]["Wheel"]["properties"]["spokes"]["description"] == "How many,\nat least three."


def test_every_field_of_a_spec_is_explained_to_who_reads_its_schema() -> None:
    schema = Spec.model_json_schema()
    nouns = [schema, *(one for one in schema["$defs"].values() if one["type"] == "object")]
    assert [
        name for one in nouns for name, field in one["properties"].items() if "description" not in field
    ] == []
