"""Bounded output: everything is drained, a head and a tail are kept."""


class Capture:
    """Keeps at most `limit` bytes of a stream: its first and its last half."""

    def __init__(self, limit: int) -> None:
        self._half = max(limit // 2, 1)
        self._head = bytearray()
        self._tail = bytearray()
        self.dropped = 0

    def add(self, part: bytes) -> None:
        """Take the next bytes of the stream."""
        room = self._half - len(self._head)
        if room > 0:
            self._head += part[:room]
            part = part[room:]
        self._tail += part
        if len(self._tail) > 2 * self._half + 65536:
            self._trim()

    def value(self) -> bytes:
        """What was kept, with a line that says how much was left out."""
        self._trim()
        if not self.dropped:
            return bytes(self._head + self._tail)
        return bytes(self._head) + b"\n[%d bytes left out]\n" % self.dropped + bytes(self._tail)

    def _trim(self) -> None:
        excess = len(self._tail) - self._half
        if excess > 0:
            self.dropped += excess
            del self._tail[:excess]
