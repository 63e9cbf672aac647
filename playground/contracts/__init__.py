"""Published contracts of Slack and GitLab as data, and the scripts that make them."""
