"""The map of services: plan in, one SVG out in which ribbons show what crosses, as wide as it is heavy.

Services stand in two banks, those that mostly call on the left and those that mostly are called on the right, so that
most ribbons run one way; within a bank the order minimises crossings by barycentres (Sugiyama et al., 1981).
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from markupsafe import Markup

from agent.domain.boundary import Service
from agent.domain.plan import Plan
from agent.report.number_format import compact, plural
from agent.report.pictures.ribbons import Port, ribbon
from agent.report.pictures.svg import fit, group, label, link, path, picture, rect, title
from agent.report.services import ServiceMark, ServiceMarks

__all__ = ["MOST_RIBBONS", "MOST_SERVICES", "ServiceMap", "draw_service_map"]

MOST_SERVICES = 24
MOST_RIBBONS = 120
_REST = "\x00rest"  # no service can be called that
_WIDTH, _SIDE, _BAR = 700.0, 182.0, 14.0
_TOP, _GAP, _LEAST = 34.0, 16.0, 30.0
Flows = Mapping[tuple[str, str], int]


@dataclass(frozen=True)
class ServiceMap:
    """The picture and what had to be left out of it."""

    svg: Markup
    folded: int  # services drawn as one
    dropped: int  # ribbons not drawn


@dataclass(frozen=True)
class _Node:
    name: str
    mark: ServiceMark
    title: str
    detail: str
    side: int  # 0 left, 1 right
    y: float
    height: float

    @property
    def middle(self) -> float:
        return self.y + self.height / 2


def draw_service_map(plan: Plan, marks: ServiceMarks) -> ServiceMap:
    """All services up to ``MOST_SERVICES``, the busiest of more; the table beside the picture has every crossing."""
    services = plan.boundaries.services
    if len(services) == 1:
        return ServiceMap(_single(plan, services[0], marks), 0, 0)
    kept = _busiest(services)
    flows = _flows(plan, kept)
    drawn = dict(sorted(flows.items(), key=lambda item: (-item[1], item[0]))[:MOST_RIBBONS])
    banks = _banks(kept, drawn)
    scale, height = _scale(banks, drawn)
    nodes = _place(plan, banks, drawn, scale, height, marks, len(services) - len(kept))
    bottom = max((node.y + node.height for node in nodes.values()), default=_TOP) + 26
    parts = [_captions(bool(drawn)), *_ribbons(nodes, drawn, scale), *(_node(node) for node in nodes.values())]
    framed = plan.boundaries.verdict != "split" and bool(services)
    shared, used = _shared_band(plan, bottom, inset=14 if framed else 1)
    bottom += used
    if framed:
        bottom += 44 if used else 24
        parts.append(_frame(bottom))
    name = f"Map of {plural(len(services), 'service')} and what crosses between them"
    svg = picture(_WIDTH, bottom + 2, name, *parts, shared, class_="map", enlarge=1.25)
    return ServiceMap(svg, len(services) - len(kept), len(flows) - len(drawn))


def _frame(bottom: float) -> Markup:
    """One box around parts that are not to run apart."""
    return group(
        rect(1, 1, _WIDTH - 2, bottom - 2, rx=8, class_="frame"),
        label(_WIDTH / 2, bottom - 16, "stays one deployable", class_="b mid"),
    )


def _busiest(services: Sequence[Service]) -> list[Service]:
    if len(services) <= MOST_SERVICES:
        return list(services)
    ranked = sorted(services, key=lambda s: (-(s.calls_in + s.calls_out), -s.code_lines, s.name))
    return sorted(ranked[: MOST_SERVICES - 1], key=lambda s: s.name)


def _flows(plan: Plan, kept: Sequence[Service]) -> dict[tuple[str, str], int]:
    """Weights between drawn services; what leads to folded ones is added up, what stays among them is not drawn."""
    drawn = {service.name for service in kept}
    every = {service.name for service in plan.boundaries.services}
    flows: Counter[tuple[str, str]] = Counter()
    for crossing in plan.boundaries.crossings:
        if crossing.source in every and crossing.target in every:
            source = crossing.source if crossing.source in drawn else _REST
            target = crossing.target if crossing.target in drawn else _REST
            if source != target:
                flows[source, target] += crossing.weight
    return dict(flows)


def _banks(kept: Sequence[Service], flows: Flows) -> tuple[list[str], list[str]]:
    names = [service.name for service in kept]
    if any(_REST in pair for pair in flows):
        names.append(_REST)
    balance: Counter[str] = Counter()
    traffic: Counter[str] = Counter()
    for (source, target), weight in flows.items():
        balance[source] += weight
        balance[target] -= weight
        traffic[source] += weight
        traffic[target] += weight
    ranked = sorted(names, key=lambda name: (-balance[name] / max(traffic[name], 1), -traffic[name], name))
    left, right = ranked[: (len(ranked) + 1) // 2], ranked[(len(ranked) + 1) // 2 :]
    for _ in range(6):
        left = _by_barycentre(left, right, flows)
        right = _by_barycentre(right, left, flows)
    return left, right


def _by_barycentre(bank: Sequence[str], other: Sequence[str], flows: Flows) -> list[str]:
    place = {name: index / max(len(other) - 1, 1) for index, name in enumerate(other)}
    own = {name: index / max(len(bank) - 1, 1) for index, name in enumerate(bank)}
    pull: defaultdict[str, float] = defaultdict(float)
    mass: Counter[str] = Counter()
    for (source, target), weight in flows.items():
        for name, partner in ((source, target), (target, source)):
            if name in own and partner in place:
                pull[name] += weight * place[partner]
                mass[name] += weight
    return sorted(bank, key=lambda name: (pull[name] / mass[name] if mass[name] else own[name], own[name], name))


def _traffic(name: str, flows: Flows) -> int:
    return sum(weight for pair, weight in flows.items() if name in pair)


def _scale(banks: tuple[list[str], list[str]], flows: Flows) -> tuple[float, float]:
    """Pixels per crossing, and the height of the banks."""
    most = max(len(bank) for bank in banks) if any(banks) else 0
    height = min(max(280.0, most * 62.0), 820.0)
    heaviest = max(flows.values(), default=1)
    busiest = max((sum(_traffic(name, flows) for name in bank) for bank in banks), default=1)
    room = max(height - most * (_GAP + 14), 120.0)
    return min(46.0 / heaviest, room / max(busiest, 1)), height


def _place(
    plan: Plan,
    banks: tuple[list[str], list[str]],
    flows: Flows,
    scale: float,
    height: float,
    marks: ServiceMarks,
    folded: int,
) -> dict[str, _Node]:
    by_name = {service.name: service for service in plan.boundaries.services}
    nodes: dict[str, _Node] = {}
    for side, bank in enumerate(banks):
        heights = [max(_LEAST, _port_height(name, flows, scale)) for name in bank]
        gap = max(_GAP, (height - sum(heights)) / max(len(bank), 1))
        y = _TOP + (gap / 2 if gap > _GAP else 0)
        for name, tall in zip(bank, heights, strict=True):
            service = by_name.get(name)
            if service:
                detail = f"{plural(len(service.units), 'unit')} · {compact(service.code_lines)} lines"
                title_text = _describe(service)
                mark = marks[name]
            else:
                detail, title_text = "folded together", f"{folded} less connected services, drawn as one"
                mark = ServiceMark(name, f"{folded} more services", "cs", 0, "services-table")
            nodes[name] = _Node(name, mark, title_text, detail, side, y, tall)
            y += tall + gap
    return nodes


def _port_height(name: str, flows: Flows, scale: float) -> float:
    return sum(max(weight * scale, 1.2) + 1 for pair, weight in flows.items() if name in pair) + 6


def _describe(service: Service) -> str:
    return (
        f"{service.name}: {plural(len(service.units), 'unit')}, {plural(service.code_lines, 'line')}, "
        f"{plural(len(service.owned_tables), 'table')} owned; {plural(service.calls_out, 'dependency', 'dependencies')} out, "
        f"{service.calls_in:,} in. {service.verdict}: {service.verdict_reason}"
    )


def _ribbons(nodes: Mapping[str, _Node], flows: Flows, scale: float) -> list[Markup]:
    ports = _ports(nodes, flows, scale)
    indices = {name: place for place, name in enumerate(nodes)}
    drawn = []
    for (source, target), weight in sorted(flows.items(), key=lambda item: (-item[1], item[0])):
        start, end = ports[source, target, 0], ports[source, target, 1]
        same = nodes[source].side == nodes[target].side
        bulge = 40 + abs(start.y - end.y) * 0.3 if same else (_WIDTH - 2 * _SIDE) * 0.42
        text = f"{nodes[source].mark.label} needs {nodes[target].mark.label}: {plural(weight, 'dependency', 'dependencies')}"
        shape = path(
            ribbon(start, end, weight * scale, bulge),
            title(text),
            class_=f"r {nodes[source].mark.colour}",
            data_e=f"{indices[source]} {indices[target]}",
        )
        drawn.append(shape)
    return drawn


def _ports(nodes: Mapping[str, _Node], flows: Flows, scale: float) -> dict[tuple[str, str, int], Port]:
    """Where each ribbon starts (0) and ends (1): stacked along its bar, in an order that keeps ribbons from crossing."""
    ports: dict[tuple[str, str, int], Port] = {}
    for node in nodes.values():
        touching = []
        for (source, target), weight in flows.items():
            if node.name in (source, target):
                other = nodes[target if node.name == source else source]
                away = other.middle - node.middle
                same = other.side == node.side
                # Same bank: near ones outermost, or their arcs would cut those that reach further.
                order = (0 if away < 0 else 2, -away) if same else (1, away)
                touching.append((order, source != node.name, source, target, max(weight * scale, 1.2)))
        used = sum(item[4] + 1 for item in touching)
        y = node.middle - used / 2
        x = _SIDE + _BAR if node.side == 0 else _WIDTH - _SIDE - _BAR
        for _, incoming, source, target, width in sorted(touching):
            ports[source, target, int(incoming)] = Port(x, y + width / 2, 1 if node.side == 0 else -1)
            y += width + 1
    return ports


def _node(node: _Node) -> Markup:
    left = node.side == 0
    x = _SIDE if left else _WIDTH - _SIDE - _BAR
    text_x = x - 10 if left else x + _BAR + 10
    name = fit(node.mark.label, _SIDE - 12, 15)
    bar = rect(x, node.y, _BAR, node.height, rx=3, class_=f"bar {node.mark.colour}")
    pattern = (
        rect(x, node.y, _BAR, node.height, rx=3, fill=f"url(#h{node.mark.pattern})") if node.mark.pattern else Markup()
    )
    return link(
        node.mark.anchor,
        title(node.title),
        bar,
        pattern,
        label(text_x, node.middle - 2, name, class_="b"),
        label(text_x, node.middle + 13, node.detail, class_="m"),
        class_="n e" if left else "n",
    )


def _captions(flowing: bool) -> Markup:
    if not flowing:
        return label(_WIDTH / 2, 60, "nothing crosses between these services", class_="m mid")
    return group(
        label(_SIDE + _BAR, 16, "mostly call others", class_="m e"),
        label(_WIDTH - _SIDE - _BAR, 16, "mostly are called", class_="m"),
    )


def _shared_band(plan: Plan, y: float, inset: float) -> tuple[Markup, float]:
    """Shared code as the ground that the services stand on; it is set apart, so no ribbon leads to it."""
    shared = plan.boundaries.shared
    if not shared:
        return Markup(), 0.0
    kinds = Counter(unit.kind for unit in shared)
    users = {name for unit in shared for name in unit.used_by}
    split = ", ".join(f"{number:,} {kind}" for kind, number in sorted(kinds.items()))
    text = f"{plural(len(shared), 'unit')} of shared code, set apart: {split}"
    band = link(
        "shared",
        title(f"{text}; used by {plural(len(users), 'service')}"),
        rect(inset, y, _WIDTH - 2 * inset, 34, rx=4, class_="ground"),
        label(_WIDTH / 2, y + 21, text, class_="m mid"),
        class_="n",
    )
    return band, 36.0


def _single(plan: Plan, service: Service, marks: ServiceMarks) -> Markup:
    """One box: what stays together, with everything that it holds."""
    mark = marks[service.name]
    x, width = 110.0, 480.0
    lines = (
        f"{plural(len(service.units), 'unit')} · {plural(service.code_lines, 'line')} of code",
        f"{plural(len(service.entry_points), 'entry point')} · {plural(len(service.owned_tables), 'table')}",
        "everything stays together: nothing crosses a boundary",
    )
    box = link(
        mark.anchor,
        title(_describe(service)),
        rect(x, 12, width, 124, rx=8, class_="box"),
        rect(x, 12, 10, 124, rx=4, class_=f"bar {mark.colour}"),
        label(x + width / 2, 50, fit(mark.label, width - 40, 19), class_="h mid"),
        *(label(x + width / 2, 76 + 20 * place, text, class_="m mid") for place, text in enumerate(lines)),
        class_="n",
    )
    shared, used = _shared_band(plan, 158, inset=1)
    return picture(_WIDTH, 148 + (used + 12 if used else 0), "Map with a single service", box, shared, class_="map")
