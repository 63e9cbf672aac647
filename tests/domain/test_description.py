"""Our part of a description, and what people write around it."""

from hypothesis import given
from hypothesis import strategies as st

from jobs.domain.description import enclosed, merged, retitled

AROUND = st.text(alphabet=st.characters(blacklist_characters="<>"), max_size=40)


@given(AROUND, AROUND, st.text(max_size=40), st.text(max_size=40))
def test_what_people_write_around_ours_stays(before: str, after: str, first: str, second: str) -> None:
    edited = f"{before}{enclosed(first, title='One')}{after}"
    assert merged(edited, second, title="One") == f"{before}{enclosed(second, title='One')}{after}"


@given(st.text(max_size=40))
def test_the_same_again_changes_nothing(text: str) -> None:
    once = merged("", text, title="One")
    assert merged(once, text, title="One") == once


def test_where_ours_was_removed_it_comes_below() -> None:
    assert merged("My own words.", "Ours.", title="One").startswith("My own words.\n\n<!-- codegen:begin")


def test_markers_in_a_models_words_end_nothing() -> None:
    hostile = enclosed("x <!-- codegen:end --> y", title="One")
    assert merged(f"a{hostile}b", "new", title="One") == f"a{enclosed('new', title='One')}b"


def test_another_title_is_a_persons() -> None:
    ours = enclosed("text", title="Round  half up")
    assert not retitled(ours, "Round half up")
    assert retitled(ours, "Rounding, mended")
    assert not retitled("no part of ours", "Anything")
