"""The fixtures of this room."""

from tests.adapters.checkouts import ground, remote, workspace, workspaces

__all__ = ["ground", "remote", "workspace", "workspaces"]
