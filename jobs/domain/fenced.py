"""Texts of others as a model is shown them: data between two lines that they cannot forge."""

import hashlib

from jobs.domain.base_model import Frozen


class Fenced(Frozen):
    """Text of others between two lines that it cannot forge."""

    label: str
    """What it is."""
    text: str
    """The text."""

    @property
    def mark(self) -> str:
        """Unguessable without the text itself."""
        return hashlib.sha256(f"{self.label}\0{self.text}".encode(errors="replace")).hexdigest()[:12]
