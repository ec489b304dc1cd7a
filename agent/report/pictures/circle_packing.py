"""Circles side by side without overlap, as tight as is cheap: radii in, centres out.

The front-chain method of W. Wang et al., "Visualization of large hierarchical data by circle packing" (CHI 2006), which
d3-hierarchy made popular; the centre of the smallest enclosing circle is approached step by step (M. Badoiu and K. L. Clarkson,
"Smaller core-sets for balls", 2003), which needs no random order.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import hypot, sqrt

__all__ = ["Circle", "enclosing_radius", "pack"]

_STEPS = 100  # leaves the circle about one per cent too large


@dataclass
class Circle:
    """A placed circle; ``after`` and ``before`` are its neighbours on the outline while packing."""

    x: float
    y: float
    r: float
    after: Circle | None = None
    before: Circle | None = None


def pack(radii: Sequence[float]) -> list[Circle]:
    """Centres for the radii, around the origin; best when the radii come largest first."""
    circles = [Circle(0.0, 0.0, r) for r in radii]
    if len(circles) > 1:
        circles[0].x, circles[1].x = -circles[1].r, circles[0].r
    if len(circles) > 2:
        _touch(circles[1], circles[0], circles[2])
        _grow(circles)
    _centre(circles)
    return circles


def _touch(b: Circle, a: Circle, c: Circle) -> None:
    """Move ``c`` so that it touches ``a`` and ``b`` on one side of the line between them."""
    dx, dy = b.x - a.x, b.y - a.y
    d2 = dx * dx + dy * dy
    if not d2:
        c.x, c.y = a.x + c.r, a.y
        return
    a2, b2 = (a.r + c.r) ** 2, (b.r + c.r) ** 2
    if a2 > b2:
        x = (d2 + b2 - a2) / (2 * d2)
        y = sqrt(max(0.0, b2 / d2 - x * x))
        c.x, c.y = b.x - x * dx - y * dy, b.y - x * dy + y * dx
    else:
        x = (d2 + a2 - b2) / (2 * d2)
        y = sqrt(max(0.0, a2 / d2 - x * x))
        c.x, c.y = a.x + x * dx - y * dy, a.y + x * dy + y * dx


def _overlap(a: Circle, b: Circle) -> bool:
    reach = a.r + b.r - 1e-6
    return reach > 0 and reach * reach > (b.x - a.x) ** 2 + (b.y - a.y) ** 2


def _distance(node: Circle) -> float:
    """How far from the origin the gap behind ``node`` on the outline lies: the next circle goes into the nearest."""
    other = _after(node)
    span = node.r + other.r
    x, y = (node.x * other.r + other.x * node.r) / span, (node.y * other.r + other.y * node.r) / span
    return x * x + y * y


def _after(node: Circle) -> Circle:
    assert node.after is not None
    return node.after


def _before(node: Circle) -> Circle:
    assert node.before is not None
    return node.before


def _join(a: Circle, b: Circle) -> None:
    a.after, b.before = b, a


def _grow(circles: list[Circle]) -> None:
    a, b, c = circles[0], circles[1], circles[2]
    for first, second in ((a, b), (b, c), (c, a)):
        _join(first, second)
    place = 3
    while place < len(circles):
        c = circles[place]
        _touch(a, b, c)
        blocked = _blocked(a, b, c)
        if blocked:
            a, b = blocked
            _join(a, b)
            continue
        _join(a, c)
        _join(c, b)
        nearest, b = _distance(a), c
        node = _after(c)
        while node is not b:
            distance = _distance(node)
            if distance < nearest:
                a, nearest = node, distance
            node = _after(node)
        b = _after(a)
        place += 1


def _blocked(a: Circle, b: Circle, c: Circle) -> tuple[Circle, Circle] | None:
    """The pair to try next when ``c`` would overlap the outline, looking both ways by the length of outline passed."""
    j, k = _after(b), _before(a)
    ahead, behind = b.r, a.r
    while True:
        if ahead <= behind:
            if _overlap(j, c):
                return a, j
            ahead += j.r
            j = _after(j)
        else:
            if _overlap(k, c):
                return k, b
            behind += k.r
            k = _before(k)
        if j is _after(k):
            return None


def _centre(circles: list[Circle]) -> None:
    """Move all so that the origin is (nearly) the centre of the smallest circle around them."""
    mass = sum(circle.r**2 for circle in circles)
    if not mass:
        return
    x = sum(circle.x * circle.r**2 for circle in circles) / mass
    y = sum(circle.y * circle.r**2 for circle in circles) / mass
    for step in range(2, _STEPS):
        far = max(circles, key=lambda c: hypot(c.x - x, c.y - y) + c.r)
        distance = hypot(far.x - x, far.y - y)
        if distance:
            share = (distance + far.r) / distance / step  # towards the far side of that circle, not its centre
            x, y = x + (far.x - x) * share, y + (far.y - y) * share
    for circle in circles:
        circle.x, circle.y = circle.x - x, circle.y - y


def enclosing_radius(circles: Sequence[Circle]) -> float:
    """The radius around the origin that holds them all."""
    return max((hypot(circle.x, circle.y) + circle.r for circle in circles), default=0.0)
