"""The form is the spec: what it shows is what it reads back, whatever is written into it."""

from datetime import UTC
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.views import fit
from bot.views import spec as form
from bot.views.answers import answers_of, answers_of_plan, merged, read_spec
from bot.views.rank import ranked
from bot.views.running import Running, offer_for, read_running
from bot.views.steps import ORDER, Step, fields_of
from jobs.domain.plan import ANYTIME, Plan, Priority
from jobs.domain.spec import Criterion, Docs, Kind, Paths, Proof, Spec
from jobs.errors import Refused
from jobs.settings import OperatorFile
from jobs.specify import notation
from jobs.specify.gate import blocking, gaps_of
from tests.bot.limits import too_long
from tests.factories import NOON

Payload = dict[str, Any]
ORIGIN = form.Origin(channel="C0PAY", draft="d")
OPERATOR = OperatorFile.model_validate(
    {"backlog": {"windows": {"tonight": {"opens": "22:00:00", "closes": "06:00:00", "zone": "UTC"}}}}
)
ENGINES = ("openai:usual", "openai:other", "anthropic:third")
OFFER = offer_for(OPERATOR, repository="payments/api", channel="C0PAY").model_copy(
    update={"engines": ENGINES}
)

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
        context=draw(st.just("") | plain_line),
        criteria=tuple(
            Criterion(id=f"AC{number}", text=text, proof=draw(proofs)) for number, text in enumerate(texts, 1)
        ),
        non_goals=tuple(draw(st.lists(plain_line, max_size=3))),
        paths=Paths(allow=draw(patterns), deny=draw(patterns)),
        docs=draw(st.sampled_from(Docs)),
        engine=draw(st.none() | st.sampled_from(ENGINES[1:])),
    )


def answered(view: Payload) -> Payload:
    """The view as Slack sends it when a person submits what stands in it."""
    values = {}
    for block in view["blocks"]:
        if block["type"] == "input":
            element = block["element"]
            value = {"value": element.get("initial_value"), "selected_option": element.get("initial_option")}
            if element["type"].startswith("multi_"):
                value = {"selected_options": element.get("initial_options", [])}
            if element["type"] == "datetimepicker":
                value = {"selected_date_time": element.get("initial_date_time")}
            values[block["block_id"]] = {element["action_id"]: value}
    return {**view, "state": {"values": values}}


def walked(answers: dict[str, str]) -> dict[str, str]:
    """What is known after every step was submitted as it stood, and once gone back."""
    known = answers
    for step in (*ORDER, Step.SUCCESS, Step.RUNNING):
        known = merged(known, answered(view_of(step, known)))
    return known


def view_of(step: Step, answers: dict[str, str]) -> Payload:
    return form.step_view(answers, ORIGIN.model_copy(update={"step": step}), OFFER)


@settings(max_examples=60, deadline=None)
@given(specs())
def test_what_the_steps_show_is_what_they_read(spec: Spec) -> None:
    known = walked(answers_of(spec))

    assert read_spec(known, repositories=[spec.repository]) == spec
    assert form.origin_of(view_of(Step.SUCCESS, known)).step is Step.SUCCESS


def test_an_engine_is_asked_for_only_where_there_is_a_choice() -> None:
    def shown(engines: tuple[str, ...], answers: dict[str, str]) -> Payload | None:
        origin = ORIGIN.model_copy(update={"step": Step.RUNNING})
        view: Payload = form.step_view(answers, origin, OFFER.model_copy(update={"engines": engines}))
        return next((one["element"] for one in view["blocks"] if one.get("block_id") == "engine"), None)

    assert shown((), {}) is None and shown(ENGINES[:1], {}) is None
    choice = shown(ENGINES, {"when": "at"})
    assert choice is not None and choice["initial_option"]["text"]["text"] == "The usual one, openai:usual"
    gone = shown((), {"engine": "openai:gone"})
    assert gone is not None and "initial_option" not in gone
    with pytest.raises(Refused) as refused:
        read_running({"engine": "openai:gone"}, OFFER, NOON)
    assert refused.value.problems == {"engine": "openai:gone is not offered any more. Choose another."}
    assert read_running({"engine": "ordinary"}, OFFER, NOON) == Running()


plans = st.builds(
    Plan,
    priority=st.sampled_from(Priority),
    not_before=st.none()
    | st.datetimes(NOON.replace(tzinfo=None), timezones=st.just(UTC)).map(
        lambda at: at.replace(microsecond=0, year=2027)
    ),
    window=st.none() | st.just("tonight"),
    depends_on=st.lists(st.just("cg-00000000") | st.just("cg-11111111"), unique=True).map(tuple),
)


@settings(max_examples=40, deadline=None)
@given(plans)
def test_a_plan_survives_the_form(plan: Plan) -> None:
    plan = plan.model_copy(update={"window": None}) if plan.not_before else plan

    assert read_running(walked(answers_of_plan(plan)), OFFER, NOON) == Running(plan=plan)


