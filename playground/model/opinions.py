"""The scripted model as the second one: reads a change back, and writes tests without having seen one."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from playground.model.known import Topic, module_of, test_name, test_source
from playground.model.talk import Call, Json, Talk
from playground.model.topics import CSV_EXPORT, TOPICS

ANSWER = "answer"
"""The tool by which a question is answered."""
_FENCE = re.compile(r"^<<< (?:file|change) ?(.*?) ([0-9a-f]{12})\n(.*?)\n>>> \2$", re.MULTILINE | re.DOTALL)
_HUNK = re.compile(r"^@@ -\d+(?:,\d+)? \+(\d+)")


@dataclass(frozen=True)
class Known:
    """Something that an added line means."""

    sign: re.Pattern[str]
    says: str
    name: str
    breaks: str = ""


SIGNS = (
    Known(
        re.compile(r"CENT, rounding=ROUND_HALF_UP"),
        "Half a cent is rounded up, away from zero: a line of 2.665 totals 2.67, one of -2.665 totals -2.67",
        "to_cents",
        "Stored amounts were rounded to the even cent and may now differ by one",
    ),
    Known(
        re.compile(r"return to_cents\("),
        "VAT is rounded in the same way: a net of 0.50 at the small rate of 5% gives 0.03",
        "tax",
    ),
    Known(
        re.compile(r"today > self\.due"), "An invoice is overdue from the day after its due day", "overdue"
    ),
    Known(
        re.compile(r"^def csv_lines"),
        "An invoice's lines come as CSV rows under the header description,quantity,price,total; "
        "a description with a comma stands in quotes",
        "csv_lines",
    ),
)
"""What the scripted model recognises in a change."""


def opinion(talk: Talk, shape: Json) -> Call:
    """The answer to a question, by the shape that is asked for."""
    if "does" in shape.get("properties", {}):
        return Call(ANSWER, reading(talk.task))
    if "source" in shape.get("properties", {}):
        return Call(ANSWER, blind_file(talk))
    return Call(ANSWER, {})


def reading(text: str) -> Json:
    """What the added lines of a shown change do."""
    does, breaks = [], []
    for path, line, added in _added(text):
        for one in SIGNS:
            if one.sign.search(added):
                about = {"path": path, "line": line, "names": [one.name]}
                does.append({"text": one.says, **about})
                if one.breaks:
                    breaks.append({"text": one.breaks, **about})
    return {"does": does, "could_break": breaks}


def blind_file(talk: Talk) -> Json:
    """Tests for the criteria that can be tested with the names there are."""
    topics = (one for one in TOPICS if one is not CSV_EXPORT)  # its function has no name yet
    topic = next((one for one in topics if one.symptom.search(talk.task)), None)
    modules = _modules(topic, talk.task) if topic else {}
    if topic is None or not all(one.optional or one.name in modules for one in topic.places):
        return {"source": "", "tests": []}
    able = tuple(one for one in talk.criteria if topic.test(one) is not None)
    named = [{"criterion": one.id, "test": test_name(one)} for one in able]
    return {"source": test_source(topic, able, modules), "tests": named}


def _modules(topic: Topic, text: str) -> dict[str, str]:
    files = {label: content for label, _, content in _FENCE.findall(text) if "test" not in label}
    found: dict[str, str] = {}
    for place in topic.places:
        path = next((path for path, content in files.items() if place.shape.search(content)), None)
        if path is not None:
            found[place.name] = module_of(path)
    return found


def _added(text: str) -> Iterator[tuple[str, int, str]]:
    for _, _, diff in _FENCE.findall(text):
        path, number = "", 0
        for line in diff.split("\n"):
            if line.startswith("+++ b/"):
                path = line[6:]
            elif hunk := _HUNK.match(line):
                number = int(hunk[1])
            elif path and number:
                if line.startswith("+"):
                    yield path, number, line[1:]
                number += not line.startswith("-")
