"""How soon a workspace is ready on a large repository, against `git worktree add`, in the same run."""

import asyncio
import statistics
import subprocess
import tempfile
import time
from pathlib import Path

from bench import row
from jobs.adapters.workspaces import GitWorkspaces
from jobs.domain.review import Repository
from jobs.ports import Command

FILES = 50_000
"""Files of the generated repository."""
ROUNDS = 5
"""Workspaces opened, one after the other."""
AT_ONCE = 8
"""Workspaces opened together."""
GIT = ("git", "-c", "user.name=bench", "-c", "user.email=bench@example.org", "-c", "gc.auto=0")


def main() -> None:
    """Print seconds and ratios."""
    with tempfile.TemporaryDirectory(dir="/var/tmp", prefix="codegen-bench-") as folder:
        Path(folder).chmod(0o755)
        origin = generate(Path(folder))
        worktree = _worktree(origin, Path(folder) / "worktree")
        asyncio.run(_measure(Path(folder), origin, worktree))


def generate(folder: Path) -> Path:
    """A bare repository with many small files in many folders."""
    origin = folder / "origin.git"
    subprocess.run([*GIT, "init", "--quiet", "--bare", "--initial-branch=main", str(origin)], check=True)
    lines = ["commit refs/heads/main", "committer bench <bench@example.org> 1700000000 +0000", "data 1", "x"]
    for number in range(FILES):
        content = f"def function_{number}():\n    return {number}\n" * 8
        lines += [f"M 100644 inline src/p{number % 250}/m{number}.py", f"data {len(content)}", content]
    stream = "\n".join([*lines, "done", ""]).encode()
    subprocess.run([*GIT, "fast-import", "--quiet", "--done"], cwd=origin, input=stream, check=True)
    return origin


def _worktree(origin: Path, target: Path) -> float:
    began = time.perf_counter()
    subprocess.run(
        [*GIT, "worktree", "add", "--quiet", "--detach", str(target), "main"], cwd=origin, check=True
    )
    return time.perf_counter() - began


async def _measure(folder: Path, origin: Path, worktree: float) -> None:
    workspaces = GitWorkspaces(folder / "home")
    repository = Repository(path="bench", url=str(origin))
    start = await workspaces.resolve(repository, "main")
    began = time.perf_counter()
    async with workspaces.open(repository, start, environment=None):
        first = time.perf_counter() - began
    ready, patched = [], []
    for _ in range(ROUNDS):
        began = time.perf_counter()
        async with workspaces.open(repository, start, environment=None) as workspace:
            ready.append(time.perf_counter() - began)
            await workspace.run(Command(argv=("/bin/sh", "-c", "echo x >>src/p1/m1.py")))
            began = time.perf_counter()
            await workspace.patch()
            patched.append(time.perf_counter() - began)

    async def one() -> None:
        async with workspaces.open(repository, start, environment=None):
            pass

    began = time.perf_counter()
    await asyncio.gather(*(one() for _ in range(AT_ONCE)))
    together = time.perf_counter() - began
    middle = statistics.median(ready)
    size = f"{FILES // 1000}k files"
    row(f"workspace ready, {size} (overlay, git worktree add)", ours=middle, rival=worktree, unit="s")
    print(f"{AT_ONCE} workspaces opened and closed together, {size}: {together:.2f} s")
    print(f"first workspace of a commit, {size}: {first:.1f} s")
    print(f"patch of one changed file, {size}: {statistics.median(patched):.2f} s")


if __name__ == "__main__":
    main()
