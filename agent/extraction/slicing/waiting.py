"""Work that waits for something to be kept, mentioned or written in a template: a queue that is empty when nothing is new."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable

from agent.extraction.slicing.selection import Place

__all__ = ["Waiting"]

Action = Callable[[], None]


class Waiting:
    """Actions run in the order in which their conditions came true."""

    def __init__(self) -> None:
        self._queue: deque[Action] = deque()
        self._kept: set[Place] = set()
        self._seen: dict[str, set[str]] = {"mention": set(), "word": set(), "deletes": set()}
        self._on_kept: dict[Place, list[Action]] = {}
        self._on_seen: dict[tuple[str, str], list[Action]] = {}

    def run(self) -> None:
        """Until nothing is left to do."""
        while self._queue:
            self._queue.popleft()()

    def soon(self, action: Action) -> None:
        """Put it at the end of the queue."""
        self._queue.append(action)

    def kept(self, place: Place) -> None:
        """A statement is part of the slice."""
        self._kept.add(place)
        self._queue.extend(self._on_kept.pop(place, ()))

    def seen(self, kind: str, names: Iterable[str]) -> None:
        """``mention``: an identifier in kept code by which something may be reached; ``word``: one in a kept template;
        ``deletes``: kept code deletes rows."""
        for name in names:
            if name not in self._seen[kind]:
                self._seen[kind].add(name)
                self._queue.extend(self._on_seen.pop((kind, name), ()))

    def when_kept(self, places: Iterable[Place], action: Action) -> None:
        """Once any of them is; at once when there are none (the name comes from a library)."""
        known = list(places)
        if not known or any(place in self._kept for place in known):
            self._queue.append(action)
            return
        for place in known:
            self._on_kept.setdefault(place, []).append(action)

    def when_seen(self, kind: str, name: str, action: Action) -> None:
        """Once the name was seen."""
        if name in self._seen[kind]:
            self._queue.append(action)
        else:
            self._on_seen.setdefault((kind, name), []).append(action)
