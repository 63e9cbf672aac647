"""Reading a call's parameters as strictly as GitLab does: query, JSON or form, declared types only."""

import json
from collections.abc import Mapping

from aiohttp import web

from playground.gitlab.records import Json
from playground.gitlab.refusal import Refused, bad_parameter

TRUE = ("true", "1", "t", "yes", "on")
FALSE = ("false", "0", "f", "no", "off")


class Params:
    """The parameters of one call; the getters collect what is wrong, `check` refuses it all at once."""

    def __init__(self, values: Mapping[str, object]) -> None:
        self.values = dict(values)
        self.wrong: list[str] = []

    def check(self) -> None:
        """Refuse with every collected fault, as GitLab lists them."""
        if self.wrong:
            raise bad_parameter(", ".join(self.wrong))

    def has(self, name: str) -> bool:
        """Whether the parameter was sent at all."""
        return name in self.values

    def require(self, name: str) -> str:
        """A text that must be there and must not be empty."""
        if name not in self.values or self.values[name] is None:
            self.wrong.append(f"{name} is missing")
            return ""
        text = self.text(name)
        if text is not None and not text.strip():
            self.wrong.append(f"{name} is empty")
        return text or ""

    def text(self, name: str) -> str | None:
        """A text, None when it was not sent."""
        value = self.values.get(name)
        if value is None:
            return None
        if isinstance(value, bool):
            return "true" if value else "false"
        if isinstance(value, (str, int, float)):
            return str(value)
        self.wrong.append(f"{name} is invalid")
        return None

    def choice(self, name: str, *allowed: str) -> str | None:
        """A text out of a fixed set."""
        value = self.text(name)
        if value is not None and value not in allowed:
            self.wrong.append(f"{name} does not have a valid value")
            return None
        return value

    def integer(self, name: str) -> int | None:
        """A whole number."""
        value = self.text(name)
        if value is None or value == "":
            return None
        if not value.lstrip("-").isdigit() or isinstance(self.values[name], bool):
            self.wrong.append(f"{name} is invalid")
            return None
        return int(value)

    def flag(self, name: str) -> bool | None:
        """A truth value in any of the spellings that GitLab takes."""
        value = self.text(name)
        if value is None or value == "":
            return None
        if value.lower() in TRUE + FALSE:
            return value.lower() in TRUE
        self.wrong.append(f"{name} is invalid")
        return None

    def names(self, name: str) -> list[str] | None:
        """A list of words, sent as a list or separated by commas."""
        value = self.values.get(name)
        if value is None:
            return None
        if isinstance(value, str):
            return [part.strip() for part in value.split(",") if part.strip()]
        if isinstance(value, list) and all(isinstance(part, (str, int)) for part in value):
            return [str(part) for part in value]
        self.wrong.append(f"{name} is invalid")
        return None

    def integers(self, name: str) -> list[int] | None:
        """A list of whole numbers; an empty text counts as the empty list."""
        value = self.values.get(name)
        if value is None:
            return None
        parts = [part for part in value.split(",") if part] if isinstance(value, str) else value
        parts = [parts] if isinstance(parts, int) else parts
        if isinstance(parts, list):
            parts = [part for part in parts if part != ""]
        if isinstance(parts, list) and all(str(part).isdigit() for part in parts):
            return [int(str(part)) for part in parts if int(str(part)) != 0]
        self.wrong.append(f"{name} is invalid")
        return None

    def group(self, name: str) -> "Params | None":
        """A nested object, such as a note's position."""
        value = self.values.get(name)
        if value is None:
            return None
        if isinstance(value, dict):
            return Params(value)
        self.wrong.append(f"{name} is invalid")
        return None


async def read_params(request: web.Request) -> Params:
    """Everything a call sends as parameters; refuses bodies that GitLab's API does not read."""
    values: Json = {}
    for key, value in request.query.items():
        _put(values, key, value)
    if not request.body_exists:
        return Params(values)
    kind = request.content_type
    if kind == "application/json":
        values.update(_json_object(await request.read()))
    elif kind == "application/x-www-form-urlencoded":
        for key, sent in (await request.post()).items():
            _put(values, key, str(sent))
    elif kind != "multipart/form-data" and await request.read():
        raise Refused(415, {"error": f"The provided content-type '{kind}' is not supported."})
    return Params(values)


def _json_object(body: bytes) -> Json:
    if not body.strip():
        return {}
    try:
        value: object = json.loads(body)
    except ValueError as fault:
        raise bad_parameter("message body does not match declared format") from fault
    if not isinstance(value, dict):
        raise bad_parameter("message body does not match declared format")
    return value


def _put(values: Json, key: str, value: str) -> None:
    if key.endswith("[]"):
        several = values.setdefault(key[:-2], [])
        if isinstance(several, list):
            several.append(value)
    elif key.endswith("]") and "[" in key:
        outer, _, inner = key[:-1].partition("[")
        group = values.setdefault(outer, {})
        if isinstance(group, dict):
            group[inner] = value
    else:
        values[key] = value
