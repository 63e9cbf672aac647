"""Waiting: the store, submission, leases."""
