"""Which package registries there are: codegen.toml, else what pip, npm and Go are configured with."""

import base64
import configparser
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final
from urllib.parse import unquote, urlsplit, urlunsplit

from pydantic import SecretStr

from jobs.domain.environment import Ecosystem, RegistriesTable

TOKENS: Final = {one: f"REGISTRY_{one.upper()}_TOKEN" for one in Ecosystem}
"""Variables with a registry's credential: `user:password`, or a token."""

_VARIABLE: Final = re.compile(r"\$\{(\w+)\}")


@dataclass(frozen=True)
class Registry:
    """One registry as the worker reaches it."""

    url: str
    """Address without a credential and without a slash at its end."""
    authorization: SecretStr | None = None
    """Value of the Authorization header, for this origin alone."""

    @property
    def host(self) -> str:
        """Its host."""
        return urlsplit(self.url).hostname or ""


Registries = Mapping[Ecosystem, Registry]
"""Those that are configured."""


def configured(table: RegistriesTable, environment: Mapping[str, str]) -> Registries:
    """Every registry that codegen.toml or a tool's own configuration names."""
    told = {
        Ecosystem.PYTHON: table.python or _pip(environment),
        Ecosystem.NPM: table.npm or _npm(environment),
        Ecosystem.GO: table.go or _go(environment),
    }
    found = {}
    for ecosystem, address in told.items():
        registry = _registry(address) if address else None
        if registry is not None:
            token = environment.get(TOKENS[ecosystem])
            own = _header(token) if token else registry.authorization
            if own is None and ecosystem is Ecosystem.NPM:
                own = _npm_credential(registry.url, environment)
            found[ecosystem] = Registry(registry.url, own)
    return found


def _registry(address: str) -> Registry | None:
    parts = urlsplit(address)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        return None
    place = parts.netloc.rpartition("@")[2]
    plain = urlunsplit((parts.scheme, place, parts.path.rstrip("/"), "", ""))
    if parts.username is None:
        return Registry(plain)
    return Registry(plain, _header(f"{unquote(parts.username)}:{unquote(parts.password or '')}"))


def _header(credential: str) -> SecretStr:
    if ":" in credential:
        return SecretStr(f"Basic {base64.b64encode(credential.encode()).decode()}")
    return SecretStr(f"Bearer {credential}")


def _pip(environment: Mapping[str, str]) -> str | None:
    if environment.get("PIP_INDEX_URL"):
        return environment["PIP_INDEX_URL"]
    named = environment.get("PIP_CONFIG_FILE")
    files = [Path(named)] if named else []
    files += [_xdg(environment) / "pip/pip.conf", _home(environment) / ".pip/pip.conf", Path("/etc/pip.conf")]
    for file in files:
        parser = configparser.RawConfigParser()
        parser.read_string(_text(file), source=file.name)
        for section in ("install", "global"):
            if parser.has_option(section, "index-url"):
                return parser.get(section, "index-url")
    return None


def _npm(environment: Mapping[str, str]) -> str | None:
    for name in ("npm_config_registry", "NPM_CONFIG_REGISTRY"):
        if environment.get(name):
            return environment[name]
    return next((value for name, value in _npmrc(environment) if name == "registry"), None)


def _npm_credential(url: str, environment: Mapping[str, str]) -> SecretStr | None:
    """What npmrc says for the registry's address, or for a folder above it."""
    place = url.partition(":")[2] + "/"
    for name, value in _npmrc(environment):
        where, _, what = name.rpartition(":")
        if where.startswith("//") and place.startswith(where.rstrip("/") + "/"):
            if what == "_authToken":
                return SecretStr(f"Bearer {value}")
            if what == "_auth":
                return SecretStr(f"Basic {value}")
    return None


def _npmrc(environment: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    named = environment.get("NPM_CONFIG_USERCONFIG") or environment.get("npm_config_userconfig")
    for file in (Path(named) if named else _home(environment) / ".npmrc", Path("/etc/npmrc")):
        for line in _text(file).splitlines():
            name, equals, value = line.partition("=")
            if equals and not line.lstrip().startswith(("#", ";")):
                plain = value.strip().strip("\"'")
                yield name.strip(), _VARIABLE.sub(lambda one: environment.get(one[1], ""), plain)


def _go(environment: Mapping[str, str]) -> str | None:
    told = environment.get("GOPROXY")
    if not told:
        lines = _text(_xdg(environment) / "go/env").splitlines()
        told = next((line.partition("=")[2] for line in lines if line.startswith("GOPROXY=")), "")
    return next((one for one in re.split(r"[,|]", told) if one.startswith("http")), None)


def _home(environment: Mapping[str, str]) -> Path:
    return Path(environment.get("HOME") or "/nonexistent")


def _xdg(environment: Mapping[str, str]) -> Path:
    return Path(environment.get("XDG_CONFIG_HOME") or _home(environment) / ".config")


def _text(file: Path) -> str:
    return file.read_text("utf-8", "replace") if file.is_file() else ""
