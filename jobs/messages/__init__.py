"""Every payload for a thread, built from domain objects."""
