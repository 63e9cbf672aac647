"""`--repo`, `--spec` and `--env`: what the operator names, looked at before anything is done with it."""

import argparse
import re
from collections.abc import Mapping
from pathlib import Path
from urllib.parse import urlsplit

from pydantic import SecretStr

from jobs import settings
from jobs.adapters.environments import BuiltEnvironments, configured
from jobs.adapters.workspaces import GitWorkspaces
from jobs.cli.templates import known
from jobs.domain.review import Repository
from jobs.domain.spec import Spec
from jobs.errors import Refused, Stop, StopKind
from jobs.settings import OperatorFile, RepositorySettings
from jobs.specify.spec_file import read_mapping, read_spec
from jobs.specify.starters import SHIPPED

NEWEST = "HEAD"
"""What a repository has checked out, or calls its default branch."""
_SSH = re.compile(r"[^/]+@[^/]+:|ssh://")


def options(parser: argparse.ArgumentParser, *, spec: bool = True) -> None:
    """Add the three options; `spec`: whether `--spec` must be there."""
    parser.add_argument("--repo", required=True, metavar="PATH|URL", help="the repository")
    parser.add_argument("--spec", required=spec, metavar="FILE", help="spec.yml")
    parser.add_argument(
        "--env", metavar="DIR", help="read-only environment with the repository's dependencies"
    )


def repository(given: str) -> Repository:
    """The repository behind a folder or URL; raises Stop naming what is wrong with it."""
    if _SSH.match(given):
        raise _unusable("is an SSH address.", remedy="Give its https:// address, or a folder.", given=given)
    if "://" not in given:
        return _folder(Path(given), given)
    parts = urlsplit(given)
    if parts.username or parts.password:
        raise Stop(
            "The URL given with --repo holds a credential.",
            remedy="Leave it out; set GITLAB_URL and GITLAB_TOKEN.",
            kind=StopKind.INPUT,
        )
    if parts.scheme not in ("http", "https", "file"):
        raise _unusable("is no address to fetch from.", remedy="Give an https:// address.", given=given)
    path = parts.path.strip("/").removesuffix(".git")
    return Repository(path=path, url=given.rstrip("/"), default_branch=NEWEST)


def workspaces(environment: Mapping[str, str]) -> GitWorkspaces:
    """Workspaces under CODEGEN_HOME, with GITLAB_TOKEN for GITLAB_URL when both are set."""
    url, token = environment.get("GITLAB_URL"), environment.get("GITLAB_TOKEN")
    credentials = {url.rstrip("/"): SecretStr(token)} if url and token else {}
    return GitWorkspaces(settings.home(environment), credentials=credentials)


def model_name(environment: Mapping[str, str]) -> str | None:
    """CODEGEN_MODEL, else what codegen.toml names for the engine."""
    return environment.get("CODEGEN_MODEL") or settings.operator_file(environment).engine.model


def environments(environment: Mapping[str, str], operator: OperatorFile) -> BuiltEnvironments:
    """Environments under CODEGEN_HOME, from the registries that are configured."""
    table = operator.registries
    return BuiltEnvironments(settings.home(environment), configured(table, environment), table=table)


async def spec_of(path: str, environment: Mapping[str, str]) -> Spec:
    """The spec in a file; raises Refused with every problem by field."""
    text = _text(Path(path))
    begins = "template" in read_mapping(text)[1]
    return read_spec(text, await known(environment) if begins else SHIPPED)


def operator(options: argparse.Namespace, spec: Spec, found: Repository) -> OperatorFile:
    """codegen.toml, its settings for the spec's project applied to the repository; `--env` wins."""
    operator = settings.operator_file(options.environment)
    own = operator.repositories.get(spec.repository, RepositorySettings())
    if options.env is not None:
        folder = Path(options.env)
        if not folder.is_dir():
            raise Refused({"--env": f"{options.env} is no folder"})
        own = own.model_copy(update={"environment": folder.resolve()})
    repositories = {**operator.repositories, spec.repository: own, found.path: own}
    return operator.model_copy(update={"repositories": repositories})


def _text(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except UnicodeDecodeError:
        raise Refused({"--spec": f"{path} is not text in UTF-8"}) from None
    except OSError as error:
        raise Refused({"--spec": f"{path} cannot be read: {error.strerror}"}) from None


def _folder(folder: Path, given: str) -> Repository:
    if not (folder / ".git").exists() and not (folder / "HEAD").is_file():
        raise _unusable("is no git repository.", remedy="Name one with --repo.", given=given)
    whole = folder.resolve()
    return Repository(path=whole.name, url=str(whole), default_branch=NEWEST)


def _unusable(what: str, *, remedy: str, given: str) -> Stop:
    return Stop(f"{given} {what}", remedy=remedy, kind=StopKind.INPUT)
