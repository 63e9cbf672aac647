"""Pages of a list, with the headers by which GitLab tells the rest."""

from collections.abc import Awaitable, Callable, Sequence
from typing import TypeVar

from aiohttp import web

from playground.gitlab.call import Call

Item = TypeVar("Item")


async def paged(
    call: Call, items: Sequence[Item], shape: Callable[[Item], Awaitable[object]]
) -> web.Response:
    """One page of `items`, each in the shape of the API."""
    page = call.params.integer("page")
    size = call.params.integer("per_page")
    if (page is not None and page < 1) or (size is not None and size < 1):
        call.params.wrong.append("page does not have a valid value")
    call.params.check()
    number, per_page = page or 1, min(size or 20, 100)
    start = (number - 1) * per_page
    body = [await shape(item) for item in items[start : start + per_page]]
    return web.json_response(body, headers=_headers(call, len(items), number, per_page))


def _headers(call: Call, total: int, page: int, per_page: int) -> dict[str, str]:
    pages = max(1, -(-total // per_page))
    links = {"first": 1, "last": pages}
    if page < pages:
        links["next"] = page + 1
    if page > 1:
        links["prev"] = page - 1
    return {
        "X-Total": str(total),
        "X-Total-Pages": str(pages),
        "X-Page": str(page),
        "X-Per-Page": str(per_page),
        "X-Next-Page": str(links.get("next", "")),
        "X-Prev-Page": str(links.get("prev", "")),
        "Link": ", ".join(f'<{_link(call, number, per_page)}>; rel="{rel}"' for rel, number in links.items()),
    }


def _link(call: Call, page: int, per_page: int) -> str:
    url = call.request.url.update_query(page=str(page), per_page=str(per_page))
    return f"{call.state.external_url}{url.raw_path_qs}"
