"""The one issue that lists what is open, what waits and what was declined; a tick asks for an item on the next run."""

from __future__ import annotations

import re
from collections.abc import Sequence

from agent.delivery.plain import prose
from agent.domain.delivery import DASHBOARD_MARK, Outcome

__all__ = ["TITLE", "asked_for", "dashboard_text", "needs_dashboard"]

TITLE = "figwright: modernization dashboard"
_BOX = re.compile(r"^\s*[-*] \[([ xX])\] <!-- figwright ask=([a-z0-9.-]{1,80}) -->", re.MULTILINE)


def asked_for(body: str) -> frozenset[str]:
    """IDs of the items whose boxes are ticked."""
    return frozenset(name for tick, name in _BOX.findall(body) if tick in "xX")


def needs_dashboard(outcomes: Sequence[Outcome]) -> bool:
    """Whether anything waits or was declined."""
    return any(outcome.doing in ("wait", "refused", "conflict", "leave") for outcome in outcomes)


def dashboard_text(
    outcomes: Sequence[Outcome], held_back: Sequence[str], sign: str = "#", ticked: frozenset[str] = frozenset()
) -> str:
    """The issue's body; the same outcomes give the same bytes. A tick that could not be served yet stays."""

    def part(heading: str, chosen: Sequence[Outcome], *, boxes: bool) -> list[str]:
        return _part(heading, chosen, sign, ticked if boxes else None)

    lines = [DASHBOARD_MARK, "", "What figwright found to do here. Tick a box to ask for an item on the next run.", ""]
    lines += part("Open", [o for o in outcomes if o.url and o.doing not in ("done", "refused", "wait")], boxes=False)
    lines += part(
        "Waiting", [o for o in outcomes if o.doing == "wait" or (o.doing == "conflict" and not o.url)], boxes=True
    )
    lines += part("Closed without merging", [o for o in outcomes if o.doing == "refused"], boxes=True)
    lines += part("Left to you", [o for o in outcomes if o.doing == "leave" and not o.url], boxes=False)
    lines += part("Done", [o for o in outcomes if o.doing == "done"], boxes=False)
    if held_back:
        lines += ["### Held back", "", *(f"- {prose(text)}" for text in held_back), ""]
    lines.append("Close this issue and it is not opened again.")
    return "\n".join(lines) + "\n"


def _part(heading: str, outcomes: Sequence[Outcome], sign: str, ticked: frozenset[str] | None) -> list[str]:
    if not outcomes:
        return []
    lines = [f"### {heading}", ""]
    for one in outcomes:
        tick = "x" if ticked and one.item in ticked else " "
        box = "" if ticked is None else f"[{tick}] <!-- figwright ask={one.item} --> "
        where = f"{sign}{one.number} " if one.number else ""
        why = f": {prose(one.note)}" if one.note and (box or one.doing in ("leave", "conflict", "gone")) else ""
        lines.append(f"- {box}{where}{prose(one.title)} (`{one.item}`){why}")
    return [*lines, ""]
