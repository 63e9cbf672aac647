"""Protocol-true stand-ins for Slack, GitLab and a model, spoken to over HTTP."""
