"""What Slack knows of channels and user groups, as the worker asks it."""

from collections.abc import Collection, Mapping
from typing import Protocol


class Directory(Protocol):
    """Channels and groups of one Slack."""

    async def shared(self, channel: str) -> bool:
        """Whether others than this organisation read along, or will; raises Stop when it is out of reach."""

    async def groups(self, named: Collection[str]) -> Mapping[str, tuple[str, ...]]:
        """Members of user groups, by the id or @handle they are named by; raises Stop and Transient."""
