"""What this process's environment says, and where codegen.toml is; every problem at once."""

import os
import re
import tomllib
from collections.abc import Mapping
from pathlib import Path

from pydantic import SecretStr, ValidationError

from jobs.domain.base_model import Frozen
from jobs.errors import Refused
from jobs.settings.operator_file import OperatorFile

_SECRET = re.compile(r"TOKEN|_KEY$|SECRET|PASSWORD")
MISSING = "is missing"
"""What is said of a field that must be there and is not."""

_KNOWN = {
    "missing": MISSING,
    "extra_forbidden": "is not a field of this document",
    "too_long": "has {actual_length} entries; {max_length} are the most",
    "string_too_long": "has more than {max_length} characters",
}
_PASSWORD = re.compile(r"://[^/@]*:([^/@]+)@")
_ADDRESSES = ("REDIS_URL", "PIP_INDEX_URL", "GOPROXY")


class WorkerSettings(Frozen):
    """The worker's environment."""

    redis_url: SecretStr
    """REDIS_URL."""
    slack_bot_token: SecretStr
    """SLACK_BOT_TOKEN."""
    slack_api_url: str
    """SLACK_API_URL, ending in a slash."""
    gitlab_url: str
    """GITLAB_URL, without a trailing slash."""
    gitlab_token: SecretStr
    """GITLAB_TOKEN."""
    model: str | None
    """CODEGEN_MODEL, or `[engine] model`."""
    home: Path
    """CODEGEN_HOME: mirrors, checkouts, workspaces."""
    operator: OperatorFile
    """codegen.toml."""


def worker_settings(environment: Mapping[str, str] = os.environ) -> WorkerSettings:
    """The worker's settings; raises Refused with every problem, by the variable's name."""
    problems = missing(environment, "REDIS_URL", "SLACK_BOT_TOKEN", "GITLAB_URL", "GITLAB_TOKEN")
    operator, port = OperatorFile(), dict[str, str]()
    try:
        operator, port = _with_port(operator_file(environment), environment)
    except Refused as refused:
        problems |= refused.problems
    if problems or port:
        raise Refused(problems | port)
    return WorkerSettings(
        redis_url=SecretStr(environment["REDIS_URL"]),
        slack_bot_token=SecretStr(environment["SLACK_BOT_TOKEN"]),
        slack_api_url=slack_api_url(environment),
        gitlab_url=environment["GITLAB_URL"].rstrip("/"),
        gitlab_token=SecretStr(environment["GITLAB_TOKEN"]),
        model=environment.get("CODEGEN_MODEL") or operator.engine.model,
        home=home(environment),
        operator=operator,
    )


def _with_port(operator: OperatorFile, environment: Mapping[str, str]) -> tuple[OperatorFile, dict[str, str]]:
    named = environment.get("METRICS_PORT")
    if not named:
        return operator, {}
    if not named.isdigit() or int(named) > 65535:
        return operator, {"METRICS_PORT": "is not a port number"}
    update = {"worker": operator.worker.model_copy(update={"metrics": int(named)})}
    return operator.model_copy(update=update), {}


def missing(environment: Mapping[str, str], *names: str) -> dict[str, str]:
    """A problem for each variable that is not set or empty."""
    return {name: "is not set; see .env.example" for name in names if not environment.get(name)}


def secret_values(environment: Mapping[str, str]) -> tuple[str, ...]:
    """What must never be shown or logged: every token, key and password of an environment."""
    named = [text for name, text in environment.items() if _SECRET.search(name)]
    named += [one for name in _ADDRESSES for one in _PASSWORD.findall(environment.get(name, ""))]
    return tuple(sorted({one for one in named if len(one) >= 6}, key=len, reverse=True))


def slack_api_url(environment: Mapping[str, str]) -> str:
    """Where Slack's Web API is, ending in a slash."""
    return (environment.get("SLACK_API_URL") or "https://slack.com/api/").rstrip("/") + "/"


def home(environment: Mapping[str, str] = os.environ) -> Path:
    """CODEGEN_HOME; else /var/lib/codegen for root (a dropped uid cannot enter root's home), else XDG's."""
    if environment.get("CODEGEN_HOME"):
        return Path(environment["CODEGEN_HOME"])
    if os.geteuid() == 0:
        return Path("/var/lib/codegen")
    data = environment.get("XDG_DATA_HOME") or Path.home() / ".local" / "share"
    return Path(data) / "codegen"


def operator_file(environment: Mapping[str, str] = os.environ) -> OperatorFile:
    """codegen.toml at CODEGEN_CONFIG, else in the current directory; raises Refused with every problem."""
    named = environment.get("CODEGEN_CONFIG")
    path = Path(named or "codegen.toml")
    if not path.exists():
        if named:
            raise Refused({"CODEGEN_CONFIG": f"there is no file {path}; see codegen.example.toml"})
        return OperatorFile()
    try:
        return OperatorFile.model_validate(tomllib.loads(path.read_text(encoding="utf-8")))
    except ValidationError as error:
        raise Refused(problems_by_field(error, prefix=path.name)) from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, OSError) as error:
        raise Refused({path.name: f"cannot be read: {error}"}) from None


def problems_by_field(error: ValidationError, prefix: str = "") -> dict[str, str]:
    """pydantic's complaints, one sentence per field path; the refused values are never repeated."""
    problems: dict[str, str] = {}
    for one in error.errors(include_url=False, include_input=False):
        place = ".".join(str(part) for part in one["loc"]) or "document"
        field = f"{prefix}: {place}" if prefix else place
        told = _KNOWN.get(one["type"])
        words = told.format(**one.get("ctx", {})) if told else one["msg"].removeprefix("Value error, ")
        problems.setdefault(field, words)
    return problems
