"""Memory of a process that requests were seen to change: answers in, sentences out.

A program that is split has such memory twice, and what one part writes there the other does not see.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Sequence

from agent.domain.extraction import Answer

__all__ = ["memory_notes", "split_memory"]

_MOST = 12


def memory_notes(answers: Sequence[Answer], own: Collection[int]) -> tuple[str, ...]:
    """``answers`` are the monolith's, ``own`` the numbers of the service's requests. The most changed come first."""
    mine, theirs = _changes(answers, own)
    names = sorted({*mine, *theirs}, key=lambda name: (-mine[name], -theirs[name], name))
    notes = [_note(name, mine[name], theirs[name]) for name in names[:_MOST]]
    if len(names) > _MOST:
        notes.append(f"{len(names) - _MOST} more values in memory are changed by requests")
    return tuple(notes)


def split_memory(answers: Sequence[Answer], own: Collection[int]) -> tuple[str, ...]:
    """Names of what both the service's requests and others change."""
    mine, theirs = _changes(answers, own)
    return tuple(sorted({*mine} & {*theirs}))


def _changes(answers: Sequence[Answer], own: Collection[int]) -> tuple[Counter[str], Counter[str]]:
    """How many requests of the service, and how many others, change each."""
    mine = Counter(name for one in answers if one.request in own for name in one.memory)
    theirs = Counter(name for one in answers if one.request not in own for name in one.memory)
    return mine, theirs


def _note(name: str, mine: int, theirs: int) -> str:
    if mine and theirs:
        split = "both sides change it, and will each have a copy of their own"
    elif mine:
        split = "it goes with the service; the monolith has a copy that stays as it began"
    else:
        split = "it stays with the monolith; a service that reads it has a copy that stays as it began"
    return f"state in the process: {name} is changed by {mine} requests of the service and {theirs} others: {split}"
