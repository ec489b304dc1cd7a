"""What an extraction showed, as text for a terminal: evidence in, lines out."""

from __future__ import annotations

from agent.domain.boundary import SHARED
from agent.domain.evidence import parity_counts, said_of_container, said_of_tally
from agent.domain.extraction import Evidence, Rung
from agent.report.number_format import figure

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
            planned = ", ".join("shared code" if name == SHARED else name for name in one.predicted)
            lines.append(f"  {one.table}: {seen} (planned: {planned or 'nobody'})")
        lines.append("")
    if evidence.parity:
        counts = ", ".join(f"{number} {text}" for text, number in parity_counts(evidence))
        lines += [f"parity ledger: {len(evidence.parity)} functions, {counts}", ""]
    lines += [f"note: {note}" for note in evidence.notes]
    if evidence.stopped:
        lines.append(f"stopped: {evidence.stopped}")
    return "\n".join(lines).rstrip() + "\n"


def _rung(rung: Rung) -> list[str]:
    kind = ", a control" if rung.control else ""
    lines = [f"{rung.level} {rung.name}{kind}: {'holds' if rung.passed else 'does not hold'}", f"  {rung.verdict}"]
    tally = rung.tally
    if not tally.recorded and rung.level > 1:
        return [*lines, *_measured(rung), *(f"  {note}" for note in rung.notes), ""]
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
    return [*lines, *_measured(rung), *(f"  {note}" for note in rung.notes), ""]


def _measured(rung: Rung) -> list[str]:
    """What higher rungs count beside recorded requests."""
    lines = []
    if rung.generated:
        lines.append(f"  generated requests: {said_of_tally(rung.generated, 'made')}")
    if rung.lines is not None and rung.lines_of:
        lines.append(f"  lines kept: {rung.lines:,} of {rung.lines_of:,}")
    if rung.container:
        lines.append(f"  its own image: {said_of_container(rung.container)}")
    if rung.mutants:
        one = rung.mutants
        lines.append(
            f"  defects: {one.killed} of {one.tried} noticed (recorded requests {one.by_recorded}, generated ones {one.by_generated}, "
            f"tests {one.by_tests})"
        )
        lines += [f"    survivor {left.path}:{left.line} {left.operator}" for left in one.survivors[:_MOST_CAUSES]]
    if rung.live:
        live = rung.live
        lines.append(
            f"  live tests: {live.passed} of {live.tests} pass, {live.control_passed} in the control, "
            f"{len(live.new_failures)} new failures, {sum(count for _, count in live.cannot)} cannot run live"
        )
    for drill in rung.drills:
        figures = "; ".join(f"{what} {figure(number)}" for what, number in drill.figures)
        lines.append(
            f"  drill {drill.name}: {'held' if drill.passed else 'failed'}, {drill.verdict}{f' ({figures})' if figures else ''}"
        )
    return lines
