"""Nouns as an enemy of all layouts would fill them in: every text field long, odd or empty."""

import os
from collections.abc import Callable, Hashable, Iterable, Mapping
from datetime import UTC, date, datetime, time
from decimal import Decimal
from enum import StrEnum
from functools import cache, partial
from operator import itemgetter
from types import NoneType, UnionType
from typing import Annotated, Any, Literal, TypeVar, Union, cast, get_args, get_origin

from hypothesis import reject
from hypothesis import strategies as st
from pydantic import BaseModel, ValidationError

from jobs.domain.ledger import Holder
from jobs.domain.spec import Criterion, Line, Proof, Spec
from jobs.domain.team import Week

CALLS = ("<!channel>", "<!here>", "<@U0EVIL>", "<https://evil.example|", "<!subteam^S0EVIL>")
"""What no text of a person, a repository or a model may become."""

EXAMPLES = int(os.environ.get("CONTRACT_EXAMPLES", "4"))
"""How many of each payload are tried."""

TRIES = 20
"""How often a value is drawn anew before the whole example is given up."""

_WORDS = (
    "x",
    "",
    "Round half up in invoice totals",
    "x" * (100_000 if EXAMPLES > 20 else 6_000),
    "wörter und Zeilen\n\n" * 200,
    "x🎉" * 1600,
    "x👩‍👩‍👧‍👦" * 150,
    "x&<>" * 300,
    "שלום עולם \u202eabc\u202c " * 60,
    "a\u200b\u200d\ufeffb" * 200,
    "x" + "```" * 300,
    "x`*_~>` " * 150,
    "x " + " ".join(CALLS) + ">",
    ("x " + " ".join(CALLS) + "> ") * 20,
    "{{ 7 * 7 }} {% raw %} {0} %s",
    "x\x00\x07\x1b[31mred\x7f\u0085\u2028x",
    "é" * 74 + "🎉x",
    "a|b|\t" * 100,
)

# by number: a strategy that holds them would print them, with every one built on it
TEXTS = st.sampled_from(range(len(_WORDS))).map(lambda at: _WORDS[at]) | st.text(max_size=40).map(
    lambda text: "x" + "\nx".join(text.splitlines())
)
"""Texts that people, repositories and models write."""

_SHORT = st.from_regex(r"\A[a-z][a-z0-9_.-]{0,30}\Z", alphabet="abcxyz019_.-")
_MOMENT = st.sampled_from(
    [
        datetime(2026, 11, 2, 12, tzinfo=UTC),
        datetime(2000, 1, 1, tzinfo=UTC),
        datetime(2037, 12, 31, tzinfo=UTC),
    ]
)

Model = TypeVar("Model", bound=BaseModel)


@st.composite
def a(draw: st.DrawFn, /, model: type[Model], **fixed: st.SearchStrategy[Any]) -> Model:
    """Any instance of a noun, with some fields given."""
    free = [name for name, info in model.model_fields.items() if not info.is_required() and name not in fixed]
    left_out = draw(st.integers(0, 2 ** len(free) - 1))
    defaults = {name for at, name in enumerate(free) if left_out >> at & 1}
    fields = {name: one for name, one in {**_fields(model), **fixed}.items() if name not in defaults}
    for _ in range(TRIES):
        try:
            return model.model_validate({name: draw(one) for name, one in fields.items()})
        except ValidationError:
            continue
    return reject()


@cache
def _fields(model: type[BaseModel]) -> dict[str, st.SearchStrategy[Any]]:
    return {name: _field(model, name) for name in model.model_fields}


def _field(model: type[BaseModel], name: str) -> st.SearchStrategy[Any]:
    info = model.model_fields[name]
    own = MADE.get(f"{model.__name__}.{name}")
    return _within(_of(cast(Hashable, info.annotation)), info.metadata) if own is None else own


def _within(found: st.SearchStrategy[Any], rules: Iterable[object]) -> st.SearchStrategy[Any]:
    """Lengths and bounds kept, as the form and the files keep them before anything is built."""
    for rule in rules:
        least, most = getattr(rule, "min_length", None), getattr(rule, "max_length", None)
        if most:
            found = found.map(itemgetter(slice(most)))
        if least:
            found = _until(found, partial(_has, least))
        if getattr(rule, "gt", None) is not None or getattr(rule, "ge", None) is not None:
            found = _until(found, bool)
    return found


@st.composite
def _until(draw: st.DrawFn, found: st.SearchStrategy[Any], fits: Callable[[Any], bool]) -> Any:
    """A value that fits, drawn again here: what `filter` gives up after three tries costs a whole example."""
    for _ in range(TRIES):
        if fits(value := draw(found)):
            return value
    return reject()


def _has(least: int, value: Any) -> bool:
    return len(value.strip() if isinstance(value, str) else value) >= least


@cache
def _of(kind: Any) -> st.SearchStrategy[Any]:
    """Values of a type; an amount is large or small, a list short or the same thing many times."""
    origin, inner = get_origin(kind), get_args(kind)
    if origin is Annotated:
        return _within(_of(inner[0]), inner[1:])
    if origin in (Union, UnionType):
        return st.one_of([_of(one) for one in sorted(inner, key=lambda one: one is not NoneType)])
    if origin is Literal:
        return st.sampled_from(inner)
    if origin in (tuple, frozenset):
        return _several(_of(inner[0])).map(origin)
    if origin in (dict, Mapping):
        return st.dictionaries(_of(inner[0]), _of(inner[1]), max_size=3)
    return _plain(kind)


