"""Fixtures around real repositories; below /var/tmp, which the sandbox's user can enter."""

import shutil
import subprocess
import tempfile
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from jobs.adapters.workspaces import GitWorkspaces
from jobs.adapters.workspaces.git_workspace import GitWorkspace
from jobs.domain.review import Repository
from jobs.ports import Command, Workspace

GIT = ("git", "-c", "user.name=Ann", "-c", "user.email=ann@example.org", "-c", "init.defaultBranch=main")


@dataclass(frozen=True)
class Remote:
    """A bare repository on this host."""

    folder: Path

    @property
    def repository(self) -> Repository:
        return Repository(path="payments/api", url=str(self.folder))

    @property
    def head(self) -> str:
        """The commit of main."""
        return (self.folder / "refs" / "heads" / "main").read_text().strip()

    def git(self, *words: str, stdin: str | None = None) -> str:
        """What a git command there prints."""
        done = subprocess.run(
            [*GIT, *words], cwd=self.folder, check=True, capture_output=True, input=stdin, text=True
        )
        return done.stdout.strip()

    def commit(self, files: dict[str, str], *, branch: str = "main") -> str:
        """Add a commit with these files on a branch."""
        tree = tempfile.mkdtemp(dir=self.folder.parent)
        for name, content in files.items():
            file = Path(tree, name)
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(content)
        index = f"{tree}.index"
        words = (f"--work-tree={tree}", "add", "--all", "--force", ".")
        env = {"GIT_INDEX_FILE": index, "PATH": "/usr/bin:/bin", "GIT_DIR": str(self.folder)}
        subprocess.run([*GIT, *words], cwd=tree, check=True, env=env)
        written = subprocess.run([*GIT, "write-tree"], env=env, check=True, capture_output=True, text=True)
        parents = self.git("for-each-ref", "--format=-p %(objectname)", f"refs/heads/{branch}").split()
        made = self.git("commit-tree", written.stdout.strip(), *parents, "-m", "Change")
        self.git("update-ref", f"refs/heads/{branch}", made)
        shutil.rmtree(tree)
        return made


@pytest.fixture(scope="session")
def ground() -> Iterator[Path]:
    """A folder that every user may enter."""
    folder = Path(tempfile.mkdtemp(dir="/var/tmp", prefix="codegen-tests-"))
    folder.chmod(0o755)
    yield folder
    subprocess.run(["/bin/chmod", "-R", "-f", "u+rwX", str(folder)], check=False)
    subprocess.run(["/bin/rm", "-rf", str(folder)], check=True)


@pytest.fixture(scope="session")
def template(ground: Path) -> Remote:
    """A remote with one commit that nobody changes."""
    made = Remote(ground / "template.git")
    made.folder.mkdir()
    made.git("init", "--quiet", "--bare", ".")
    made.commit(
        {"totals.py": "def total():\n    return 1\n", "docs/a.md": "one\ntwo\n", ".gitignore": "*.log\n"}
    )
    return made


@pytest.fixture
def remote(ground: Path, template: Remote) -> Remote:
    """A remote of this test's own."""
    made = Remote(Path(tempfile.mkdtemp(dir=ground, prefix="remote-")) / "api.git")
    made.folder.parent.chmod(0o755)
    shutil.copytree(template.folder, made.folder)
    return made


@pytest.fixture(scope="session")
def workspaces(ground: Path) -> GitWorkspaces:
    """Workspaces of the whole test run."""
    return GitWorkspaces(ground / "home")


@pytest.fixture
async def workspace(workspaces: GitWorkspaces, remote: Remote) -> AsyncIterator[Workspace]:
    """An open workspace at the remote's main branch."""
    async with workspaces.open(remote.repository, remote.head, environment=None) as opened:
        yield opened


async def shell(workspace: Workspace, script: str, **more: object) -> str:
    """What a shell script in the sandbox prints."""
    command = Command.model_validate({"argv": ("/bin/sh", "-c", script), **more})
    return (await workspace.run(command)).output


async def python(workspace: Workspace, script: str, **more: object) -> str:
    """What a Python script in the sandbox prints."""
    argv = ("/usr/bin/python3", "{in}/script.py")
    command = {"argv": argv, "files": {"script.py": script.encode()}, **more}
    return (await workspace.run(Command.model_validate(command))).output


def root_of(workspace: Workspace) -> Path:
    """The workspace's folder on the host."""
    assert isinstance(workspace, GitWorkspace)
    return Path(workspace.git.tree).parent


def processes_with(marker: str) -> list[int]:
    """Ids of processes of this host whose command line has a marker."""
    found = []
    for line in Path("/proc").glob("[0-9]*/cmdline"):
        try:
            if marker.encode() in line.read_bytes():
                found.append(int(line.parent.name))
        except (FileNotFoundError, ProcessLookupError):
            continue
    return found
