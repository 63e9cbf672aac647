"""The gate: what it finds, and what it leaves alone."""

from typing import Any

import pytest

from jobs.domain.spec import Criterion, Kind, Paths, Proof, Spec
from jobs.specify.gate import Facts, assess, blocking, gaps_of
from tests.factories import a_spec


def spec_with(*texts: str, **fields: Any) -> Spec:
    criteria = tuple(Criterion(id=f"AC{number}", text=text) for number, text in enumerate(texts, 1))
    return a_spec(**({"criteria": criteria} if texts else {}), **fields)


def rules(spec: Spec) -> list[str]:
    return [gap.rule for gap in gaps_of(spec)]


def test_a_precise_spec_has_no_gaps() -> None:
    assert assess(a_spec()).score == 100


@pytest.mark.parametrize(
    "text",
    [
        "A line of 2.675 at two decimals totals 2.68",
        "GET /invoices/:id answers 404 for an unknown invoice",
        "`total()` returns a Decimal",
        "The export contains a column named currency",
        "Deleting a customer keeps their invoices",
        "The login page shows “Wrong password” after a failed attempt",
        "An empty cart cannot be checked out",
        "Running the importer twice creates no duplicate rows",
        "The README explains how to rotate the signing key",
        "All public functions of the billing module have type hints",
        "Invoices are sorted by due date, oldest first",
        "The old endpoint still answers",
        "A well-formed request without a token is refused",
        "The fix is mentioned in the changelog",
    ],
)
def test_a_statement_that_can_be_checked_is_left_alone(text: str) -> None:
    assert rules(spec_with(text)) == []


@pytest.mark.parametrize(
    "text", ["It works", "works correctly", "Code is clean", "Done.", "All tests pass", "bug fixed"]
)
def test_a_criterion_that_says_nothing_is_sent_back(text: str) -> None:
    [gap] = gaps_of(spec_with(text))

    assert (gap.rule, gap.field, gap.blocking) == ("uncheckable", "criteria", True)
    assert text in gap.text


def test_even_an_empty_phrase_may_have_a_proof() -> None:
    criterion = Criterion(id="AC1", text="It works", proof=Proof(command="make test"))

    assert gaps_of(a_spec(criteria=(criterion,))) == ()


@pytest.mark.parametrize(
    ("text", "word"),
    [
        ("The search page loads fast", "fast"),
        ("Error messages are user-friendly", "user-friendly"),
        ("The importer handles large files efficiently", "efficiently"),
    ],
)
def test_a_vague_word_is_noted(text: str, word: str) -> None:
    [gap] = gaps_of(spec_with(text))

    assert (gap.rule, gap.blocking) == ("vague", False)
    assert f"“{word}”" in gap.text


def test_a_number_makes_a_vague_word_precise() -> None:
    assert rules(spec_with("The search page is fast: 200 ms at most")) == []


@pytest.mark.parametrize("text", ["Handles dates, times, etc.", "Exports to CSV, JSON and so on"])
def test_an_open_end_is_noted(text: str) -> None:
    assert "open_end" in rules(spec_with(text))


@pytest.mark.parametrize("goal", ["Rounding is TBD", "Half up or half even??", "Format to be decided"])
def test_what_is_undecided_is_sent_back(goal: str) -> None:
    assert blocking(gaps_of(a_spec(goal=goal))).keys() == {"goal"}


def test_a_bug_fix_starts_from_a_failure() -> None:
    vague = spec_with(
        "Totals are rounded half up",
        kind=Kind.BUGFIX,
        title="Round totals half up",
        goal="Finance wants half up.",
    )

    assert rules(vague) == ["no_failure_case"]
    assert rules(vague.model_copy(update={"kind": Kind.FEATURE})) == []
    assert rules(vague.model_copy(update={"goal": "Totals crash on empty invoices."})) == []


def test_a_goal_says_more_than_the_title() -> None:
    assert rules(a_spec(title="Round half up", goal="round half up.")) == ["goal_repeats_title"]


def test_too_many_criteria_are_noted() -> None:
    many = spec_with(*(f"Row {number} is kept" for number in range(13)))

    assert rules(many) == ["too_large"]


def test_duplicates_and_contradictions_are_sent_back() -> None:
    spec = spec_with(
        "A line of 2.675 totals 2.68",
        "a line of 2.675 totals 2.68.",
        non_goals=("A line of 2.675 totals 2.68",),
    )

    assert blocking(gaps_of(spec)).keys() == {"criteria", "non_goals"}


@pytest.mark.parametrize(
    "paths",
    [
        Paths(allow=("/src/**",)),
        Paths(allow=("src/../../etc",)),
        Paths(deny=("~/x",)),
        Paths(deny=("**",)),
        Paths(allow=("src/**", "tests/**"), deny=("src/**",)),
    ],
)
def test_paths_that_cannot_be_kept_are_sent_back(paths: Paths) -> None:
    assert blocking(gaps_of(a_spec(paths=paths))).keys() == {"paths"}


@pytest.mark.parametrize(
    "allow", [("src/**", "tests/**"), ("**",), ("**/*.py",), ("pkg/**", "spec/**"), ("a/*",)]
)
def test_paths_with_room_for_tests_are_left_alone(allow: tuple[str, ...]) -> None:
    assert rules(a_spec(paths=Paths(allow=allow))) == []


def test_a_fix_needs_room_for_its_test() -> None:
    only_source = Paths(allow=("src/totals.py",))

    assert rules(a_spec(paths=only_source)) == ["no_room_for_tests"]
    assert rules(a_spec(paths=only_source, kind=Kind.REFACTOR)) == []


def test_an_open_task_that_asks_for_the_same_is_named() -> None:
    facts = Facts(open_tasks={"cg-1a2b3c4d": a_spec(title="round half up in invoice totals")})

    [gap] = assess(a_spec(), facts).gaps
    assert (gap.rule, gap.blocking) == ("duplicate_task", False)
    assert "cg-1a2b3c4d" in gap.text
    assert assess(a_spec(repository="web/shop"), facts).gaps == ()


def test_the_score_falls_with_every_gap() -> None:
    assert assess(spec_with("The page loads fast")).score == 88
    assert assess(spec_with("It works", "Done", "Fixed")).score == 0
