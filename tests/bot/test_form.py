"""The form is the spec: what it shows is what it reads back, whatever is written into it."""

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.views import fit, notation
from bot.views import spec as form
from bot.views.rank import ranked
from jobs.domain.spec import Criterion, Docs, Kind, Paths, Proof, Spec
from jobs.errors import Refused
from tests.bot.limits import too_long

Payload = dict[str, Any]
ORIGIN = form.Origin(channel="C0PAY")

visible = st.characters(exclude_categories=["C", "Z"])
line = st.text(visible | st.just(" "), min_size=1, max_size=60).map(lambda text: " ".join(text.split()))
plain_line = line.filter(
    lambda text: notation.lines(f"{text} :: review") == (f"{text} :: review",) and " :: " not in f"{text} "
)
node_id = plain_line.filter(lambda text: not set(",[]") & set(text))
proofs = st.one_of(
    st.none(),
    st.builds(Proof, review=st.just(True)),
    st.builds(Proof, command=line.filter(bool)),
    st.builds(Proof, tests=st.lists(node_id, min_size=1, max_size=3).map(tuple)),
)
pattern = line.filter(lambda text: bool(text) and not text.startswith("!"))

hostile = st.text(st.sampled_from(list("a&<>\n… \t😀\ud800\u202e\"'`*_!:\x00é汉")), max_size=30)
endless = hostile.map(lambda text: text * 400)


@st.composite
def specs(draw: st.DrawFn) -> Spec:
    texts = draw(st.lists(plain_line, min_size=1, max_size=6))
    patterns = st.lists(pattern, max_size=3).map(tuple)
    return Spec(
        kind=draw(st.sampled_from(Kind)),
        title=draw(line.filter(bool)),
        repository=draw(plain_line),
        target=draw(st.none() | plain_line),
        goal=draw(line.filter(bool)),
        criteria=tuple(
            Criterion(id=f"AC{number}", text=text, proof=draw(proofs)) for number, text in enumerate(texts, 1)
        ),
        non_goals=tuple(draw(st.lists(plain_line, max_size=3))),
        paths=Paths(allow=draw(patterns), deny=draw(patterns)),
        docs=draw(st.sampled_from(Docs)),
    )


def answered(view: Payload) -> Payload:
    """The view as Slack sends it when a person submits what stands in it."""
    values = {}
    for block in view["blocks"]:
        if block["type"] == "input":
            element = block["element"]
            value = {"value": element.get("initial_value"), "selected_option": element.get("initial_option")}
            values[block["block_id"]] = {element["action_id"]: value}
    return {**view, "state": {"values": values}}


@settings(max_examples=60, deadline=None)
@given(specs())
def test_what_the_form_shows_is_what_it_reads(spec: Spec) -> None:
    view = form.spec_view(form.answers_of(spec), ORIGIN)

    assert form.read_spec(form.answers(answered(view)), repositories=[spec.repository]) == spec
    assert form.origin_of(view) == ORIGIN


@settings(deadline=None)
@given(st.dictionaries(st.sampled_from(list(Spec.model_fields)), hostile | endless))
def test_no_answer_makes_the_form_too_long_for_slack(answers: dict[str, str]) -> None:
    assert too_long(form.spec_view(answers, ORIGIN)) == []


@given(hostile, st.integers(1, 40))
def test_text_is_cut_to_what_slack_counts(text: str, limit: int) -> None:
    cut = fit.fit(text, limit)

    assert len(cut.encode("utf-16-le")) <= 2 * limit
    assert cut.endswith("…") or cut == fit.sound(text)


def test_pasted_lists_lose_their_bullets() -> None:
    text = "- one\n\n  * two\n3. three\nAC4: four\n• five"

    assert notation.lines(text) == ("one", "two", "three", "four", "five")


@pytest.mark.parametrize(
    ("written", "proof"),
    [
        ("total is 2.68 :: tests: a.py::t1, a.py::t2[x, y]", {"tests": ("a.py::t1", "a.py::t2[x, y]")}),
        ("total is 2.68 :: run: make check :: quietly", {"command": "make check :: quietly"}),
        ("total is 2.68 :: Review", {"review": True}),
    ],
)
def test_a_proof_may_follow_a_criterion(written: str, proof: object) -> None:
    assert notation.read_criterion(written, 1) == {"id": "AC1", "text": "total is 2.68", "proof": proof}


@pytest.mark.parametrize("tail", ["test: a", "tests:", "run:", "looks fine", "review: Ben"])
def test_a_proof_that_cannot_be_read_is_said_at_its_criterion(tail: str) -> None:
    with pytest.raises(Refused) as refused:
        form.read_spec({**filled(), "criteria": f"fine as 2.68\nsecond :: {tail}"})

    assert refused.value.problems["criteria"].startswith("Criterion 2: after “ :: ” write")


def test_every_problem_comes_at_once_by_field() -> None:
    with pytest.raises(Refused) as refused:
        form.read_spec({"title": "x" * 151, "kind": "wish"})

    assert set(refused.value.problems) == {"title", "kind", "repository", "goal", "criteria"}
    assert refused.value.problems["goal"] == "Please fill this in."
    assert "150" in refused.value.problems["title"]


def test_problems_stand_at_inputs_that_the_form_has() -> None:
    view = answered(form.spec_view({}, ORIGIN))

    assert form.errors({"version": "unknown", "goal": "x" * 999}, view).keys() == {"kind", "goal"}


def test_a_long_repository_path_survives_slacks_limits() -> None:
    path = "group/" + "sub-group/" * 30 + "api"
    option = form.repository_option(path)

    assert too_long(option) == []
    assert str(option["value"]) == form.repository_reference(path)
    assert (
        form.read_spec({**filled(), "repository": str(option["value"])}, repositories=[path]).repository
        == path
    )


def test_the_picker_ranks_and_keeps_everything() -> None:
    paths = ["web/shop", "payments/api", "payments/ledger", "tools/paint", "app/ios"]

    assert ranked(paths, "") == paths
    assert ranked(paths, "api")[0] == "payments/api"
    assert ranked(paths, "pay")[:2] == ["payments/api", "payments/ledger"]
    assert ranked(paths, "led")[0] == "payments/ledger"
    assert ranked(paths, "pyldg")[0] == "payments/ledger"
    assert sorted(ranked(paths, "zzz")) == sorted(paths)


def test_the_form_keeps_to_slacks_guidance() -> None:
    view: Payload = form.spec_view({}, ORIGIN)
    inputs = [block for block in view["blocks"] if block["type"] == "input"]

    assert [one["block_id"] for one in inputs if not one["optional"]] == [
        "kind",
        "repository",
        "title",
        "goal",
        "criteria",
    ]
    assert all(not one["optional"] for one in inputs[:5]), "what may stay empty comes last"
    assert {one["block_id"] for one in inputs} <= set(Spec.model_fields)
    assert all(one["block_id"] == one["element"]["action_id"] for one in inputs)


def filled() -> dict[str, str]:
    return {
        "kind": "bugfix",
        "repository": "payments/api",
        "title": "Round half up",
        "goal": "Totals are wrong.",
        "criteria": "A line of 2.675 totals 2.68",
    }
