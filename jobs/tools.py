"""The composition root: settings → everything the pipeline works with."""
