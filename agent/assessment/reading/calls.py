"""Calls in masked source: a source and a pattern of names in; each call with its receiver and arguments out."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from agent.assessment.reading.masking import Source

__all__ = ["Call", "calls", "closing"]

MOST_LENGTH = 6000
MOST_CALLS = 5000
_PAIRS = {"(": ")", "[": "]", "{": "}"}
_BRACKETS = re.compile(r"[(){}\[\],]")


@dataclass(frozen=True)
class Call:
    """``name`` is the callee as written (``db.cursor().execute`` shortened to the dotted end); arguments are spans."""

    name: str
    start: int
    opening: int
    end: int
    arguments: tuple[tuple[int, int], ...]

    def text(self, source: Source, index: int) -> str:
        """An argument as written; "" when there are fewer."""
        if index >= len(self.arguments):
            return ""
        start, end = self.arguments[index]
        return source.text[start:end].strip()

    def inside(self, source: Source) -> str:
        """All arguments as written."""
        return source.text[self.opening + 1 : self.end]

    def inside_code(self, source: Source) -> str:
        """All arguments, strings blanked."""
        return source.code[self.opening + 1 : self.end]

    def is_literal(self, source: Source, index: int) -> bool:
        """Whether an argument is one string literal (or a number, or absent)."""
        if index >= len(self.arguments):
            return True
        start, end = self.arguments[index]
        return bool(_LITERAL.fullmatch(source.code[start:end].strip()))


_LITERAL = re.compile(
    r"(?:[rRbBuU@]{0,2}(?:\"[ \n]*\"|'[ \n]*'|`[ \n]*`|\"\"\s*\"\"|''\s*''|\"\"\"|'''|\d[\w.]*|[A-Z][A-Z0-9_.]*|true|false|null|None|True|False)?\s*)*"
)


def calls(source: Source, names: re.Pattern[str]) -> Iterator[Call]:
    """Calls whose dotted name ends in a match of ``names`` (a pattern that ends in ``\\s*\\(`` is not needed)."""
    for count, found in enumerate(names.finditer(source.code)):
        if count >= MOST_CALLS:
            return
        opening = source.code.find("(", found.end() - 1 if found.group().endswith("(") else found.end())
        if opening < 0 or source.code[found.end() : opening].strip(" \t(") or opening - found.end() > 40:
            continue
        end, arguments = closing(source.code, opening)
        yield Call(found.group().rstrip("( \t"), found.start(), opening, end, arguments)


def closing(code: str, opening: int) -> tuple[int, tuple[tuple[int, int], ...]]:
    """The offset of the bracket that closes the one at ``opening`` (or where the search gave up), and the spans between
    the commas of its own level."""
    depth, start, spans = 0, opening + 1, []
    limit = min(len(code), opening + MOST_LENGTH)
    for found in _BRACKETS.finditer(code, opening, limit):
        char = found.group()
        if char in _PAIRS:
            depth += 1
        elif char == ",":
            if depth == 1:
                spans.append((start, found.start()))
                start = found.end()
        else:
            depth -= 1
            if depth == 0:
                if code[start : found.start()].strip():
                    spans.append((start, found.start()))
                return found.start(), tuple(spans)
    spans.append((start, limit))
    return limit, tuple(spans)
