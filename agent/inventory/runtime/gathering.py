"""What the readers of runtime evidence fill: counts by kind, so that memory does not grow with the files."""

from __future__ import annotations

from collections import Counter

from agent.domain.inventory import Location

__all__ = ["Gathered"]

MOST_KINDS = 200_000


class Gathered:
    """Counts of requests and observations, and of what was left, with the place of the first of each reason."""

    def __init__(self) -> None:
        self.requests: Counter[tuple[str, str]] = Counter()
        self.failed: Counter[tuple[str, str]] = Counter()
        self.observed: Counter[tuple[str, tuple[str, ...], tuple[str, ...]]] = Counter()
        self.left: Counter[str] = Counter()
        self.first: dict[str, Location] = {}

    def request(self, method: str, path: str, failed: bool, where: Location) -> None:
        """One request."""
        key = (method, path)
        if key not in self.requests and len(self.requests) >= MOST_KINDS:
            self.leave(f"more than {MOST_KINDS:,} different paths", where)
            return
        self.requests[key] += 1
        if failed:
            self.failed[key] += 1

    def observe(
        self, operation: str, code: frozenset[str], tables: frozenset[str], count: int, where: Location
    ) -> None:
        """One operation and what it touched."""
        key = (operation, tuple(sorted(code)), tuple(sorted(tables)))
        if key not in self.observed and len(self.observed) >= MOST_KINDS:
            self.leave(f"more than {MOST_KINDS:,} different operations", where)
            return
        self.observed[key] += count

    def leave(self, reason: str, where: Location) -> None:
        """Something that could not be used."""
        self.left[reason] += 1
        self.first.setdefault(reason, where)
