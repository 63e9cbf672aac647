"""`--repo`: a local folder or a URL, and the workspaces to look at it with."""

import os
from pathlib import Path
from urllib.parse import urlsplit

from pydantic import SecretStr

from jobs import settings
from jobs.adapters.workspaces import GitWorkspaces
from jobs.domain.review import Repository
from jobs.domain.spec import Spec
from jobs.errors import Refused, Stop, StopKind
from jobs.specify.spec_file import read_spec


def repository(given: str) -> Repository:
    """The repository behind a folder or URL; raises Stop naming what is wrong with it."""
    if "://" in given:
        parts = urlsplit(given)
        if parts.username or parts.password:
            raise Stop(
                "The URL given with --repo holds a credential.",
                remedy="Leave it out; set GITLAB_URL and GITLAB_TOKEN.",
                kind=StopKind.INPUT,
            )
        return Repository(path=parts.path.strip("/").removesuffix(".git"), url=given)
    folder = Path(given)
    if not (folder / ".git").exists() and not (folder / "HEAD").is_file():
        raise Stop(f"{given} is no git repository.", remedy="Name one with --repo.", kind=StopKind.INPUT)
    return Repository(path=folder.resolve().name, url=str(folder.resolve()), default_branch="HEAD")


def workspaces() -> GitWorkspaces:
    """Workspaces under CODEGEN_HOME, with GITLAB_TOKEN for GITLAB_URL when both are set."""
    url, token = os.environ.get("GITLAB_URL"), os.environ.get("GITLAB_TOKEN")
    credentials = {url.rstrip("/"): SecretStr(token)} if url and token else {}
    return GitWorkspaces(settings.home(), credentials=credentials)


def spec_of(path: str) -> Spec:
    """The spec in a file; raises Refused with every problem by field."""
    try:
        text = Path(path).read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise Refused(
            {"--spec": f"{path} cannot be read: {getattr(error, 'strerror', None) or error}"}
        ) from None
    return read_spec(text)
