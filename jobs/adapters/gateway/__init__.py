"""What a coding agent's program has of the outside: its one model, asked with a key it never sees."""

from jobs.adapters.gateway.gateway import ModelGateway
from jobs.adapters.gateway.keys import key_of

__all__ = ["ModelGateway", "key_of"]
