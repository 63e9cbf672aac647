"""Is a spec precise enough to spend on? Pure rules: spec and facts in, gaps and a score out."""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

from jobs.domain.base_model import Frozen
from jobs.domain.spec import Criterion, Gap, Kind, Spec
from jobs.specify.rules import gap, gate_words, normal, spoken

MANY = 12
"""More criteria than this are better served by several tasks."""

_BLOCKING, _OPEN = 40, 12
_CONCRETE = re.compile(r"[0-9`\"“‘]|\B'|[A-Za-z_]\.[A-Za-z_]|\w_\w|/\w|[a-z][A-Z]|\(\)")
_BLANK = re.compile(r"‹[^‹›]{1,60}›")
_TESTS = re.compile(r"test|(?:^|[/*])spec|(?:^|/)\*\*?(?:/\*(?:\.\w+)?)?$", re.IGNORECASE)


class Facts(Frozen):
    """What is known besides the spec."""

    open_tasks: Mapping[str, Spec] = {}
    """Specs of tasks that are waiting, running or in review, by task id."""


class Assessment(Frozen):
    """What the gate thinks of a spec."""

    score: int
    """0 to 100; 100 when nothing is open."""
    gaps: tuple[Gap, ...]
    """What is not precise enough, blocking ones first."""


def assess(spec: Spec, facts: Facts | None = None) -> Assessment:
    """Every gap of a spec and the score that follows from them."""
    gaps = gaps_of(spec, facts)
    return Assessment(score=score_of(gaps), gaps=gaps)


def score_of(gaps: Iterable[Gap]) -> int:
    """0 to 100; 100 when nothing is open."""
    return max(0, 100 - sum(_BLOCKING if one.blocking else _OPEN for one in gaps))


def gaps_of(spec: Spec, facts: Facts | None = None) -> tuple[Gap, ...]:
    """Every gap of a spec, blocking ones first."""
    found = [one for rule in _RULES for one in rule(spec)] + list(_duplicate_task(spec, facts or Facts()))
    return tuple(sorted(found, key=lambda one: not one.blocking))


def blocking(gaps: Iterable[Gap]) -> dict[str, str]:
    """The gaps that a spec cannot be accepted with, as sentences by field."""
    by: dict[str, list[Gap]] = {}
    for one in gaps:
        if one.blocking:
            by.setdefault(one.field, []).append(one)
    return {field: " ".join(_said(found)) for field, found in by.items()}


def _said(gaps: Sequence[Gap]) -> Iterator[str]:
    """Each gap, and after the last of those that are closed in the same way how that is."""
    for number, one in enumerate(gaps, start=1):
        yield one.text
        if one.suggestion and one.suggestion not in {other.suggestion for other in gaps[number:]}:
            yield one.suggestion


def _uncheckable(spec: Spec) -> Iterator[Gap]:
    assured = re.compile(gate_words().assured, re.IGNORECASE)
    for one in _unproven(spec):
        if assured.match(one.text) or not set(spoken(one.text)) - gate_words().empty_words:
            yield gap("uncheckable", id=one.id, what=one.text)


def _vague(spec: Spec) -> Iterator[Gap]:
    words = gate_words()
    for one in _unproven(spec):
        said = spoken(one.text)
        vague = [word for word in said if word in words.vague_words]
        if vague and set(said) - words.empty_words:
            yield gap("vague", id=one.id, what=vague[0])


def _open_end(spec: Spec) -> Iterator[Gap]:
    ending = re.compile(rf"\b(?:{gate_words().open_end})\W*$", re.IGNORECASE)
    for one in spec.criteria:
        found = ending.search(one.text)
        if found:
            yield gap("open_end", id=one.id, what=found.group())


