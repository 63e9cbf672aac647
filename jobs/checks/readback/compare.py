"""A reading against the spec: a table of decisions over what sentences have in common; no model is asked.

| a statement about behaviour is near       | what follows                                   |
|-------------------------------------------|------------------------------------------------|
| a non-goal, more than any criterion       | `readback-non-goal`                            |
| a criterion, the goal or the title        | nothing: agreement shows nothing               |
| none of them                              | `readback-beyond`                              |

| a criterion is near                       | what follows                                   |
|-------------------------------------------|------------------------------------------------|
| some statement                            | nothing                                        |
| none                                      | `readback-missing`                             |

A statement about what could break is shown when it names something public that the change touches and the
spec does not speak of. Statements about files that the change does not touch are not believed.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from jobs.checks.layout import is_test
from jobs.checks.readback.reading import Claim, Reading, Sort
from jobs.checks.readback.terms import common, nearest, terms
from jobs.domain.spec import Kind, Spec
from jobs.domain.verdict import Finding

BEYOND: Final = "readback-beyond"
NON_GOAL: Final = "readback-non-goal"
MISSING: Final = "readback-missing"
COULD_BREAK: Final = "readback-could-break"

_ASKED: Final = 0.34
"""From here on a statement speaks of a criterion."""
_GOAL: Final = 0.4
"""From here on it speaks of the goal or the title, which are wider."""
_TOUCHED: Final = 0.5
"""From here on it speaks of a non-goal."""
_SHORT: Final = 2.0
"""Non-goals are named in a word or two: least weight of one."""
_BREAKS: Final = 5
"""So many statements about what could break are shown."""
_SPEAKING: Final = {
    Kind.TESTS: frozenset({Sort.TEST, Sort.BEHAVIOUR}),
    Kind.DOCS: frozenset({Sort.DOCS, Sort.BEHAVIOUR}),
    Kind.REFACTOR: frozenset({Sort.INTERNAL, Sort.BEHAVIOUR}),
    Kind.BOILERPLATE: frozenset({Sort.INTERNAL, Sort.BEHAVIOUR, Sort.DOCS, Sort.TEST}),
}
"""By kind of spec, the statements in which a criterion may be found."""


@dataclass(frozen=True)
class Touched:
    """What the change touches, from its syntax and not from the reading."""

    paths: frozenset[str]
    """Its files."""
    public: frozenset[str]
    """Public names of its modules, as on the target base; the last part of each."""


def disagreements(reading: Reading, spec: Spec, touched: Touched) -> tuple[Finding, ...]:
    """Where the reading and the spec differ; nothing found means nothing shown, never that all is well."""
    believed = [one for one in reading.does if one.path in touched.paths]
    behaviour = [one for one in believed if one.kind is Sort.BEHAVIOUR and not is_test(one.path)]
    speaking = _SPEAKING.get(spec.kind, frozenset({Sort.BEHAVIOUR}))
    told = [one for one in believed if one.kind in speaking]
    breaks = [one for one in reading.could_break if one.path in touched.paths]
    return (
        *_judged(behaviour, spec),
        *_missing(told, spec),
        *_breaks(breaks, spec, touched.public),
    )


def _judged(claims: Iterable[Claim], spec: Spec) -> list[Finding]:
    criteria = [terms(one.text) for one in spec.criteria]
    wide = [terms(spec.goal), terms(spec.title)]
    excluded = [(text, terms(text)) for text in spec.non_goals]
    found = []
    for claim in claims:
        about = _about(claim)
        asked = nearest(about, criteria)
        touched = [(common(about, one, least=_SHORT), text) for text, one in excluded]
        worst, non_goal = max(touched, default=(0.0, ""))
        if worst >= _TOUCHED and worst > asked:
            found.append(_finding(NON_GOAL, f'It touches what is to be left alone ("{non_goal}")', claim))
        elif asked < _ASKED and nearest(about, wide) < _GOAL:
            found.append(_finding(BEYOND, "It does something that no criterion mentions", claim))
    return found


def _missing(told: list[Claim], spec: Spec) -> list[Finding]:
    claims = [_about(one) for one in told]
    return [
        Finding(
            rule=MISSING,
            text=f'A reader of the change alone sees nothing of {one.id}: "{one.text}".',
        )
        for one in spec.criteria
        if nearest(terms(one.text), claims) < _ASKED
    ]


def _breaks(claims: Iterable[Claim], spec: Spec, public: frozenset[str]) -> list[Finding]:
    spoken = [terms(one.text) for one in spec.criteria]
    shown = [
        one
        for one in claims
        if {name.rpartition(".")[2].removesuffix("()") for name in one.names} & public
        and nearest(_about(one), spoken) < _ASKED
    ]
    return [_finding(COULD_BREAK, "It could break", one) for one in shown[:_BREAKS]]


def _about(claim: Claim) -> dict[str, float]:
    return dict(terms(claim.text, *claim.names))


def _finding(rule: str, what: str, claim: Claim) -> Finding:
    return Finding(rule=rule, text=f"{what}: {claim.text}", path=claim.path, line=claim.line)
