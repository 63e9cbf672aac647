"""A model that costs nothing: it speaks OpenAI's protocol and works from what its tools tell it."""

from playground.model.server import KEY, NAME, ModelStandIn

__all__ = ["KEY", "NAME", "ModelStandIn"]
