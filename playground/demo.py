"""`make demo`: the whole path once, from /codegen to a merge request, over the real protocols."""

import asyncio
import os
import signal
import sys
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import yaml

from jobs.domain.spec import Spec
from jobs.errors import Stop
from playground.form import fill
from playground.person import Person
from playground.stack import Stack, stack

SPEC = Path(__file__).resolve().parent / "sample_spec.yml"
"""The bug that the demo asks to be mended."""
CHANNEL = "C0PAY"
PERSON = "U0ANA"
PATIENCE = 120.0
"""Seconds the scripted model's task may take; a real model gets ten times as long."""

Payload = dict[str, Any]


def own_model() -> bool:
    """True when a real model is named and its key is set."""
    return bool(os.environ.get("CODEGEN_MODEL")) and any(
        name.endswith("_API_KEY") and value for name, value in os.environ.items()
    )


async def ready(running: Stack, within: float = 30.0) -> None:
    """Wait until the bot answers a command; raises Stop with the end of its log when it does not."""
    async with Person(running.slack, PERSON) as person:
        deadline = time.monotonic() + within
        while time.monotonic() < deadline:
            answer = await person.command("help", "C0GEN")
            if answer.get("ok"):
                return
            await asyncio.sleep(0.1)
    raise Stop("The bot does not answer.", remedy=f"Its log ends:\n{running.log('bot')[-1500:]}")


async def demonstrate() -> int:
    """Ask, wait, tell; returns the exit status."""
    began = time.monotonic()
    mine = own_model()
    model = (
        os.environ["CODEGEN_MODEL"]
        if mine
        else "the scripted stand-in (set CODEGEN_MODEL and a key for yours)"
    )
    tell(f"model: {model}")
    async with stack(own_model=mine) as running, running.bot(), running.worker():
        await ready(running)
        async with Person(running.slack, PERSON) as person:
            await ask(person)
            async with asyncio.timeout(PATIENCE * (10 if mine else 1)):
                head, summary = await follow(person, running)
        return report(head, summary, seconds=time.monotonic() - began)


async def ask(person: Person) -> None:
    """Type /codegen, fill in the form, submit it."""
    spec = Spec.model_validate(yaml.safe_load(SPEC.read_text(encoding="utf-8")))
    tell(f"{person.user} in #payments: /codegen")
    answer = await person.command("", CHANNEL)
    if not answer.get("ok"):
        raise Stop(f"Slack says the command failed: {answer.get('error')}")
    await fill(person, spec)
    tell(f"{person.user} submits the form: {spec.title}")


async def follow(person: Person, running: Stack) -> tuple[Payload, Payload]:
    """Print the thread as it unfolds; returns the head message and the summary."""
    shown: dict[str, str] = {}

    async def ended() -> tuple[Payload, Payload] | None:
        for head in await person.messages(CHANNEL):
            if head.get("is_ephemeral") or not head.get("blocks"):
                continue
            thread = await person.replies(CHANNEL, head["ts"])
            for message in thread:
                text = message["text"].strip()
                if shown.get(message["ts"]) != text:
                    shown[message["ts"]] = text
                    tell(
                        ("  └ " if message["ts"] != head["ts"] else "codegen: ")
                        + text.replace("\n", "\n    ")
                    )
            if len(thread) > 1:
                return thread[0], thread[1]
        return None

    try:
        return await person.wait_for(ended, timeout=PATIENCE * 10)
    except TimeoutError:
        raise Stop(
            "The task did not end.", remedy=f"The worker's log ends:\n{running.log('worker')[-2000:]}"
        ) from None


def report(head: Payload, summary: Payload, *, seconds: float) -> int:
    """Print the evidence table and the last line; 0 when every criterion is proven."""
    rows = [[cell["text"] for cell in row] for block in summary["blocks"] for row in block.get("rows", ())]
    for row in rows:
        tell(
            "  "
            + " | ".join(f"{cell[:48]:<{width}}" for cell, width in zip(row, (48, 17, 8, 8, 28), strict=True))
        )
    url = _button_url(head)
    proven = sum(row[1].startswith("proven") for row in rows[1:])
    task = head["blocks"][-1]["elements"][0]["value"] if url else "no task"
    tell(
        f"the merge request stands at {url} while `make playground` runs"
        if url
        else "no merge request was opened"
    )
    tell(f"demo: {task} → {url} · {proven}/{len(rows) - 1} criteria proven · {seconds:.0f} s")
    return 0 if url and rows and proven == len(rows) - 1 else 1


def tell(line: str) -> None:
    """One line to the terminal, at once."""
    print(line, flush=True)


def _button_url(message: Mapping[str, Any]) -> str:
    elements = [element for block in message["blocks"] for element in block.get("elements", ())]
    return next((str(one["url"]) for one in elements if one.get("url")), "")


def main() -> int:
    """Exit status 0 when every criterion is proven, 130 after Ctrl-C."""
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        return asyncio.run(demonstrate())
    except KeyboardInterrupt:
        return 130
    except Stop as stop:
        sys.stderr.write(f"demo: {stop}\n")
        return 4


if __name__ == "__main__":
    sys.exit(main())
