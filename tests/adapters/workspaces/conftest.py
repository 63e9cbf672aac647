"""The fixtures of this room: every test has a remote of its own."""

from tests.adapters.checkouts import ground, remote, template, workspace, workspaces

__all__ = ["ground", "remote", "template", "workspace", "workspaces"]
