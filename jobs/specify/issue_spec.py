"""From an issue to a spec: its YAML block, or its own words; pure."""

import re

from pydantic import ValidationError

from jobs.domain.spec import Kind, Spec
from jobs.domain.starter import Starters
from jobs.errors import Refused
from jobs.settings import problems_by_field
from jobs.specify.document import innermost
from jobs.specify.spec_file import read_mapping
from jobs.specify.starters import SHIPPED, begun

GOAL = 600
"""Most characters of the first paragraph that become the goal."""
CONTEXT = 3_000
"""Most characters of the description that are quoted beside."""

_BLOCK = re.compile(r"^```ya?ml[ \t]*\r?\n(.*?)^```", re.MULTILINE | re.DOTALL | re.IGNORECASE)
_ITEM = re.compile(r"^[ \t]*(?:[-*+]|\d{1,3}[.)])[ \t]+(?:\[[ xX]\][ \t]+)?(\S.*?)[ \t]*$", re.MULTILINE)


def issue_spec(
    title: str,
    text: str,
    *,
    repository: str,
    labels: tuple[str, ...] = (),
    templates: Starters = SHIPPED,
) -> Spec:
    """The spec that an issue describes; raises Refused with every problem, by field."""
    block = _BLOCK.search(text)
    problems, data = read_mapping(block[1]) if block else ({}, _words(title, text, labels))
    own = {"criteria": _numbered(data["criteria"])} if "criteria" in data else {}
    unknown, data = begun({"repository": repository, "title": title, **data, **own}, templates)
    problems |= unknown
    data = {"kind": _kind(labels), **data}
    if data["repository"] != repository:
        problems["repository"] = f"must be {repository}, the project of this issue, or be left out"
    try:
        spec = Spec.model_validate(data)
    except ValidationError as error:
        raise Refused(problems | innermost(problems_by_field(error))) from None
    if problems:
        raise Refused(problems)
    return spec


def _words(title: str, text: str, labels: tuple[str, ...]) -> dict[str, object]:
    text = text.replace("\r\n", "\n").strip()
    first = re.split(r"\n\s*\n", text)[0].strip()
    criteria = [one[1] for one in _ITEM.finditer(text)]
    if not criteria:
        raise Refused({"criteria": "write what must be true afterwards as a list, one statement per item"})
    plain = "" if _ITEM.match(first) else first
    return {
        "kind": _kind(labels),
        "title": title[:150],
        "goal": plain[:GOAL] or title,
        "context": text[:CONTEXT],
        "criteria": [{"id": f"AC{number}", "text": one} for number, one in enumerate(criteria, start=1)],
    }


def _numbered(criteria: object) -> object:
    """Criteria of a block, which people need not number."""
    if not isinstance(criteria, list):
        return criteria
    named = [one if isinstance(one, dict) else {"text": one} for one in criteria]
    return [{"id": f"AC{number}", **one} for number, one in enumerate(named, start=1)]


def _kind(labels: tuple[str, ...]) -> str:
    named = [one.casefold().rpartition("::")[2] for one in labels]
    kinds = [Kind.BUGFIX if one == "bug" else one for one in named]
    return next((str(one) for one in kinds if one in set(Kind)), Kind.FEATURE)