@settings(deadline=None)
@given(
    st.dictionaries(
        st.sampled_from([*Spec.model_fields, "when", "at", "usd", "reviewers", "depends_on"]),
        hostile | endless,
    ),
    st.sampled_from(ORDER),
)
def test_no_answer_makes_a_step_too_long_for_slack(answers: dict[str, str], step: Step) -> None:
    assert too_long(view_of(step, answers)) == []


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
        read_spec({**filled(), "criteria": f"fine as 2.68\nsecond :: {tail}"})

    assert refused.value.problems["criteria"].startswith("Criterion 2: after “ :: ” write")


def test_every_problem_comes_at_once_by_field() -> None:
    with pytest.raises(Refused) as refused:
        read_spec({"title": "x" * 151, "kind": "wish"})

    assert set(refused.value.problems) == {"title", "kind", "repository", "goal", "criteria"}
    assert refused.value.problems["goal"] == "Please fill this in."
    assert "150" in refused.value.problems["title"]


def test_too_much_is_said_in_words_and_what_closes_several_gaps_is_said_once() -> None:
    with pytest.raises(Refused) as refused:
        read_spec({**filled(), "criteria": "\n".join(f"{n} is {n}" for n in range(50))})
    assert refused.value.problems["criteria"].startswith("These are 50, and 30 are the most.")

    blank = read_spec({**filled(), "criteria": "With ‹input› it is 2\n‹call› gives 3"})
    told = blocking(gaps_of(blank))["criteria"]
    assert ("‹input›" in told and "‹call›" in told, told.count("in its place")) == (True, 1)


def test_problems_stand_at_inputs_that_the_form_has() -> None:
    view = answered(view_of(Step.INTENT, {}))

    assert form.errors({"version": "unknown", "goal": "x" * 999}, view).keys() == {"kind", "goal"}


def test_a_long_repository_path_survives_slacks_limits() -> None:
    path = "group/" + "sub-group/" * 30 + "api"
    option = form.repository_option(path)

    assert too_long(option) == []
    assert str(option["value"]) == form.repository_reference(path)
    assert read_spec({**filled(), "repository": str(option["value"])}, repositories=[path]).repository == path


def test_the_picker_ranks_and_keeps_everything() -> None:
    paths = ["web/shop", "payments/api", "payments/ledger", "tools/paint", "app/ios"]

    assert ranked(paths, "") == paths
    assert ranked(paths, "api")[0] == "payments/api"
    assert ranked(paths, "pay")[:2] == ["payments/api", "payments/ledger"]
    assert ranked(paths, "led")[0] == "payments/ledger"
    assert ranked(paths, "pyldg")[0] == "payments/ledger"
    assert sorted(ranked(paths, "zzz")) == sorted(paths)


@pytest.mark.parametrize("step", ORDER)
def test_a_step_keeps_to_slacks_guidance(step: Step) -> None:
    full = {"context": "quoted", "when": "at", "kind": "bugfix"}
    view = view_of(step, full)
    inputs = [block for block in view["blocks"] if block["type"] == "input"]

    assert 1 <= len(inputs) <= 6
    assert all(one["block_id"] == one["element"]["action_id"] for one in inputs)
    assert "codegen" not in view["title"]["text"]
    assert [one["block_id"] for one in inputs] == [*fields_of(step, full)]


def test_what_must_be_filled_in_comes_first() -> None:
    shown = [
        (block["block_id"], block["optional"])
        for step in ORDER
        for block in view_of(step, {})["blocks"]
        if block["type"] == "input"
    ]
    must = [name for name, optional in shown if not optional]

    chosen = ["docs", "when", "priority", "engine"]
    assert must == ["kind", "repository", "title", "goal", "template", "criteria", *chosen]
    assert {name for name, _ in shown} & set(Spec.model_fields) == set(Spec.model_fields) - {
        "version",
        "context",
    }


@pytest.mark.parametrize(
    ("answers", "field"),
    [
        ({"usd": "nan"}, "usd"),
        ({"usd": "-1"}, "usd"),
        ({"usd": "6"}, "usd"),
        ({"when": "at"}, "at"),
        ({"when": "at", "at": "1000000000"}, "at"),
        ({"when": "window:gone"}, "when"),
    ],
)
def test_a_wish_that_cannot_be_met_is_said_at_its_field(answers: dict[str, str], field: str) -> None:
    with pytest.raises(Refused) as refused:
        read_running(answers, OFFER, NOON)

    assert list(refused.value.problems) == [field]


def test_now_means_now_in_a_channel_with_a_window() -> None:
    offer = OFFER.model_copy(update={"window": "tonight"})

    assert read_running({"when": "now"}, offer, NOON).plan.window == ANYTIME
    assert read_running({}, offer, NOON).plan.window is None, "the channel's own window is the operator's"


def filled() -> dict[str, str]:
    return {
        "kind": "bugfix",
        "repository": "payments/api",
        "title": "Round half up",
        "goal": "Totals are wrong.",
        "criteria": "A line of 2.675 totals 2.68",
    }