def _several(one: st.SearchStrategy[Any]) -> st.SearchStrategy[list[Any]]:
    many = st.tuples(one, st.sampled_from([9, 40]))
    return st.lists(one, max_size=2) | many.map(lambda pair: [pair[0]] * pair[1])


def _plain(kind: Any) -> st.SearchStrategy[Any]:
    simple: Mapping[Any, st.SearchStrategy[Any]] = {
        str: TEXTS,
        bool: st.booleans(),
        date: st.just(date(2026, 11, 2)),
        int: st.sampled_from([0, 1, 2, 7, 1_000_000_000]),
        float: st.sampled_from([0.0, 0.004, 1.5, 86_400.0 * 400]),
        Decimal: st.sampled_from([Decimal(0), Decimal("0.004"), Decimal("12345678.905")]),
        datetime: _MOMENT,
        time: st.sampled_from([time(0), time(7, 30)]),
        NoneType: st.none(),
    }
    if kind in simple:
        return simple[kind]
    if isinstance(kind, type) and issubclass(kind, StrEnum):
        return st.sampled_from(kind)
    if isinstance(kind, type) and issubclass(kind, BaseModel):
        return a(kind)
    return st.from_type(kind)


@st.composite
def _criteria(draw: st.DrawFn, /, count: int) -> tuple[Criterion, ...]:
    one = draw(a(Criterion))
    return tuple(one.model_copy(update={"id": f"AC{number}"}) for number in range(1, count + 1))


_PROOFS = st.one_of(
    a(Proof, command=st.none(), review=st.just(False), tests=_until(_of(tuple[Line, ...]), bool)),
    a(Proof, command=_of(Line), review=st.just(False), tests=st.just(())),
    st.just(Proof(review=True)),
)

MADE: Mapping[str, st.SearchStrategy[Any]] = {
    "Task.id": st.just("cg-1a2b3c4d"),
    "Run.id": st.just("cg-1a2b3c4d-r1"),
    "Run.reference": st.just("ref-0123456789ab"),
    "Evidence.criterion": st.sampled_from(["AC1", "AC2", "AC30"]),
    "Run.task": st.just("cg-1a2b3c4d"),
    "Batch.id": st.just("cb-1a2b3c4d"),
    "Person.id": st.sampled_from(["U0ANA", "W012345678"]),
    "Thread.channel": st.just("C0PAY"),
    "Thread.ts": st.just("1700000000.000100"),
    "Batch.title": TEXTS.filter(bool),
    "Batch.channel": st.just("C0PAY"),
    "Batch.ts": st.just("1700000000.000100"),
    "Hold.id": st.just("0123456789ab"),
    "Hold.people": st.lists(st.sampled_from(["U0EVE", "U0OPS"]), max_size=9).map(tuple),
    "Plan.zone": st.sampled_from(["UTC", "America/Argentina/ComodRivadavia"]),
    "Plan.window": st.sampled_from([None, "anytime", "n" * 32]),
    "Plan.every": st.sampled_from([None, "0 9 * * mon", "*/5 0-23/2 1,15 jan-dec mon-fri"]),
    "Plan.not_before": st.none() | _MOMENT,
    "Plan.toolchain": st.sampled_from([None, "t" * 32]),
    "Spec.engine": st.sampled_from([None, "scripted", "provider:" + "m" * 66]),
    "Spec.template": st.sampled_from([None, "bugfix/plain", "boilerplate/" + "t" * 40]),
    "NamedStarter.name": st.sampled_from(["bugfix/plain", "boilerplate/" + "t" * 40]),
    "Offer.engines": st.sampled_from([(), ("scripted",), ("scripted", "provider:" + "m" * 66)]),
    "Criterion.proof": st.deferred(lambda: st.none() | _PROOFS),
    "Criterion.id": st.from_regex(r"\A[A-Z]{1,4}[0-9]{1,3}\Z"),
    "Spec.criteria": st.sampled_from([1, 2, 9, 30]).flatmap(_criteria),
    "MergeRequest.url": st.sampled_from(
        ["https://git.example/-/1", "https://git.example/" + "g/" * 700 + "-/1"]
    ),
    "News.url": st.sampled_from(["", "javascript:alert(1)", "https://git.example/-/1#note_2"]),
    "News.id": _SHORT,
    "Reminder.people": st.sampled_from([(), ("U0ANA",), ("U0ANA", "U0BEN") * 5]),
    "Numbers.weeks": st.deferred(lambda: a(Week)).map(lambda week: (week,) * 12),
    "Account.id": st.sampled_from(["C0PAY", "C012345678"]),
    "Account.holder": st.sampled_from([Holder.PERSON, Holder.CHANNEL, Holder.MONTH]),
    "Home.address": st.sampled_from(["", "https://acme.slack.example/"]),
    "Home.person": st.just("U0ANA"),
    "Home.refusal": st.sampled_from(["", "Guests see nothing here."]),
    "Home.notice": st.sampled_from(["", "Queued."]),
    "Gap.field": st.sampled_from([*Spec.model_fields, "task"]),
    "Version.state": st.sampled_from(["delivered", "failed", ""]),
    "Window.zone": st.just("Europe/Berlin"),
    "Shortage.behind": st.sampled_from(["", "cg-9z8y7x6w"]),
}
"""Fields that the product makes up itself, by class and name: these hold what it puts there."""
