"""The one shape of a noun: frozen, closed, documented."""

import ast
import inspect
import textwrap
from itertools import pairwise
from typing import Any

from pydantic import BaseModel, ConfigDict, GetJsonSchemaHandler
from pydantic.json_schema import JsonSchemaValue


class Frozen(BaseModel):
    """A value that never changes and refuses unknown fields."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    @classmethod
    def __get_pydantic_json_schema__(cls, core: Any, handler: GetJsonSchemaHandler) -> JsonSchemaValue:
        """The schema, with each field's docstring as its description."""
        # not by use_attribute_docstrings: it parses the source of every class at each start of a process
        schema = handler(core)
        fields = handler.resolve_ref_schema(schema).get("properties", {})
        for name, text in _docstrings(cls).items():
            fields.get(name, {}).setdefault("description", text)
        return schema


def _docstrings(model: type) -> dict[str, str]:
    (noun,) = ast.parse(textwrap.dedent(inspect.getsource(model))).body
    body = noun.body if isinstance(noun, ast.ClassDef) else []
    return {
        field.target.id: inspect.cleandoc(said.value.value)
        for field, said in pairwise(body)
        if isinstance(field, ast.AnnAssign)
        and isinstance(field.target, ast.Name)
        and isinstance(said, ast.Expr)
        and isinstance(said.value, ast.Constant)
        and isinstance(said.value.value, str)
    }