def _blank(spec: Spec) -> Iterator[Gap]:
    """What a template left to the person."""
    texts = [("title", spec.title), ("goal", spec.goal), *(("non_goals", one) for one in spec.non_goals)]
    for one in spec.criteria:
        proof = one.proof
        texts += [
            ("criteria", text) for text in (one.text, *((proof.command or "", *proof.tests) if proof else ()))
        ]
    for field, text in texts:
        found = _BLANK.search(text)
        if found:
            yield gap("blank", field=field, what=found.group())


def _undecided(spec: Spec) -> Iterator[Gap]:
    pattern = re.compile(gate_words().undecided, re.IGNORECASE)
    texts = [("title", spec.title), ("goal", spec.goal), *(("criteria", one.text) for one in spec.criteria)]
    for field, text in texts:
        found = pattern.search(text)
        if found:
            yield gap("undecided", field=field, what=found.group())


def _no_failure_case(spec: Spec) -> Iterator[Gap]:
    words = gate_words()
    tested = any(one.proof and not one.proof.review for one in spec.criteria)
    if spec.kind is not Kind.BUGFIX or tested:
        return
    told = spoken(" ".join([spec.title, spec.goal, *(one.text for one in spec.criteria)]))
    stems = tuple(words.failure_stems.split())
    if not any(word in words.failure.split() or word.startswith(stems) for word in told):
        yield gap("no_failure_case")


def _goal_repeats_title(spec: Spec) -> Iterator[Gap]:
    if normal(spec.goal) == normal(spec.title):
        yield gap("goal_repeats_title")


def _too_large(spec: Spec) -> Iterator[Gap]:
    if len(spec.criteria) > MANY:
        yield gap("too_large", what=str(len(spec.criteria)), most=MANY)


def _duplicate_criteria(spec: Spec) -> Iterator[Gap]:
    first: dict[str, Criterion] = {}
    for one in spec.criteria:
        other = first.setdefault(normal(one.text), one)
        if other is not one:
            yield gap("duplicate", id=one.id, what=other.id)


def _contradicted(spec: Spec) -> Iterator[Gap]:
    left_alone = {normal(text) for text in spec.non_goals}
    for one in spec.criteria:
        if normal(one.text) in left_alone:
            yield gap("contradiction", id=one.id)


def _paths(spec: Spec) -> Iterator[Gap]:
    allow, deny = spec.paths.allow, spec.paths.deny
    for pattern in (*allow, *deny):
        if pattern.startswith(("/", "~")) or ".." in pattern.split("/"):
            yield gap("outside", what=pattern)
    for pattern in sorted({"**", "**/*", "*"} & set(deny))[:1]:
        yield gap("nothing_left", what=pattern)
    for pattern in sorted(set(allow) & set(deny))[:1]:
        yield gap("both_ways", what=pattern)
    tests_come = spec.kind in (Kind.BUGFIX, Kind.FEATURE, Kind.TESTS)
    if allow and tests_come and not any(map(_TESTS.search, allow)):
        yield gap("no_room_for_tests")


def _duplicate_task(spec: Spec, facts: Facts) -> Iterator[Gap]:
    for task, other in facts.open_tasks.items():
        if other.repository == spec.repository and _same_intent(spec, other):
            yield gap("duplicate_task", id=task)


def _same_intent(one: Spec, other: Spec) -> bool:
    said, said_there = ({normal(each.text) for each in spec.criteria} for spec in (one, other))
    return normal(one.title) == normal(other.title) or said == said_there


def _unproven(spec: Spec) -> list[Criterion]:
    """Criteria with neither a proof nor anything concrete in them: a number, a quotation, a name in code."""
    return [one for one in spec.criteria if one.proof is None and not _CONCRETE.search(one.text)]


_RULES: tuple[Callable[[Spec], Iterator[Gap]], ...] = (
    _uncheckable,
    _vague,
    _open_end,
    _blank,
    _undecided,
    _no_failure_case,
    _goal_repeats_title,
    _too_large,
    _duplicate_criteria,
    _contradicted,
    _paths,
)
