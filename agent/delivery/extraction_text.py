"""What a request says of an extraction: evidence in, sentences with its verdicts and figures out, the control marked as one."""

from __future__ import annotations

from agent.delivery.plain import code, prose
from agent.domain.evidence import Gap, control_rung, gaps, oracle, said_of_tally
from agent.domain.extraction import Drill, Evidence, Rung
from agent.domain.wording import counted

__all__ = ["left_open", "of_facade", "of_rung", "of_service", "repeated"]

_MOST = 7
_MOST_DRILLS = 6


def of_service(evidence: Evidence) -> tuple[str, ...]:
    """The slice's own figures first; the oracle that they stand on, and the control beside them, last."""
    rung = next(one for one in evidence.rungs if one.level == 2)
    lines = [*of_rung(rung)]
    first, control = oracle(evidence), control_rung(evidence)
    if first:
        lines.append(f"Oracle, the monolith against itself: {prose(first.verdict)}.")
    if control:
        lines.append(_control(control))
    return tuple(lines)


def of_facade(evidence: Evidence) -> tuple[str, ...]:
    """Who answered behind it."""
    control = control_rung(evidence)
    if control is None:
        return ()
    by = ", ".join(f"{prose(name, 40)} {number:,}" for name, number in control.upstreams)
    return (_control(control), *([f"Answers by who gave them: {by}."] if by else []))


def of_rung(rung: Rung) -> tuple[str, ...]:
    """Its verdict, then what it counted."""
    lines = [f"Rung {rung.level} ({prose(rung.name, 40)}): {prose(rung.verdict, 400)}."]
    if rung.tally.recorded:
        lines.append(f"Recorded requests: {said_of_tally(rung.tally)}.")
    if rung.generated:
        lines.append(f"Generated requests, counted apart: {said_of_tally(rung.generated, 'made')}.")
    if rung.mutants and rung.mutants.tried:
        one = rung.mutants
        lines.append(f"Of {counted(one.tried, 'small defect')} put into lines that ran, {one.killed} were noticed.")
    if rung.live:
        live = rung.live
        lines.append(
            f"Live tests: {live.passed:,} of {live.tests:,} pass with the service, {live.control_passed:,} in the control with every route on "
            f"the monolith; {counted(len(live.new_failures), 'new failure')}."
        )
    lines += [_drill(one) for one in rung.drills[:_MOST_DRILLS]]
    if len(rung.drills) > _MOST_DRILLS:
        held = sum(one.passed for one in rung.drills)
        lines.append(f"In all, {held} of {counted(len(rung.drills), 'drill')} held; the rest is in the evidence.")
    return tuple(lines)


def left_open(evidence: Evidence) -> tuple[str, ...]:
    """What the evidence says that it does not show, in the order of its page."""
    found = [_gap(one) for one in gaps(evidence)]
    more = f"And {counted(len(found) - _MOST, 'more point')} in `extraction.md`."
    return (*found[:_MOST], more) if len(found) > _MOST else tuple(found)


def repeated(evidence: Evidence) -> tuple[str, ...]:
    """The command that makes the evidence again."""
    return (
        f"The evidence again: `figwright extract REPO {code(evidence.service, 60).strip('`')} --commit {evidence.commit[:12]}`",
    )


def _control(rung: Rung) -> str:
    state = "holds" if rung.passed else "does not hold"
    return f"A control, with the same code on both sides, {state}: {prose(rung.verdict)}."


def _drill(one: Drill) -> str:
    figures = ", ".join(f"{prose(what, 60)} {number:,.10g}" for what, number in one.figures)
    state = "held" if one.passed else "failed"
    return f"Drill {prose(one.name, 80)} {state}: {prose(one.verdict)}{f' ({figures})' if figures else ''}."


def _gap(one: Gap) -> str:
    count = f" ({one.count:,})" if one.count is not None else ""
    why = f": {prose(one.why)}" if one.why else ""
    return f"{prose(one.what)}{count}{why}."
