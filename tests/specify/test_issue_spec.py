"""From an issue's words or its YAML block to a spec, or to what is missing."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jobs.domain.spec import Kind
from jobs.errors import Refused
from jobs.specify.issue_spec import issue_spec

REPOSITORY = "payments/api"
BLOCK = """Please:

```yaml
kind: bugfix
goal: Totals are off by a cent.
criteria:
  - {id: AC1, text: "round(2.5) is 3"}
%s```
"""


def test_free_text_becomes_title_goal_and_criteria() -> None:
    text = "Totals are off.\r\n\r\nAfterwards:\r\n- [ ] `round(2.5)` is 3\r\n2. `round(-2.5)` is -3\r\n"
    spec = issue_spec("Round half up", text, repository=REPOSITORY, labels=("codegen", "type::bug"))
    assert (spec.title, spec.goal, spec.kind) == ("Round half up", "Totals are off.", Kind.BUGFIX)
    assert [(one.id, one.text) for one in spec.criteria] == [
        ("AC1", "`round(2.5)` is 3"),
        ("AC2", "`round(-2.5)` is -3"),
    ]
    assert "Afterwards" in spec.context


def test_a_block_is_a_spec_and_the_issue_gives_what_it_leaves_out() -> None:
    spec = issue_spec("Round half up", BLOCK % "", repository=REPOSITORY)
    assert (spec.kind, spec.title, spec.repository) == (Kind.BUGFIX, "Round half up", REPOSITORY)


def test_criteria_of_a_block_need_no_numbers_and_a_label_says_the_kind() -> None:
    text = "```yaml\ngoal: Finance expects half up.\ncriteria: [2.665 is 2.67, {text: 0.5 is 1}]\n```\n"
    spec = issue_spec("Round half up", text, repository=REPOSITORY, labels=("docs",))
    assert [(one.id, one.text) for one in spec.criteria] == [("AC1", "2.665 is 2.67"), ("AC2", "0.5 is 1")]
    assert spec.kind is Kind.DOCS


@pytest.mark.parametrize(
    ("text", "field"),
    [
        ("Just words.", "criteria"),
        ("", "criteria"),
        (BLOCK % "repository: other/secrets\n", "repository"),
        (BLOCK % "colour: red\n", "colour"),
        ("```yaml\n- a\n```\n", "document"),
    ],
)
def test_what_is_missing_is_named(text: str, field: str) -> None:
    with pytest.raises(Refused) as refused:
        issue_spec("Round half up", text, repository=REPOSITORY)
    assert field in refused.value.problems


@given(title=st.text(max_size=300), text=st.text(max_size=400))
def test_any_issue_is_a_spec_of_its_own_project_or_refused(title: str, text: str) -> None:
    try:
        spec = issue_spec(title, text, repository=REPOSITORY)
    except Refused as refused:
        assert refused.problems
    else:
        assert spec.repository == REPOSITORY
