"""What a model or a stranger wrote is shown by GitLab and acted on by nobody."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jobs.render import mrkdwn, neutral, unclosing

# GitLab's own default pattern, with the references it finds, see
# https://docs.gitlab.com/user/project/issues/managing_issues/#default-closing-pattern
CLOSES = re.compile(
    r"\b((?:[Cc]los(?:e[sd]?|ing)|\b[Ff]ix(?:e[sd]|ing)?|\b[Rr]esolv(?:e[sd]?|ing)|\b[Ii]mplement(?:s|ed|ing)?)"
    r"(:?) +(?:(?:issues? +)?(?:[\w./-]*#\d+|https?://\S+/issues/\d+)|[A-Z][A-Z0-9_]+-\d+))"
)
ACTS = re.compile(r"^[ \t]*/\w|@[\w.]|<[A-Za-z/!?]", re.MULTILINE)
PARTS = [
    "Fixes",
    "closes:",
    "Implement",
    "resolving",
    "fix",
    "issues",
    "and",
    "#12",
    "pay/api#3",
    "JIRA-7",
    "/merge",
    "@all",
    "<b>",
]
PARTS += ["https://git.example/a/-/issues/4", "\n", " "]
WORDS = st.lists(st.sampled_from(PARTS)).map(" ".join)


@given(text=WORDS | st.text())
def test_nothing_in_it_acts(text: str) -> None:
    shown = neutral(text)
    assert not CLOSES.search(shown) and not ACTS.search(shown)
    assert neutral(shown) == shown, "done twice it is the same"


@pytest.mark.parametrize(
    "text",
    ["Fixes #12.", "closed pay/api#3, #4", "Implements JIRA-7", "resolve: https://git.example/a/-/issues/4"],
)
def test_a_word_that_would_close_an_issue_is_cut_in_two(text: str) -> None:
    assert CLOSES.search(text) or text.startswith("resolve:")
    assert unclosing(text).replace("\u2060", "") == text, "people read the same"
    assert not CLOSES.search(unclosing(text))


@pytest.mark.parametrize(
    "text", ["fix: round half up", "It closes the file.", "Resolves to #fff", "prefix #12"]
)
def test_other_words_stay(text: str) -> None:
    assert unclosing(text) == text


def test_nothing_turns_around_what_follows_and_scripts_from_the_right_stay() -> None:
    for shown in (mrkdwn, neutral):
        assert shown("pay \u202e001\u2066 \u05e9\u05dc\u05d5\u05dd") == "pay 001 \u05e9\u05dc\u05d5\u05dd"
