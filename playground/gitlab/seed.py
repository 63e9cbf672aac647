"""The people and tokens of the demonstration, and how a project's repository is filled."""

import shutil
from datetime import UTC, datetime, timedelta
from pathlib import Path

from playground.gitlab.git_http import install_gate
from playground.gitlab.records import Access, Project, Token, User
from playground.gitlab.repository import Identity, Repository, run_git
from playground.gitlab.state import State

BOT_KEY = "glpat-playground-token"
SEED_TIME = 1_767_603_600.0
SEEDER = Identity("Playground", "playground@example.com", SEED_TIME)
PEOPLE = (("ana", "Ana Ruiz"), ("ben", "Ben Okafor"), ("eve", "Eve Lind"))
CONFIG = """
[http]
\treceivepack = true
[receive]
\tadvertisePushOptions = true
\tdenyDeleteCurrent = ignore
[uploadpack]
\tallowFilter = true
\tallowAnySHA1InWant = true
[gc]
\tauto = 0
"""
TEAM = {"ana": Access.DEVELOPER, "ben": Access.MAINTAINER, "codegen": Access.DEVELOPER}


def add_people(state: State) -> None:
    """Ana, Ben, Eve and the bot, each with a token; Eve belongs to no project."""
    for number, (username, name) in enumerate(PEOPLE, start=2):
        user = User(number, username, name)
        state.users[username] = user
        add_token(state, user, f"glpat-{username}-token", scopes=("api",))
    bot = User(5, "codegen", "codegen", bot=True)
    state.users["codegen"] = bot
    add_token(
        state, bot, BOT_KEY, scopes=("api", "write_repository"), access_level=Access.DEVELOPER, days=180
    )
    add_token(state, bot, "glpat-read-only-token", scopes=("read_api", "read_repository"))
    add_token(state, bot, "glpat-expired-token", scopes=("api", "write_repository"), days=-1)


def add_token(
    state: State,
    user: User,
    value: str,
    *,
    scopes: tuple[str, ...],
    access_level: Access = Access.OWNER,
    days: int = 365,
) -> None:
    """Give a user a token that ends so many days from now."""
    now = state.clock()
    last_day = (datetime.fromtimestamp(now, UTC) + timedelta(days=days)).date().isoformat()
    name = value.removeprefix("glpat-")
    state.tokens[value] = Token(state.next_id(), value, user, name, scopes, access_level, last_day, now)


async def fill(directory: Path, source: Path | None, default_branch: str) -> Repository:
    """Make a bare repository: a copy of a git repository, or one commit of a directory's files."""
    repository = _at(directory)
    await repository.git("init", "-q", "--bare", f"--initial-branch={default_branch}")
    source = _absolute(source)
    if source is not None and _is_repository(source):
        refs = ("+refs/heads/*:refs/heads/*", "+refs/tags/*:refs/tags/*")
        await repository.git("fetch", "-q", str(source), *refs)
    else:
        await _first_commit(repository, source, default_branch)
    _settle(directory)
    return repository


def _settle(directory: Path) -> None:
    with (directory / "config").open("a") as config:
        config.write(CONFIG)
    shutil.rmtree(directory / "hooks", ignore_errors=True)
    install_gate(directory)


def _at(directory: Path) -> Repository:
    directory.mkdir(parents=True)
    return Repository(directory)


def _absolute(source: Path | None) -> Path | None:
    return source and source.resolve()


def _is_repository(source: Path) -> bool:
    return (source / ".git").exists() or ((source / "HEAD").is_file() and (source / "objects").is_dir())


async def _first_commit(repository: Repository, source: Path | None, branch: str) -> None:
    if source is None:
        tree = await repository.write_tree(None, {"README.md": f"# {repository.path.stem}\n"})
    else:
        place = ("--git-dir", str(repository.path), "--work-tree", str(source))
        index = {"GIT_INDEX_FILE": f"{repository.path}/seed-index"}
        await run_git(*place, "add", "-A", "-f", ".", cwd=source, env=index)
        tree = await repository.git("write-tree", env=index)
    sha = await repository.write_commit(tree, message="Initial commit\n", identity=SEEDER)
    await repository.move(branch, sha)


def new_project(state: State, path: str, repository: Repository, *, default_branch: str) -> Project:
    """A project with its default branch protected."""
    return Project(
        len(state.projects) + 1,
        path,
        path.rpartition("/")[2],
        repository,
        default_branch,
        state.clock(),
        {},
        protected={default_branch},
    )
