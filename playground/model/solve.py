"""How the scripted model works: find, test first, change, look again, run, and say truthfully how it went."""

import re
from collections.abc import Generator
from dataclasses import dataclass, field
from typing import TypeVar

from playground.model.known import Change, Topic, module_of, test_name, test_source
from playground.model.script import Steps
from playground.model.talk import Call, Criterion, Seen, Talk
from playground.model.topics import TOPICS

RUNNERS = ("python -m pytest -q", "python3 -m pytest -q", "pytest -q")
"""Ways to run the tests, until one is there."""
NO_RUNNER = re.compile(r"No module named pytest|not found|exit status 127")
TRIES = 3
"""How often an edit is tried again."""


TEST_FILE = r"(^|/)test_[^/]*\.py$"
"""Matches paths of tests."""
NUMBERED = re.compile(r"\s*\d+  ")
"""A line of a file as it is shown."""

T = TypeVar("T")
Part = Generator[tuple[Call, ...], tuple[Seen, ...], T]
"""Some steps that lead to a result."""


class CannotError(Exception):
    """It cannot be done; the message says why, as the model will say it."""


@dataclass(frozen=True)
class Solve:
    """Works on a task with what it knows; forgetful, it leaves out the end of it in the first round."""

    topics: tuple[Topic, ...] = TOPICS
    forgetful: bool = False

    def steps(self, talk: Talk) -> Steps:
        """Rounds, each ending with a finish, for as long as there is something to mend."""
        topic = next((one for one in self.topics if one.symptom.search(talk.task)), None)
        if topic is None:
            yield (unable("This scripted model knows only the playground's own specs; use a real model."),)
            return
        forgetting = self.forgetful
        while True:
            wanted = talk.criteria[:-1] if forgetting else talk.criteria
            changes = topic.changes[:-2] if forgetting else topic.changes
            try:
                finish = yield from _Round(topic, changes, wanted).work()
            except CannotError as cannot:
                yield (unable(str(cannot)),)
                return
            (seen,) = yield (finish,)
            while not seen.ok:
                (seen,) = yield (finish,)
            forgetting = False


def unable(why: str) -> Call:
    """A truthful end without a result."""
    return Call("finish", {"summary": "Nothing is claimed to work.", "unable": why})


@dataclass
class _Round:
    topic: Topic
    changes: tuple[Change, ...]
    criteria: tuple[Criterion, ...]
    texts: dict[str, str] = field(default_factory=dict)
    """Path → text as it was last read."""
    paths: dict[str, str] = field(default_factory=dict)
    """Name of a place → its path."""
    changed: bool = False

    def work(self) -> Part[Call]:
        folder = yield from self._find()
        if self.topic.assumption and self.criteria:
            assumption = {name: _plain(value) for name, value in self.topic.assumption.items()}
            yield (Call("assume", {**assumption, "criteria": [self.criteria[0].id]}),)
        test_path = folder + self.topic.test_file
        modules = {name: module_of(path) for name, path in self.paths.items()}
        yield from self._write(test_path, test_source(self.topic, self.criteria, modules))
        for change in self.changes:
            if change.place in self.paths:
                yield from self._apply(change, self.paths[change.place])
        if not self.changed:
            raise CannotError("Everything I know is done already, and verification still asks for more.")
        ran = yield from _run_tests()
        known = [one for one in self.criteria if self.topic.test(one) is not None]
        proofs = [{"criterion": one.id, "tests": [f"{test_path}::{test_name(one)}"]} for one in known]
        summary = self.topic.summary + ("" if ran else " The tests could not be run here.")
        return Call("finish", {"summary": summary, "proofs": proofs})

    def _find(self) -> Part[str]:
        searches = [Call("search", {"pattern": place.symbol}) for place in self.topic.places]
        *seen, tests = yield (*searches, Call("search", {"pattern": TEST_FILE, "names": True}))
        candidates = [_candidates(one.text) for one in seen]
        yield from self._read(*dict.fromkeys(path for paths in candidates for path in paths))
        for place, paths in zip(self.topic.places, candidates, strict=True):
            fitting = (path for path in paths if place.shape.search(self.texts.get(path, "")))
            if path := next(fitting, None):
                self.paths[place.name] = path
            elif not place.optional:
                raise CannotError(f"I searched for {place.symbol!r} and found no file that fits.")
        first = next((line for line in tests.text.splitlines() if line.endswith(".py")), "")
        return first[: first.rfind("/") + 1]

    def _read(self, *paths: str) -> Part[None]:
        if paths:
            seen = yield tuple(Call("read", {"path": path}) for path in paths)
            self._keep(paths, seen)

    def _keep(self, paths: tuple[str, ...], seen: tuple[Seen, ...]) -> None:
        for path, one in zip(paths, seen, strict=True):
            lines = [line[7:] for line in one.text.splitlines() if NUMBERED.match(line)]
            self.texts[path] = "\n".join(lines) + "\n" if one.ok else ""

    def _write(self, path: str, content: str) -> Part[None]:
        yield from self._read(path)
        if self.texts[path] == content:
            return
        call = Call("write", {"path": path, "content": content}), Call("read", {"path": path})
        wrote, shown = yield call
        self._keep((path,), (shown,))
        if not wrote.ok:
            raise CannotError(f"{path} could not be written: {wrote.text[:200]}")
        if self.texts[path] != content:
            raise CannotError(
                f"The write tool said that it wrote {path}, but reading it shows other content."
            )
        self.changed = True

    def _apply(self, change: Change, path: str) -> Part[None]:
        said = ""
        for _ in range(TRIES + 1):
            text = self.texts[path]
            if change.done.search(text):
                self.changed = self.changed or bool(said)
                return
            found = change.find.search(text)
            if found is None:
                raise CannotError(f"{path} does not say what I expected to change there.")
            old, new = _unique(text, found.start(), found.end(), change.find.sub(change.replace, found[0]))
            edit = Call("edit", {"path": path, "old": old, "new": new})
            edited, shown = yield edit, Call("read", {"path": path})
            said = edited.text
            self._keep((path,), (shown,))
        raise CannotError(f"I edited {path} again and again, but reading it shows no change. It said: {said}")


def _plain(value: str | tuple[str, ...]) -> str | list[str]:
    return value if isinstance(value, str) else list(value)


def _candidates(found: str) -> list[str]:
    paths = dict.fromkeys(line.split(":", 1)[0] for line in found.splitlines() if ":" in line)
    return [path for path in paths if "test" not in path and path.endswith((".py", ".md"))][:5]


def _unique(text: str, start: int, end: int, new: str) -> tuple[str, str]:
    first, last = start, end
    while text.count(text[first:last]) > 1:
        first = text.rfind("\n", 0, max(first - 1, 0)) + 1
        after = text.find("\n", min(last + 1, len(text) - 1))
        last = len(text) if after < 0 else after
    return text[first:last], text[first:start] + new + text[end:last]


def _run_tests() -> Part[bool]:
    for runner in RUNNERS:
        (seen,) = yield (Call("run", {"command": runner}),)
        if NO_RUNNER.search(seen.text):
            continue
        if not seen.text.startswith("exit status 0"):
            raise CannotError(f"The tests fail after my change:\n{seen.text[-400:]}")
        return True
    return False
