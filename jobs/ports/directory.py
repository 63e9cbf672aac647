"""What Slack knows of channels and user groups, as the worker asks it."""

from collections.abc import Collection, Mapping
from typing import Protocol


class Directory(Protocol):
    """Channels and groups of one Slack."""

    async def internal(self, channel: str) -> bool:
        """False for a channel that is shared with others, archived or out of reach; raises Transient."""

    async def groups(self, named: Collection[str]) -> Mapping[str, tuple[str, ...]]:
        """Members of user groups, by the id or @handle they are named by; raises Stop and Transient."""
