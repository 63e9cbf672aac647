"""A stand-in for GitLab: REST v4, git over HTTP, webhooks and a page per merge request, all with a memory."""

from playground.gitlab.standin import GitLabStandIn

__all__ = ["GitLabStandIn"]
