"""After the merge request is opened."""
