"""What an answer of a model used, read from the answer itself as it passes."""

import json
from dataclasses import dataclass, field
from typing import Any, Final, TypeGuard

LARGEST: Final = 16 * 1024 * 1024
"""Bytes of one event, or of one whole answer, that are still read."""
TOKEN: Final = 3
"""Bytes that count as a token where the provider does not say; rather too few than too many."""


@dataclass(frozen=True)
class Tokens:
    """What one answer used."""

    sent: int
    """Tokens in, cached ones included."""
    received: int
    """Tokens out."""
    cached: int = 0
    """Of those sent, read from a cache."""
    written: int = 0
    """Of those sent, written to a cache."""
    measured: bool = True
    """False: the provider did not say, this is an estimate from the size."""


@dataclass
class UsageReader:
    """Takes an answer in parts, as events or whole."""

    asked: int
    """Bytes of the request."""
    events: bool
    """True: the answer is a stream of events, see https://html.spec.whatwg.org/multipage/server-sent-events.html."""
    _rest: bytearray = field(default_factory=bytearray)
    _size: int = 0
    _lost: bool = False
    _found: dict[str, int] = field(default_factory=dict)

    def add(self, part: bytes) -> None:
        """Take the next bytes."""
        self._size += len(part)
        if not self._lost:
            self._rest += part
        if self.events and b"\n" in part:
            *lines, rest = bytes(self._rest).split(b"\n")
            for line in lines:
                self._line(line)
            self._rest = bytearray(rest)
        if len(self._rest) > LARGEST:
            self._rest.clear()
            self._lost = not self.events

    def result(self) -> Tokens:
        """What was used, once all has passed."""
        self._line(b"data:" + self._rest if not self.events else bytes(self._rest))
        found = self._found
        received = found.get("completion_tokens", found.get("output_tokens"))
        if received is None:
            return Tokens(self.asked // TOKEN, self._size // TOKEN, measured=False)
        written, read = found.get("cache_creation_input_tokens", 0), found.get("cache_read_input_tokens", 0)
        sent = found.get("prompt_tokens", found.get("input_tokens", 0)) + written + read
        return Tokens(sent, received, cached=read or found.get("cached_tokens", 0), written=written)

    def _line(self, line: bytes) -> None:
        if not line.startswith(b"data:") or b'"usage"' not in line:
            return
        try:
            told = json.loads(line[5:])
        except ValueError:
            return
        if _is(told):
            for place in (told, told.get("response"), told.get("message")):
                if _is(place) and _is(place.get("usage")):
                    self._take(place["usage"])

    def _take(self, usage: dict[str, Any]) -> None:
        details = (usage.get(name) for name in ("prompt_tokens_details", "input_tokens_details"))
        cached = [one["cached_tokens"] for one in details if _is(one) and "cached_tokens" in one]
        for name, value in (*usage.items(), *(("cached_tokens", one) for one in cached)):
            if isinstance(value, int) and not isinstance(value, bool) and value >= 0:
                # an event repeats what an earlier one said, or raises it
                self._found[name] = max(value, self._found.get(name, 0))


def _is(value: object) -> TypeGuard[dict[str, Any]]:
    return isinstance(value, dict)
