"""A batch on its way: what was pasted or uploaded as a document, and the specs in it."""

import json
import re

import aiohttp
from slack_sdk.web.async_client import AsyncWebClient

from bot.payload import Payload
from bot.views.batch import pasted_text
from bot.views.words import batch_words
from jobs.domain.spec import Kind
from jobs.domain.starter import Starters
from jobs.errors import Refused
from jobs.specify import notation
from jobs.specify.batch_file import BatchFile, read_batch
from jobs.specify.document import parsed
from jobs.specify.spec_file import LONGEST
from jobs.specify.starters import SHIPPED

DOWNLOAD = 2.0
"""Seconds a file may take: Slack waits three for the form's answer."""

_LINE = re.compile(r"^\s*(?:[-*•]\s+)?(\w+)\s*\|")


async def document_of(view: Payload, client: AsyncWebClient) -> str:
    """What was pasted, else the uploaded file; raises Refused when there is neither."""
    values = view["state"]["values"]
    pasted = pasted_text(view)
    files = values.get("file", {}).get("file", {}).get("files") or []
    if pasted.strip() or not files:
        if not pasted.strip():
            raise Refused({"document": batch_words().empty})
        return pasted
    return await _downloaded(files[0], client)


def batch_of(document: str, repository: str, templates: Starters = SHIPPED) -> BatchFile:
    """The batch in a document, YAML or a spec a line; raises Refused with every problem by name and field."""
    if _LINE.match(document):
        return _by_lines(document, repository)
    problems, data = parsed(document)
    if isinstance(data, dict) and "repository" not in data and not problems:
        document = f"{document.rstrip()}\nrepository: {repository}\n"
    return read_batch(document, templates)


def _by_lines(document: str, repository: str) -> BatchFile:
    rows = [line for line in document.splitlines() if line.strip()]
    problems: dict[str, str] = {}
    tasks = [_task(number, row, problems) for number, row in enumerate(rows, start=1)]
    if problems:
        raise Refused(problems)
    title = batch_words().heading.format(count=len(rows))
    return read_batch(json.dumps({"title": title, "repository": repository, "tasks": tasks}))


def _task(number: int, row: str, problems: dict[str, str]) -> Payload:
    parts = [part.strip() for part in row.strip().lstrip("-*• ").split("|")]
    kinds = {kind.value for kind in Kind}
    if len(parts) != 4 or parts[0].casefold() not in kinds or not all(parts) or len(parts[1]) > 150:
        problems[f"line {number}"] = batch_words().line
        return {"name": f"line-{number}", "spec": {}}
    written = [text.strip() for text in parts[3].split(";") if text.strip()]
    try:
        criteria = [notation.read_criterion(text, at) for at, text in enumerate(written, start=1)]
    except notation.ProofError:
        problems[f"line {number}"] = batch_words().line
        criteria = []
    spec = {"kind": parts[0].casefold(), "title": parts[1], "goal": parts[2], "criteria": criteria}
    return {"name": f"line-{number}", "spec": spec}


async def _downloaded(file: Payload, client: AsyncWebClient) -> str:
    words = batch_words()
    if int(file.get("size") or 0) > LONGEST:
        raise Refused({"document": words.too_long})
    headers = {"Authorization": f"Bearer {client.token}"}
    timeout = aiohttp.ClientTimeout(total=DOWNLOAD)
    try:
        async with (
            aiohttp.ClientSession(timeout=timeout) as session,
            session.get(str(file["url_private_download"]), headers=headers) as answer,
        ):
            content = await answer.content.read(LONGEST + 1)
            if answer.status != 200:
                raise Refused({"document": words.unreadable})
    except (aiohttp.ClientError, TimeoutError):
        raise Refused({"document": words.unreadable}) from None
    if len(content) > LONGEST:
        raise Refused({"document": words.too_long})
    try:
        return content.decode("utf-8")
    except UnicodeDecodeError:
        raise Refused({"document": words.unreadable}) from None
