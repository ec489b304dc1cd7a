"""What requests reached: lines of the service's code, ways through it, shapes of answers; whether the next one reaches anything new."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field

from agent.domain.extraction import Answer, RecordedRequest
from agent.extracting.watching import Ran
from agent.extraction.slicing import Slice

__all__ = ["Reached", "lines_by_request", "ranges_of", "shape_of_answer"]


@dataclass
class Reached:
    """What requests reached so far."""

    lines: set[tuple[str, int]] = field(default_factory=set)
    ways: set[object] = field(default_factory=set)
    shapes: set[object] = field(default_factory=set)

    def add(self, request: RecordedRequest, answer: Answer, lines: frozenset[tuple[str, int]]) -> bool:
        """Whether any of it is new."""
        way = (request.method, request.route, lines)
        shape = shape_of_answer(request, answer)
        new = not lines <= self.lines or way not in self.ways or shape not in self.shapes
        self.lines |= lines
        self.ways.add(way)
        self.shapes.add(shape)
        return new


def shape_of_answer(request: RecordedRequest, answer: Answer) -> object:
    """What an answer is like: its status and kind, and which columns it changed."""
    kind = next((value for name, value in answer.headers if name.lower() == "content-type"), "")
    changed = frozenset((one.table, one.column, one.before is None, one.after is None) for one in answer.changes)
    return (request.method, request.route, answer.status, kind, changed, bool(answer.mail), len(answer.calls))


def ranges_of(made: Slice) -> Mapping[str, Sequence[tuple[int, int]]]:
    """Lines of the monolith that are the service's code."""
    found: dict[str, list[tuple[int, int]]] = {}
    for piece in made.pieces:
        if piece.what == "kept" and piece.line:
            found.setdefault(piece.path, []).append((piece.line, piece.line + piece.lines - 1))
    return found


def lines_by_request(
    ran: Ran, ranges: Mapping[str, Collection[tuple[int, int]]]
) -> Mapping[int, frozenset[tuple[str, int]]]:
    found: dict[int, set[tuple[str, int]]] = {}
    for path, by_line in ran.items():
        for line, numbers in by_line.items():
            if any(first <= line <= last for first, last in ranges.get(path, ())):
                for number in numbers:
                    found.setdefault(number, set()).add((path, line))
    return {number: frozenset(lines) for number, lines in found.items()}
