"""What an extraction showed, as text for a terminal: evidence in, lines out."""

from __future__ import annotations

from agent.domain.extraction import Evidence, Rung

__all__ = ["write_extraction_table"]

_MOST_ROUTES = 40
_MOST_CAUSES = 12


def write_extraction_table(evidence: Evidence) -> str:
    """The rungs, then the service's routes, what is left over by cause, and who changed which table."""
    lines = [f"{evidence.service} out of {evidence.name}", ""]
    for rung in evidence.rungs:
        lines += _rung(rung)
    if evidence.ownership:
        lines += ["tables that requests were seen to change"]
        for one in evidence.ownership:
            seen = ", ".join(f"{name} {count}" for name, count in one.writers)
            lines.append(f"  {one.table}: {seen} (planned: {', '.join(one.predicted) or 'nobody'})")
        lines.append("")
    lines += [f"note: {note}" for note in evidence.notes]
    if evidence.stopped:
        lines.append(f"stopped: {evidence.stopped}")
    return "\n".join(lines).rstrip() + "\n"


def _rung(rung: Rung) -> list[str]:
    kind = ", a control" if rung.control else ""
    lines = [f"{rung.level} {rung.name}{kind}: {'holds' if rung.passed else 'does not hold'}", f"  {rung.verdict}"]
    tally = rung.tally
    lines.append(
        f"  recorded {tally.recorded}, replayable {tally.replayable}, identical {tally.identical}, masked {tally.masked}, "
        f"different {tally.different}, vacuous {tally.vacuous}, not replayable {tally.not_replayable}; "
        f"{tally.server_errors} recorded with 5xx"
    )
    lines += [f"  mask {name}: {count} requests" for name, count in tally.masks]
    if rung.level:
        for route in rung.routes[:_MOST_ROUTES]:
            lines.append(f"    {route.route}: {route.tally.identical} of {route.tally.recorded} identical")
        if len(rung.routes) > _MOST_ROUTES:
            lines.append(f"    and {len(rung.routes) - _MOST_ROUTES} more routes in extraction.json")
    lines += [f"  {len(one.requests)} {one.verdict}: {one.cause}" for one in rung.residual[:_MOST_CAUSES]]
    if len(rung.residual) > _MOST_CAUSES:
        lines.append(f"  and {len(rung.residual) - _MOST_CAUSES} more causes in extraction.json")
    lines += [f"  {note}" for note in rung.notes]
    return [*lines, ""]
