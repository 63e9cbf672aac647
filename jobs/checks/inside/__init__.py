"""Programs of ours for the sandbox, run by the repository's own interpreter; they import nothing of ours."""
