"""The hotspot map: plan in, one SVG of packed circles out; services hold units, area is code, heat is churn by complexity.

After CodeScene's hotspot map (A. Tornhill, "Your Code as a Crime Scene"). The hottest carry their rank as a number, so
that colour only repeats what the number and the table beside the picture say.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from math import sqrt

from markupsafe import Markup

from agent.domain.plan import Hotspot, Plan
from agent.report.number_format import decimal, plural
from agent.report.pictures.circle_packing import Circle, enclosing_radius, pack
from agent.report.pictures.svg import element, fit, group, label, link, picture, title
from agent.report.services import ServiceMarks

__all__ = ["MOST_CIRCLES", "HotspotMap", "draw_hotspots", "heat"]

MOST_CIRCLES = 320
"""Circles of units; beyond it the small cold units of each service are drawn as one."""
_SIZE = 660.0
_RIM = 3.0


@dataclass(frozen=True)
class HotspotMap:
    """The picture, and how many units were too small to get a circle of their own."""

    svg: Markup
    folded: int


@dataclass(frozen=True)
class _Disc:
    name: str
    lines: int
    hotspot: Hotspot | None
    rank: int
    units: int = 1


def heat(score: float) -> int:
    """Four classes, 0 (cool) to 3 (hot), of the score in 0..1."""
    return min(3, max(0, int(score * 4)))


def draw_hotspots(plan: Plan, marks: ServiceMarks) -> HotspotMap:
    """Every service as a circle of circles; empty when there is no unit to draw."""
    homes, folded = _discs(plan)
    if not homes:
        return HotspotMap(Markup(), 0)
    packed = []
    for service, discs in homes.items():
        circles = pack([max(sqrt(disc.lines), 2.0) + 0.6 for disc in discs])
        packed.append((service, discs, circles, enclosing_radius(circles) + _RIM + 2))
    packed.sort(key=lambda item: (-item[3], item[0]))
    outer = pack([item[3] for item in packed])
    left, top = min(c.x - c.r for c in outer), min(c.y - c.r for c in outer)
    wide, tall = max(c.x + c.r for c in outer) - left, max(c.y + c.r for c in outer) - top
    scale = (_SIZE - 8) / max(wide, tall, 1.0)
    for home in outer:
        home.x, home.y = (home.x - left) * scale + 4, (home.y - top) * scale + 4
    parts = []
    for (service, discs, circles, radius), home in zip(packed, outer, strict=True):
        parts.append(_service(marks, service, discs, circles, radius, home, scale))
    for (service, _, _, radius), home in zip(packed, outer, strict=True):
        parts.append(_service_label(marks[service].label, radius * scale, home, wide * scale + 8))
    name = f"{plural(len(plan.system.hotspots), 'hotspot')} among the units of {plural(len(homes), 'group')}"
    svg = picture(wide * scale + 8, tall * scale + 8, name, *parts, class_="hot", least=340)
    return HotspotMap(svg, folded)


def _discs(plan: Plan) -> tuple[dict[str, list[_Disc]], int]:
    """Circles by service, largest first; hot ones always, cold ones as far as ``MOST_CIRCLES`` allows."""
    ranks = {spot.unit or spot.path: place for place, spot in enumerate(plan.system.hotspots, start=1)}
    hot = {spot.unit or spot.path: spot for spot in plan.system.hotspots}
    homes: defaultdict[str, list[_Disc]] = defaultdict(list)
    cold = []
    for unit in plan.boundaries.units:
        if unit.id in hot:
            homes[unit.service].append(_Disc(unit.id, unit.code_lines, hot.pop(unit.id), ranks[unit.id]))
        else:
            cold.append(unit)
    for key, spot in hot.items():  # files that are no unit: templates, scripts
        homes[spot.service].append(_Disc(spot.path, spot.code_lines, spot, ranks[key]))
    cold.sort(key=lambda unit: (-unit.code_lines, unit.id))
    room = max(0, MOST_CIRCLES - len(plan.system.hotspots))
    rest: defaultdict[str, list[int]] = defaultdict(list)
    for place, unit in enumerate(cold):
        if place < room:
            homes[unit.service].append(_Disc(unit.id, unit.code_lines, None, 0))
        else:
            rest[unit.service].append(unit.code_lines)
    for service, sizes in rest.items():
        homes[service].append(_Disc(f"{len(sizes):,} smaller units", sum(sizes), None, 0, len(sizes)))
    for discs in homes.values():
        discs.sort(key=lambda disc: (-disc.lines, disc.name))
    return dict(sorted(homes.items())), sum(len(sizes) for sizes in rest.values())


def _service(
    marks: ServiceMarks,
    service: str,
    discs: list[_Disc],
    circles: list[Circle],
    radius: float,
    home: Circle,
    scale: float,
) -> Markup:
    mark = marks[service]
    lines = sum(disc.lines for disc in discs)
    rim = link(
        mark.anchor,
        title(f"{mark.label}: {plural(sum(disc.units for disc in discs), 'unit')}, {plural(lines, 'line')}"),
        element("circle", cx=0, cy=0, r=radius * scale, class_=f"rim {mark.colour}"),
    )
    inner = []
    for disc, circle in zip(discs, circles, strict=True):
        inner.append(_disc(disc, circle, scale))
    place = f"translate({home.x:.1f},{home.y:.1f})"
    return group(rim, *inner, transform=place)


def _disc(disc: _Disc, circle: Circle, scale: float) -> Markup:
    spot = disc.hotspot
    x, y, radius = circle.x * scale, circle.y * scale, max((circle.r - 0.6) * scale, 0.6)
    if not spot:
        text = disc.name if disc.units > 1 else f"{disc.name}: {plural(disc.lines, 'line')}"
        kind = "u many" if disc.units > 1 else "u"
        return element("circle", title(text), cx=x, cy=y, r=radius, class_=kind)
    text = (
        f"No. {disc.rank}: {spot.path}, {plural(spot.commits, 'commit')} by {plural(spot.authors, 'author')}, "
        f"complexity {spot.complexity:,}, {plural(disc.lines, 'line')}, score {decimal(spot.score)}"
    )
    mark = element("circle", title(text), cx=x, cy=y, r=max(radius, 2.5), class_=f"u q{heat(spot.score)}")
    if radius < 7 or disc.rank > 20:
        return mark
    size = max(9.0, min(radius * 0.9, 20.0))
    rank = label(
        x, y + size * 0.36, str(disc.rank), class_=f"rank mid q{heat(spot.score)}", style=f"font-size:{size:.1f}px"
    )
    return mark + rank


def _service_label(name: str, radius: float, home: Circle, width: float) -> Markup:
    """On the upper rim, over a halo of the page's colour, where the circle is large enough to be called by name."""
    if radius < 15:
        return Markup()
    large = radius >= 38
    room = max(radius * 2.2, 74.0)  # a short name may stand a little over the rim
    size = 13.5 if large else 11.5
    text = fit(name, room, size)
    half = len(text) * size * 0.34
    x = min(max(home.x, half), max(width - half, half))
    return label(x, max(home.y - radius + 14, 14), text, class_="b halo mid" if large else "k halo mid")
