"""Where foreign code runs: bubblewrap, seccomp, rlimits, cgroups, one holder process per workspace.

`kernel`, `wire`, `capture`, `inspect_tree`, `runner` and `holder` run outside the worker,
in a bare interpreter: they import the standard library only.
"""
