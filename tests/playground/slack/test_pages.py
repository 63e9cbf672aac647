"""What is served to browsers."""

from aiohttp import ClientSession

from playground.slack.server import WEB


async def test_the_page_or_a_sentence(url: str) -> None:
    async with ClientSession(url) as session, session.get("/") as answer:
        there = (WEB / "slack" / "index.html").is_file()
        assert answer.status == (200 if there else 404)
        assert await answer.text()


async def test_nothing_outside_the_pages(url: str) -> None:
    async with ClientSession(url) as session, session.get("/web/..%2fserve.py") as answer:
        assert answer.status == 404


async def test_the_workspace_is_told(url: str) -> None:
    async with ClientSession(url) as session, session.get("/_person/workspace") as answer:
        told = await answer.json()
    assert told["team"]["id"] == "T0PLAY"
    assert {channel["id"] for channel in told["channels"]} == {"C0PAY", "C0WEB", "C0GEN"}


async def test_wrong_acts_are_refused(url: str) -> None:
    async with ClientSession(url) as session:
        for path, body in (
            ("command", {"user": "U0NO"}),
            ("command", {"user": "U0ANA"}),
            ("message", {"user": "U0ANA", "channel": "C0NO", "text": "x"}),
            ("submit", {"user": "U0ANA", "view_id": "V0"}),
            (
                "action",
                {"user": "U0ANA", "channel": "C0PAY", "message_ts": "1.0", "block_id": "b", "action_id": "a"},
            ),
        ):
            async with session.post(f"/_person/{path}", json=body) as answer:
                assert (answer.status, (await answer.json())["ok"]) == (400, False)
        async with session.post("/_person/command", data="{") as answer:
            assert (await answer.json())["error"] == "invalid_json"
