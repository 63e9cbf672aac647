"""Programs of ours that run inside the sandbox, on the repository's own interpreter; they import nothing of ours."""
