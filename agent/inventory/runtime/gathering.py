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
        self.jobs: dict[str, tuple[int, int, float]] = {}  # runs, failed, longest
        self.tables: dict[str, tuple[int, int]] = {}  # reads, writes
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

    def job(self, name: str, failed: bool, seconds: float, where: Location) -> None:
        """One run of a job."""
        if name not in self.jobs and len(self.jobs) >= MOST_KINDS:
            self.leave(f"more than {MOST_KINDS:,} different jobs", where)
            return
        runs, bad, longest = self.jobs.get(name, (0, 0, 0.0))
        self.jobs[name] = (runs + 1, bad + failed, max(longest, seconds))

    def table(self, name: str, reads: int, writes: int) -> None:
        """What one row of statistics counts."""
        old = self.tables.get(name, (0, 0))
        self.tables[name] = (old[0] + reads, old[1] + writes)

    def leave(self, reason: str, where: Location) -> None:
        """Something that could not be used."""
        self.left[reason] += 1
        self.first.setdefault(reason, where)
