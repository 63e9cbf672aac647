"""Checkouts with a sandbox: overlay on a cached checkout, a private git directory, one holder each."""

from jobs.adapters.workspaces.git_workspaces import GitWorkspaces

__all__ = ["GitWorkspaces"]
