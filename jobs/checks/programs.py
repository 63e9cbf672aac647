"""Where analysers are: in the repository's environment, in the operator's, or on the system."""

import os
import shutil
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from jobs.settings import NO_HELP, ChecksTable

_SYSTEM: Final = "/usr/local/bin:/usr/bin:/bin"
"""What a sandbox sees of the host's programs."""


@dataclass(frozen=True)
class Program:
    """A program that the sandbox can start."""

    path: str
    """Where it is."""
    mounts: tuple[str, ...] = ()
    """What must be mounted for it."""


@dataclass(frozen=True)
class Programs:
    """The places to look in; only directories that the operator names, never the tree."""

    environment: str | None
    """The repository's environment."""
    settings: ChecksTable = NO_HELP
    """The operator's own."""

    def own(self, name: str) -> Program | None:
        """A program of the repository's environment, or of the system where it has none."""
        if self.environment:
            path = f"{self.environment}/bin/{name}"
            return Program(path) if _executable(path) else None
        found = shutil.which(name, path=_SYSTEM)
        return Program(found) if found and found.startswith("/usr/") else None

    def any(self, name: str) -> Program | None:
        """The same, or one of the operator's analysers."""
        found = self.own(name)
        if found is None and self.settings.analysers is not None:
            folder = str(self.settings.analysers)
            if _executable(f"{folder}/bin/{name}"):
                return Program(f"{folder}/bin/{name}", mounts=(folder,))
        return found

    def metadata(self, names: Iterable[str]) -> dict[str, str]:
        """METADATA of installed Python packages by normalised name, for those that are there."""
        wanted = {name.replace("-", "_").lower(): name for name in names}
        found: dict[str, str] = {}
        if self.environment:
            for folder in Path(self.environment).glob("lib/python3*/site-packages/*.dist-info"):
                name = wanted.get(folder.name.split("-")[0].replace(".", "_").lower())
                if name and (folder / "METADATA").is_file():
                    found[name] = (folder / "METADATA").read_text("utf-8", "replace")
        return found


def _executable(path: str) -> bool:
    return os.access(path, os.X_OK)
