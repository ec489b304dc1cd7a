"""Layouts: circles do not overlap, cycles are found, ribbons and bars add up, and nothing grows without bound."""

from __future__ import annotations

import re
from itertools import combinations, pairwise
from math import hypot
from xml.etree import ElementTree

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agent.domain.boundary import Crossing
from agent.domain.plan import Plan
from agent.report.pictures.circle_packing import enclosing_radius, pack
from agent.report.pictures.hotspots import MOST_CIRCLES, draw_hotspots, heat
from agent.report.pictures.matrix import components, draw_matrix
from agent.report.pictures.ribbons import Port, ribbon
from agent.report.pictures.roadmap_picture import draw_roadmap, left_in_monolith
from agent.report.pictures.service_map import MOST_RIBBONS, MOST_SERVICES, draw_service_map
from agent.report.pictures.svg import fit, wrap
from agent.report.services import anchors, mark_services
from tests.report import plans

SVG = "{http://www.w3.org/2000/svg}"


def parsed(svg: str) -> ElementTree.Element:
    return ElementTree.fromstring(str(svg).replace("<svg ", '<svg xmlns="http://www.w3.org/2000/svg" ', 1))


def texts(svg: str) -> list[str]:
    return [e.text or "" for e in parsed(svg).iter(f"{SVG}text")]


@given(st.lists(st.floats(0.5, 100), max_size=60))
def test_packed_circles_touch_but_do_not_overlap(radii: list[float]) -> None:
    circles = pack(sorted(radii, reverse=True))
    assert [c.r for c in circles] == sorted(radii, reverse=True)
    for a, b in combinations(circles, 2):
        assert hypot(a.x - b.x, a.y - b.y) >= a.r + b.r - 1e-3
    around = enclosing_radius(circles)
    assert all(hypot(c.x, c.y) + c.r <= around + 1e-6 for c in circles)


def test_packing_is_tight() -> None:
    circles = pack([1.0] * 200)
    assert 200 / enclosing_radius(circles) ** 2 > 0.75  # the share of the enclosing disc that is filled


@given(st.sets(st.tuples(st.integers(0, 7), st.integers(0, 7)).filter(lambda e: e[0] != e[1]), max_size=25))
def test_components_are_those_of_reachability(edges: set[tuple[int, int]]) -> None:
    names = [str(n) for n in range(8)]
    flows = {(str(a), str(b)): 1 for a, b in edges}
    reach = {(a, b) for a, b in flows} | {(n, n) for n in names}
    for k in names:
        reach |= {(a, b) for a in names for b in names if (a, k) in reach and (k, b) in reach}
    parts = components(names, flows)
    assert sorted(n for part in parts for n in part) == names
    home = {name: place for place, part in enumerate(parts) for name in part}
    for a in names:
        for b in names:
            assert (home[a] == home[b]) == ((a, b) in reach and (b, a) in reach)
    assert all(home[a] <= home[b] for a, b in flows)  # callers first


def test_a_long_chain_does_not_overflow_the_stack() -> None:
    names = [f"{n:05}" for n in range(5_000)]
    assert len(components(names, dict.fromkeys(pairwise(names), 1))) == 5_000


def test_the_map_draws_every_crossing_between_services() -> None:
    plan = plans.small_plan()
    drawn = draw_service_map(plan, mark_services(plan))
    ribbons = [e for e in parsed(drawn.svg).iter(f"{SVG}path") if "r " in e.get("class", "")]
    assert len(ribbons) == len(plan.boundaries.crossings)
    assert {e.findtext(f"{SVG}title") for e in ribbons} >= {"accounts needs orders: 57 dependencies"}
    assert drawn.folded == drawn.dropped == 0


def width_at_start(ribbon: ElementTree.Element) -> float:
    numbers = [float(n) for n in re.findall(r"-?\d+(?:\.\d+)?", ribbon.get("d", ""))]
    return numbers[-1] - numbers[1]


def test_ribbons_are_as_wide_as_they_are_heavy() -> None:
    plan = plans.small_plan()
    drawn = draw_service_map(plan, mark_services(plan))
    wide = {}
    for e in parsed(drawn.svg).iter(f"{SVG}path"):
        wide[e.findtext(f"{SVG}title")] = width_at_start(e)
    heavy = wide["accounts needs orders: 57 dependencies"]
    assert wide["orders needs accounts: 33 dependencies"] == pytest.approx(heavy * 33 / 57, rel=0.05)


def test_large_maps_are_folded_and_say_so() -> None:
    plan = plans.big_plan()
    drawn = draw_service_map(plan, mark_services(plan))
    assert drawn.folded == 300 - (MOST_SERVICES - 1)
    assert drawn.svg.count('class="r ') <= MOST_RIBBONS
    assert f"{drawn.folded} more services" in texts(drawn.svg)


def test_one_service_is_one_box() -> None:
    plan = plans.single_plan()
    shown = texts(draw_service_map(plan, mark_services(plan)).svg)
    assert plan.boundaries.services[0].name in shown
    assert "everything stays together: nothing crosses a boundary" in shown


def test_parts_that_stay_together_are_framed() -> None:
    plan = plans.make_plan(verdict="do not split")
    assert "stays one deployable" in texts(draw_service_map(plan, mark_services(plan)).svg)
    split = plans.small_plan()
    assert "stays one deployable" not in texts(draw_service_map(split, mark_services(split)).svg)


