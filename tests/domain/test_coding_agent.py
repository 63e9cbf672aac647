"""Tables of coding agents: what is wrong with one is said by its field, and presets are whole."""

from pathlib import Path

import pytest

from jobs.adapters.gateway import key_of
from jobs.domain.coding_agent import ORIGIN, CodingAgent, Preset
from jobs.errors import Refused
from jobs.settings import OperatorFile, operator_file

GOOD = 'preset = "codex"\nfolder = "/opt/codex"\nprogram = "bin/codex"\nmodel = "gpt-5"\nkey = "CODEX_KEY"\n'


def read(tmp_path: Path, text: str, *, before: str = "", name: str = "codex") -> OperatorFile:
    file = tmp_path / "codegen.toml"
    file.write_text(f"{before}\n[engines.{name}]\n{text}")
    return operator_file({"CODEGEN_CONFIG": str(file)})


def test_a_spec_may_ask_for_each_and_one_may_be_the_ordinary(tmp_path: Path) -> None:
    assert read(tmp_path, GOOD, before='[engine]\nmodel = "openai:a"\n').offered == ("openai:a", "codex")
    first = '[engine]\nmodel = "openai:a"\nordinary = "codex"\n'
    assert read(tmp_path, GOOD, before=first).offered == ("codex", "openai:a")


@pytest.mark.parametrize(
    ("text", "told"),
    [
        (GOOD.replace("codex", "cursor", 1), "engines.codex.preset"),
        (GOOD + 'argv = ["{program}"]\n', "not both"),
        (GOOD.replace('preset = "codex"', 'argv = ["{program}"]'), "api: name the address"),
        (GOOD.replace('"codex"', '"opencode"', 1), "api: name the address"),
        (GOOD.replace("/opt/codex", "codex"), "folder: must be a whole path"),
        (GOOD.replace("/opt/codex", "/opt"), "folder: name the program's own folder"),
        (GOOD.replace("/opt/codex", "/etc/codex"), "folder: name the program's own folder"),
        (GOOD.replace('key = "CODEX_KEY"', 'key_file = "/opt/codex/key"'), "key_file: lies in folder"),
        (GOOD.replace("bin/codex", "../codex"), "program: must be a path within folder"),
        (GOOD.replace("CODEX_KEY", "CODEX"), "must end in _KEY, TOKEN or SECRET"),
        (GOOD + 'key_file = "/run/key"\n', "not both"),
        (GOOD + 'env = {HOST = "{host}"}\n', "{host} is not one of"),
        (GOOD + 'env = {A = "glpat-0123456789abcdefghij"}\n', "env.A: holds what looks like a key"),
        (GOOD + 'api = "https://me:secret@example.org/v1"\n', "holds a credential"),
        (GOOD.replace("gpt-5", 'gpt-5\\",x=\\"'), "engines.codex.model"),
    ],
)
def test_what_is_wrong_is_said_by_its_field(tmp_path: Path, text: str, told: str) -> None:
    with pytest.raises(Refused) as refused:
        read(tmp_path, text)
    assert told in str(refused.value)
    assert "glpat" not in str(refused.value) and "me:secret" not in str(refused.value)


def test_names_that_are_taken_or_not_there_are_refused(tmp_path: Path) -> None:
    with pytest.raises(Refused, match="this name is taken"):
        read(tmp_path, GOOD, name="patch")
    with pytest.raises(Refused, match=r"no table \[engines.claude\]"):
        read(tmp_path, GOOD, before='[engine]\nordinary = "claude"\n')


@pytest.mark.parametrize("preset", Preset)
def test_a_preset_fills_every_place_and_holds_no_key(preset: Preset) -> None:
    agent = CodingAgent(
        preset=preset, folder=Path("/opt/a"), program="bin/a", model="gpt-5", api="https://a.example/v1"
    )
    filled = agent.invocation.filled({"program": agent.path, "model": agent.model, "origin": ORIGIN})
    text = " ".join((*filled.argv, *filled.env.values()))
    assert agent.path in text and ORIGIN in text and "gpt-5" in text
    assert not any(place in text for place in ("{program}", "{model}", "{origin}"))


def test_a_key_is_read_from_its_variable_or_its_file(tmp_path: Path) -> None:
    agent = read(tmp_path, GOOD).engines["codex"]
    found = key_of("codex", agent, {"CODEX_KEY": " abc \n"})
    assert found is not None and found.get_secret_value() == "abc"
    with pytest.raises(Refused, match="CODEX_KEY is not set"):
        key_of("codex", agent, {})
    file = tmp_path / "key"
    from_file = agent.model_copy(update={"key": None, "key_file": file})
    with pytest.raises(Refused, match="cannot be read"):
        key_of("codex", from_file, {})
    file.write_text("one\ntwo\n")
    with pytest.raises(Refused, match="the key alone"):
        key_of("codex", from_file, {})
    file.write_text("abc\n")
    found = key_of("codex", from_file, {})
    assert found is not None and "abc" not in repr(found)
