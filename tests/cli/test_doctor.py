"""Everything is well; then each thing is broken, one by one, and the line says what to do."""

import dataclasses
import json
import os
import shutil
import subprocess
import sys
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from dataclasses import dataclass
from pathlib import Path

import pytest

from jobs.cli.doctor import CHECKS
from jobs.cli.scopes import ALWAYS, GROUPS
from playground.gitlab import GitLabStandIn
from playground.gitlab.seed import BOT_KEY as GITLAB_KEY
from playground.gitlab.seed import add_token
from playground.model import KEY as MODEL_KEY
from playground.model import ModelStandIn
from playground.serve import serving
from playground.slack import SlackStandIn, demo_workspace
from playground.slack.seed import BOT_KEY, SIGNING_KEY
from tests.cli.conftest import Terminal
from tests.verification import Workshop

CONFIG = '[repositories."payments/api"]\nchannels = ["C0PAY"]\n'


@dataclass
class Outside:
    """What a worker needs, served."""

    slack: SlackStandIn
    gitlab: GitLabStandIn
    model: ModelStandIn


@pytest.fixture
async def outside(
    terminal: Terminal, redis_url: str, shop: Workshop, tmp_path: Path
) -> AsyncIterator[Outside]:
    config = tmp_path / "codegen.toml"
    config.write_text(CONFIG)
    found = Outside(
        SlackStandIn(demo_workspace(), signing_secret=SIGNING_KEY),
        GitLabStandIn(tmp_path / "repositories"),
        ModelStandIn(),
    )
    async with AsyncExitStack() as stack:
        slack, gitlab, model = [
            await stack.enter_async_context(serving(one.app))
            for one in (found.slack, found.gitlab, found.model)
        ]
        terminal.environment |= {
            "REDIS_URL": redis_url,
            "SLACK_BOT_TOKEN": BOT_KEY,
            "SLACK_API_URL": f"{slack}/api/",
            "GITLAB_URL": gitlab,
            "GITLAB_TOKEN": GITLAB_KEY,
            "CODEGEN_MODEL": "openai:scripted",
            "OPENAI_BASE_URL": f"{model}/v1",
            "OPENAI_API_KEY": MODEL_KEY,
            "CODEGEN_CONFIG": str(config),
        }
        yield found


async def test_all_is_well(terminal: Terminal, outside: Outside) -> None:
    said = await terminal.beside("doctor", "--json")
    lines = json.loads(said.out)
    assert [one["name"] for one in lines] == list(CHECKS)
    assert all(set(one) == {"name", "ok", "detail", "remedy"} for one in lines)
    assert (said.status, [one for one in lines if not one["ok"]]) == (0, [])
    shown = await terminal.beside("doctor")
    assert shown.status == 0 and "180 more days" in shown.out.replace("179 more", "180 more")


BROKEN = {
    "redis": ({"REDIS_URL": "redis://127.0.0.1:9/0"}, "Redis does not answer", "REDIS_URL"),
    "redis missing": ({"REDIS_URL": ""}, "REDIS_URL: is not set", ".env.example"),
    "redis nonsense": ({"REDIS_URL": "nonsense"}, "not an address", "redis://"),
    "slack": ({"SLACK_BOT_TOKEN": "xoxb-revoked"}, "refused the bot's token", "SLACK_BOT_TOKEN"),
    "slack unreachable": ({"SLACK_API_URL": "http://127.0.0.1:9/api/"}, "cannot be reached", "network"),
    "gitlab": ({"GITLAB_TOKEN": "glpat-wrong"}, "refused the token", "GITLAB_TOKEN"),
    "gitlab expired": ({"GITLAB_TOKEN": "glpat-expired-token"}, "refused the token", "GITLAB_TOKEN"),
    "gitlab scopes": ({"GITLAB_TOKEN": "glpat-read-only-token"}, "lacks api, write_repository", "scopes"),
    "gitlab unreachable": ({"GITLAB_URL": "http://127.0.0.1:9"}, "cannot be reached", "network"),
    "model": ({"OPENAI_API_KEY": "sk-wrong"}, "was refused", "OPENAI_API_KEY"),
    "model missing": ({"CODEGEN_MODEL": ""}, "CODEGEN_MODEL: is not set", ".env.example"),
    "model unknown": ({"CODEGEN_MODEL": "openai:gpt-0"}, "does not know", "CODEGEN_MODEL"),
    "disk": ({"CODEGEN_HOME": "/proc/nowhere"}, "CODEGEN_HOME cannot be used", "folder"),
    "config": ({"CODEGEN_CONFIG": "/nowhere.toml"}, "there is no file", "codegen.example.toml"),
}


