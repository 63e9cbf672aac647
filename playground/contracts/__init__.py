"""Slack's published contracts as data, and the scripts that make them."""
