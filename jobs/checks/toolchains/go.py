"""Go: `go test -json`, read by a program of ours."""

import json
import re
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from jobs.checks.canary import Canary, picked
from jobs.checks.toolchains.declared import Absent
from jobs.checks.toolchains.protocol import Asked, Toolchain
from jobs.checks.toolchains.python import inside, interpreter
from jobs.ports import Command, Workspace

_PLACES: Final = "/usr/local/go/bin:/usr/lib/go/bin:/usr/local/bin:/usr/bin:/bin"
_SPELLED: Final = re.compile(r"((?:[^:]+/)?)((?:Test|Example|Fuzz)\w*)(/[^:]+)?")
_MISSING: Final = "Go is not in the sandbox; install it on the worker or in the environment"


@dataclass(frozen=True)
class Go:
    """Go's own test tool; ids are `folder/file_test.go::TestName`, subtests follow after `::`."""

    environment: str | None = None
    """Directory whose `gomod` holds downloaded modules."""
    arguments: tuple[str, ...] = ()
    """Packages that the repository's own command names."""
    name: str = "go"
    addresses_tests: bool = True
    shuffles: bool = True

    @property
    def interpreter(self) -> str:
        """The system's Python, for programs of ours."""
        return interpreter(None)

    def hatch(self, asked: Asked) -> Canary:
        """A test file for the package it is put into."""
        stem, good, bad = picked(3)
        left, right = secrets.randbelow(900) + 50, secrets.randbelow(40) + 3
        names = [f"Test{one[:1].upper()}{one[1:]}" for one in (good, bad)]
        text = 'package canary\n\nimport "testing"\n'
        for name, value in zip(names, (left + right, left + right + 1), strict=True):
            text += f"\nfunc {name}(t *testing.T) {{\n\tif got := {left} + {right}; got != {value} {{\n"
            text += '\t\tt.Fatalf("got %d", got)\n\t}\n}\n'
        return Canary(
            name=f"{stem}_test.go",
            text=text,
            functions=(),
            must_pass=frozenset({names[0]}),
            must_fail=frozenset({names[1]}),
        )

    def command(self, asked: Asked) -> Command:
        """One process of ours, which starts go."""
        facts = {
            "environment": self.environment,
            "packages": self.arguments or ("./...",),
            "selection": asked.selection,
            "canary": asked.canary or "",
            "shuffle": [f"-shuffle={asked.order}"] if asked.order is not None else [],
            "traced": asked.traced,
        }
        return Command(
            argv=(self.interpreter, "-I", "{in}/go_run.py", "{in}/settings.json", "{out}"),
            env=_env(self.environment),
            timeout=asked.timeout,
            files={"go_run.py": inside("go_run.py"), "settings.json": json.dumps(facts).encode()},
            collect=True,
        )

    def spelled(self, asked: Asked) -> str:
        """As a person would type it."""
        folders = dict.fromkeys("./" + self.file_of(one).rpartition("/")[0] for one in asked.selection)
        return " ".join(("go test", *(folders or self.arguments or ("./...",))))

    def file_of(self, node: str) -> str:
        """What stands before the first `::`."""
        return node.partition("::")[0]

    def mutation(self, plan: bytes, mutants: Mapping[str, bytes], nodes: Sequence[str]) -> Command:
        """One process of ours that compiles and runs the tests once per mutant."""
        facts = {"packages": self.arguments or ("./...",), "selection": tuple(nodes)}
        return Command(
            argv=(self.interpreter, "{in}/go_mutate.py", "{in}/settings.json", "{in}/plan.json", "{out}"),
            env=_env(self.environment),
            files={
                "go_mutate.py": inside("go_mutate.py"),
                "go_run.py": inside("go_run.py"),
                "settings.json": json.dumps(facts).encode(),
                "plan.json": plan,
                **mutants,
            },
            collect=True,
        )


async def detect(workspace: Workspace, *, environment: str | None) -> Toolchain | None:
    """Go for a tree with go.mod; Absent when the tool is not there."""
    if await workspace.read("go.mod") is None:
        return None
    return await _checked(workspace, (), environment=environment)


async def resolved(
    toolchain: Toolchain, workspace: Workspace, proofs: Mapping[str, tuple[str, ...]]
) -> dict[str, tuple[str, ...]]:
    """Proofs with `folder/TestName`, as Go spells it, brought to `folder/file_test.go::TestName`."""
    if not isinstance(toolchain, Go):
        return dict(proofs)
    found: dict[str, tuple[str, ...]] = {}
    for criterion, nodes in proofs.items():
        found[criterion] = tuple([await _resolved(workspace, node) for node in nodes])
    return found


async def _resolved(workspace: Workspace, node: str) -> str:
    spelled = _SPELLED.fullmatch(node.removeprefix("./"))
    if spelled is None:
        return node
    folder, name, inner = spelled[1] or "", spelled[2], (spelled[3] or "").replace("/", "::", 1)
    script = 'grep -lE "^func $1\\(" "./$0"*_test.go'
    result = await workspace.run(Command(argv=("/bin/sh", "-c", script, folder, name), timeout=60))
    files = [line for line in result.output.splitlines() if line.endswith("_test.go")]
    return f"{files[0].removeprefix('./')}::{name}{inner}" if files and result.exit_code == 0 else node


async def from_suite(
    workspace: Workspace, suite: Sequence[str], *, environment: str | None
) -> Toolchain | None:
    """Go for the command `go test …`."""
    if list(suite[:2]) != ["go", "test"]:
        return None
    packages = tuple(word for word in suite[2:] if not word.startswith("-"))
    return await _checked(workspace, packages, environment=environment)


async def _checked(workspace: Workspace, packages: tuple[str, ...], *, environment: str | None) -> Toolchain:
    asked = Command(argv=("/bin/sh", "-c", "go version"), env=_env(environment), timeout=60)
    there = (await workspace.run(asked)).exit_code == 0
    return Go(environment, packages) if there else Absent("go", _MISSING)


def _env(environment: str | None) -> dict[str, str]:
    own = {"GOMODCACHE": f"{environment}/gomod"} if environment else {}
    return {
        **own,
        "PATH": f"{environment}/bin:{_PLACES}" if environment else _PLACES,
        "GOCACHE": "/tmp/go-build",
        "GOPATH": "/tmp/go",
        "GOPROXY": "off",
        "GOTOOLCHAIN": "local",
        "GOFLAGS": "-mod=readonly",
        "CGO_ENABLED": "0",
    }
