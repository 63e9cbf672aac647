"""The operator's own prompts: which one counts, and every fault by file and line before anything is told."""

from pathlib import Path

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from jobs.domain.prompts import Library, PromptsTable, PromptText, TrialTable
from jobs.errors import Refused, Stop
from jobs.render import SHIPPED, prompt
from jobs.render.library import faults, library
from jobs.render.samples import VALUES


def written(folder: Path, **files: str) -> Path:
    for name, text in files.items():
        path = folder / name.replace("__", "/").replace("_md", ".md").replace(".md_j2", ".md.j2")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return folder


def refused(folder: Path) -> dict[str, str]:
    with pytest.raises(Refused) as told:
        library(PromptsTable(folder=folder))
    return told.value.problems


def test_every_shipped_prompt_has_samples_and_is_sound() -> None:
    assert {one.name for one in SHIPPED.texts} == set(VALUES)
    assert faults(SHIPPED) == {}


def test_an_operators_text_goes_before_the_shipped_one_and_may_hold_it(tmp_path: Path) -> None:
    folder = written(
        tmp_path,
        system__work_md_j2='{% include "shipped/system/work" %}\n- Ask twice.\n',
        standards_md="Use {{ tabs }}.",
    )
    texts = library(PromptsTable(folder=folder)).for_task("cg-00000001")
    told = prompt(texts, "system")
    assert "Look before you change" in told and "- Ask twice." in told
    assert "<<< standards, operator" in told and "Use {{ tabs }}." in told, "standards are no template"
    assert texts is not None and texts.library != SHIPPED.library
    assert texts.pin.sources == ("operator: standards, system/work",)


def test_the_same_words_are_the_same_version(tmp_path: Path) -> None:
    same = next(one.text for one in SHIPPED.texts if one.name == "no_call")
    texts = library(PromptsTable(folder=written(tmp_path, no_call_md_j2=same))).ordinary
    assert texts is not None and texts.library == SHIPPED.library


@pytest.mark.parametrize(
    ("text", "place", "told"),
    [
        ("one\n{% if %}", "task.md.j2 line 2", "Expected an expression"),
        (
            "one\ntwo {{ spce.title }}",
            "task.md.j2 line 2",
            "there is no value spce; known here: context, proof, spec",
        ),
        ("{{ spec.titel }}", "task.md.j2 line 1", "no attribute 'titel'"),
        ("\n\n{{ spec.__class__ }}", "task.md.j2 line 3", "unsafe"),
        ("{{ 1 / 0 }}", "task.md.j2 line 1", "ZeroDivisionError"),
        ('{% include "task" %}', "task", "includes itself"),
        ('{% include "nowhere" %}', "task.md.j2 line 1", "nowhere"),
    ],
    ids=["syntax", "value", "attribute", "unsafe", "zero", "itself", "include"],
)
def test_a_fault_names_its_prompt_and_line(tmp_path: Path, text: str, place: str, told: str) -> None:
    problems = refused(written(tmp_path, task_md_j2=text))
    assert place in problems and told in problems[place], problems


def test_a_file_that_is_no_prompt_is_refused_with_every_other_problem(tmp_path: Path) -> None:
    folder = written(tmp_path, sytem_md_j2="x", task_md_j2="", README_md="What this is.")
    (folder / "round.md.j2").write_bytes(b"\xff")
    problems = refused(folder)
    assert set(problems) == {
        f"prompts.folder: {one}" for one in ("sytem.md.j2", "task.md.j2", "README.md", "round.md.j2")
    }
    with pytest.raises(Refused, match="there is no folder"):
        library(PromptsTable(folder=tmp_path / "none"))


def test_a_fault_that_no_sample_met_stops_the_run_and_says_where(tmp_path: Path) -> None:
    text = '{% if spec.title == "Round" %}{{ spec.nothing }}{% endif %}'
    texts = library(PromptsTable(folder=written(tmp_path, task_md_j2=text))).ordinary
    values = dict(VALUES["task"][0])
    spec = values["spec"].model_copy(update={"title": "Round"})  # type: ignore[attr-defined]
    with pytest.raises(Stop, match=r"The prompt task\.md\.j2 line 1 cannot be used"):
        prompt(texts, "task", **{**values, "spec": spec})


@settings(max_examples=10, deadline=None)
@example(text="{% endraw %}")
@given(text=st.text(alphabet=st.characters(codec="utf-8"), min_size=1))
def test_a_repositorys_words_are_never_carried_out(text: str) -> None:
    words = PromptText(
        name="system/work", source="repository", text=f"{{{{ 7 * 6 }}}}{text}{{%", extends=True
    )
    told = prompt(SHIPPED.with_texts((words,)), "system")
    assert "{{ 7 * 6 }}" in told and "Look before you change" in told
    replaced = prompt(SHIPPED.with_texts((words.model_copy(update={"extends": False}),)), "system")
    assert "Look before you change" not in replaced and "What you never do" in replaced


def test_a_trial_takes_its_share_and_a_task_stays_where_it_is(tmp_path: Path) -> None:
    trial = TrialTable(folder=written(tmp_path, no_call_md_j2="Call a tool.\n"), share=0.3)
    found: Library = library(PromptsTable(trial=trial))
    ids = [f"cg-{number:08}" for number in range(300)]
    taken = [one for one in ids if found.for_task(one) is not None]
    assert 60 < len(taken) < 120
    assert all((found.for_task(one) is not None) is (one in taken) for one in ids[:50])
    texts = found.for_task(taken[0])
    assert (
        texts is not None and texts.trial and texts.pin.trial and prompt(texts, "no_call") == "Call a tool."
    )
