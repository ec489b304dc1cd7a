"""The shape of one flow between two places: end points and width in, an SVG path out.

A ribbon is wide where it starts and ends in an arrow tip: direction is told by shape, not by colour.
"""

from __future__ import annotations

from dataclasses import dataclass

from agent.report.pictures.svg import number

__all__ = ["Port", "ribbon"]

_TIP = 7.0  # length of the arrow tip
_TAPER = 0.45  # width at the tip's root, as a share of the width at the start
_THINNEST = 1.2


@dataclass(frozen=True)
class Port:
    """Where a ribbon touches: ``facing`` is 1 when the ribbon leaves to the right, -1 to the left."""

    x: float
    y: float
    facing: int


def ribbon(start: Port, end: Port, width: float, bulge: float) -> str:
    """A filled shape; ``bulge`` is how far, in pixels, the curve's handles reach from either end.

    An arc that comes back to the side it left from has its outer edge on top at one end and below at the other, and
    the outer edge reaches further: joined top to top, or with equal handles, it would be pinched to nothing half way.
    """
    wide = max(width, _THINNEST) / 2
    thin = max(width * _TAPER, _THINNEST) / 2
    tip = max(thin + 2.5, 3.5)
    root = end.x + end.facing * _TIP
    x1, x2, point = number(start.x), number(root), number(end.x)
    spread = 0.0
    if start.facing == end.facing:
        # The middle of the curve lies at three quarters of its handles.
        spread = (wide + thin) / 2 / 0.75 * (1 if end.y > start.y else -1)
        thin, tip = -thin, -tip

    def handles(reach: float) -> tuple[str, str]:
        return number(start.x + start.facing * reach), number(root + end.facing * reach)

    def at(y: float) -> str:
        return number(y)

    (near, far), (near_back, far_back) = handles(bulge + spread), handles(bulge - spread)
    return (
        f"M{x1},{at(start.y - wide)}C{near},{at(start.y - wide)} {far},{at(end.y - thin)} {x2},{at(end.y - thin)}"
        f"V{at(end.y - tip)}L{point},{at(end.y)} {x2},{at(end.y + tip)}V{at(end.y + thin)}"
        f"C{far_back},{at(end.y + thin)} {near_back},{at(start.y + wide)} {x1},{at(start.y + wide)}Z"
    )
