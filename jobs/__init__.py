"""The workshop: everything that happens to a task, in the order of its life."""
