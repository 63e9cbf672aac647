"""A template writes into a form what the person has not written, whatever they choose in which order."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.views.answers import read_spec
from bot.views.beginning import refilled
from bot.views.spec import FILLED, NOTHING
from jobs.domain.draft import Draft
from jobs.domain.spec import Kind
from jobs.domain.starter import NamedStarter
from jobs.specify.gate import gaps_of
from jobs.specify.starters import SHIPPED

FILLED_IN = {"repository": "a/b", "title": "Half up", "goal": "Wrong today."}
STEPS = st.lists(
    st.tuples(st.just("kind"), st.sampled_from([one.value for one in Kind]))
    | st.tuples(st.just("template"), st.sampled_from([NOTHING, *(one.name for one in SHIPPED.listed)]))
    | st.tuples(st.sampled_from(["criteria", "non_goals"]), st.sampled_from(["", "Mine", "Mine, too"])),
    max_size=8,
)


@given(STEPS)
def test_what_was_written_stays_and_what_was_not_is_the_chosen_ones(steps: list[tuple[str, str]]) -> None:
    draft, mine = Draft(id="d", person="U1", channel="C1", answers={"kind": "bugfix"}), dict[str, str]()
    for field, text in steps:
        answers = {name: one for name, one in {**draft.answers, field: text}.items() if one}
        mine = {name: one for name, one in {**mine, field: text}.items() if one}
        shown = {name: draft.answers.get(name) for name in FILLED}
        before, draft = draft, refilled(draft.model_copy(update={"answers": answers}), SHIPPED)

        chosen = SHIPPED.get(draft.answers["template"])
        assert chosen is None or chosen.kind.value == draft.answers["kind"]
        for name in ("criteria", "non_goals"):
            lines = getattr(chosen.starter, name) if chosen else ()
            assert draft.answers.get(name, "") == mine.get(name, "\n".join(lines))
        if before.proposed and field in ("kind", "template"):
            assert (draft.fills > before.fills) == (shown != {one: draft.answers.get(one) for one in FILLED})


@pytest.mark.parametrize("one", SHIPPED.listed, ids=lambda one: one.name)
def test_each_template_is_sent_back_as_it_stands_and_accepted_once_filled_in(one: NamedStarter) -> None:
    draft = Draft(id="d", person="U1", channel="C1", answers={"kind": one.kind.value, "template": one.name})
    answers = FILLED_IN | refilled(draft, SHIPPED).answers

    spec = read_spec(answers)
    assert "blank" in {gap.rule for gap in gaps_of(spec) if gap.blocking}
    assert (spec.template, spec.docs) == (one.name, one.starter.docs)
    filled = {name: text.replace("‹", "`").replace("›", "`") for name, text in answers.items()}
    assert [gap.rule for gap in gaps_of(read_spec(filled)) if gap.blocking] == []


def test_every_kind_has_several_and_one_that_is_proposed() -> None:
    for kind in Kind:
        places = [one.starter.place for one in SHIPPED.of(kind)]
        assert len(places) >= 2 and places == sorted(set(places))
