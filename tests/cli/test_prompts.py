"""`codegen prompts`: what models are told here, and what is wrong with the operator's own words."""

import json
from pathlib import Path

import pytest

from tests.cli.conftest import Terminal
from tests.verification import Workshop


@pytest.fixture
def folder(terminal: Terminal, tmp_path: Path) -> Path:
    """A folder of the operator's, named in codegen.toml together with a trial."""
    own, tried = tmp_path / "own", tmp_path / "tried"
    own.mkdir()
    tried.mkdir()
    (own / "no_call.md.j2").write_text("Call a tool.\n")
    (tried / "restored.md.j2").write_text("Read again.\n")
    file = tmp_path / "codegen.toml"
    file.write_text(f'[prompts]\nfolder = "{own}"\n[prompts.trial]\nfolder = "{tried}"\nshare = 0.2\n')
    terminal.environment["CODEGEN_CONFIG"] = str(file)
    return own


async def test_texts_are_listed_and_shown_with_where_they_come_from(
    terminal: Terminal, folder: Path, shop: Workshop
) -> None:
    await shop.commit({".codegen.yml": "standards: Amounts are cents.\n"})
    repo = str(shop.folder / "origin")
    listed = await terminal.beside("prompts", "list", "--repo", repo, "--trial", "--json")
    rows = {(one["name"], one["source"]) for one in json.loads(listed.out)["prompts"]}
    assert {("no_call", "operator"), ("restored", "trial"), ("standards", "repository")} <= rows
    assert ("system/never", "shipped") in rows
    shown = await terminal.beside("prompts", "show", "no_call")
    assert (shown.out, "operator, version" in shown.errors) == ("Call a tool.\n", True)
    assert "Version" in (await terminal.beside("prompts", "list")).out
    checked = await terminal.beside("prompts", "check", "--repo", repo)
    assert checked.status == 0 and "repository: standards" in checked.out


async def test_what_cannot_be_used_is_refused_by_file_and_line(terminal: Terminal, folder: Path) -> None:
    (folder / "task.md.j2").write_text("# {{ spec.title }}\n{{ speck.goal }}\n")
    for words in (("check",), ("list",), ("show", "task")):
        said = await terminal.beside("prompts", *words, "--json")
        assert said.status == 2
        assert "there is no value speck" in json.loads(said.out)["problems"]["task.md.j2 line 2"]
    doctor = await terminal.beside("doctor", "--only", "prompts")
    assert (doctor.status, "task.md.j2 line 2" in doctor.out) == (1, True)
    (folder / "task.md.j2").unlink()
    doctor = await terminal.beside("doctor", "--only", "prompts", "--json")
    assert doctor.status == 0 and "tried on 20% of the tasks" in doctor.out


async def test_an_unknown_name_is_told_the_known_ones(terminal: Terminal) -> None:
    said = await terminal.beside("prompts", "show", "sytem", "--json")
    assert said.status == 2 and "system/work" in str(said.json["error"])
    said = await terminal.beside("prompts", "list", "--trial", "--json")
    assert said.status == 2 and "[prompts.trial]" in str(said.json["error"])
