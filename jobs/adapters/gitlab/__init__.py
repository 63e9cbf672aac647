"""GitLab through python-gitlab: one connection, one module per port."""

from jobs.adapters.gitlab.connection import GitLabConnection
from jobs.adapters.gitlab.files import GitLabFiles
from jobs.adapters.gitlab.forge import TITLE, GitLabForge
from jobs.adapters.gitlab.inbound import GitLabInbound
from jobs.adapters.gitlab.issues import GitLabIssues
from jobs.adapters.gitlab.reports import GitLabReports
from jobs.adapters.gitlab.requests import GitLabRequests
from jobs.adapters.gitlab.review import GitLabReview
from jobs.adapters.gitlab.watch import GitLabWatch

__all__ = [
    "TITLE",
    "GitLabConnection",
    "GitLabFiles",
    "GitLabForge",
    "GitLabInbound",
    "GitLabIssues",
    "GitLabReports",
    "GitLabRequests",
    "GitLabReview",
    "GitLabWatch",
]
