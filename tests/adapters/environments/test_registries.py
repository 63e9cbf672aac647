"""Where registries are: codegen.toml, else the tools' own settings; credentials never in an address."""

import base64
from pathlib import Path

import pytest
from pydantic import ValidationError

from jobs.adapters.environments import configured
from jobs.domain.environment import Ecosystem, RegistriesTable
from jobs.settings import secret_values

NPMRC = """registry=https://packages.example/npm/
//packages.example/npm/:_authToken=${NPM_SECRET}
; registry=https://other.example
"""


def header(ecosystem: Ecosystem, table: RegistriesTable, environment: dict[str, str]) -> tuple[str, str]:
    found = configured(table, environment)[ecosystem]
    return found.url, found.authorization.get_secret_value() if found.authorization else ""


def test_nothing_is_assumed(tmp_path: Path) -> None:
    assert configured(RegistriesTable(), {"HOME": str(tmp_path), "GOPROXY": "direct"}) == {}


def test_the_tools_own_settings_are_read(tmp_path: Path) -> None:
    (tmp_path / ".npmrc").write_text(NPMRC)
    (tmp_path / ".config/pip").mkdir(parents=True)
    (tmp_path / ".config/pip/pip.conf").write_text(
        "[global]\nindex-url = https://a:b%40c@python.example/simple/\n"
    )
    (tmp_path / ".config/go").mkdir()
    (tmp_path / ".config/go/env").write_text("GOFLAGS=-mod=mod\nGOPROXY=https://go.example,direct\n")
    environment = {"HOME": str(tmp_path), "NPM_SECRET": "deep"}
    basic = base64.b64encode(b"a:b@c").decode()
    table = RegistriesTable()
    pip = header(Ecosystem.PYTHON, table, environment)
    assert pip == ("https://python.example/simple", f"Basic {basic}")
    assert header(Ecosystem.NPM, table, environment) == ("https://packages.example/npm", "Bearer deep")
    assert header(Ecosystem.GO, table, environment) == ("https://go.example", "")


def test_codegen_toml_wins_and_the_variable_gives_the_credential() -> None:
    table = RegistriesTable(python="https://index.example/simple/")
    environment = {"PIP_INDEX_URL": "https://other.example", "REGISTRY_PYTHON_TOKEN": "tick-tock"}
    found = header(Ecosystem.PYTHON, table, environment)
    assert found == ("https://index.example/simple", "Bearer tick-tock")


def test_passwords_in_addresses_never_reach_a_log() -> None:
    environment = {"PIP_INDEX_URL": "https://a:deep-secret@x.example", "REGISTRY_GO_TOKEN": "user:tick-tock"}
    assert set(secret_values(environment)) == {"deep-secret", "user:tick-tock"}


@pytest.mark.parametrize("address", ["ftp://x.example", "packages", "https://user:word@x.example"])
def test_an_address_that_is_none_or_holds_a_credential_is_refused(address: str) -> None:
    with pytest.raises(ValidationError):
        RegistriesTable(python=address)
