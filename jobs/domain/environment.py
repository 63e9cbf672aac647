"""What a repository's dependencies are installed from, and where they ended up."""

import hashlib
import json
from collections.abc import Mapping
from enum import StrEnum
from typing import Annotated
from urllib.parse import urlsplit

from pydantic import AfterValidator, Field

from jobs.domain.base_model import Frozen


def _address(text: str) -> str:
    parts = urlsplit(text)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise ValueError("must be an address that begins with https:// or http://")
    if "@" in parts.netloc:
        raise ValueError("holds a credential; set it in the worker's environment, see docs/operator.md")
    return text.rstrip("/")


Address = Annotated[str, AfterValidator(_address)]
"""An address without a credential in it."""


class Ecosystem(StrEnum):
    """Kinds of package registries."""

    PYTHON = "python"
    NPM = "npm"
    GO = "go"


class EnvironmentPlan(Frozen):
    """Everything that a build sees of a repository; the same plan gives the same environment."""

    files: Mapping[str, bytes]
    """Manifests, lockfiles and what `setup` names: path from the root → content."""
    commands: tuple[str, ...]
    """For the shell, in order, in a folder with only these files."""
    ecosystems: tuple[Ecosystem, ...]
    """Registries that the commands need."""

    @property
    def digest(self) -> str:
        """Names the content, in hexadecimal."""
        files = {path: hashlib.sha256(content).hexdigest() for path, content in self.files.items()}
        facts = json.dumps([sorted(files.items()), self.commands, self.ecosystems])
        return hashlib.sha256(facts.encode()).hexdigest()


class BuiltEnvironment(Frozen):
    """A published environment; it never changes again."""

    path: str
    """Its directory, read-only for everybody; venvs are bound to it."""
    fresh: bool
    """True when this call built it."""
    cpu_seconds: float = 0.0
    """Processor time of this call's build."""
    fetched: int = 0
    """Bytes that this call's build got from registries."""


class RegistriesTable(Frozen):
    """The `[registries]` table of codegen.toml: where environments are built from, without credentials."""

    python: Address | None = None
    """Index in the simple format (PEP 503 or 691); left out, what pip is configured with."""
    npm: Address | None = None
    """npm registry; left out, what npm is configured with."""
    go: Address | None = None
    """Go module proxy; left out, what Go is configured with."""
    hosts: tuple[str, ...] = ()
    """Further hosts that a registry may redirect to, such as its file store."""
    build_megabytes: Annotated[int, Field(ge=1)] = 4096
    """What one build may fetch, and what it may write."""
    file_megabytes: Annotated[int, Field(ge=1)] = 1024
    """What one answer may have."""
    disk_gigabytes: Annotated[float, Field(gt=0)] = 20.0
    """Environments kept on a machine; the longest unused go first."""
    minutes: Annotated[float, Field(gt=0, le=240)] = 30.0
    """What one build may take."""
