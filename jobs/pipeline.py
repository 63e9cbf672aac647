"""The whole story of a run on one screen."""
