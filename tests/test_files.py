"""The files around the product say what the product does."""

import ast
import json
import re
import tomllib
from pathlib import Path
from typing import Any

import jsonschema
import pytest
import yaml

from jobs.adapters.environments import registries
from jobs.settings import OperatorFile

ROOT = Path(__file__).resolve().parent.parent
MANIFEST_SCHEMA = ROOT.parent / "shared" / "contracts" / "slack_manifest.schema.json"
"""Slack's own; beside a checkout where the contracts are kept."""
PASSED_ON = {"REDIS_PASSWORD"}
"""Read by docker-compose.yml alone."""
ELSEWHERE = {"HOME", "PATH", "USER", "LOGNAME", "XDG_DATA_HOME"}
"""Set by the system, not by the operator."""
VARIABLE = re.compile(r"^[A-Z][A-Z0-9]+(_[A-Z0-9]+)+$|^PORT$")


def compose() -> dict[str, Any]:
    loaded: dict[str, Any] = yaml.safe_load((ROOT / "docker-compose.yml").read_text())
    return loaded


def test_the_manifest_is_valid_and_grants_the_least() -> None:
    manifest = json.loads((ROOT / "manifest.json").read_text())
    if MANIFEST_SCHEMA.exists():
        jsonschema.validate(manifest, json.loads(MANIFEST_SCHEMA.read_text()))
    scopes = manifest["oauth_config"]["scopes"]
    assert "user" not in scopes and scopes["bot"] == sorted(set(scopes["bot"]))
    broad = re.compile(r"admin|:write\.customize|search|^im:(?!write$)|^mpim:|email|usergroups:write")
    assert [one for one in scopes["bot"] if broad.search(one)] == []


def test_the_example_environment_names_every_variable_and_nothing_else() -> None:
    text = (ROOT / ".env.example").read_text()
    named = set(re.findall(r"^#? ?([A-Z][A-Z0-9_]+)=", text, re.MULTILINE))
    assert named - PASSED_ON == variables_read() - ELSEWHERE


def variables_read() -> set[str]:
    """Names that settings and adapters look up in an environment."""
    found: set[str] = set()
    for path in (
        "bot/settings.py",
        "jobs/settings/environment.py",
        "jobs/adapters/model.py",
        "jobs/cli/run.py",
    ):
        for node in ast.walk(ast.parse((ROOT / path).read_text())):
            words = node.args if isinstance(node, ast.Call) else ()
            if isinstance(node, ast.Subscript):
                words = [node.slice]
            for word in words:
                if isinstance(word, ast.Constant) and isinstance(word.value, str):
                    found |= {word.value} if VARIABLE.match(word.value) else set()
    return found | set(registries.TOKENS.values())


def test_the_example_of_the_operators_file_is_one() -> None:
    text = (ROOT / "codegen.example.toml").read_text()
    operator = OperatorFile.model_validate(tomllib.loads(text))
    assert operator.default_repository("C0EXAMPLE1") == "payments/api"
    uncommented = re.sub(r"^# (suite|cap) =", r"\1 =", text, flags=re.MULTILINE)
    whole = OperatorFile.model_validate(tomllib.loads(uncommented))
    assert whole.cap_for("payments/api").rounds == 2


def test_the_worker_has_the_settings_that_a_sandbox_in_a_container_needs() -> None:
    worker = compose()["services"]["worker"]
    assert worker["cap_drop"] == ["ALL"] and worker["init"] is True
    assert "cap_add" not in worker and "privileged" not in worker and "ports" not in worker
    assert set(worker["security_opt"]) == {
        "no-new-privileges:true",
        "seccomp=./seccomp.json",
        "systempaths=unconfined",
        "apparmor=unconfined",
    }
    assert re.search(r"^USER (?!root)", (ROOT / "Dockerfile").read_text(), re.MULTILINE)


def test_any_number_of_workers_can_run_beside_each_other() -> None:
    """docker compose up --scale worker=4: a worker owns nothing but the folder they share."""
    services, volumes = compose()["services"], compose()["volumes"]
    worker = services["worker"]
    assert not {"container_name", "hostname", "ports", "network_mode"} & set(worker)
    assert all(":" not in one for one in worker["networks"]), "no address of its own"
    shared = [one for one in worker["volumes"] if not one.endswith(":ro")]
    assert shared == ["home:/var/lib/codegen"], "base results, environments and checkouts are made once"
    assert volumes["home"] in ({}, None), "a local volume: its locks are those of one machine"
    assert "METRICS_PORT" not in worker["environment"]


def test_the_image_is_compiled_for_who_may_not_write_into_it() -> None:
    lines = (ROOT / "Dockerfile").read_text().splitlines()
    compiled = next(at for at, line in enumerate(lines) if "compileall -q bot jobs" in line)
    assert compiled < lines.index("USER codegen")


def test_redis_keeps_everything_behind_a_password_and_without_a_port() -> None:
    services = compose()["services"]
    redis = services["redis"]
    command = " ".join(redis["command"])
    assert "--appendonly yes" in command and "--appendfsync always" in command
    assert "--requirepass" in command and "ports" not in redis
    assert redis["networks"] == ["inside"] and compose()["networks"]["inside"] == {"internal": True}
    assert all("healthcheck" in one and one["restart"] == "unless-stopped" for one in services.values())


def test_the_bot_never_gets_what_only_workers_need() -> None:
    given = set(compose()["services"]["bot"]["environment"])
    assert not {one for one in given if one.startswith(("GITLAB_TOKEN", "OPENAI", "ANTHROPIC"))}


@pytest.mark.parametrize("call", ["clone", "clone3", "unshare", "setns", "mount", "umount2", "pivot_root"])
def test_the_seccomp_profile_allows_what_the_sandbox_needs(call: str) -> None:
    profile = json.loads((ROOT / "seccomp.json").read_text())
    assert profile["defaultAction"] == "SCMP_ACT_ERRNO"
    free = [
        one
        for one in profile["syscalls"]
        if one["action"] == "SCMP_ACT_ALLOW" and not one.get("includes") and not one.get("args")
    ]
    assert any(call in one["names"] for one in free), call


@pytest.mark.parametrize("call", ["kexec_load", "init_module", "bpf", "open_by_handle_at"])
def test_the_seccomp_profile_still_refuses_the_rest(call: str) -> None:
    profile = json.loads((ROOT / "seccomp.json").read_text())
    free = [
        one
        for one in profile["syscalls"]
        if one["action"] == "SCMP_ACT_ALLOW" and not one.get("includes", {}).get("caps")
    ]
    assert not any(call in one["names"] for one in free), call


def test_the_commands_of_the_readme_exist() -> None:
    readme = (ROOT / "README.md").read_text()
    makefile = (ROOT / "Makefile").read_text()
    for target in set(re.findall(r"(?:^|`)make ([a-z]+)", readme, re.MULTILINE)):
        assert re.search(rf"^{target}:", makefile, re.MULTILINE), target
    program = (ROOT / "jobs" / "cli" / "__init__.py").read_text()
    for name in set(
        re.findall(r"\bcodegen (\w+)", readme.partition("## At a terminal")[2].partition("## ")[0])
    ):
        assert f'\n    "{name}": "' in program, name
