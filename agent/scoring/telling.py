"""A score as text for a terminal: the figures first, then what differs, at most twenty lines of each."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from agent.domain.boundary import SHARED
from agent.scoring.score import Agreement, Hits, Score

__all__ = ["tell_score"]

_MOST = 20


def tell_score(score: Score) -> str:
    """Plain text."""
    lines: list[str] = []
    for title, part in (("services", score.services), ("tables", score.tables)):
        if part is not None:
            lines += _agreement(title, part)
    for title, hits in (("entry points", score.entry_points), ("findings", score.findings)):
        if hits is not None:
            lines += _hits(title, hits)
    if score.not_scored:
        lines += [f"not scored: {', '.join(score.not_scored)}"]
    return "\n".join(lines) + "\n"


def _agreement(title: str, part: Agreement) -> Iterator[str]:
    if not part.scored:
        yield f"{title}: the file expects none"
        return
    noun = "units" if title == "services" else "tables"
    yield (
        f"{title}: ARI {part.ari:.2f}, pairwise F1 {part.f1:.2f}, MoJoFM {part.mojofm:.0f} over {part.scored} {noun} "
        f"({part.coverage:.0%} of them found) in {part.expected_services} expected and {part.found_services} proposed services"
    )
    yield "  " + "; ".join(f"{expected} is {_place(found)}" for expected, found in part.matches)
    for found in sorted({found for _, found in part.matches if found}):
        together = [expected for expected, other in part.matches if other == found]
        if len(together) > 1:
            yield f"  not told apart: {', '.join(together)} are together in {_place(found)}"
    yield from _some([f"  {d.subject}: expected {d.expected}, found {_place(d.found)}" for d in part.differs])
    yield ""


def _place(found: str) -> str:
    return "shared code" if found == SHARED else found or "nowhere"


def _hits(title: str, hits: Hits) -> Iterator[str]:
    precision = "not counted" if hits.precision is None else f"{hits.precision:.2f} over {hits.counted}"
    yield f"{title}: recall {hits.recall:.2f} ({hits.hit} of {hits.expected}), precision {precision}"
    yield from _some([f"  missed: {one}" for one in hits.missed])
    yield from _some([f"  not expected: {one}" for one in hits.unexpected])
    yield ""


def _some(lines: Sequence[str]) -> list[str]:
    more = len(lines) - _MOST
    return [*lines[:_MOST], *([f"  and {more} more (--format json has all)"] if more > 0 else [])]
