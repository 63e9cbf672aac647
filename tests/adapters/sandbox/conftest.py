"""The fixtures of this room: every test starts from the same, unchanged remote."""

from tests.adapters.checkouts import ground, template, workspace, workspaces
from tests.adapters.checkouts import template as remote

__all__ = ["ground", "remote", "template", "workspace", "workspaces"]