@pytest.mark.parametrize("thing", BROKEN)
async def test_one_broken_thing_is_named_with_its_remedy(
    terminal: Terminal, outside: Outside, thing: str
) -> None:
    changed, detail, remedy = BROKEN[thing]
    name = thing.split()[0]
    said = await terminal.beside("doctor", "--only", f"{name},git", "--json", **changed)
    line, git = json.loads(said.out)
    assert (said.status, line["ok"], git["ok"]) == (1, False, True)
    assert detail in line["detail"] and remedy in line["remedy"], line
    for secret in changed.values():
        assert "token" not in secret or secret not in said.out + said.errors


async def test_a_token_that_ends_soon_and_a_missing_scope(terminal: Terminal, outside: Outside) -> None:
    state = outside.gitlab.state
    add_token(state, state.user("codegen"), "glpat-soon", scopes=("api", "write_repository"), days=3)
    workspace = outside.slack.state.workspace
    scopes = tuple(one for one in workspace.app.scopes if one != "files:write")
    app = dataclasses.replace(workspace.app, scopes=scopes)
    outside.slack.state.workspace = dataclasses.replace(workspace, app=app)
    said = await terminal.beside("doctor", "--only", "gitlab,slack", "--json", GITLAB_TOKEN="glpat-soon")
    gitlab, slack = json.loads(said.out)
    assert said.status == 1
    assert "in 3 days" in gitlab["detail"] or "in 2 days" in gitlab["detail"]
    assert "Renew GITLAB_TOKEN" in gitlab["remedy"]
    assert "lacks files:write" in slack["detail"] and "manifest.json" in slack["remedy"]


async def test_the_scope_for_user_groups_is_asked_for_where_groups_are_named(
    terminal: Terminal, outside: Outside, tmp_path: Path
) -> None:
    workspace = outside.slack.state.workspace
    scopes = tuple(one for one in workspace.app.scopes if one != GROUPS)
    app = dataclasses.replace(workspace.app, scopes=scopes)
    outside.slack.state.workspace = dataclasses.replace(workspace, app=app)
    assert (await terminal.beside("doctor", "--only", "slack")).status == 0
    (tmp_path / "codegen.toml").write_text(f'operators = ["@on-call"]\n{CONFIG}')
    said = await terminal.beside("doctor", "--only", "slack", "--json")
    (line,) = json.loads(said.out)
    assert (said.status, line["ok"]) == (1, False)
    assert "usergroups:read for the user groups of codegen.toml: @on-call" in line["detail"]


def test_configuration_that_names_nothing_or_what_is_not_there(terminal: Terminal, tmp_path: Path) -> None:
    config = tmp_path / "codegen.toml"
    terminal.environment["CODEGEN_CONFIG"] = str(config)
    for text, told in (
        ("", "0 repositories"),
        (CONFIG + 'environment = "/nowhere"\n', "environment of payments/api does not exist"),
        ("colour = 1\n[limits]\nusd = 'x'\n", "colour"),
        ("[", "cannot be read"),
        (CONFIG + '[specs]\nfolder = "/nowhere"\n', "there is no folder /nowhere"),
    ):
        config.write_text(text)
        said = terminal.run("doctor", "--only", "config", "--json")
        (line,) = json.loads(said.out)
        assert said.status == 1 and told in line["detail"] and line["remedy"], line


def test_without_bubblewrap_the_sandbox_line_names_the_package(shop: Workshop) -> None:
    hidden = 'mount --bind /dev/null "$0" && exec "$@"'
    program = shutil.which("bwrap")
    assert program is not None
    command = (sys.executable, "-m", "jobs", "doctor", "--only", "sandbox", "--json")
    root = () if os.geteuid() == 0 else ("--map-root-user",)
    done = subprocess.run(
        ["unshare", "--mount", *root, "/bin/sh", "-c", hidden, os.path.realpath(program), *command],
        env={**os.environ, "CODEGEN_HOME": str(shop.folder / "home")},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 1, done.stderr
    (line,) = json.loads(done.stdout)
    assert "bubblewrap is missing" in line["detail"] and "apt-get install bubblewrap" in line["remedy"]


def test_an_unknown_name_is_refused(terminal: Terminal) -> None:
    said = terminal.run("doctor", "--only", "redis,colour", "--json")
    assert said.status == 2 and "colour" in str(said.json["error"])


def test_the_manifest_grants_what_the_doctor_asks_for() -> None:
    manifest = json.loads(Path("manifest.json").read_text())
    granted = set(manifest["oauth_config"]["scopes"]["bot"])
    # to write where the bot was not invited is a comfort
    assert granted == {*ALWAYS, GROUPS, "chat:write.public"}