def test_the_matrix_outlines_cycles() -> None:
    plan = plans.small_plan()
    flows = (("accounts", "billing"), ("billing", "catalog"), ("catalog", "billing"), ("catalog", "orders"))
    crossings = tuple(
        Crossing(source=a, target=b, weight=3, kinds=(), evidence=(plans.spot("a.py", 1, "x"),)) for a, b in flows
    )
    bounded = plan.boundaries.model_copy(update={"crossings": crossings})
    drawn = draw_matrix(plan.model_copy(update={"boundaries": bounded}), mark_services(plan))
    assert drawn.order == ("accounts", "billing", "catalog", "orders")
    assert drawn.cycles == (("billing", "catalog"),)
    outlines = [e for e in parsed(drawn.svg).iter(f"{SVG}rect") if e.get("class") == "cycle"]
    assert len(outlines) == 1
    below = [e for e in parsed(drawn.svg).iter(f"{SVG}rect") if "back" in e.get("class", "")]
    assert [e.findtext(f"{SVG}title") for e in below] == ["catalog needs billing: 3"]


def test_a_large_matrix_is_drawn_in_blocks() -> None:
    plan = plans.big_plan()
    drawn = draw_matrix(plan, mark_services(plan))
    assert drawn.block == 8
    assert len(list(parsed(drawn.svg).iter(f"{SVG}rect"))) < 1_800


def test_hotspots_keep_every_hot_unit_and_fold_cold_ones() -> None:
    plan = plans.big_plan()
    drawn = draw_hotspots(plan, mark_services(plan))
    circles = [e for e in parsed(drawn.svg).iter(f"{SVG}circle") if "u" in e.get("class", "").split()]
    hot = [e for e in circles if "q" in e.get("class", "")]
    assert len(hot) == len(plan.system.hotspots) == 40
    assert len(circles) <= MOST_CIRCLES + 301
    assert drawn.folded == 12_000 - MOST_CIRCLES
    assert [heat(s) for s in (0, 0.3, 0.6, 0.99, 1)] == [0, 1, 2, 3, 3]


def test_what_is_left_in_the_monolith() -> None:
    plan = plans.small_plan()
    left = left_in_monolith(plan)
    assert left[0] == 1
    assert left == sorted(left, reverse=True)
    shared = sum(u.code_lines for u in plan.boundaries.units if u.service == "__shared__")
    assert left[-1] == pytest.approx(shared / plan.system.code_lines)
    assert left_in_monolith(plans.single_plan()) == []


def test_a_long_roadmap_is_cut_and_counted() -> None:
    plan = plans.big_plan()
    drawn = draw_roadmap(plan, mark_services(plan), {})
    steps = sum(len(phase.steps) for phase in plan.roadmap.phases)
    assert drawn.svg.count('class="kind"') + drawn.folded_steps == steps
    assert drawn.svg.count('class="kind"') < 100


@pytest.mark.parametrize("make", [plans.empty_plan, plans.single_plan, plans.hostile_plan, plans.medium_plan])
def test_every_picture_is_well_formed(make: object) -> None:
    plan: Plan = make()  # type: ignore[operator]
    marks = mark_services(plan)
    drawn = (draw_service_map(plan, marks).svg, draw_matrix(plan, marks).svg, draw_hotspots(plan, marks).svg)
    for svg in (*drawn, draw_roadmap(plan, marks, {}).svg):
        if svg:
            assert not list(parsed(svg).iter(f"{SVG}script"))


def test_anchors_are_distinct_and_plain() -> None:
    made = anchors(["Order", "order", 'x"><script>', "注文", "品", "Order"], "s")
    assert list(made.values()) == ["s-order", "s-order-2", "s-x-script", "s-x", "s-x-2"]


def test_text_is_cut_to_its_place() -> None:
    assert fit("short", 200, 13) == "short"
    assert fit("a-rather-long-service-name", 80, 13).endswith("…")
    assert wrap("Put a facade in front of orders", 110, 12.5, 2) == ["Put a facade in", "front of orders"]
    assert wrap("Put a facade in front of orders", 80, 12.5, 2) == ["Put a facade", "in front of…"]
    assert wrap("A" * 500, 60, 12, 2)[-1].endswith("…")


def point(curve: list[float], at: float) -> tuple[float, float]:
    """A place on a cubic curve given as x, y of its four points."""
    weights = ((1 - at) ** 3, 3 * at * (1 - at) ** 2, 3 * at**2 * (1 - at), at**3)
    return sum(w * x for w, x in zip(weights, curve[::2], strict=True)), sum(
        w * y for w, y in zip(weights, curve[1::2], strict=True)
    )


@pytest.mark.parametrize("end", [Port(0, 90, 1), Port(0, -90, 1), Port(300, 20, -1)])
def test_a_ribbon_is_nowhere_pinched(end: Port) -> None:
    shape = ribbon(Port(0, 0, 1), end, 20, 60)
    start, there, back = re.fullmatch(r"M(.*?)C(.*?)V.*?C(.*?)Z", shape).groups()  # type: ignore[union-attr]
    root = re.search(r"V([-\d.]+)C", shape)[1]  # type: ignore[index]
    numbers = [[float(n) for n in re.findall(r"-?[\d.]+", part)] for part in (start + " " + there, back)]
    first, second = numbers[0], [numbers[0][-2], float(root), *numbers[1]]
    for at in (0.1, 0.3, 0.5, 0.7, 0.9):
        (x, y), (u, v) = point(first, at), point(second, 1 - at)
        assert 8 < hypot(x - u, y - v) < 32
