"""Which patches need which: numbered patches, each made on top of all before it, in; the numbers that each cannot do without out.

A patch needs another when the other changed, created or removed what stands in its own lines or their context, or when its
recipe says so. That it was judged with others before it is not a need; the request's text says so.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from agent.delivery.patch_text import FileHunks

__all__ = ["needs_by_lines"]


@dataclass
class _Touched:
    """Lines of one file as it now stands that patches changed: (first, last, patch); a patch that made or removed it."""

    spans: list[tuple[int, int, int]] = field(default_factory=list)
    whole: set[int] = field(default_factory=set)


def needs_by_lines(patches: Sequence[tuple[int, Sequence[FileHunks]]]) -> Mapping[int, frozenset[int]]:
    """``patches`` are (number, files) in the order in which they apply."""
    files: dict[str, _Touched] = {}
    needs: dict[int, frozenset[int]] = {}
    for number, changed in patches:
        found: set[int] = set()
        for file in changed:
            found |= _apply(files.setdefault(file.path, _Touched()), file, number)
        needs[number] = frozenset(found)
    return needs


def _apply(touched: _Touched, file: FileHunks, number: int) -> set[int]:
    found = set(touched.whole)
    if file.new or file.gone:
        found |= {patch for _, _, patch in touched.spans}
        touched.spans.clear()
        touched.whole = {number}
        return found
    for hunk in file.hunks:
        found |= {patch for start, end, patch in touched.spans if start <= hunk.old[1] and hunk.old[0] <= end}
    touched.spans = _moved(touched.spans, file) + [(*hunk.fresh, number) for hunk in file.hunks]
    return found


def _moved(spans: Sequence[tuple[int, int, int]], file: FileHunks) -> list[tuple[int, int, int]]:
    """Earlier spans in the lines of the file after the patch."""
    return [(_place(start, file), _place(end, file), patch) for start, end, patch in spans]


def _place(line: int, file: FileHunks) -> int:
    shift = 0
    for hunk in file.hunks:
        if hunk.core[1] < line and hunk.core[0] <= line:
            shift += hunk.grows
    return max(1, line + shift)
