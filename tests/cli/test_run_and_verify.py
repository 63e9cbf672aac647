"""`run` and `verify` on a little repository, through the real sandbox; what they print, and how they end."""

from collections.abc import Callable
from pathlib import Path

import jsonschema
import pytest

from playground.gitlab import GitLabStandIn
from playground.gitlab.seed import BOT_KEY
from playground.model import KEY as MODEL_KEY
from playground.model import ModelStandIn
from playground.serve import serving
from tests.cli.conftest import Terminal
from tests.stages.test_verify import BASE, NEW_TESTS, NODE, RIGHT
from tests.verification import Workshop, git

SAMPLE = Path("playground/sample")

CHECK = ["passed", "failed", "warning", "not_available", "skipped"]
SIDE = {"enum": ["passed", "failed", "error", "absent", "flaky", None]}
VERDICT = {
    "type": "object",
    "required": ["schema", "status", "checks", "evidence"],
    "properties": {
        "schema": {"const": 1},
        "status": {"enum": ["passed", "rejected", "unproven"]},
        "checks": {
            "minItems": 4,
            "items": {
                "required": ["name", "status", "summary", "findings", "seconds"],
                "properties": {"status": {"enum": CHECK}, "seconds": {"type": "number"}},
            },
        },
        "evidence": {
            "minItems": 1,
            "items": {
                "required": ["criterion", "status", "strength", "base", "head", "proof"],
                "properties": {
                    "status": {"enum": ["proven", "not_proven", "contradicted"]},
                    "strength": {"enum": ["strong", "weak", None]},
                    "base": SIDE,
                    "head": SIDE,
                    "proof": {"required": ["kind", "command", "tests", "by"]},
                },
            },
        },
    },
}


@pytest.fixture
async def fix(shop: Workshop) -> tuple[str, str]:
    """A commit, and the commit that mends it."""
    base = await shop.commit({**BASE, "data.bin": "\0"})
    head = await shop.commit({"billing.py": RIGHT, "tests/test_half.py": NEW_TESTS}, on=base)
    await git(shop.folder / "origin", "checkout", "-q", "main")
    return base, head


def sample() -> dict[str, str]:
    """The little program of the demo, with its bug."""
    made = {"__pycache__", ".ruff_cache", ".mypy_cache", ".pytest_cache"}
    files = (path for path in SAMPLE.rglob("*") if path.is_file() and not made & set(path.parts))
    return {path.relative_to(SAMPLE).as_posix(): path.read_text("utf-8") for path in files}


async def a_diff(shop: Workshop, fix: tuple[str, str], *paths: str) -> str:
    text = await git(shop.folder / "origin", "diff", "--binary", *fix, "--", *paths)
    path = shop.folder / "given.diff"
    path.write_text(text + "\n", encoding="utf-8")
    return str(path)


def words(shop: Workshop, spec: str) -> tuple[str, ...]:
    return ("--repo", str(shop.folder / "origin"), "--spec", spec, "--env", str(shop.environment))


async def test_verify_prints_the_verdict_as_documented(
    terminal: Terminal, shop: Workshop, fix: tuple[str, str], spec_file: Callable[..., str]
) -> None:
    where = words(shop, spec_file(tests=(NODE,)))
    made = shop.folder / "made" / "reports"
    commits = ("--base", fix[0], "--head", fix[1], "--reports", str(made))
    said = await terminal.beside("verify", *where, *commits, "--json")
    jsonschema.validate(said.json, VERDICT)
    assert (said.status, said.json["status"], said.errors) == (0, "passed", "")
    assert {one.name for one in made.iterdir()} == {"junit.xml", "codequality.json", "cobertura.xml"}
    assert b'filename="billing.py"' in (made / "cobertura.xml").read_bytes()


async def test_without_a_spec_a_change_must_keep_what_passes(
    terminal: Terminal, shop: Workshop, fix: tuple[str, str]
) -> None:
    origin = shop.folder / "origin"
    worse = await shop.commit({"billing.py": RIGHT.replace("def ", "def no_")}, on=fix[0])
    where = ("--repo", str(origin), "--env", str(shop.environment), "--base", fix[0], "--json")
    said = await terminal.beside("verify", *where, "--head", worse)
    assert (said.status, said.json["status"]) == (1, "rejected")


async def test_reports_that_cannot_be_written_are_said_before_anything_runs(
    terminal: Terminal, shop: Workshop, fix: tuple[str, str]
) -> None:
    taken = shop.folder / "taken"
    taken.write_text("a file")
    commits = ("--base", fix[0], "--head", fix[1], "--reports", str(taken / "in"))
    said = await terminal.beside("verify", "--repo", str(shop.folder / "origin"), *commits)
    assert said.status == 2
    assert "--reports" in said.errors


