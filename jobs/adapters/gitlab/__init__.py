"""GitLab through python-gitlab: one connection, one module per port."""

from jobs.adapters.gitlab.connection import GitLabConnection
from jobs.adapters.gitlab.forge import TITLE, GitLabForge
from jobs.adapters.gitlab.requests import GitLabRequests

__all__ = ["TITLE", "GitLabConnection", "GitLabForge", "GitLabRequests"]
