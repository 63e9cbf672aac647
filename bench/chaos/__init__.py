"""The whole product under fire: processes killed and frozen, Slack, GitLab and the model failing."""
