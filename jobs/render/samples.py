"""What each prompt is given when it is used, as samples: every branch of the shipped words is met by one."""

from collections.abc import Mapping
from typing import Final

from jobs.domain.fenced import Fenced
from jobs.domain.spec import Criterion, Docs, Kind, Paths, Proof, Spec

_SPEC: Final = Spec(
    kind=Kind.BUGFIX,
    title="Round half up in invoice totals",
    repository="payments/api",
    goal="Totals use banker's rounding; finance expects half up.",
    criteria=(
        Criterion(id="AC1", text="A line of 2.675 at two decimals totals 2.68"),
        Criterion(id="AC2", text="The old tests pass", proof=Proof(tests=("tests/test_totals.py::test_a",))),
        Criterion(id="AC3", text="The documents build", proof=Proof(command="make docs")),
        Criterion(id="AC4", text="It reads well", proof=Proof(review=True)),
    ),
    non_goals=("Changing currencies",),
    paths=Paths(allow=("src/**",), deny=("src/tax/**",)),
    docs=Docs.REQUIRED,
)
_BARE: Final = _SPEC.model_copy(update={"non_goals": (), "paths": Paths(), "docs": Docs.NONE})
_SAID: Final = Fenced(label="1 comment", text="Why not a decimal?")
_NOTHING: Final[tuple[Mapping[str, object], ...]] = ({},)


def _task(kind: Kind, spec: Spec, context: Fenced | None) -> Mapping[str, object]:
    told = spec.model_copy(update={"kind": kind})
    return {"spec": told, "context": context, "proof": f"proof/{kind.value}"}


def _round(purpose: str, number: int, *, said: bool, back: str = "") -> Mapping[str, object]:
    texts = [_SAID] if said else []
    return {"round": number, "purpose": purpose, "back": back, "problems": texts, "feedback": texts}


def _blind(spec: Spec, runner: str, problem: Fenced | None) -> Mapping[str, object]:
    place = {"path": "tests/test_blind.py", "runner": runner, "files": ["- src/totals.py"]}
    return {**place, "spec": spec, "wanted": spec.criteria, "shown": [_SAID], "problem": problem}


def _change(left_out: tuple[str, ...]) -> Mapping[str, object]:
    return {"files": ["src/totals.py (modified)"], "parts": [_SAID], "left_out": left_out}


VALUES: Final[Mapping[str, tuple[Mapping[str, object], ...]]] = {
    "system": _NOTHING,
    **{f"system/{part}": _NOTHING for part in ("work", "never", "trust", "end", "standards")},
    **{f"command/{part}": _NOTHING for part in ("system", "work", "end")},
    "repository": ({"one": _SAID},),
    "task": (
        *(_task(kind, _SPEC, _SAID) for kind in Kind),
        _task(Kind.FEATURE, _BARE, None),
    ),
    **{f"proof/{kind.value}": _NOTHING for kind in Kind},
    "round": (
        *(
            _round(purpose, 1, said=said)
            for purpose in ("change", "rework", "rebase")
            for said in (True, False)
        ),
        _round("change", 2, said=True),
        _round("change", 2, said=False),
        _round("change", 1, said=True, back="Q1"),
        _round("change", 1, said=True, back="Q1"),
    ),
    "no_call": _NOTHING,
    "restored": _NOTHING,
    "blind/system": _NOTHING,
    "blind/task": (_blind(_SPEC, "pytest", _SAID), _blind(_BARE, "unittest", None)),
    "readback/system": _NOTHING,
    "readback/change": (_change(()), _change(("src/large.py",))),
    "opinion/system": _NOTHING,
    "opinion/question": ({"spec": "{}", "mark": "0" * 12},),
    "split/system": _NOTHING,
    "split/question": ({"spec": "{}", "mark": "0" * 12},),
}
"""Name → values of its uses; each of a name's samples has the same fields."""
