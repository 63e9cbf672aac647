"""One run of the demo: ask, follow the thread, show what came of it."""

import asyncio
import os
import sys
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml
from rich.console import Console
from rich.padding import Padding
from rich.text import Text

from jobs.domain.spec import Spec
from jobs.errors import Stop
from playground.demo.keep import FOLDER, keep_diff, keep_page, stat
from playground.demo.model import model_line, own_model
from playground.demo.terminal import rows, show, styled, terminal
from playground.environment import EnvironmentFailure
from playground.form import fill
from playground.person import Person
from playground.processes import until_told
from playground.stack import Stack, stack
from playground.threads import without_questions

SPEC = Path(__file__).resolve().parent.parent / "sample_spec.yml"
"""The bug that the demo asks to be mended."""
CHANNEL = "C0PAY"
PERSON = "U0ANA"
PATIENCE = 180.0
"""Seconds the scripted model's task may take; a real model gets ten times as long."""

Payload = dict[str, Any]


@dataclass
class Seen:
    """The thread so far."""

    console: Console
    began: float = field(default_factory=time.monotonic)
    head: Payload = field(default_factory=dict)
    """The head message as it is now."""
    said: set[str] = field(default_factory=set)
    """Timestamps of the replies shown, and the states of the head message."""

    def look(self, thread: list[Payload]) -> None:
        """Show what is new in a thread."""
        head, *replies = thread
        if not self.head:
            self.console.print(Text("\ncodegen in #payments", style="bold"))
            show(self.console, head["blocks"][:1], indent=2)
            self.console.file.flush()
        self.head = head
        state = head["blocks"][1]["text"]["text"]
        if state not in self.said:
            self.said.add(state)
            at = f"{time.monotonic() - self.began:6.1f} s  "
            self.console.print(Text.assemble((at, "dim"), styled(state)), soft_wrap=False)
        for reply in replies:
            if reply["ts"] not in self.said:
                self.said.add(reply["ts"])
                self.console.print(Text("\n  reply in the thread", style="bold"))
                show(self.console, reply.get("blocks", ()), indent=4)


def run() -> int:
    """Run the demo; returns its exit status."""
    try:
        return asyncio.run(until_told(demonstrate()))
    except asyncio.CancelledError:
        sys.stderr.write("\ndemo: interrupted, everything is ended\n")
        return 130
    except (Stop, EnvironmentFailure) as stop:
        sys.stderr.write(f"demo: {stop}\n")
        return 4


async def demonstrate() -> int:
    """Ask, wait, tell; returns the exit status."""
    began = time.monotonic()
    mine, console = own_model(os.environ), terminal()
    console.print(f"model: {model_line(os.environ)}")
    async with stack(own_model=mine) as running, running.bot(), running.worker():
        await running.ready()
        async with Person(running.slack, PERSON) as person:
            await ask(person, console)
            thread = await follow(person, running, console, patience=PATIENCE * (10 if mine else 1))
        return await report(running, thread, console, began=began)


async def ask(person: Person, console: Console) -> None:
    """Type /codegen, fill in the form, submit it."""
    spec = Spec.model_validate(yaml.safe_load(SPEC.read_text(encoding="utf-8")))
    console.print(Text.assemble(("\nAna", "bold"), " in #payments: /codegen"))
    answer = await person.command("", CHANNEL)
    if not answer.get("ok"):
        raise Stop(f"Slack says the command failed: {answer.get('error')}")
    await fill(person, spec)
    console.print(Text.assemble(("Ana", "bold"), f" submits the form: {spec.title}"))


async def follow(person: Person, running: Stack, console: Console, *, patience: float) -> list[Payload]:
    """Show the thread as it unfolds; returns it with its summary."""
    seen = Seen(console)

    async def ended() -> list[Payload] | None:
        for head in await person.messages(CHANNEL):
            if head.get("is_ephemeral") or not head.get("blocks"):
                continue
            thread = await person.replies(CHANNEL, head["ts"])
            seen.look(thread)
            told = without_questions(thread)
            return told if len(told) > 1 else None
        return None

    try:
        return await person.wait_for(ended, timeout=patience)
    except TimeoutError:
        end = running.log("worker")[-2000:]
        raise Stop("The task did not end.", remedy=f"The worker's log ends:\n{end}") from None


async def report(running: Stack, thread: list[Payload], console: Console, *, began: float) -> int:
    """Keep what there is to look at, and print the last line; 0 when every criterion is proven."""
    head, summary = thread[:2]
    evidence = [line for block in summary["blocks"] for line in rows(block)][1:]
    proven = sum(line[1].startswith("proven") for line in evidence)
    task, url = head["blocks"][-1]["elements"][0]["value"], _address(head)
    if not url:
        console.print(f"demo: {task} → no merge request · {proven}/{len(evidence)} criteria proven")
        return 1
    FOLDER.mkdir(parents=True, exist_ok=True)
    project = running.folder / "gitlab" / "payments" / "api.git"
    drawn = await stat(project, f"codegen/{task}", width=console.width - 4)
    console.print(Padding(Text(drawn.rstrip()), (0, 0, 1, 4), expand=False))
    await keep_page(url, FOLDER / "merge_request.html")
    await keep_diff(project, f"codegen/{task}", FOLDER / "change.diff")
    console.save_html(str(FOLDER / "thread.html"), clear=False)
    for name, what in (
        ("merge_request.html", "merge request"),
        ("thread.html", "thread"),
        ("change.diff", "diff"),
    ):
        console.print(f"{what + ':':<15}{FOLDER / name}", soft_wrap=True)
    seconds = time.monotonic() - began
    last = f"demo: {task} → {url} · {proven}/{len(evidence)} criteria proven · {seconds:.0f} s"
    console.print(last, soft_wrap=True)
    return 0 if evidence and proven == len(evidence) else 1


def _address(message: Payload) -> str:
    elements = [element for block in message["blocks"] for element in block.get("elements", ())]
    return next((str(one["url"]) for one in elements if one.get("url")), "")
