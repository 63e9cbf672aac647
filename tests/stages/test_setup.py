"""From manifests to commands: what is seen decides the key, and nothing else is seen."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st
from packaging.requirements import Requirement

from jobs.domain.environment import Ecosystem, EnvironmentPlan
from jobs.errors import Stop
from jobs.stages.setup import plan_of

LOCKED = "shoplib==1.0 --hash=sha256:00\n"
PROJECT = """[project]
name = "shop"
version = "1"
dependencies = ["shoplib>=1"]
[project.optional-dependencies]
test = ["pytest>=8"]
docs = ["sphinx"]
[tool.ruff]
line-length = 100
"""
INTEGRITY = "sha512-00"


async def plan(setup: tuple[str, ...] = (), **files: str) -> EnvironmentPlan | None:
    contents = {name.replace("__", "/").replace("_", "."): text.encode() for name, text in files.items()}
    contents |= {
        name.replace("package.lock.json", "package-lock.json"): text for name, text in contents.items()
    }

    async def read(path: str) -> bytes | None:
        return contents.get(path)

    return await plan_of(read, setup)


async def there(setup: tuple[str, ...] = (), **files: str) -> EnvironmentPlan:
    found = await plan(setup, **files)
    assert found is not None
    return found


async def test_locks_with_hashes_are_installed_with_them_and_win_over_their_source() -> None:
    found = await there(requirements_lock=LOCKED, requirements_txt="shoplib\n", pyproject_toml=PROJECT)
    assert found.commands == ("python -m pip install --require-hashes -r requirements.lock",)


async def test_included_files_are_seen_and_addresses_are_the_operators() -> None:
    text = "-r requirements/more.txt\n--index-url https://evil.example/simple\n-e .\nshoplib\n"
    found = await there(
        requirements_txt=text, requirements__more_txt="-c pins.txt\n", requirements__pins_txt=""
    )
    assert set(found.files) == {"requirements.txt", "requirements/more.txt", "requirements/pins.txt"}
    assert found.files["requirements.txt"] == b"-r requirements/more.txt\n\n\nshoplib\n"


async def test_a_project_gives_its_dependencies_and_those_of_its_tests_pinned_by_a_lock() -> None:
    lock = '[[package]]\nname = "shoplib"\nversion = "1.4"\nsource = { registry = "https://x.example" }\n'
    found = await there(pyproject_toml=PROJECT, uv_lock=lock)
    assert found.files["pyproject.requirements.txt"] == b"pytest>=8\nshoplib>=1\n"
    assert found.files["pyproject.constraints.txt"] == b"shoplib==1.4\n"
    assert found.commands == (
        "python -m pip install -r pyproject.requirements.txt -c pyproject.constraints.txt",
    )


async def test_what_installs_nothing_does_not_change_the_key() -> None:
    one = await there(pyproject_toml=PROJECT)
    other = await there(pyproject_toml=PROJECT.replace("100", "110"))
    third = await there(pyproject_toml=PROJECT.replace("shoplib>=1", "shoplib>=2"))
    assert one.digest == other.digest != third.digest


async def test_npm_takes_the_lock_without_its_hosts_and_without_the_projects_scripts() -> None:
    package = {"scripts": {"postinstall": "curl evil"}, "dependencies": {"shopjs": "1"}}
    resolved = "https://registry.example/shopjs/-/shopjs-1.0.0.tgz"
    lock = {"packages": {"node_modules/shopjs": {"resolved": resolved, "integrity": INTEGRITY}}}
    found = await there(package_json=json.dumps(package), package_lock_json=json.dumps(lock))
    assert found.commands == ("npm ci --ignore-scripts --no-audit --no-fund",)
    assert found.ecosystems == (Ecosystem.NPM,)
    assert b"curl" not in b"".join(found.files.values())
    assert b"registry.example" not in found.files["package-lock.json"]
    assert INTEGRITY.encode() in found.files["package-lock.json"]


async def test_go_modules_are_downloaded_when_there_are_any() -> None:
    assert await plan(go_mod="module example.com/shop\n\ngo 1.19\n") is None
    found = await there(go_mod="module example.com/shop\n\nrequire example.com/x v1.0.0\n", go_sum="x")
    assert (found.commands, set(found.files)) == (("go mod download",), {"go.mod", "go.sum"})


async def test_the_repositorys_own_commands_see_the_files_that_they_name() -> None:
    setup = ("sh tools/setup.sh requirements.txt", "npm ci")
    files = {"tools__setup_sh": "echo", "requirements_txt": "shoplib\n", "other_txt": "no"}
    found = await there(setup, **files)
    assert found.commands == setup
    assert set(found.files) == {"tools/setup.sh", "requirements.txt"}
    assert found.ecosystems == (Ecosystem.PYTHON, Ecosystem.NPM)


async def test_nothing_to_install_is_no_plan() -> None:
    assert await plan(pyproject_toml="[project]\nname = 'shop'\nversion = '1'\n") is None
    assert await plan(package_json='{"scripts": {"test": "node --test"}}') is None


@pytest.mark.parametrize(("name", "text"), [("pyproject_toml", "[project"), ("package_json", "[1]")])
async def test_a_manifest_that_cannot_be_read_is_named(name: str, text: str) -> None:
    with pytest.raises(Stop, match=name.replace("_", ".")):
        await plan((), **{name: text})


versions = st.lists(st.integers(0, 30), min_size=1, max_size=3).map(lambda parts: ".".join(map(str, parts)))


@given(st.sampled_from(["^", "~", "==", ">=", ""]), versions)
async def test_poetrys_ranges_become_ranges_that_hold_the_version_itself(sign: str, version: str) -> None:
    found = await there(pyproject_toml=f'[tool.poetry.dependencies]\nshoplib = "{sign}{version}"\n')
    line = found.files["pyproject.requirements.txt"].decode().strip()
    requirement = Requirement(line)
    assert requirement.name == "shoplib"
    assert requirement.specifier.contains(version), line
