"""How the scripted model works: find, test first, change, look again, run, and say truthfully how it went."""

import re
from collections.abc import Generator
from dataclasses import dataclass

from playground.model.known import Change, Place, Topic, module_of, test_name, test_source
from playground.model.talk import Call, Criterion, Seen, Talk
from playground.model.topics import TOPICS

RUNNERS = ("python -m pytest -q", "python3 -m pytest -q", "pytest -q")
"""Ways to run the tests, until one is there."""
NO_RUNNER = re.compile(r"No module named pytest|not found|exit status 127")
TRIES = 3
"""How often an edit is tried."""


class CannotError(Exception):
    """It cannot be done; the message says why, as the model will say it."""


@dataclass(frozen=True)
class Solve:
    """Works on a task with what it knows; forgetful, it leaves out the end of it in the first round."""

    topics: tuple[Topic, ...] = TOPICS
    forgetful: bool = False

    def steps(self, talk: Talk) -> Generator[Call, Seen, None]:
        """Rounds, each ending with a finish, for as long as there is something to mend."""
        topic = next((one for one in self.topics if one.symptom.search(talk.task)), None)
        if topic is None:
            yield unable("This scripted model knows only the playground's own specs; use a real model.")
            return
        forgetting = self.forgetful
        while True:
            try:
                finish = yield from _round(topic, talk.criteria, forgetting=forgetting)
            except CannotError as cannot:
                yield unable(str(cannot))
                return
            seen = yield finish
            while not seen.ok:
                seen = yield finish
            forgetting = False


def unable(why: str) -> Call:
    """A truthful end without a result."""
    return Call("finish", {"summary": "Nothing is claimed to work.", "unable": why})


def _round(topic: Topic, criteria: tuple[Criterion, ...], *, forgetting: bool) -> Generator[Call, Seen, Call]:
    changes, wanted = topic.changes, criteria
    if forgetting:
        changes, wanted = changes[:-2], criteria[:-1]
    paths: dict[str, str] = {}
    texts: dict[str, str] = {}
    for place in topic.places:
        if path := (yield from _find(place, texts)):
            paths[place.name] = path
    if topic.assumption and not forgetting:
        yield Call("assume", {**_listed(topic.assumption), "criteria": [one.id for one in wanted[:1]]})
    test_path = (yield from _test_folder()) + topic.test_file
    source = test_source(topic, wanted, {name: module_of(path) for name, path in paths.items()})
    changed = yield from _write(test_path, source)
    for change in changes:
        if change.place in paths:
            changed = (yield from _apply(change, paths[change.place], texts)) or changed
    if not changed:
        raise CannotError("Everything I know is done already, and verification still asks for more.")
    ran = yield from _run_tests()
    proofs = [
        {"criterion": one.id, "tests": [f"{test_path}::{test_name(one)}"]}
        for one in wanted
        if topic.test(one) is not None
    ]
    summary = topic.summary if ran else f"{topic.summary} The tests could not be run here."
    return Call("finish", {"summary": summary, "proofs": proofs})


def _listed(given: object) -> dict[str, object]:
    items = given.items() if isinstance(given, dict) else ()
    return {str(name): list(value) if isinstance(value, tuple) else value for name, value in items}


def _find(place: Place, texts: dict[str, str]) -> Generator[Call, Seen, str | None]:
    seen = yield Call("search", {"pattern": place.symbol})
    candidates = dict.fromkeys(line.split(":", 1)[0] for line in seen.text.splitlines() if ":" in line)
    for path in candidates:
        if "test" in path or not path.endswith((".py", ".md")):
            continue
        text = texts.get(path) or (yield from _read(path))
        if text is not None and place.shape.search(text):
            texts[path] = text
            return path
    if place.optional:
        return None
    raise CannotError(f"I searched for {place.symbol!r} and found no file that fits.")


def _read(path: str) -> Generator[Call, Seen, str | None]:
    seen = yield Call("read", {"path": path})
    if not seen.ok:
        return None
    lines = [line[7:] for line in seen.text.splitlines() if re.match(r"\s*\d+  ", line) or len(line) == 7]
    return "\n".join(lines) + "\n"


def _test_folder() -> Generator[Call, Seen, str]:
    seen = yield Call("search", {"pattern": r"(^|/)test_[^/]*\.py$", "names": True})
    first = next((line for line in seen.text.splitlines() if line.endswith(".py")), "")
    return first[: first.rfind("/") + 1]


def _write(path: str, content: str) -> Generator[Call, Seen, bool]:
    if (yield from _read(path)) == content:
        return False
    wrote = yield Call("write", {"path": path, "content": content})
    if not wrote.ok:
        raise CannotError(f"{path} could not be written: {wrote.text[:200]}")
    if (yield from _read(path)) != content:
        raise CannotError(f"The write tool said that it wrote {path}, but reading it shows other content.")
    return True


def _apply(change: Change, path: str, texts: dict[str, str]) -> Generator[Call, Seen, bool]:
    said = ""
    for _ in range(TRIES):
        text = texts[path]
        if change.done.search(text):
            return bool(said)
        found = change.find.search(text)
        if found is None:
            raise CannotError(f"{path} does not say what I expected to change there.")
        old, new = _unique(text, found.start(), found.end(), change.find.sub(change.replace, found[0]))
        said = (yield Call("edit", {"path": path, "old": old, "new": new})).text
        texts[path] = (yield from _read(path)) or ""
    if change.done.search(texts[path]):
        return True
    raise CannotError(f"I edited {path} {TRIES} times, but reading it shows no change. The tool said: {said}")


def _unique(text: str, start: int, end: int, new: str) -> tuple[str, str]:
    first, last = start, end
    while text.count(text[first:last]) > 1:
        first = text.rfind("\n", 0, max(first - 1, 0)) + 1
        after = text.find("\n", min(last + 1, len(text) - 1))
        last = len(text) if after < 0 else after
    return text[first:last], text[first:start] + new + text[end:last]


def _run_tests() -> Generator[Call, Seen, bool]:
    for runner in RUNNERS:
        seen = yield Call("run", {"command": runner})
        if NO_RUNNER.search(seen.text):
            continue
        if not seen.text.startswith("exit status 0"):
            raise CannotError(f"The tests fail after my change:\n{seen.text[-400:]}")
        return True
    return False
