"""What a command prints, kept within bounds: bytes in as they come, the beginning and the end out."""

from __future__ import annotations

__all__ = ["Transcript"]


class Transcript:
    """Holds ``limit`` bytes, half from the beginning and half from the end, and while it is filled up to half as much again."""

    def __init__(self, limit: int) -> None:
        self.total = 0
        self._head = bytearray()
        self._head_room = limit - limit // 2
        self._tail = bytearray()
        self._tail_room = limit // 2

    def add(self, chunk: bytes) -> None:
        self.total += len(chunk)
        room = self._head_room - len(self._head)
        if room > 0:
            self._head += chunk[:room]
            chunk = chunk[room:]
        self._tail += chunk[max(0, len(chunk) - self._tail_room) :]
        if len(self._tail) > 2 * self._tail_room:  # not at every chunk: each time moves the whole tail
            del self._tail[: len(self._tail) - self._tail_room]

    def text(self) -> bytes:
        """All of it, or the two ends with a line between them that says how many bytes are missing."""
        tail = bytes(self._tail[max(0, len(self._tail) - self._tail_room) :])
        missing = self.total - len(self._head) - len(tail)
        if not missing:
            return bytes(self._head) + tail
        return bytes(self._head) + b"\n[... %d bytes left out ...]\n" % missing + tail
