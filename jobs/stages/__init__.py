"""The steps of a run: verbs, called by the pipeline."""
