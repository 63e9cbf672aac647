"""Spec templates read from folders: the shipped ones, and the operator's before them."""

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Final

from pydantic import ValidationError

from jobs.domain.review import Repository
from jobs.domain.spec import Kind
from jobs.domain.starter import MOST, NamedStarter, SpecsTable, Starters, StarterSource
from jobs.errors import Refused
from jobs.render import TEMPLATES
from jobs.settings import MISSING, problems_by_field
from jobs.specify import notation
from jobs.specify.document import innermost, parsed

FOLDER: Final = TEMPLATES / "specs"
"""Where the shipped templates are, as KIND/NAME.yml."""
LONGEST: Final = 16_000
"""Most bytes of one file."""

_ENDING: Final = ".yml"


def starters(table: SpecsTable, listed: Iterable[Repository] = ()) -> Starters:
    """What `[specs]` and the listed repositories say; raises Refused with every problem, by file."""
    own = _folder(table.folder, StarterSource.OPERATOR) if table.folder is not None else ()
    return with_own((SHIPPED if table.shipped else Starters()).over(own), listed)


def with_own(known: Starters, listed: Iterable[Repository]) -> Starters:
    """The same with what repositories say themselves, as a worker has published it."""
    return known.model_copy(update={"repositories": {one.path: one.templates for one in listed}})


def named(name: str, starter: object, source: StarterSource) -> NamedStarter:
    """A template under its name; raises Refused with every problem, by field."""
    try:
        found = NamedStarter.model_validate({"name": name, "source": source, "starter": starter})
    except ValidationError as error:
        problems = innermost(problems_by_field(error))
        raise Refused({_field(field): text for field, text in problems.items()}) from None
    problems = {}
    for number, line in enumerate(found.starter.criteria, start=1):
        try:
            notation.read_criterion(line, number)
        except notation.ProofError:
            problems[f"criteria.{number - 1}"] = (
                "after “ :: ” write “tests: path::name”, “run: command” or “review”"
            )
    if problems:
        raise Refused(problems)
    return found


def begun(data: Mapping[str, object], known: Starters) -> tuple[dict[str, str], dict[str, object]]:
    """A spec as it is written down, with what its template says where it says nothing; problems by field."""
    name, known = data.get("template"), known.within(data.get("repository"))
    found = known.get(name) if isinstance(name, str) else None
    if found is None:
        return _unknown(name, data, known), dict(data)
    starter = found.starter
    criteria = [notation.read_criterion(line, number) for number, line in enumerate(starter.criteria, 1)]
    given: dict[str, object] = {"kind": found.kind.value, "criteria": criteria}
    given |= {"non_goals": list(starter.non_goals), "docs": starter.docs.value}
    if data.get("kind", found.kind.value) != found.kind.value:
        return {"template": f"{name} is for the kind {found.kind}, not for {data['kind']}"}, dict(data)
    return {}, {**given, **data}


def without_what_follows(found: Mapping[str, str], problems: Mapping[str, str]) -> dict[str, str]:
    """Problems without the fields that are missing only because their template is not known."""
    begins = {field.removesuffix("template") for field in problems if field.endswith("template")}
    follow = {f"{begin}{field}" for begin in begins for field in ("kind", "criteria")}
    return {field: text for field, text in found.items() if field not in follow or text != MISSING}


def _unknown(name: object, data: Mapping[str, object], known: Starters) -> dict[str, str]:
    if not isinstance(name, str):
        return {}
    kind = data.get("kind")
    near = [one.name for one in known.listed if one.kind.value in (kind, name.partition("/")[0])]
    offered = near or [one.name for one in known.listed]
    return {"template": f"there is no template {name}; known are {', '.join(offered[:20]) or 'none'}"}


def _folder(folder: Path, source: StarterSource) -> tuple[NamedStarter, ...]:
    if not folder.is_dir():
        raise Refused({"codegen.toml: specs.folder": f"there is no folder {folder}"})
    problems: dict[str, str] = {}
    found = []
    for path in sorted(one for one in folder.rglob("*") if one.is_file() and not _hidden(one, folder)):
        file = path.relative_to(folder).as_posix()
        try:
            found.append(_read(path, file, source))
        except Refused as refused:
            problems |= {f"specs.folder: {file}: {field}": text for field, text in refused.problems.items()}
    if len(found) > MOST and source is not StarterSource.SHIPPED:
        problems["specs.folder"] = f"has {len(found)} templates; {MOST} are the most"
    if problems:
        raise Refused(problems)
    return tuple(found)


def _hidden(path: Path, folder: Path) -> bool:
    return any(part.startswith(".") for part in path.relative_to(folder).parts)


def _read(path: Path, file: str, source: StarterSource) -> NamedStarter:
    kinds = ", ".join(Kind)
    if not file.endswith(_ENDING) or file.count("/") != 1 or file.partition("/")[0] not in set(Kind):
        raise Refused({"name": f"must be KIND/NAME.yml, where KIND is one of {kinds}"})
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise Refused({"document": f"cannot be read: {error}"}) from None
    if len(text) > LONGEST:
        raise Refused({"document": f"has {len(text)} characters; {LONGEST} is the most"})
    problems, data = parsed(text)
    if problems or not isinstance(data, dict):
        raise Refused(problems or {"document": "must be a mapping with title, goal and criteria"})
    return named(file.removesuffix(_ENDING), data, source)


def _field(field: str) -> str:
    return field.removeprefix("starter.")


SHIPPED: Final = Starters().over(_folder(FOLDER, StarterSource.SHIPPED))
"""The templates that come with this product."""
