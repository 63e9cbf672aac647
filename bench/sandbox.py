"""What a sandbox costs: a command in it, a file read through it, against a plain process, in the same run."""

import asyncio
import statistics
import subprocess
import tempfile
import time
from collections.abc import Awaitable, Callable
from pathlib import Path

from bench import row
from jobs.adapters.workspaces import GitWorkspaces
from jobs.domain.review import Repository
from jobs.ports import Command

ROUNDS = 60
"""Commands of each sort, taken in turns."""
GIT = ("git", "-c", "user.name=bench", "-c", "user.email=bench@example.org")


def main() -> None:
    """Print medians in milliseconds."""
    with tempfile.TemporaryDirectory(dir="/var/tmp", prefix="codegen-bench-") as folder:
        Path(folder).chmod(0o755)
        plain, boxed, read = asyncio.run(_measure(Path(folder), _origin(Path(folder))))
    row("command (sandboxed, a plain process)", ours=boxed * 1000, rival=plain * 1000)
    print(f"file read from a workspace: {read * 1000:.1f} ms")


def _origin(folder: Path) -> Path:
    origin = folder / "origin"
    subprocess.run([*GIT, "init", "--quiet", "--initial-branch=main", str(origin)], check=True)
    (origin / "file").write_text("content\n")
    subprocess.run([*GIT, "add", "."], cwd=origin, check=True)
    subprocess.run([*GIT, "commit", "--quiet", "-m", "x"], cwd=origin, check=True)
    return origin


async def _measure(folder: Path, origin: Path) -> tuple[float, float, float]:
    workspaces = GitWorkspaces(folder / "home")
    repository = Repository(path="bench", url=str(origin))
    start = await workspaces.resolve(repository, "main")
    async with workspaces.open(repository, start, environment=None) as workspace:
        command = Command(argv=("/usr/bin/true",))
        acts: list[Callable[[], Awaitable[object]]] = [
            _plain,
            lambda: workspace.run(command),
            lambda: workspace.read("file"),
        ]
        times: list[list[float]] = [[], [], []]
        for _ in range(ROUNDS):
            for act, taken in zip(acts, times, strict=True):
                began = time.perf_counter()
                await act()
                taken.append(time.perf_counter() - began)
    plain, boxed, read = (statistics.median(taken) for taken in times)
    return plain, boxed, read


async def _plain() -> None:
    subprocess.run(["/usr/bin/true"], check=True)  # noqa: ASYNC221  # the very cost that is measured


if __name__ == "__main__":
    main()
