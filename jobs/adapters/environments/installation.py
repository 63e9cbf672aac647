"""One build: a sandbox with the plan's files, the environment's folder at its final path, and the proxy."""

import json
import shlex
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit

from jobs.adapters.environments.proxy import ORIGIN, SOCKET
from jobs.adapters.sandbox import forward
from jobs.adapters.sandbox.box import Box, Task
from jobs.adapters.sandbox.recipe import TREE, Mount
from jobs.adapters.sandbox.wire import Report
from jobs.domain.environment import EnvironmentPlan

RECIPE: Final = 1
"""Raised when the same plan is built differently: part of every environment's key."""
PYTHON: Final = "/usr/bin/python3"
"""What builds; the sandbox sees the host's /usr."""

_SCRATCH, _GATE = "/scratch", "/run/registry"
_FORWARD: Final = Path(forward.__file__).read_bytes()
_VERSIONS: Final = "uname -m; python3 -VV; node --version; npm --version; go version; true"
_LAY: Final = b"""
import json, pathlib, sys
folder = pathlib.Path(sys.argv[1])
for name, path in json.loads((folder / "names.json").read_bytes()).items():
    target = pathlib.Path(path)
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_bytes((folder / name).read_bytes())
"""


@dataclass(frozen=True)
class Site:
    """Folders of the host for one build."""

    tree: Path
    """Where the plan's files are laid."""
    environment: Path
    """What becomes the environment."""
    scratch: Path
    """Caches and temporary files; removed afterwards."""
    gate: Path
    """Holds the proxy's socket."""
    final: Path
    """Where the environment will be, and is inside."""

    @property
    def written(self) -> tuple[str, ...]:
        """What the build can write."""
        return str(self.tree), str(self.environment), str(self.scratch)


async def versions(box: Box, site: Site) -> str:
    """What the sandbox's tools say they are: part of every environment's key."""
    task = Task(argv=("/bin/sh", "-c", _VERSIONS), mounts=[Mount(str(site.tree), TREE)], timeout=60)
    return (await box.run(task)).output.decode(errors="replace")


async def built(box: Box, site: Site, plan: EnvironmentPlan, *, seconds: float, disk: int) -> Report:
    """Run the plan's commands; the report has the exit status and what they printed."""
    port = urlsplit(ORIGIN).port
    script = "\n".join(("set -e", 'mkdir -p "$HOME"', _venv(plan), *map(_step, plan.commands)))
    task = Task(
        argv=(PYTHON, "-I", "{in}/forward.py", f"{_GATE}/{SOCKET}", str(port), "/bin/sh", "-c", script),
        files={"forward.py": _FORWARD},
        mounts=[
            Mount(str(site.tree), TREE, writable=True),
            Mount(str(site.environment), str(site.final), writable=True),
            Mount(str(site.scratch), _SCRATCH, writable=True),
            Mount(str(site.gate), _GATE),
        ],
        env=_variables(str(site.final)),
        timeout=seconds,
        watched=site.written,
        disk=disk,
    )
    return await box.run(task)


async def laid(box: Box, site: Site, files: Mapping[str, bytes]) -> Report:
    """Put the plan's files into the tree, as the sandbox's user."""
    names = {f"file{number}": path for number, path in enumerate(files)}
    contents = dict(zip(names, files.values(), strict=True))
    task = Task(
        argv=(PYTHON, "-I", "{in}/lay.py", "{in}"),
        files={**contents, "names.json": json.dumps(names).encode(), "lay.py": _LAY},
        mounts=[Mount(str(site.tree), TREE, writable=True)],
        timeout=60,
    )
    return await box.run(task)


def _venv(plan: EnvironmentPlan) -> str:
    """Always a Python, for programs that look for one; pip only where it is needed."""
    pip = "" if any("pip" in one for one in plan.commands) else " --without-pip"
    return f'{PYTHON} -m venv{pip} "$ENVIRONMENT"'


def _step(command: str) -> str:
    return f"echo {shlex.quote('$ ' + command)}\n/bin/sh -ec {shlex.quote(command)}"


def _variables(final: str) -> dict[str, str]:
    return {
        "ENVIRONMENT": final,
        "VIRTUAL_ENV": final,
        "PATH": f"{final}/bin:/usr/local/bin:/usr/bin:/bin",
        "HOME": f"{_SCRATCH}/home",
        "TMPDIR": _SCRATCH,
        "PIP_INDEX_URL": f"{ORIGIN}/python/simple",
        "UV_INDEX_URL": f"{ORIGIN}/python/simple",
        "PIP_CONFIG_FILE": "/dev/null",
        "PIP_CACHE_DIR": f"{_SCRATCH}/pip",
        "PIP_DISABLE_PIP_VERSION_CHECK": "1",
        "PIP_NO_INPUT": "1",
        "PIP_RETRIES": "1",
        "PIP_PROGRESS_BAR": "off",
        "npm_config_registry": f"{ORIGIN}/npm/",
        "npm_config_cache": f"{_SCRATCH}/npm",
        "npm_config_userconfig": "/dev/null",
        "npm_config_fetch_retries": "1",
        "npm_config_update_notifier": "false",
        "npm_config_progress": "false",
        "GOPROXY": f"{ORIGIN}/go",
        "GOSUMDB": "off",
        "GOTOOLCHAIN": "local",
        "GOMODCACHE": f"{final}/gomod",
        "GOCACHE": f"{_SCRATCH}/go-build",
        "GOPATH": f"{_SCRATCH}/go",
        "GOFLAGS": "-modcacherw",
        "CGO_ENABLED": "0",
    }