async def test_run_prints_a_patch_that_git_applies(
    terminal: Terminal, shop: Workshop, fix: tuple[str, str], spec_file: Callable[..., str]
) -> None:
    diff = await a_diff(shop, fix)
    where = words(shop, spec_file(tests=(NODE,)))
    said = await terminal.beside("run", *where, "--engine", "patch", "--patch", diff)
    assert said.status == 0, said.errors
    assert "verifying" in said.errors and "1/1 criteria proven" in said.errors
    printed = shop.folder / "printed.diff"
    printed.write_text(said.out, encoding="utf-8")
    origin = shop.folder / "origin"
    await git(origin, "apply", "--index", str(printed))
    assert await git(origin, "write-tree") == await git(origin, "rev-parse", f"{fix[1]}^{{tree}}")


async def test_run_says_no_with_status_one_and_tells_programs_why(
    terminal: Terminal, shop: Workshop, fix: tuple[str, str], spec_file: Callable[..., str]
) -> None:
    only_test = await a_diff(shop, fix, "tests")
    where = words(shop, spec_file(tests=(NODE,)))
    said = await terminal.beside("run", *where, "--engine", "patch", "--patch", only_test, "--json")
    expected = {"task", "outcome", "rounds", "verdict", "patch", "mr", "spend", "reason"}
    assert (said.status, set(said.json)) == (1, expected)
    assert (said.json["outcome"], said.json["rounds"], said.json["mr"]) == ("rejected", 1, None)
    jsonschema.validate(said.json["verdict"], VERDICT)


async def test_checks_that_cannot_run_are_said_before_the_engine_works(
    terminal: Terminal, shop: Workshop, spec_file: Callable[..., str]
) -> None:
    await shop.commit({"billing.py": "import missing_package\n", "tests/test_a.py": "import billing\n"})
    where = words(shop, spec_file())
    diff = shop.folder / "given.diff"
    diff.write_text("not even a diff\n")
    said = await terminal.beside("run", *where, "--engine", "patch", "--patch", str(diff), "--json")
    assert (said.status, said.json["outcome"], said.json["patch"]) == (4, "stopped", None)
    assert "of origin at HEAD" in str(said.json["reason"]) and "codegen.toml" in str(said.json["reason"])


async def test_a_patch_that_does_not_apply_is_the_callers_to_mend(
    terminal: Terminal, shop: Workshop, fix: tuple[str, str], spec_file: Callable[..., str]
) -> None:
    diff = shop.folder / "given.diff"
    diff.write_text("--- a/nowhere.py\n+++ b/nowhere.py\n@@ -1 +1 @@\n-a\n+b\n")
    where = words(shop, spec_file())
    said = await terminal.beside("run", *where, "--engine", "patch", "--patch", str(diff), "--json")
    assert said.status == 2 and "does not apply" in str(said.json["error"])


@pytest.mark.cases
async def test_open_pushes_and_opens_and_task_goes_on_with_it(
    terminal: Terminal, shop: Workshop, fix: tuple[str, str], spec_file: Callable[..., str], tmp_path: Path
) -> None:
    gitlab = GitLabStandIn(tmp_path / "repositories")
    project = await gitlab.add_project("shop/billing", shop.folder / "origin")
    async with serving(gitlab.app) as url:
        terminal.environment |= {"GITLAB_URL": url, "GITLAB_TOKEN": BOT_KEY}
        spec = spec_file(tests=(NODE,))
        where = ("--spec", spec, "--env", str(shop.environment), "--engine", "patch", "--open", "--json")
        elsewhere = await terminal.beside(
            "run", *where, "--repo", str(shop.folder / "origin"), "--patch", await a_diff(shop, fix)
        )
        assert elsewhere.status == 2 and f"{url}/shop/billing" in str(elsewhere.json["error"])
        here = (*where, "--repo", f"{url}/shop/billing.git")
        said = await terminal.beside("run", *here, "--patch", await a_diff(shop, fix))
        assert (said.status, said.json["outcome"]) == (0, "delivered"), said
        assert said.json["mr"] == f"{url}/shop/billing/-/merge_requests/1"
        more = shop.folder / "more.diff"
        more.write_text("--- /dev/null\n+++ b/NOTES.md\n@@ -0,0 +1 @@\n+Half up.\n")
        task = str(said.json["task"])
        again = await terminal.beside("run", *here, "--patch", str(more), "--task", task)
        assert (again.json["task"], again.json["mr"]) == (task, said.json["mr"]), again
        assert [one.iid for one in project.merge_requests] == [1]
        refused = await terminal.beside("run", *here, "--patch", str(more), GITLAB_TOKEN="glpat-wrong-token")
        assert refused.status == 4 and "GitLab refused the token." in str(refused.json["reason"])


