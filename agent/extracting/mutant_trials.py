"""Defects tried on requests that ran their lines, several to one start of the application where no request meets two of them.

In: mutants with the requests that ran each one's line, and what tells which answers a changed slice gets wrong. Out: for each mutant
the request that noticed it, or none.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import combinations

from agent.validation.mutation import Mutant

__all__ = ["Trials", "spread"]

_MOST_TOGETHER = 8
Wrong = Callable[[Mapping[str, bytes], Sequence[int]], Collection[int]]
"""(changed files, requests) -> those of the requests whose answers are not the monolith's"""


@dataclass
class Trials:
    """``asked[n]``: the requests that ran the line of ``mutants[n]``. ``killed`` is filled: mutant -> the request that noticed.

    Mutants share a start only when each has requests that run none of the others' lines. What is run at the start of the
    program is not seen, so a kill in company counts once it happens again in other company, or alone.
    """

    mutants: Sequence[Mutant]
    asked: Sequence[frozenset[int]]
    files: Mapping[str, bytes]
    wrong: Wrong
    killed: dict[int, int] = field(default_factory=dict)
    starts: int = 0

    def ask(self, pick: Callable[[int], Sequence[int]], most: int = 40) -> None:
        """Try those that nothing noticed so far on at most so many of the requests that ``pick`` gives for each."""
        wanted = {n: tuple(pick(n)) for n in range(len(self.mutants)) if n not in self.killed}
        wanted = {n: numbers for n, numbers in wanted.items() if numbers}
        suspected = self._round(wanted, frozenset(), most)
        company = frozenset(pair for _, group in suspected.values() for pair in combinations(sorted(group), 2))
        shared = {n: (number,) for n, (number, group) in suspected.items() if len(group) > 1}
        self.killed |= {n: number for n, (number, group) in suspected.items() if len(group) == 1}
        self.killed |= {n: number for n, (number, _) in self._round(shared, company, 1).items()}
        for n in sorted(set(shared) - set(self.killed)):
            self.starts += 1
            if self.wrong(self.broken((n,)), shared[n]):
                self.killed[n] = shared[n][0]

    def _round(
        self, wanted: Mapping[int, tuple[int, ...]], apart: Collection[tuple[int, int]], most: int
    ) -> dict[int, tuple[int, Collection[int]]]:
        """Mutant -> (the request that noticed it, those that it shared the start with, itself included)."""
        found: dict[int, tuple[int, Collection[int]]] = {}
        for able in self.groups(wanted, apart):
            group = {n: spread(numbers, most) for n, numbers in able.items()}
            numbers = sorted({number for numbers in group.values() for number in numbers})
            self.starts += 1
            wrong = set(self.wrong(self.broken(group), numbers))
            for n, mine in group.items():
                noticed = [number for number in mine if number in wrong]
                if noticed:
                    found[n] = (noticed[0], tuple(group))
        return found

    def groups(
        self, wanted: Mapping[int, tuple[int, ...]], apart: Collection[tuple[int, int]]
    ) -> Iterator[dict[int, tuple[int, ...]]]:
        """Mutants that can share a start, each with those of its requests that meet no other's line. Pairs in ``apart`` do not."""
        groups: list[dict[int, tuple[int, ...]]] = []
        for n in sorted(wanted, key=lambda one: (len(self.asked[one]), one)):
            for group in groups:
                joined = self._joined(group, n, wanted[n], apart)
                if joined is not None:
                    group.update(joined)
                    break
            else:
                groups.append({n: wanted[n]})
        yield from groups

    def _joined(
        self, group: Mapping[int, tuple[int, ...]], n: int, mine: Sequence[int], apart: Collection[tuple[int, int]]
    ) -> dict[int, tuple[int, ...]] | None:
        """The group with one more, or None when some of them would have no request of its own."""
        if len(group) >= _MOST_TOGETHER or any((min(n, one), max(n, one)) in apart for one in group):
            return None
        if any(self._overlap(n, one) for one in group):
            return None
        joined = {one: tuple(m for m in numbers if m not in self.asked[n]) for one, numbers in group.items()}
        joined[n] = tuple(m for m in mine if not any(m in self.asked[one] for one in group))
        return joined if all(joined.values()) else None

    def _overlap(self, one: int, other: int) -> bool:
        left, right = self.mutants[one], self.mutants[other]
        return left.path == right.path and left.start <= right.end and right.start <= left.end

    def broken(self, group: Collection[int]) -> dict[str, bytes]:
        """The files with these defects in them."""
        found: dict[str, str] = {}
        for mutant in sorted((self.mutants[n] for n in group), key=lambda one: one.start, reverse=True):
            # A mutant's places count bytes; the last place of a file comes first, so that the others stay where they are
            text = found.get(mutant.path) or self.files[mutant.path].decode("latin-1")
            found[mutant.path] = mutant.apply(text)
        return {path: text.encode("latin-1") for path, text in found.items()}


def spread(numbers: Sequence[int], most: int) -> list[int]:
    """At most so many of them, evenly."""
    if len(numbers) <= most:
        return list(numbers)
    return sorted({numbers[round(i * (len(numbers) - 1) / max(1, most - 1))] for i in range(most)})
