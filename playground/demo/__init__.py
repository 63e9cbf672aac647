"""`make demo`: the whole path once, from /codegen to a merge request, over the real protocols."""
