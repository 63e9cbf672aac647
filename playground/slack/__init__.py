"""A Slack workspace to build against: protocol-true, stateful, and as strict as the original."""

from playground.slack.seed import App, Channel, User, UserGroup, Workspace, demo_workspace
from playground.slack.server import SlackStandIn

__all__ = ["App", "Channel", "SlackStandIn", "User", "UserGroup", "Workspace", "demo_workspace"]
