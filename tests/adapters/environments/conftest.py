"""The fixtures of this room: a home that the sandbox's user can enter."""

from tests.adapters.checkouts import ground, remote, template

__all__ = ["ground", "remote", "template"]
