"""Where two texts differ, by lines: lists of lines in, the blocks that were replaced out."""

from __future__ import annotations

from collections.abc import Sequence
from difflib import SequenceMatcher

__all__ = ["MOST_LINES", "Block", "changed_blocks"]

MOST_LINES = 20_000  # of the middle in which two texts differ: beyond, it counts as one block
Block = tuple[int, int, int, int]
"""Lines ``a1`` to ``a2`` of the old text gave way to ``b1`` to ``b2`` of the new one, counted from 0, ends excluded."""


def changed_blocks(old: Sequence[str], new: Sequence[str]) -> list[Block]:
    """In order; empty when nothing differs. What both begin and end with is set aside first, which keeps it quick."""
    head = 0
    while head < min(len(old), len(new)) and old[head] == new[head]:
        head += 1
    tail = 0
    while tail < min(len(old), len(new)) - head and old[-1 - tail] == new[-1 - tail]:
        tail += 1
    a, b = old[head : len(old) - tail], new[head : len(new) - tail]
    if not a and not b:
        return []
    if not a or not b or len(a) + len(b) > MOST_LINES:
        return [(head, head + len(a), head, head + len(b))]
    return [
        (head + a1, head + a2, head + b1, head + b2)
        for tag, a1, a2, b1, b2 in SequenceMatcher(None, a, b, autojunk=False).get_opcodes()
        if tag != "equal"
    ]
