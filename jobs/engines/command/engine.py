"""One round of a coding agent's program: start it in the sandbox, follow it, look at the tree."""

import asyncio
import time
from typing import Final

from jobs.domain.brief import Brief, Work
from jobs.domain.budget import Cap, Spend
from jobs.domain.coding_agent import ORIGIN, SETTINGS, CodingAgent
from jobs.engines.command.events import NOTHING, Event, read_event
from jobs.engines.command.report import Report, read_report
from jobs.engines.words import opening
from jobs.errors import Exhausted, Stop
from jobs.ports import Command, Gateway, Ground, Note, Passage, Result, Workspace
from jobs.ports.gateway import KEPT
from jobs.redaction import scrub
from jobs.render import prompt

ROUTINE: Final = "Raise the cap in codegen.toml, or split the spec into smaller ones."
"""What to do about a cap."""
TRIED: Final = "Answer with the word ok. Change no file and run nothing."
"""What a program is asked that is only tried out."""
PATIENCE: Final = 120.0
"""Seconds that trying it out may take."""
OUTPUT: Final = 20_000
"""Bytes kept of what it prints beside its lines: the end tells why it failed."""

_LOOK: Final = """
for name; do
  if [ -L "$name" ]; then echo "link $name"
  elif [ -d "$name" ]; then echo "folder $name"
  elif [ -e "$name" ]; then echo "file $name"
  fi
done
"""


class CommandEngine:
    """ports.Engine over a program in the sandbox; it is believed nothing but its tree."""

    def __init__(self, name: str, agent: CodingAgent, gateway: Gateway) -> None:
        self._name = name
        self._agent = agent
        self._gateway = gateway

    @property
    def name(self) -> str:
        """Engine and model."""
        return f"{self._name}:{self._agent.model}"

    async def work(self, brief: Brief, workspace: Workspace, note: Note) -> Work:
        """One round, begun anew on the tree as it is; raises Exhausted at a cap and Stop when it fails."""
        before = (await workspace.patch()).tree
        told = f"{prompt(brief.prompts, 'command/system')}\n\n{opening(brief, told=False)}\n"
        seconds = brief.cap.minutes * 60 - brief.spent.seconds
        if seconds <= 0:
            raise Exhausted("The task has used its time.", remedy=ROUTINE)
        course = _Course(self._agent, brief)
        result = await self._run(workspace, course, note, stdin=told, seconds=seconds)
        if result.timed_out:
            raise Exhausted("The task has used its time.", remedy=ROUTINE)
        report = read_report(result.files.get(KEPT))
        same = (await workspace.patch()).tree == before
        answers = report.replies(brief) if report else ()
        self._judge(result, course, report, nothing=same and not answers)
        report = report or Report()
        return Work(
            summary=report.summary or course.said or f"{self._name} says nothing of its change.",
            proofs=report.proofs,
            answers=answers,
            assumptions=report.questions(),
            spend=course.spend,
            engine=f"{self.name} {course.version}",
        )

    async def check(self, ground: Ground) -> str:
        """Its version, once it has asked its model in a sandbox; raises Stop when something is missing."""
        course = _Course(self._agent, None)
        result = await self._run(ground, course, _nowhere, stdin=TRIED, seconds=PATIENCE)
        if not course.spend.requests:
            raise self._failed(result, course, "did not ask its model")
        if result.exit_code != 0:
            raise self._failed(result, course, _ending(result))
        return course.version

    async def _run(
        self, ground: Ground, course: "_Course", note: Note, *, stdin: str, seconds: float
    ) -> Result:
        values = {"program": self._agent.path, "model": self._agent.model, "origin": ORIGIN}
        invocation = self._agent.invocation.filled(values)
        command = Command(
            argv=invocation.argv,
            env=invocation.env,
            stdin=stdin.encode(errors="replace"),
            timeout=seconds,
            output_limit=OUTPUT,
            waits=True,
        )
        async with self._gateway.open(refused=course.refused, heard=course.heard) as passage:
            course.version = await self._version(ground)
            hidden = await self._hidden(ground)
            wrapped = passage.through(command, hidden=hidden)
            result = await course.follow(ground, wrapped, passage, note)
        # once more now that it is closed: answers that were still passing are counted as well
        course.measure(passage)
        return result

    async def _hidden(self, ground: Ground) -> dict[str, bool]:
        """Settings that the repository brings for such programs; True: a folder; raises Stop for a link."""
        result = await ground.run(Command(argv=("/bin/sh", "-c", _LOOK, "look", *SETTINGS), timeout=PATIENCE))
        found = {name: kind for kind, _, name in (line.partition(" ") for line in result.output.splitlines())}
        for name, kind in found.items():
            if kind == "link":
                raise Stop(
                    f"The repository has a link at {name}, where settings of coding agents are hidden.",
                    remedy="Remove the link, or choose the built-in engine.",
                )
        return {name: kind == "folder" for name, kind in found.items()}

    async def _version(self, ground: Ground) -> str:
        """What the program says its version is; raises Stop when it does not run in the sandbox."""
        command = Command(
            argv=(self._agent.path, *self._agent.version),
            mounts=(str(self._agent.folder),),
            timeout=PATIENCE,
            output_limit=OUTPUT,
        )
        result = await ground.run(command)
        lines = scrub(result.output).strip().splitlines()
        if result.exit_code != 0 or not lines:
            raise Stop(
                f"The program of the engine {self._name} does not say its version in the sandbox: "
                f"it {_ending(result)}.",
                remedy="See docs/operator.md, Coding agents, and run codegen doctor --only engines.",
            )
        return lines[-1].strip()[:60]

    def _judge(self, result: Result, course: "_Course", report: Report | None, *, nothing: bool) -> None:
        """Raise Stop for an end that left nothing to verify; that it says it succeeded counts for nothing."""
        if report is not None and report.unable:
            raise Stop(
                f"{self._name} says that it cannot do this: {report.unable[:500]}",
                remedy="Make the spec more precise, or choose another engine.",
            )
        if result.exit_code != 0 and report is None:
            raise self._failed(result, course, _ending(result))
        if nothing:
            raise self._failed(result, course, "ended without changing anything")

    def _failed(self, result: Result, course: "_Course", how: str) -> Stop:
        if course.trouble:
            return Stop(f"{self._name} {how}. {course.trouble}", remedy=course.remedy)
        printed = scrub(result.output).strip().splitlines()
        told = course.failed or course.said or (printed[-1] if printed else "")
        words = f" Its last words: {' '.join(told.split())[:300]}" if told else ""
        return Stop(
            f"{self._name} {how}.{words}",
            remedy="Retry, choose another engine, or see codegen doctor --only engines.",
        )


