"""CODEOWNERS as GitLab reads it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jobs.domain.codeowners import owners, read

FILE = """
# everybody
* @ana @group/team ops@example.com
*.md @doc
/src/tax/ @ben
src/**/rates.json @eve
docs/a\\ b.txt @ana
\\#odd @eve

[Security][2] @sec @ben
/src/auth/
!/src/auth/README.md
/src/auth/keys.py @ana

^[Style]
*.css @eve
"""


def named(path: str) -> dict[str, tuple[str, ...]]:
    return {one.section: one.usernames for one in owners(read(FILE), [path])}


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("setup.py", {"": ("ana",)}),
        ("docs/deep/x.md", {"": ("doc",)}),
        ("src/tax/rules/de.py", {"": ("ben",)}),
        ("lib/src/tax/x.py", {"": ("ana",)}),
        ("src/tax/rates.json", {"": ("eve",)}),
        ("src/a/b/rates.json", {"": ("eve",)}),
        ("docs/a b.txt", {"": ("ana",)}),
        ("#odd", {"": ("eve",)}),
        ("src/auth/login.py", {"": ("ana",), "Security": ("sec", "ben")}),
        ("src/auth/keys.py", {"": ("ana",), "Security": ("ana",)}),
        ("src/auth/README.md", {"": ("doc",)}),
        ("web/x.css", {"": ("ana",), "Style": ("eve",)}),
    ],
)
def test_the_last_line_that_matches_counts_in_each_section(
    path: str, expected: dict[str, tuple[str, ...]]
) -> None:
    assert named(path) == expected


def test_sections_say_how_many_approve() -> None:
    found = {one.section: one for one in owners(read(FILE), ["src/auth/login.py", "web/x.css"])}
    assert (found[""].approvals, found["Security"].approvals) == (1, 2)
    assert (found["Style"].optional, found["Style"].approvals) == (True, 0)


def test_sections_of_the_same_name_are_one() -> None:
    text = "[Docs] @ana\n*.md\n[DOCS] @ben\n*.txt\n"
    assert [one.usernames for one in owners(read(text), ["a.md", "a.txt"])] == [("ana", "ben")]


@given(st.text(), st.text())
def test_no_file_is_too_odd(text: str, path: str) -> None:
    for one in owners(read(text), [path]):
        assert one.usernames
