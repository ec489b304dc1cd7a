"""The dependency structure matrix: plan in, one SVG out; a mark in row A, column B says that A needs B.

Services are ordered by strongly connected component (Tarjan, 1972), callers before what they call, so that without
cycles every mark stands above the diagonal; each cycle is a box around the diagonal (Steward, 1981; Sangal et al., 2005).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import log

from markupsafe import Markup

from agent.domain.plan import Plan
from agent.report.number_format import compact, plural
from agent.report.pictures.svg import element, fit, group, label, link, picture, rect, title
from agent.report.services import ServiceMarks

__all__ = ["MOST_ROWS", "Matrix", "components", "draw_matrix"]

MOST_ROWS = 60
"""Rows; a larger system is drawn in blocks of neighbouring services."""
_BLOCK_ROWS = 40  # in blocks nearly every cell is filled, so fewer rows keep the marks countable
_LEFT = 176.0
_TOP = 34.0
_WIDTH = 700.0
Flows = Mapping[tuple[str, str], int]


@dataclass(frozen=True)
class Matrix:
    """The picture; the order of its rows; cycles among services (largest first); services per row when blocks are drawn."""

    svg: Markup
    order: tuple[str, ...]
    cycles: tuple[tuple[str, ...], ...]
    block: int


def draw_matrix(plan: Plan, marks: ServiceMarks) -> Matrix:
    """Empty for fewer than two services: there is nothing to cross."""
    names = [service.name for service in plan.boundaries.services]
    flows = {
        (crossing.source, crossing.target): crossing.weight
        for crossing in plan.boundaries.crossings
        if crossing.source in marks.known and crossing.target in marks.known
    }
    parts = components(names, flows)
    order = [name for part in parts for name in part]
    cycles = tuple(sorted((tuple(part) for part in parts if len(part) > 1), key=lambda part: (-len(part), part)))
    if len(names) < 2:
        return Matrix(Markup(), tuple(order), cycles, 1)
    block = 1 if len(order) <= MOST_ROWS else -(-len(order) // _BLOCK_ROWS)
    blocks = [order[start : start + block] for start in range(0, len(order), block)]
    return Matrix(_draw(blocks, parts, flows, marks), tuple(order), cycles, block)


def components(names: Sequence[str], flows: Flows) -> list[list[str]]:
    """Strongly connected components, callers first; inside one, those that call most come first."""
    ahead: dict[str, list[str]] = {name: [] for name in sorted(names)}
    for source, target in sorted(flows):
        ahead[source].append(target)
    found = _tarjan(ahead)
    for part in found:
        members = set(part)
        balance = dict.fromkeys(part, 0)
        for (source, target), weight in flows.items():
            if source in members and target in members:
                balance[source] += weight
                balance[target] -= weight
        part.sort(key=lambda name: (-balance[name], name))
    return found


def _tarjan(ahead: Mapping[str, Sequence[str]]) -> list[list[str]]:
    """Components in topological order, without recursion: a chain of 10,000 services must not end in a stack overflow."""
    index: dict[str, int] = {}
    low: dict[str, int] = {}
    stack: list[str] = []
    waiting: set[str] = set()
    found: list[list[str]] = []
    for root in reversed(list(ahead)):  # the last found comes first below, so names keep their order among equals
        if root in index:
            continue
        work = [(root, 0)]
        while work:
            node, step = work.pop()
            if step == 0:
                index[node] = low[node] = len(index)
                stack.append(node)
                waiting.add(node)
            else:
                low[node] = min(low[node], low[ahead[node][step - 1]])
            while step < len(ahead[node]):
                other = ahead[node][step]
                step += 1
                if other not in index:
                    work += [(node, step), (other, 0)]
                    break
                if other in waiting:
                    low[node] = min(low[node], index[other])
            else:
                if low[node] == index[node]:
                    part = stack[stack.index(node) :]
                    del stack[-len(part) :]
                    waiting.difference_update(part)
                    found.append(part)
    return found[::-1]


def _draw(blocks: list[list[str]], parts: list[list[str]], flows: Flows, marks: ServiceMarks) -> Markup:
    cell = min(44.0, (_WIDTH - _LEFT - 10) / len(blocks))
    side = cell * len(blocks)
    row_of = {name: row for row, block in enumerate(blocks) for name in block}
    cells: dict[tuple[int, int], int] = {}
    for (source, target), weight in flows.items():
        place = row_of[source], row_of[target]
        cells[place] = cells.get(place, 0) + weight
    body = [
        rect(_LEFT, _TOP, side, side, class_="field"),
        _grid(len(blocks), cell),
        *(rect(_LEFT + row * cell, _TOP + row * cell, cell, cell, class_="diag") for row in range(len(blocks))),
        *_marks(cells, cell, blocks, marks),
        *_outlines(parts, row_of, cell),
        *_labels(blocks, cell, marks),
    ]
    name = f"Dependency structure matrix: {plural(len(blocks), 'row')}, {plural(len(cells), 'mark')}"
    return picture(_LEFT + side + 10, _TOP + side + 6, name, *body, class_="dsm")


def _grid(rows: int, cell: float) -> Markup:
    if rows > 30:
        return Markup()
    d = "".join(
        f"M{_LEFT:.0f},{_TOP + n * cell:.1f}h{rows * cell:.1f}M{_LEFT + n * cell:.1f},{_TOP:.0f}v{rows * cell:.1f}"
        for n in range(1, rows)
    )
    return element("path", d=d, class_="grid")


def _row_name(block: Sequence[str], marks: ServiceMarks) -> str:
    if len(block) == 1:
        return marks[block[0]].label
    return f"{marks[block[0]].label} and {len(block) - 1} more"


def _marks(
    cells: Mapping[tuple[int, int], int], cell: float, blocks: Sequence[Sequence[str]], marks: ServiceMarks
) -> list[Markup]:
    heaviest = max(cells.values(), default=1)
    drawn = []
    for (row, column), weight in sorted(cells.items()):
        if row == column and len(blocks[row]) == 1:
            continue
        shade = min(4, int(4.99 * log(1 + weight) / log(1 + heaviest)))
        x, y = _LEFT + column * cell, _TOP + row * cell
        pad = 1.5 if cell > 12 else 0.4
        text = f"row {row + 1} needs column {column + 1}: {weight:,}"
        if len(blocks[row]) == len(blocks[column]) == 1:
            text = f"{marks[blocks[row][0]].label} needs {marks[blocks[column][0]].label}: {weight:,}"
        below = " back" if row > column and cell >= 20 else ""
        drawn.append(
            element(
                "rect",
                title(text),
                x=x + pad,
                y=y + pad,
                width=cell - 2 * pad,
                height=cell - 2 * pad,
                rx=2 if cell > 12 else None,
                class_=f"z{shade}{below}",
            )
        )
        if cell >= 24:
            drawn.append(label(x + cell / 2, y + cell / 2 + 4, compact(weight), class_=f"w z{shade} mid"))
    return drawn


def _outlines(parts: Sequence[Sequence[str]], row_of: Mapping[str, int], cell: float) -> list[Markup]:
    drawn = []
    for part in parts:
        if len(part) > 1:
            rows = [row_of[name] for name in part]
            at, size = min(rows) * cell, (max(rows) - min(rows) + 1) * cell
            text = f"a cycle of {plural(len(part), 'service')}: each needs all the others, directly or not"
            drawn.append(
                element("rect", title(text), x=_LEFT + at, y=_TOP + at, width=size, height=size, rx=2, class_="cycle")
            )
    return drawn


def _labels(blocks: Sequence[Sequence[str]], cell: float, marks: ServiceMarks) -> list[Markup]:
    size = max(9.5, min(13.0, cell * 0.8))
    rows, columns = [], []
    for row, block in enumerate(blocks):
        y = _TOP + row * cell + cell / 2 + size * 0.35
        name = label(_LEFT - 30, y, fit(_row_name(block, marks), _LEFT - 50, size))
        rows.append(link(marks[block[0]].anchor, name, label(_LEFT - 6, y, str(row + 1), class_="m")))
        if cell >= 18 or row % 5 == 4:
            columns.append(label(_LEFT + row * cell + cell / 2, _TOP - 8, str(row + 1), class_="m"))
    return [group(*rows, class_="f e", font_size=size), group(*columns, class_="f mid", font_size=size)]