class _Course:
    """How one command goes."""

    def __init__(self, agent: CodingAgent, brief: Brief | None) -> None:
        self._told = agent.invocation.told
        self._cap, self._before = (brief.cap, brief.spent) if brief else (Cap(), Spend())
        self._begun = time.monotonic()
        self.version = ""
        self.said, self.failed, self.trouble, self.remedy = "", "", "", ""
        self.spend = Spend()
        self._step = "starting"

    def heard(self, line: str) -> None:
        event: Event = read_event(self._told, line)
        if event is not NOTHING:
            self._step = event.step or self._step
            self.said = event.said or self.said
            self.failed = event.failed or self.failed

    def refused(self, used: Spend) -> str:
        return self._cap.used_up(self._before + used)

    async def follow(self, ground: Ground, command: Command, passage: Passage, note: Note) -> Result:
        """Run it to its end, telling how it goes with each answer of the model; a cap ends it."""
        running = asyncio.ensure_future(ground.run(command))
        try:
            while not running.done():
                turned = asyncio.ensure_future(passage.turn())
                await asyncio.wait((running, turned), return_when=asyncio.FIRST_COMPLETED)
                turned.cancel()
                self.measure(passage)
                await note(step=self._step, spend=self.spend)
                if passage.over:
                    raise Exhausted(passage.over, remedy=ROUTINE)
            return await running
        finally:
            # whatever ended us, everything it started ends with it
            running.cancel()
            await asyncio.wait((running,))
            if not running.cancelled():
                running.exception()

    def measure(self, passage: Passage) -> None:
        seconds = time.monotonic() - self._begun
        self.spend = passage.spend.model_copy(update={"seconds": seconds})
        self.trouble, self.remedy = passage.trouble, passage.remedy


def _ending(result: Result) -> str:
    return "does not end" if result.timed_out else f"ended with exit status {result.exit_code}"


async def _nowhere(**_: object) -> None:
    """Notes of a trial interest nobody."""
