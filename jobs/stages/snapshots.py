"""Trees that are kept so that a run can go back to them, each as its patch from a commit."""

import json

from pydantic import ValidationError

from jobs.domain.patch import Patch, Sha
from jobs.ports import Artifacts

LARGEST = 8 * 1024 * 1024
"""Most bytes of a patch that is kept; going back to a larger one is a full run."""


async def keep(patch: Patch, artifacts: Artifacts) -> None:
    """Keep a tree as its patch, unless it is too large."""
    # ASCII JSON keeps the lone surrogates that stand for undecodable bytes of a diff
    content = json.dumps(patch.model_dump(mode="python")).encode()
    if len(content) <= LARGEST:
        await artifacts.put(_key(patch.start, patch.tree), content)


async def kept(start: Sha, tree: str, artifacts: Artifacts) -> Patch | None:
    """The patch that makes the tree from the commit, or None when it is not kept any more."""
    content = await artifacts.get(_key(start, tree))
    if content is None:
        return None
    try:
        return Patch.model_validate(json.loads(content))
    except ValidationError:  # written by another version
        return None


def _key(start: Sha, tree: str) -> str:
    return f"tree/{start}/{tree}"
