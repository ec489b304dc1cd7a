"""Which candidates are asked: every way of making them in turn, each request once, the same for each seed."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import chain

from agent.extraction.generating.known import Candidate, Known, interleaved
from agent.extraction.generating.mutating import combinations, elsewhere, mutations, other_methods
from agent.extraction.generating.reaching import after_writing, unasked

__all__ = ["candidates", "near", "once"]


def candidates(known: Known, more: Iterable[Candidate] = ()) -> Iterator[Candidate]:
    """All of them, endless for practical purposes: the caller stops at its budget. ``more`` is taken in turn with them."""
    ways = (
        mutations(known),
        chain(unasked(known), other_methods(known)),
        combinations(known),
        elsewhere(known),
        after_writing(known),
        iter(more),
    )
    return interleaved(ways)


def near(known: Known) -> Iterator[Candidate]:
    """Those alone that begin from the ``known`` requests and stay on their routes."""
    return interleaved((mutations(known), combinations(known), elsewhere(known), after_writing(known)))


def once(found: Iterable[Candidate], known: set[tuple[object, ...]]) -> Iterator[Candidate]:
    """Those that are not ``known``, which grows with them."""
    for one in found:
        if one.key not in known:
            known.add(one.key)
            yield one
