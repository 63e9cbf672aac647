"""Charts as files of Slack's that no channel shows, for image blocks to name.

See https://docs.slack.dev/messaging/working-with-files/ and
https://docs.slack.dev/reference/block-kit/composition-objects/slack-file-object/
"""

import asyncio
from pathlib import Path

from jobs.adapters.charts import drawn
from jobs.adapters.slack import SlackMessenger
from jobs.domain.chart import Chart
from jobs.errors import Stop, Transient

TRIES = 12
"""How often Slack is asked whether a file can be shown."""
PAUSE = 0.4
"""Seconds between two of these questions."""
ALT = 1000
"""Most characters of a file's words."""

_GONE = ("file_not_found", "file_deleted", "cant_delete_file", "file_deleting_disabled")


class SlackGallery:
    """ports.Gallery over Slack's files."""

    def __init__(self, slack: SlackMessenger, fonts: Path) -> None:
        """`fonts`: a folder in which the drawing library keeps what it found out about fonts."""
        self._slack = slack
        self._fonts = fonts

    async def hang(self, chart: Chart) -> str:
        """Draw a chart and upload it; returns its file id once an image block may name it."""
        content = await asyncio.to_thread(drawn, chart, self._fonts)
        named = {"filename": f"{chart.name}.png", "title": chart.title, "alt_txt": chart.alt[:ALT]}
        answer = await self._slack.ask("files.upload_v2", content=content, **named)
        file = str(answer["files"][0]["id"])
        await self._ready(file)
        return file

    async def take_down(self, file: str) -> None:
        """Delete a file; one that is gone, or may not be deleted, is left alone."""
        try:
            await self._slack.ask("files.delete", file=file)
        except Stop as stop:
            if not any(word in stop.reason for word in _GONE):
                raise

    async def _ready(self, file: str) -> None:
        # until Slack has looked at a file, blocks that name it are refused
        for _ in range(TRIES):
            answer = await self._slack.ask("files.info", file=file)
            if answer["file"].get("mimetype"):
                return
            await asyncio.sleep(PAUSE)
        raise Transient("Slack has not finished a picture.", retry_after=60.0)
