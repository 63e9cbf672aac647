"""What bad input gets: every problem at once, one sentence each, never a traceback, never a token."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.cli.conftest import Terminal
from tests.verification import Workshop

SPEC = "playground/sample_spec.yml"
SECRET = "glpat-very-secret-token"


@pytest.mark.parametrize("words", [("run",), ("nonsense",), (), ("verify", "--bogus"), ("spec",)])
def test_a_wrong_call_is_one_json_object_too(terminal: Terminal, words: tuple[str, ...]) -> None:
    for order in (("--json", *words), (*words, "--json")):
        said = terminal.run(*order)
        assert said.status == 2
        assert set(said.json) == {"error", "problems"}
        assert said.errors == ""


def test_a_wrong_call_shows_the_usage_to_people(terminal: Terminal) -> None:
    said = terminal.run("run")
    assert (said.status, said.out) == (2, "")
    assert said.errors.startswith("codegen: the following arguments are required: --repo, --spec\nusage: ")


def test_help_ends_well(terminal: Terminal) -> None:
    said = terminal.run("run", "--help")
    assert said.status == 0 and "--task" in said.out


def test_every_problem_of_a_spec_is_named_by_field(terminal: Terminal, tmp_path: Path) -> None:
    file = tmp_path / "spec.yml"
    file.write_text("kind: novel\ntitle: ''\ncriteria: [{text: x}]\nbogus: 1\n")
    said = terminal.run("spec", "check", str(file), "--json")
    assert said.status == 2
    problems = said.json["problems"]
    assert isinstance(problems, dict)
    assert set(problems) == {"kind", "title", "repository", "goal", "criteria.0.id", "bogus"}
    shown = terminal.run("run", "--repo", ".", "--spec", str(file))
    assert shown.status == 2 and shown.errors.count("\n") == len(problems)


@pytest.mark.parametrize(
    ("content", "told"),
    [(b"\xff\xfe", "not text"), (b"", "is empty"), (b"a: [", "line 1"), (b"- 1\n", "must be a mapping")],
)
def test_what_is_no_spec_at_all(terminal: Terminal, tmp_path: Path, content: bytes, told: str) -> None:
    file = tmp_path / "spec.yml"
    file.write_bytes(content)
    said = terminal.run("spec", "check", str(file), "--json")
    assert said.status == 2 and told in str(said.json["error"])


def test_a_credential_in_an_address_is_refused_and_not_repeated(terminal: Terminal) -> None:
    address = f"https://oauth2:{SECRET}@gitlab.example/payments/api.git"
    for words in (("verify", "--repo", address, "--base", "a", "--head", "b", "--spec", SPEC), (address,)):
        for said in (terminal.run(*words), terminal.run(*words, "--json")):
            assert said.status == 2
            assert SECRET not in said.out + said.errors


@pytest.mark.parametrize(
    ("address", "status", "told"),
    [
        ("/nowhere", 2, "/nowhere is no git repository"),
        ("git@gitlab.example:payments/api.git", 2, "SSH"),
        ("ext::sh -c id", 2, "no git repository"),
        ("ftp://gitlab.example/payments/api", 2, "no address"),
        ("http://127.0.0.1:9/payments/api.git", 4, "payments/api cannot be reached"),
    ],
)
def test_a_repository_that_is_not_there(terminal: Terminal, address: str, status: int, told: str) -> None:
    words = ("verify", "--repo", address, "--base", "a", "--head", "b", "--spec", SPEC, "--json")
    said = terminal.run(*words)
    assert (said.status, told in str(said.json["error"])) == (status, True), said


async def test_an_unknown_revision_is_named(terminal: Terminal, shop: Workshop) -> None:
    base = await shop.commit({"a.txt": "a\n"})
    repo = ("--repo", str(shop.folder / "origin"), "--spec", SPEC, "--json")
    said = await terminal.beside("verify", *repo, "--base", base, "--head", "no-such-branch")
    assert said.status == 2
    assert "There is no branch, tag or commit no-such-branch in origin." in str(said.json["error"])
    missing = await terminal.beside("run", *repo, "--engine", "patch", "--patch", SPEC, "--env", "/nowhere")
    assert missing.json["problems"] == {"--env": "/nowhere is no folder"}


@pytest.mark.parametrize(
    ("words", "field"),
    [
        (("--engine", "patch"), "--patch"),
        (("--engine", "patch", "--patch", "/nowhere"), "--patch"),
        (("--patch", SPEC), "--patch"),
        (("--task", "cg-1a2b3c4d"), "--task"),
        (("--open", "--task", "../main"), "--task"),
        ((), "CODEGEN_MODEL"),
    ],
)
async def test_options_that_do_not_fit(
    terminal: Terminal, shop: Workshop, words: tuple[str, ...], field: str
) -> None:
    await shop.commit({"a.txt": "a\n"})
    repo = ("--repo", str(shop.folder / "origin"), "--spec", SPEC, "--json")
    said = await terminal.beside("run", *repo, *words)
    problems = said.json["problems"]
    assert said.status == 2 and isinstance(problems, dict) and list(problems) == [field]


def test_a_fault_of_ours_is_logged_once_without_secrets(terminal: Terminal) -> None:
    class Faulty(dict[str, str]):
        def get(self, key: str, default: object = None) -> str:
            if key in ("REDIS_URL", "PIP_INDEX_URL", "GOPROXY"):
                return ""
            raise RuntimeError(f"{key}: {SECRET} https://me:{SECRET}@host/")

    environment = Faulty(GITLAB_TOKEN=SECRET)
    said = terminal.run("doctor", "--only", "disk", "--json", environment=environment)
    data = json.loads(said.out)
    assert said.status == 3
    assert data["reference"] in data["error"]
    assert said.errors.count("Traceback") == 1
    assert f"reference {data['reference']}" in said.errors
    assert SECRET not in said.out + said.errors


def test_a_reader_that_goes_away_is_no_fault() -> None:
    command = f"{sys.executable} -m jobs spec schema --json | head -c 1"
    done = subprocess.run(
        ["/bin/bash", "-o", "pipefail", "-c", command], capture_output=True, env={**os.environ}, check=False
    )
    assert (done.returncode, done.stdout, done.stderr) == (0, b"{", b"")


def test_gaps_of_a_spec_end_with_status_one(terminal: Terminal, tmp_path: Path) -> None:
    file = tmp_path / "spec.yml"
    file.write_text(
        "kind: feature\ntitle: Faster\nrepository: a/b\ngoal: Faster\n"
        "criteria: [{id: AC1, text: It is fast and nice}]\n"
    )
    said = terminal.run("spec", "check", str(file), "--json")
    assert said.status == 1
    assert set(said.json) == {"score", "gaps", "estimate"}
    gaps = said.json["gaps"]
    assert isinstance(gaps, list) and all(
        isinstance(one, dict) and {"field", "rule", "text", "suggestion"} <= set(one) for one in gaps
    )
    assert terminal.run("spec", "check", SPEC).status == 0


def test_the_schema_is_the_same_for_people(terminal: Terminal) -> None:
    assert json.loads(terminal.run("spec", "schema").out) == terminal.run("spec", "schema", "--json").json
