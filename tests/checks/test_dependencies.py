"""dependencies: what each kind of file newly names, licences, addresses, look-alikes, vulnerabilities."""

import json
from dataclasses import replace
from pathlib import Path

import pytest

from jobs.checks import dependencies
from jobs.checks.manifests import Package, packages
from jobs.domain.verdict import Check, CheckStatus
from jobs.settings import ChecksTable
from tests.checks.contexts import context, rules, run
from tests.checks.trials import with_trials
from tests.verification import Files

PYPI_ADVISORY = {
    "id": "PYSEC-2026-1",
    "summary": "Reads any file",
    "affected": [
        {
            "package": {"ecosystem": "PyPI", "name": "Left.Pad"},
            "ranges": [{"type": "ECOSYSTEM", "events": [{"introduced": "1.0"}, {"fixed": "1.4.1"}]}],
        }
    ],
}
NPM_ADVISORY = {
    "id": "GHSA-1",
    "affected": [{"package": {"ecosystem": "npm", "name": "left-pad"}, "versions": ["1.3.0"]}],
}


def judged(
    before: Files, after: Files, advisories: Path | None = None, environment: str | None = None
) -> Check:
    ctx = replace(context(before, after), settings=ChecksTable(advisories=advisories))
    return run(dependencies.check, with_trials(ctx, environment=environment))


GO_MOD = """module x.org/y

go 1.19

require x.org/a v1.0.0
require (
\tx.org/b/v2 v2.1.0 // indirect
)
"""
PACKAGE_LOCK = json.dumps(
    {
        "packages": {
            "": {},
            "node_modules/a": {"version": "1.0.0"},
            "node_modules/a/node_modules/@b/c": {"version": "2.0.0"},
        }
    }
)
YARN = """"@b/c@^2.0.0":
  version "2.0.0"

a@^1, a@~1.0:
  version "1.0.0"
"""
BERRY = """"a@npm:^1.0.0":
  version: 1.0.0
  resolution: "a@npm:1.0.0"
"""
SIX, ANYIO = ("six", "1.16"), ("anyio", "")
A, BC = ("a", "1.0.0"), ("@b/c", "2.0.0")

FILES = [
    ("requirements.txt", "six==1.16 \\\n    --hash=sha256:00\nanyio>=4 # why\n", {SIX, ANYIO}),
    ("requirements.lock", "six==1.16 ; python_version < '4'\n", {SIX}),
    ("pyproject.toml", '[project]\ndependencies = ["Six==1.16", "anyio[trio]>=4,<5"]\n', {SIX, ANYIO}),
    ("pyproject.toml", '[tool.poetry.dependencies]\npython = "^3"\nanyio = "4"\n', {ANYIO}),
    ("uv.lock", '[[package]]\nname = "six"\nversion = "1.16"\nsource = {registry = "r"}\n', {SIX}),
    ("poetry.lock", '[[package]]\nname = "six"\nversion = "1.16"\n', {SIX}),
    ("package.json", '{"dependencies": {"a": "1.0.0", "@b/c": "^2.0.0"}}', {A, ("@b/c", "")}),
    ("package-lock.json", PACKAGE_LOCK, {A, BC}),
    ("yarn.lock", YARN, {A, BC}),
    ("yarn.lock", BERRY, {A}),
    ("pnpm-lock.yaml", "packages:\n  '@b/c@2.0.0(d@1)': {}\n  /a@1.0.0: {}\n", {A, BC}),
    ("go.mod", GO_MOD, {("x.org/a", "v1.0.0"), ("x.org/b/v2", "v2.1.0")}),
    ("go.sum", "x.org/a v1.0.0 h1:0=\nx.org/a v1.0.0/go.mod h1:0=\n", {("x.org/a", "v1.0.0")}),
    ("Cargo.lock", '[[package]]\nname = "a"\nversion = "1.0.0"\nsource = "registry+x"\n', {A}),
]


@pytest.mark.parametrize(("path", "text", "expected"), FILES)
def test_each_kind_of_file_is_read(path: str, text: str, expected: set[tuple[str, str]]) -> None:
    found = packages(path, text)
    assert found is not None
    assert {(one.name, one.version) for one in found} == expected
    assert {one.source for one in found} == {""}


@pytest.mark.parametrize(
    ("path", "text"),
    [
        ("requirements.txt", "git+https://example.org/x.git@main#egg=x\n"),
        ("requirements.txt", "-e git+ssh://git@example.org/x.git#egg=x\n"),
        ("requirements.txt", "x @ https://example.org/x.whl\n"),
        ("pyproject.toml", '[tool.poetry.dependencies]\nx = {git = "https://example.org/x"}\n'),
        ("package.json", '{"dependencies": {"x": "github:somebody/x"}}'),
        ("package.json", '{"dependencies": {"x": "somebody/x#main"}}'),
        ("uv.lock", '[[package]]\nname = "x"\nversion = "1"\nsource = {git = "https://example.org/x"}\n'),
        ("Cargo.toml", '[dependencies]\nx = {git = "https://example.org/x"}\n'),
    ],
)
def test_an_address_instead_of_the_registry_is_told(path: str, text: str) -> None:
    check = judged({path: ""}, {path: text})
    assert check.status is CheckStatus.WARNING
    assert rules(check) == {"address"}
    assert check.findings[0].text.startswith("x ")


