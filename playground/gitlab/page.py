"""Pages."""
from aiohttp import web

from playground.gitlab.state import State


def add_pages(app: web.Application, state: State) -> None:
    """Bind the pages."""
