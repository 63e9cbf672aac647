"""The front door: hears Slack and GitLab, turns what people say into tasks and acts."""