def test_added_upgraded_and_removed_are_told_with_their_lines() -> None:
    before, after = "six==1.16\ngone==1\nanyio==4\n", "anyio==4\nsix==1.17\nnew==2\n"
    check = judged({"requirements.txt": before}, {"requirements.txt": after})
    assert [(one.rule, one.line) for one in check.findings] == [
        ("added", 3),
        ("upgraded", 2),
        ("removed", None),
    ]
    assert check.summary.startswith("1 added, 1 changed, 1 removed. Known vulnerabilities: not available")
    assert check.findings[1].text == "six changes from 1.16 to 1.17."


def test_a_look_alike_is_told() -> None:
    check = judged({"requirements.txt": "requests==2\n"}, {"requirements.txt": "requests==2\nreqeusts==2\n"})
    assert rules(check) == {"look-alike"}


def test_an_open_version_is_told() -> None:
    check = judged({"requirements.txt": ""}, {"requirements.txt": "six\n"})
    assert check.findings[0].text == "six is new, in any version that its range allows."


def test_a_known_vulnerability_rejects(tmp_path: Path) -> None:
    (tmp_path / "one.json").write_text(json.dumps(PYPI_ADVISORY))
    (tmp_path / "two.json").write_text(json.dumps(NPM_ADVISORY))
    check = judged({"requirements.txt": ""}, {"requirements.txt": "left-pad==1.4\n"}, advisories=tmp_path)
    assert check.status is CheckStatus.FAILED
    told = "left-pad 1.4 is vulnerable, PYSEC-2026-1: Reads any file Fixed in 1.4.1."
    assert (check.findings[0].text, check.findings[0].line) == (told, 1)


@pytest.mark.parametrize("version", ["0.9", "1.4.1", "2.0"])
def test_other_versions_are_not_vulnerable(tmp_path: Path, version: str) -> None:
    (tmp_path / "one.json").write_text(json.dumps(PYPI_ADVISORY))
    check = judged(
        {"requirements.txt": ""}, {"requirements.txt": f"left_pad=={version}\n"}, advisories=tmp_path
    )
    assert check.status is CheckStatus.WARNING
    assert check.summary.endswith("No known vulnerability.")


def test_ecosystems_are_kept_apart_and_one_file_may_hold_all(tmp_path: Path) -> None:
    source = tmp_path / "all.json"
    source.write_text(json.dumps({"vulns": [NPM_ADVISORY]}))
    python = judged({"requirements.txt": ""}, {"requirements.txt": "left-pad==1.3.0\n"}, advisories=source)
    script = judged(
        {"package.json": ""}, {"package.json": '{"dependencies": {"left-pad": "1.3.0"}}'}, advisories=source
    )
    assert (python.status, script.status) == (CheckStatus.WARNING, CheckStatus.FAILED)


@pytest.mark.parametrize("content", [None, "no JSON, left-pad"])
def test_an_advisory_source_that_cannot_be_read_is_not_available(tmp_path: Path, content: str | None) -> None:
    source = tmp_path / "a.json"
    if content:
        source.write_text(content)
    check = judged({"requirements.txt": ""}, {"requirements.txt": "left-pad==1\n"}, advisories=source)
    assert "Known vulnerabilities: not available, a.json is" in check.summary
    assert str(tmp_path) not in check.summary


def test_licences_come_from_what_is_installed(tmp_path: Path) -> None:
    for name, header in (
        ("free", "License-Expression: MIT"),
        ("copy_left", "Classifier: License :: OSI Approved :: GNU General Public License v3 (GPLv3)"),
    ):
        folder = tmp_path / f"lib/python3.11/site-packages/{name}-1.0.dist-info"
        folder.mkdir(parents=True)
        (folder / "METADATA").write_text(f"Metadata-Version: 2.4\nName: {name}\n{header}\n\nWords\n")
    check = judged(
        {"requirements.txt": ""}, {"requirements.txt": "free==1\ncopy-left==1\n"}, environment=str(tmp_path)
    )
    told = {one.rule: one.text for one in check.findings}
    assert told["added"] == "free 1 is new. Licence: MIT."
    assert told["licence"].endswith("Licence: GNU General Public License v3 (GPLv3).")


def test_a_file_that_cannot_be_read_is_told() -> None:
    check = judged({"package.json": "{}"}, {"package.json": "{"})
    assert rules(check) == {"unreadable"}


def test_settings_alone_change_no_package() -> None:
    check = judged({"pyproject.toml": "[tool.ruff]\n"}, {"pyproject.toml": "[tool.ruff]\nline-length = 9\n"})
    assert check.status is CheckStatus.PASSED
    assert judged({}, {"a.py": "x = 1\n"}).status is CheckStatus.SKIPPED


def test_a_credential_in_an_address_is_not_repeated() -> None:
    text = "x @ https://me:hunter22@example.org/x.whl\n"
    check = judged({"requirements.txt": ""}, {"requirements.txt": text})
    assert "hunter22" not in check.model_dump_json()
    assert Package("PyPI", "x", "", "https://me:hunter22@example.org/x.whl") in (
        packages("requirements.txt", text) or ()
    )
