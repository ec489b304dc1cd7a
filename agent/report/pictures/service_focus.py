"""One service in focus: a service and its neighbours in, one SVG out: callers, the service, callees; routes above, tables below."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from markupsafe import Markup

from agent.domain.boundary import Service
from agent.report.number_format import compact, plural
from agent.report.pictures.ribbons import Port, ribbon
from agent.report.pictures.svg import fit, group, label, link, path, picture, rect, title
from agent.report.services import ServiceMark, ServiceMarks

__all__ = ["Neighbour", "draw_focus"]

_WIDTH, _BOX, _BOX_WIDTH = 680.0, 226.0, 228.0
_SIDE, _BAR, _ROW = 154.0, 10.0, 40.0


@dataclass(frozen=True)
class Neighbour:
    """Another service, and how many dependencies lead to or from it."""

    name: str
    weight: int


def draw_focus(
    service: Service, callers: Sequence[Neighbour], callees: Sequence[Neighbour], marks: ServiceMarks, most: int
) -> Markup:
    """``most`` bounds each of the four lists; what is left out is counted in the picture."""
    routes = _cut(service.entry_points, most)
    top = 14 + 17 * len(routes) + (12 if routes else 0)
    rows = max(len(_cut([n.name for n in side], most)) for side in (callers, callees))
    tall = max(96.0, rows * _ROW + 8)
    mark = marks[service.name]
    tables, used = _tables(service, top + tall + 18, most)
    parts = [
        *_sides(callers, callees, marks, top, tall, most, mark),
        _routes(routes, top),
        _box(service, mark, top, tall),
        tables,
    ]
    height = top + tall + (used + 22 if used else 10)
    return picture(
        _WIDTH, height, f"{mark.label} with its callers and callees", *parts, class_="focus-map", enlarge=1.2
    )


def _cut(items: Sequence[str], most: int) -> list[str]:
    if len(items) <= most:
        return list(items)
    return [*items[: most - 1], f"and {len(items) - most + 1:,} more"]


def _box(service: Service, mark: ServiceMark, y: float, tall: float) -> Markup:
    middle = _BOX + _BOX_WIDTH / 2
    at = y + tall / 2
    return group(
        rect(_BOX, y, _BOX_WIDTH, tall, rx=8, class_="box"),
        rect(_BOX, y, _BOX_WIDTH, 7, rx=3, class_=f"bar {mark.colour}"),
        rect(_BOX, y, _BOX_WIDTH, 7, rx=3, fill=f"url(#h{mark.pattern})") if mark.pattern else Markup(),
        label(middle, at - 8, fit(mark.label, _BOX_WIDTH - 24, 18), class_="h"),
        label(
            middle, at + 14, f"{plural(len(service.units), 'unit')} · {compact(service.code_lines)} lines", class_="m"
        ),
        label(middle, at + 32, service.verdict, class_="m"),
        class_="mid",
    )


def _sides(
    callers: Sequence[Neighbour],
    callees: Sequence[Neighbour],
    marks: ServiceMarks,
    y: float,
    tall: float,
    most: int,
    own: ServiceMark,
) -> list[Markup]:
    heaviest = max((n.weight for n in (*callers, *callees)), default=1)
    drawn = []
    for left, neighbours in ((True, callers), (False, callees)):
        shown = list(neighbours) if len(neighbours) <= most else list(neighbours[: most - 1])
        rest = neighbours[len(shown) :]
        rows = len(shown) + bool(rest)
        start = y + (tall - rows * _ROW) / 2
        text_x = _SIDE - 8 if left else _WIDTH - _SIDE + 8
        parts = []
        for row, neighbour in enumerate(shown):
            inner = y + 16 + (tall - 32) * (row + 0.5) / rows
            span = start + row * _ROW + _ROW / 2, inner
            parts.append(_neighbour(neighbour, marks[neighbour.name], own, left, span, heaviest))
        if rest:
            more = f"and {len(rest):,} more, {plural(sum(n.weight for n in rest), 'dependency', 'dependencies')}"
            parts.append(label(text_x, start + rows * _ROW - 14, more, class_="m"))
        if not rows:
            parts.append(label(text_x, y + tall / 2 + 4, "nobody needs it" if left else "it needs nobody", class_="m"))
        drawn.append(group(*parts, class_="e" if left else None))
    return drawn


def _neighbour(
    neighbour: Neighbour, mark: ServiceMark, own: ServiceMark, left: bool, span: tuple[float, float], heaviest: int
) -> Markup:
    """``span`` is the height at the neighbour and the height at the box."""
    at, inner = span
    x = _SIDE if left else _WIDTH - _SIDE - _BAR
    theirs = Port(x + _BAR, at, 1) if left else Port(x, at, -1)
    ours = Port(_BOX, inner, -1) if left else Port(_BOX + _BOX_WIDTH, inner, 1)
    start, end, colour = (theirs, ours, mark.colour) if left else (ours, theirs, own.colour)
    text_x = x - 8 if left else x + _BAR + 8
    return link(
        mark.anchor,
        title(f"{plural(neighbour.weight, 'dependency', 'dependencies')}"),
        path(ribbon(start, end, 26 * neighbour.weight / heaviest, 42), class_=f"r {colour}"),
        rect(x, at - 15, _BAR, 30, class_=f"bar {mark.colour}"),
        label(text_x, at - 2, fit(mark.label, _SIDE - 10, 14.5), class_="b"),
        label(text_x, at + 13, f"{neighbour.weight:,}", class_="m"),
    )


def _routes(routes: Sequence[str], top: float) -> Markup:
    if not routes:
        return Markup()
    lines = [
        label(_BOX + 10, 14 + 17 * place, fit(route, _WIDTH - _BOX - 14, 12), class_="t")
        for place, route in enumerate(routes)
    ]
    arrow = path(f"M{_BOX + 2:.0f},4V{top - 6:.0f}m-4,-5l4,6l4,-6", class_="wire")
    return group(arrow, *lines)


def _tables(service: Service, y: float, most: int) -> tuple[Markup, float]:
    """Owned tables with a solid outline, tables of others with a dashed one, each said in words as well."""
    rows = [(table, "owns") for table in service.owned_tables if table not in service.shared_tables]
    rows += [(table, "owns, shared" if table in service.owned_tables else "uses") for table in service.shared_tables]
    if not rows:
        return Markup(), 0.0
    shown = rows if len(rows) <= most else rows[: most - 1]
    solid = "".join(_cylinder(_BOX + 12, y + 22 * place) for place, (_, how) in enumerate(shown) if how == "owns")
    dashed = "".join(_cylinder(_BOX + 12, y + 22 * place) for place, (_, how) in enumerate(shown) if how != "owns")
    parts = [path(f"M{_BOX + 2:.0f},{y - 18:.0f}V{y + 22 * len(shown) - 11:.0f}", class_="wire")]
    parts += [path(d, class_=style) for d, style in ((solid, "table"), (dashed, "table dash")) if d]
    for place, (table, how) in enumerate(shown):
        at = y + 22 * place + 12
        parts.append(label(_BOX + 36, at, fit(table, _BOX_WIDTH - 44, 12), class_="t"))
        parts.append(label(_BOX + _BOX_WIDTH + 8, at, how, class_="m"))
    height = 22.0 * len(shown)
    if len(shown) < len(rows):
        parts.append(label(_BOX + 12, y + height + 12, f"and {len(rows) - len(shown):,} more tables", class_="m"))
        height += 20
    return group(*parts), height


def _cylinder(x: float, y: float) -> str:
    return f"M{x:.0f},{y + 3:.0f}c0,-4 16,-4 16,0v9c0,4 -16,4 -16,0zc0,4 16,4 16,0"
