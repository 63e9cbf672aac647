"""What an opinion costs is in the run's record, a cap holds for it, and the same question is put once."""

import pytest

from jobs.domain.base_model import Frozen
from jobs.domain.budget import Cap, Spend
from jobs.domain.question import Question
from jobs.ports import Prompt, Unanswered
from jobs.stages.opinion import CountedModel, RememberedModel
from tests.fakes import FakeModel
from tests.verification import MemoryCache

ASKED = Prompt(system="You read.", text="What does it do?")


class Word(Frozen):
    """One word."""

    word: str
    """The word."""


class Spends:
    """ports.Note that remembers what was spent."""

    def __init__(self) -> None:
        self.noted: list[Spend] = []

    async def __call__(
        self,
        *,
        step: str | None = None,
        spend: Spend | None = None,
        conversation: bytes | None = None,
        assumptions: tuple[Question, ...] | None = None,
    ) -> None:
        if spend is not None:
            self.noted.append(spend)


async def test_every_call_is_noted_as_the_sum_so_far_a_failed_one_too() -> None:
    note = Spends()
    failed = Unanswered("It says nothing.", spend=Spend(requests=3))
    model = CountedModel(FakeModel([Word(word="a"), failed]), spent=Spend(), cap=Cap(), note=note)
    await model.ask(ASKED, Word)
    with pytest.raises(Unanswered):
        await model.ask(ASKED, Word)
    assert [one.requests for one in note.noted] == [1, 4]


async def test_a_cap_that_is_reached_leaves_no_room_for_an_opinion() -> None:
    asked = FakeModel([Word(word="a")])
    model = CountedModel(asked, spent=Spend(requests=9), cap=Cap(requests=10), note=Spends())
    await model.ask(ASKED, Word)
    with pytest.raises(Unanswered, match="used its 10 model calls"):
        await model.ask(ASKED, Word)
    assert len(asked.asked) == 1


async def test_the_same_question_is_paid_once_and_a_failure_is_asked_again() -> None:
    cache, asked = MemoryCache(), FakeModel([Unanswered("Busy."), Word(word="a"), Word(word="b")])
    with pytest.raises(Unanswered):
        await RememberedModel(asked, cache=cache).ask(ASKED, Word)
    one = await RememberedModel(asked, cache=cache).ask(ASKED, Word)
    two = await RememberedModel(asked, cache=cache).ask(ASKED, Word)
    other = await RememberedModel(asked, cache=cache).ask(ASKED.model_copy(update={"text": "And now?"}), Word)
    assert (one.value.word, two.value.word, other.value.word) == ("a", "a", "b")
    assert (one.spend.requests, two.spend.requests) == (1, 0)
