"""How tests are run and reported in each language."""
