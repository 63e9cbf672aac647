"""The JSON that the API answers with, one file per kind of thing."""
