"""The ladder of an extraction as one SVG: each rung with its verdict, and what became of its requests as a bar of their whole."""

from __future__ import annotations

from markupsafe import Markup

from agent.domain.evidence import RUNGS, said_of_tally, status
from agent.domain.extraction import Drill, Evidence, Rung, Tally
from agent.report.number_format import plural
from agent.report.pictures.svg import fit, group, label, path, picture, rect, title

__all__ = ["SHARES", "draw_ladder"]

_WIDTH, _SPINE, _TEXT, _BAR, _BAR_WIDTH = 900.0, 24.0, 54.0, 240.0, 640.0
_ROW, _TOP, _TALL = 82.0, 14.0, 20.0
_THINNEST = 2.5
_DRILLS = 24  # marks in a row; more are counted

SHARES = (
    ("identical", "identical", ""),
    ("masked", "masked", "h1"),
    ("different", "different", "h3"),
    ("vacuous", "vacuous", "h2"),
    ("not_replayable", "not replayable", ""),
)
"""(field of the tally, words, pattern laid over the colour): no share is told by colour alone."""


def draw_ladder(evidence: Evidence) -> Markup:
    """From the oracle down; the line goes on as far as rungs hold, and is broken from there."""
    by_level = {one.level: one for one in evidence.rungs}
    zooms, rungs = [], []
    above: Rung | None = None
    for level, name in enumerate(RUNGS):
        y = _TOP + level * _ROW
        rung = by_level.get(level)
        if rung and above and above.level == level - 1:
            zooms.append(_share_of(above, rung, y))
        rungs.append(_rung(level, rung.name if rung else name, rung, y))
        above = rung if rung and rung.tally.recorded else above
    parts = [_spine(by_level), *zooms, *rungs]
    name = f"The ladder: {', '.join(f'{level} {status(by_level.get(level))}' for level in range(len(RUNGS)))}"
    return picture(
        _WIDTH, _TOP + len(RUNGS) * _ROW - 18, name, *parts, class_="ladder", least=640, enlarge=1.25
    )  # fmt: skip


def _spine(by_level: dict[int, Rung]) -> Markup:
    """Whole between rungs that hold, broken beyond."""
    lines = []
    for level in range(1, len(RUNGS)):
        top, end = _TOP + (level - 1) * _ROW + 14, _TOP + level * _ROW + 14
        held = all(at in by_level and by_level[at].passed for at in (level - 1, level))
        lines.append(path(f"M{_SPINE:.0f},{top:.0f}V{end:.0f}", class_="spine" if held else "spine broken"))
    return group(*lines)


def _rung(level: int, name: str, rung: Rung | None, y: float) -> Markup:
    state = status(rung)
    said = f"a control, {state}" if rung and rung.control else state
    style = {"holds": "stop", "does not hold": "stop fell"}.get(state, "stop untried")
    return group(
        path(_circle(_SPINE, y + 14, 13), class_=style),
        label(_SPINE, y + 18.5, str(level), class_="b mid"),
        label(_TEXT, y + 12, fit(name, _BAR - _TEXT - 10, 13.5), class_="b"),
        label(_TEXT, y + 29, said, class_="m"),
        *(_content(rung, y) if rung else ()),
    )


def _content(rung: Rung, y: float) -> list[Markup]:
    drawn: list[Markup] = []
    at = y
    if rung.tally.recorded:
        drawn += [_bar(rung.tally, y), label(_BAR, y + _TALL + 15, said_of_tally(rung.tally), class_="m halo")]
        at = y + _TALL + 24
    if rung.drills:
        drawn.append(_drills(rung.drills, at))
    if not drawn:
        drawn.append(label(_BAR, y + 15, fit(rung.verdict, _BAR_WIDTH, 12.5), class_="m"))
    return drawn


def _bar(tally: Tally, y: float) -> Markup:
    x = _BAR
    parts = [rect(_BAR, y, _BAR_WIDTH, _TALL, class_="field")]
    for (field, words, pattern), wide in zip(SHARES, _widths(tally), strict=True):
        if not wide:
            continue
        said = title(f"{plural(getattr(tally, field), 'request')} {words}, of {tally.recorded:,}")
        over = [rect(x, y, wide, _TALL, fill=f"url(#{pattern})")] if pattern else []
        parts.append(group(said, rect(x, y, wide, _TALL, class_=f"share {field}"), *over))
        x += wide
    return group(*parts)


def _widths(tally: Tally) -> list[float]:
    """One of thousands is seen, too: what it takes for that, the widest gives."""
    counts = [getattr(tally, field) for field, _, _ in SHARES]
    wide = [max(_BAR_WIDTH * count / tally.recorded, _THINNEST) if count else 0.0 for count in counts]
    widest = wide.index(max(wide))
    wide[widest] -= sum(wide) - _BAR_WIDTH * min(sum(counts) / tally.recorded, 1)
    return wide


def _share_of(above: Rung, rung: Rung, y: float) -> Markup:
    """From the part of the bar above that these requests are to their own bar: that it is another scale is seen."""
    whole, part = above.tally.recorded, rung.tally.recorded
    if not part or part >= whole:
        return Markup()
    top, end = y - _ROW + _TALL, y
    wide = max(_BAR_WIDTH * part / whole, 3)
    low = _BAR + _BAR_WIDTH
    shape = f"M{_BAR:.0f},{top:.0f}H{_BAR + wide:.1f}L{low:.0f},{end:.0f}H{_BAR:.0f}Z"
    words = f"{part:,} of these {whole:,} are of the service's routes"
    return group(
        path(shape, class_="zoom"),
        label(_BAR + 4, end - 10, words, class_="m halo"),
    )


def _drills(drills: tuple[Drill, ...], y: float) -> Markup:
    parts = []
    for place, one in enumerate(drills[:_DRILLS]):
        x = _BAR + 8 + place * 20
        sign = f"M{x - 3:.0f},{y + 8:.0f}l2.4,2.6l4,-5" if one.passed else f"M{x - 3:.0f},{y + 5:.0f}l6,6m0,-6l-6,6"
        said = title(f"{one.name}: {one.verdict}")
        parts.append(group(said, path(_circle(x, y + 8, 7.5), class_="drill" if one.passed else "drill fell"), path(sign, class_="sign")))  # fmt: skip
    held = sum(one.passed for one in drills)
    text = f"{held} of {plural(len(drills), 'drill')} held"
    return group(*parts, label(_BAR + 20 * min(len(drills), _DRILLS) + 8, y + 12, text, class_="m"))


def _circle(x: float, y: float, r: float) -> str:
    return f"M{x - r:.1f},{y:.1f}a{r:.1f},{r:.1f} 0 1,0 {2 * r:.1f},0a{r:.1f},{r:.1f} 0 1,0 {-2 * r:.1f},0"
