"""git, hardened: plumbing only, no configuration but ours, nothing of a repository is executed."""
