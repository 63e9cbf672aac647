"""The nouns: frozen, no I/O."""
