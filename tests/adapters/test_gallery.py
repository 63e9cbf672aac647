"""Charts as files of the Slack stand-in: drawn, uploaded, shown in a view, and taken down."""

import struct
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from pydantic import SecretStr
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from jobs.adapters.charts import drawn
from jobs.adapters.slack import SlackMessenger
from jobs.adapters.slack_gallery import SlackGallery
from jobs.domain.team import Week
from jobs.errors import Stop
from jobs.messages.team import charts
from playground.serve import serving
from playground.slack import SlackStandIn, demo_workspace
from playground.slack.faults import Fault
from playground.slack.seed import BOT_KEY, SIGNING_KEY
from tests.factories import NOON

WEEKS = (
    Week(start=date(2026, 10, 26)),
    Week(start=date(2026, 11, 2), opened=4, merged=2, closed=1, hours=1.5, reworks=0.5, usd=12.3),
)
THROUGHPUT, ACCEPTANCE, *_ = CHARTS = charts(WEEKS, NOON)


@dataclass
class Slack:
    standin: SlackStandIn
    client: AsyncWebClient
    gallery: SlackGallery

    async def publish(self, file: str) -> Any:
        image = {"type": "image", "slack_file": {"id": file}, "alt_text": "chart"}
        return await self.client.views_publish(user_id="U0ANA", view={"type": "home", "blocks": [image]})


@pytest.fixture
async def slack(tmp_path: Path) -> AsyncIterator[Slack]:
    standin = SlackStandIn(demo_workspace(), signing_secret=SIGNING_KEY)
    async with serving(standin.app) as url:
        messenger = SlackMessenger(f"{url}/api/", SecretStr(BOT_KEY))
        client = AsyncWebClient(token=BOT_KEY, base_url=f"{url}/api/")
        yield Slack(standin, client, SlackGallery(messenger, tmp_path))


def test_a_chart_says_in_words_what_it_shows() -> None:
    assert THROUGHPUT.alt == (
        "Merge requests by week, as of 2 Nov 2026, 12:00 UTC. "
        "Week of 26 Oct: 0 opened, 0 merged; Week of 2 Nov: 4 opened, 2 merged."
    )
    assert ACCEPTANCE.alt.endswith("Week of 26 Oct: nothing to count; Week of 2 Nov: 67 %.")
    assert [one.name for one in CHARTS] == ["throughput", "acceptance", "hours", "reworks", "cost"]
    assert all(one.axis and len(one.alt) <= 1000 for one in CHARTS)


def test_a_chart_is_a_picture(tmp_path: Path) -> None:
    empty = charts(WEEKS[:1] * 2, NOON)[0]
    one, nothing = (drawn(chart, tmp_path) for chart in (THROUGHPUT, empty))
    assert one[:8] == b"\x89PNG\r\n\x1a\n" and struct.unpack(">II", one[16:24]) == (1200, 450)
    assert one != nothing


async def test_a_chart_is_put_up_in_no_channel_and_can_be_shown_at_once(slack: Slack) -> None:
    file = await slack.gallery.hang(ACCEPTANCE)
    kept = slack.standin.state.files.find(file)
    assert kept.shares == {} and kept.alt == ACCEPTANCE.alt
    assert (await slack.publish(file))["ok"]

    await slack.gallery.take_down(file)
    await slack.gallery.take_down(file)
    with pytest.raises(SlackApiError, match="invalid slack file"):
        await slack.publish(file)


async def test_a_file_that_slack_has_not_looked_at_cannot_be_shown(slack: Slack) -> None:
    done = await slack.client.files_upload_v2(filename="a.png", content=b"\x89PNG", alt_txt="x")
    with pytest.raises(SlackApiError, match="invalid slack file"):
        await slack.publish(done["file"]["id"])


async def test_a_workspace_without_uploads_is_said(slack: Slack) -> None:
    refusal = Fault("fail", "files.getUploadURLExternal", times=1, error="file_uploads_disabled")
    slack.standin.state.faults.add(refusal)
    with pytest.raises(Stop, match="file_uploads_disabled"):
        await slack.gallery.hang(ACCEPTANCE)
