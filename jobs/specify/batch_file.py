"""batch.yml: a dozen specs in one document; every problem of all of them at once, by name and field."""

from typing import Annotated, Literal, Self

from pydantic import Field, ValidationError, model_validator

from jobs.domain.base_model import Frozen
from jobs.domain.batch import MOST
from jobs.domain.intake import Several
from jobs.domain.ledger import Limit
from jobs.domain.overlap import overlaps
from jobs.domain.plan import Label, Overlap, Priority, Until, cycle, cycle_sentence
from jobs.domain.spec import Gap, Line, Spec
from jobs.domain.starter import Starters
from jobs.errors import Refused
from jobs.settings import problems_by_field
from jobs.specify.document import innermost
from jobs.specify.gate import assess, score_of
from jobs.specify.spec_file import read_mapping
from jobs.specify.starters import SHIPPED, begun, without_what_follows


class Entry(Frozen):
    """One spec of a batch."""

    name: Label
    """Its name within the batch."""
    depends_on: tuple[Label, ...] = ()
    """Names of the tasks that must be done first."""
    stack: bool = False
    """True: its branch starts at the branch of the one task it depends on."""
    spec: Spec
    """What is wanted; its repository may be left to the batch."""

    @model_validator(mode="after")
    def _one_parent(self) -> Self:
        if self.stack and len(self.depends_on) != 1:
            raise ValueError("stack: needs exactly one task in depends_on, whose branch it starts from")
        return self


class BatchFile(Frozen):
    """A batch as it is written down."""

    version: Literal[1] = 1
    """Format of this document."""
    title: Annotated[Line, Field(max_length=150)]
    """What it is about."""
    repository: Line | None = None
    """Repository of the specs that name none."""
    window: Label | None = None
    """Within which its tasks may start."""
    priority: Priority = Priority.NORMAL
    """Which of a person's tasks go first."""
    parallel: Annotated[int, Field(ge=1)] | None = None
    """How many of its tasks may run at the same time."""
    budget: Limit = Limit()
    """What all its tasks together may use."""
    until: Until = Until.VERIFIED
    """How far a task must have come before the ones that depend on it start."""
    overlap: Overlap = Overlap.SERIALISE
    """What to do about tasks with some of the same declared paths."""
    tasks: Annotated[tuple[Entry, ...], Field(min_length=1, max_length=MOST)]
    """The specs."""


class Intake(Frozen):
    """What the gate thinks of a whole batch."""

    batch: BatchFile
    """The batch."""
    gaps: dict[str, tuple[Gap, ...]]
    """What is not precise enough, by task."""
    scores: dict[str, int]
    """0 to 100, by task."""
    overlaps: tuple[tuple[str, str], ...]
    """Pairs of tasks that declare some of the same paths and do not wait for each other."""
    known: Several | None = None
    """What a worker knows of them; None until one was asked."""

    @property
    def blocked(self) -> bool:
        """True when some spec cannot be accepted like this."""
        return any(gap.blocking for gaps in self.gaps.values() for gap in gaps)


def is_batch(text: str) -> bool:
    """True for a document with a list of tasks; raises Refused when it cannot be read at all."""
    return "tasks" in read_mapping(text)[1]


def read_batch(text: str, templates: Starters = SHIPPED) -> BatchFile:
    """The batch that a document describes; raises Refused with every problem by name and field."""
    problems, data = read_mapping(text)
    listed = data.get("tasks")
    entries = listed if isinstance(listed, list) else []
    names = [
        str(one.get("name", number)) if isinstance(one, dict) else str(number)
        for number, one in enumerate(entries)
    ]
    if isinstance(listed, list):
        entries = [_with_repository(one, data.get("repository")) for one in entries]
        data = {**data, "tasks": _begun(entries, templates, problems)}
    try:
        batch = BatchFile.model_validate(data)
    except ValidationError as error:
        found = {_named(field, names): text for field, text in innermost(problems_by_field(error)).items()}
        raise Refused(problems | without_what_follows(found, problems)) from None
    problems |= _among(batch)
    if problems:
        raise Refused(problems)
    return batch


def take_in(batch: BatchFile) -> Intake:
    """Gate results of all specs, and where they would get in each other's way."""
    found = {one.name: assess(one.spec) for one in batch.tasks}
    return Intake(
        batch=batch,
        gaps={name: one.gaps for name, one in found.items()},
        scores={name: one.score for name, one in found.items()},
        overlaps=tuple(_overlaps(batch)),
    )


def informed(intake: Intake, known: Several) -> Intake:
    """The same with what a worker knows: its gaps count, too."""
    gaps = {
        name: (*found, *(known.specs[name].gaps if name in known.specs else ()))
        for name, found in intake.gaps.items()
    }
    scores = {name: score_of(found) for name, found in gaps.items()}
    return intake.model_copy(update={"gaps": gaps, "scores": scores, "known": known})


def _with_repository(entry: object, repository: object) -> object:
    spec = entry.get("spec") if isinstance(entry, dict) else None
    if not isinstance(entry, dict) or not isinstance(spec, dict) or repository is None:
        return entry
    return {**entry, "spec": {"repository": repository, **spec}}


def _begun(entries: list[object], templates: Starters, problems: dict[str, str]) -> list[object]:
    """The entries with what their templates say; problems by name and field."""
    found: list[object] = []
    for number, entry in enumerate(entries):
        spec = entry.get("spec") if isinstance(entry, dict) else None
        if isinstance(entry, dict) and isinstance(spec, dict):
            unknown, whole = begun(spec, templates)
            problems |= {f"{entry.get('name', number)}: {at}": text for at, text in unknown.items()}
            entry = {**entry, "spec": whole}
        found.append(entry)
    return found


def _named(field: str, names: list[str]) -> str:
    """`tasks.2.spec.title` as `totals: title`."""
    head, _, rest = field.partition(".")
    number, _, inner = rest.partition(".")
    if head != "tasks" or not number.isdigit() or int(number) >= len(names):
        return field
    return f"{names[int(number)]}: {inner.removeprefix('spec.') or 'task'}"


def _among(batch: BatchFile) -> dict[str, str]:
    names = [one.name for one in batch.tasks]
    problems = {f"{name}: name": "is used more than once" for name in names if names.count(name) > 1}
    edges = {one.name: one.depends_on for one in batch.tasks}
    for one in batch.tasks:
        unknown = sorted(set(one.depends_on) - set(names))
        if unknown:
            problems[f"{one.name}: depends_on"] = f"there is no task {', '.join(unknown)} in this batch"
        way = cycle(one.name, edges)
        if way:
            problems.setdefault("tasks", cycle_sentence(way))
    return problems


def _overlaps(batch: BatchFile) -> list[tuple[str, str]]:
    found = []
    edges = {one.name: one.depends_on for one in batch.tasks}
    for number, one in enumerate(batch.tasks):
        for other in batch.tasks[number + 1 :]:
            if one.spec.repository != other.spec.repository or _ordered(one.name, other.name, edges):
                continue
            if overlaps(one.spec.paths.allow, other.spec.paths.allow):
                found.append((one.name, other.name))
    return found


def _ordered(one: str, other: str, edges: dict[str, tuple[str, ...]]) -> bool:
    return other in _before(one, edges) or one in _before(other, edges)


def _before(name: str, edges: dict[str, tuple[str, ...]]) -> set[str]:
    found: set[str] = set()
    ends = [name]
    while ends:
        for parent in edges.get(ends.pop(), ()):
            if parent not in found:
                found.add(parent)
                ends.append(parent)
    return found
