"""The stand-in as one aiohttp application."""

import time
from collections.abc import Awaitable, Callable
from pathlib import Path

from aiohttp import web

from playground.slack import response_url
from playground.slack.control import Control
from playground.slack.delivery import Delivery
from playground.slack.events import Events
from playground.slack.interactions import Interactions
from playground.slack.modals import Modals
from playground.slack.payload import SlackError
from playground.slack.person_pages import PersonPages
from playground.slack.person_side import PersonSide
from playground.slack.seed import Workspace
from playground.slack.socket_mode import Sockets
from playground.slack.state import State
from playground.slack.web_api import WebApi

WEB = Path(__file__).parent.parent / "web"
"""The pages; `slack/index.html` is the one at `/`."""
MAX_UPLOAD = 64 * 1024 * 1024

Respond = Callable[[web.Request], Awaitable[web.StreamResponse]]


class SlackStandIn:
    """A Slack workspace with one app installed; serve `app`, and read `state` where HTTP is not enough."""

    def __init__(
        self,
        workspace: Workspace,
        *,
        signing_secret: str,
        request_url: str | None = None,
        clock: Callable[[], float] = time.time,
        ack_seconds: float = 3.0,
    ) -> None:
        self.state = State(workspace, clock)
        self.sockets = Sockets(self.state)
        self.delivery = Delivery(
            self.state,
            self.sockets,
            signing_secret=signing_secret,
            request_url=request_url,
            ack_seconds=ack_seconds,
        )
        self.events = Events(self.state, self.delivery)
        self.app = self._application()

    def _application(self) -> web.Application:
        app = web.Application(middlewares=[self._around], client_max_size=MAX_UPLOAD)
        interactions = Interactions(self.state, self.delivery)
        person = PersonSide(self.state, interactions, Modals(self.state, self.delivery))
        api = WebApi(self.state, self.sockets.connections_open)
        app.add_routes([web.get("/api/{method}", api.__call__), web.post("/api/{method}", api.__call__)])
        app.add_routes([web.get("/socket/{ticket}", self.sockets.handle)])
        app.add_routes(
            [web.post("/upload/v1/{file}", self._upload), web.post("/response/{key}", self._respond)]
        )
        app.add_routes([*person.routes(), *PersonPages(self.state).routes()])
        app.add_routes(Control(self.state, self.events, self.sockets).routes())
        app.add_routes([web.get("/", self._page), web.get("/web/{path:.+}", self._static)])
        app.cleanup_ctx.append(self.delivery.session)
        app.on_shutdown.append(self._stop)
        return app

    @web.middleware
    async def _around(self, request: web.Request, handler: Respond) -> web.StreamResponse:
        """Learn the own address, and send what happened to the app once the request is answered."""
        self.state.origin = f"http://{request.host}"
        try:
            return await handler(request)
        finally:
            self.events.flush()

    async def _stop(self, _app: web.Application) -> None:
        self.state.watchers.close()
        await self.events.stop()
        await self.sockets.disconnect("link_disabled")

    async def _respond(self, request: web.Request) -> web.Response:
        return await response_url.handle(request, self.state)

    async def _upload(self, request: web.Request) -> web.Response:
        try:
            file = self.state.files.find(request.match_info["file"])
        except SlackError as error:
            return web.json_response(error.answer(), status=404)
        content = await _uploaded(request)
        if file.content is not None or len(content) != file.length:
            return web.Response(status=400, text="The upload does not match what was announced.")
        file.content = content
        return web.Response(text=f"OK - {len(content)}")

    async def _page(self, request: web.Request) -> web.StreamResponse:
        return _served(WEB / "slack" / "index.html")

    async def _static(self, request: web.Request) -> web.StreamResponse:
        path = (WEB / request.match_info["path"]).resolve()
        return _served(path if path.is_relative_to(WEB.resolve()) else WEB / "missing")


async def _uploaded(request: web.Request) -> bytes:
    if not request.content_type.startswith("multipart/"):
        return await request.read()
    for part in (await request.post()).values():
        if isinstance(part, web.FileField):
            return part.file.read()
    return b""


def _served(path: Path) -> web.StreamResponse:
    if not path.is_file():
        return web.Response(status=404, text="There is no such page in this playground.")
    return web.FileResponse(path, headers={"Cache-Control": "no-store"})
