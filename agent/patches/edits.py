"""Replace spans of a text and leave every other byte alone: (start, end, new text) in, the changed text out.

Offsets count characters of a text read as Latin-1, so that they are byte offsets as well.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterable, Sequence
from functools import cached_property
from typing import NamedTuple

from agent.domain.inventory import Location
from agent.domain.patch import Left
from agent.domain.verdict import FileChange

__all__ = ["MOST_BYTES", "Edit", "Lines", "apply_edits", "change", "left", "newline_of"]

MOST_BYTES = 1_000_000  # nobody maintains a larger source file by hand
_BREAK = re.compile(r"\r\n|\r|\n")


class Edit(NamedTuple):
    """Put ``text`` where ``start`` to ``end`` is now; an insertion has both equal."""

    start: int
    end: int
    text: str


class Lines:
    """Line numbers (from 1) and offsets of a text."""

    def __init__(self, text: str) -> None:
        self.text = text

    @cached_property
    def starts(self) -> Sequence[int]:
        return [0, *(found.end() for found in _BREAK.finditer(self.text))]

    def start(self, line: int) -> int:
        """The offset of a line's first character; the text's end for a line behind it."""
        return self.starts[line - 1] if line <= len(self.starts) else len(self.text)

    def number(self, offset: int) -> int:
        return bisect_right(self.starts, offset)

    def line(self, number: int) -> str:
        """A line without its end."""
        return self.text[self.start(number) : self.start(number + 1)].rstrip("\r\n")

    def indent(self, number: int) -> str:
        line = self.line(number)
        return line[: len(line) - len(line.lstrip(" \t"))]


def apply_edits(text: str, edits: Iterable[Edit]) -> str:
    """The text with all edits made. Insertions at one place keep their order; of two that overlap the first one counts."""
    pieces: list[str] = []
    at = 0
    for edit in sorted(edits, key=lambda e: (e.start, e.end)):
        if edit.start < at:
            continue
        pieces += [text[at : edit.start], edit.text]
        at = edit.end
    return "".join([*pieces, text[at:]])


def newline_of(text: str) -> str:
    """The line end that the text uses most; a new line for one without any."""
    crlf = text.count("\r\n")
    return "\r\n" if crlf * 2 > text.count("\n") else "\n"


def change(path: str, before: str | None, after: str | None) -> FileChange:
    return FileChange(path=path, before=before, after=after)


def left(path: str, line: int, text: str) -> Left:
    return Left(where=Location(path=path, line=line), text=text)