@pytest.mark.cases
async def test_the_agent_mends_the_sample(terminal: Terminal, shop: Workshop, tmp_path: Path) -> None:
    origin = shop.folder / "origin"
    await shop.commit(sample())
    async with serving(ModelStandIn().app) as url:
        terminal.environment |= {
            "CODEGEN_MODEL": "openai:scripted",
            "OPENAI_BASE_URL": f"{url}/v1",
            "OPENAI_API_KEY": MODEL_KEY,
        }
        said = await terminal.beside(
            "run",
            "--repo",
            str(origin),
            "--spec",
            "playground/sample_spec.yml",
            "--env",
            str(shop.environment),
        )
    assert said.status == 0, said.errors
    assert said.out.startswith("diff --git a/") and "3/3 criteria proven" in said.errors
    assert "generating · round 1" in said.errors


@pytest.fixture
def program(shop: Workshop) -> Path:
    """A coding agent's program that asks its model, mends the bug, and says so."""
    path = shop.folder / "agent"
    path.write_text(PROGRAM)
    path.chmod(0o755)
    return path


PROGRAM = f"""#!/usr/bin/python3
import json, pathlib, sys, urllib.request
if sys.argv[1:] == ["--version"]:
    sys.exit(print("agent 1.2.3"))
body = {{"model": "scripted", "messages": [{{"role": "user", "content": sys.stdin.read()}}]}}
urllib.request.urlopen(urllib.request.Request(
    sys.argv[1] + "/v1/chat/completions", json.dumps(body).encode(), {{"Content-Type": "application/json"}}))
pathlib.Path("billing.py").write_text({RIGHT!r})
pathlib.Path("tests").mkdir(exist_ok=True)
pathlib.Path("tests/test_half.py").write_text({NEW_TESTS!r})
pathlib.Path("/tmp/report.json").write_text(
    json.dumps({{"summary": "Half up.", "proofs": [{{"criterion": "AC1", "tests": [{NODE!r}]}}]}}))
"""


def agents_file(api: str, program: Path) -> str:
    return (
        f'[engines.agent-x]\nargv = ["{{program}}", "{{origin}}"]\nfolder = "{program.parent}"\n'
        f'program = "{program.name}"\nmodel = "scripted"\napi = "{api}/v1"\nkey = "AGENT_KEY"\n'
        '[opinions]\nmodel = "none"\n'
    )


def agents(terminal: Terminal, api: str, program: Path) -> None:
    config = program.with_name("codegen.toml")
    config.write_text(agents_file(api, program))
    terminal.environment |= {"CODEGEN_CONFIG": str(config), "AGENT_KEY": MODEL_KEY}


@pytest.mark.cases
async def test_a_coding_agent_does_a_task_and_it_is_verified(
    terminal: Terminal,
    shop: Workshop,
    fix: tuple[str, str],
    spec_file: Callable[..., str],
    program: Path,
) -> None:
    async with serving(ModelStandIn().app) as api:
        agents(terminal, api, program)
        looked = await terminal.beside("doctor", "--only", "engines", "--json")
        said = await terminal.beside("run", *words(shop, spec_file()), "--engine", "agent-x", "--json")
        wrong = await terminal.beside("doctor", "--only", "engines", "--json", AGENT_KEY="sk-wrong")
    assert "agent-x (agent 1.2.3) works in the sandbox and asks its model" in looked.out
    assert (said.status, said.json["outcome"], said.json["rounds"]) == (0, "passed", 1), said.out
    spend = said.json["spend"]
    assert isinstance(spend, dict) and spend["requests"] == 1
    assert wrong.status == 1 and "The key for the model scripted was refused" in wrong.out
    assert "sk-wrong" not in wrong.out + wrong.errors and MODEL_KEY not in said.out + said.errors


async def test_an_engine_that_is_not_there_is_named(
    terminal: Terminal,
    shop: Workshop,
    fix: tuple[str, str],
    spec_file: Callable[..., str],
    program: Path,
) -> None:
    agents(terminal, "http://127.0.0.1:9", program)
    where = (*words(shop, spec_file()), "--engine")
    said = await terminal.beside("run", *where, "colour")
    assert said.status == 2 and "colour is not one of agent, patch, agent-x" in said.errors
    said = await terminal.beside("run", *where, "agent-x", AGENT_KEY="")
    assert said.status == 2 and "engines.agent-x.key: AGENT_KEY is not set" in said.errors
    program.with_name("codegen.toml").write_text(agents_file("http://127.0.0.1:9", program.with_name("gone")))
    said = await terminal.beside("doctor", "--only", "engines", "--json")
    assert "The program of the engine agent-x is not on this worker" in said.out
