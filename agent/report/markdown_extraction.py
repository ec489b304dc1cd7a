"""An extraction's evidence as Markdown, the twin of its page: evidence in, text out that any forge shows as it is meant."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from agent.domain import evidence as facts
from agent.domain.extraction import Evidence, Rung, Tally
from agent.report.extraction_matrix import matrix, said_of_lines
from agent.report.markdown_text import cell, code, prose
from agent.report.number_format import count, figure, percent, plural
from agent.report.wording import as_sentence

__all__ = ["write_extraction_markdown"]

_GAP_ITEMS, _ROUTES, _CAUSES, _TABLES, _SURVIVORS, _PARITY, _NOTES = 8, 60, 30, 60, 40, 120, 12
_HEADS = ("recorded", "replayable", "identical", "masked", "different", "vacuous", "not replayable")


def write_extraction_markdown(evidence: Evidence) -> str:
    """In the page's order: first what was not shown."""
    where = f"commit {code(evidence.commit[:12])}" if evidence.commit else "not a git repository"
    if evidence.dirty_files:
        where += f" with {plural(evidence.dirty_files, 'uncommitted change')}"
    ran = "; ".join(prose(one, 80) for one in evidence.suites)
    lines = [
        f"# {prose(evidence.service, 60)} out of {prose(evidence.name, 60)}",
        "",
        f"**{_sentence(facts.verdict_line(evidence))}**",
        "",
        f"{where}; sandbox {prose(evidence.sandbox, 40)}; {plural(evidence.tests, 'test')} recorded"
        + (f" ({ran})." if ran else "."),
        "",
    ]
    for part in (_not_shown, _ladder, _requests, _ownership, _defects, _live, _drills, _lines, _parity):
        lines += [*part(evidence), ""]
    return "\n".join(lines).rstrip() + "\n"


def _sentence(text: str) -> str:
    return prose(as_sentence(text, ()), 600)


def _table(heads: Sequence[str], rows: Iterable[Sequence[str]]) -> list[str]:
    return [cell(*heads), cell(*["---"] * len(heads)), *(cell(*row) for row in rows)]


def _rest(total: int, shown: int, what: str) -> list[str]:
    text = f"Not listed here: {total - shown:,} of the {total:,} {what}; `extraction.json` has them all."
    return ["", text] if total > shown else []


def _numbers(tally: Tally) -> tuple[str, ...]:
    numbers = (tally.recorded, tally.replayable, tally.identical, tally.masked, tally.different, tally.vacuous, tally.not_replayable)  # fmt: skip
    return tuple(count(one) for one in numbers)


def _not_shown(evidence: Evidence) -> list[str]:
    lines = [
        "## What was not shown",
        "",
        "What no request asks is not shown at all, and requests come one after the other, except in drills.",
        "",
    ]
    for gap in facts.gaps(evidence):
        number = f"{gap.count:,}: " if gap.count is not None else ""
        why = f": {prose(gap.why)}" if gap.why else ""
        lines.append(f"- **{number}{prose(gap.what)}**{why}")
        lines += [f"  - {prose(item, 240)}" for item in gap.items[:_GAP_ITEMS]]
        if len(gap.items) > _GAP_ITEMS:
            lines.append(f"  - and {len(gap.items) - _GAP_ITEMS:,} more in `extraction.json`")
    return lines


def _ladder(evidence: Evidence) -> list[str]:
    rows: list[tuple[str, ...]] = []
    for rung in evidence.rungs:
        state = f"a control, {facts.status(rung)}" if rung.control else facts.status(rung)
        rows.append((_name(rung), state, _sentence(rung.verdict), *_numbers(rung.tally), count(rung.tally.server_errors)))  # fmt: skip
        if rung.generated:
            made = "Requests that no test makes, counted apart."
            rows.append((f"{rung.level} generated", "", made, *_numbers(rung.generated), count(rung.generated.server_errors)))  # fmt: skip
    notes = [f"- rung {rung.level}: {prose(note)}" for rung in evidence.rungs for note in rung.notes[:_NOTES]]
    notes += [f"- {prose(note)}" for note in evidence.notes[:_NOTES]]
    return [
        "## The ladder",
        "",
        "Rung 1 runs the same code on both sides: it shows that facade and comparison work, and nothing of the service.",
        "",
        *_table(("rung", "state", "verdict", *_HEADS, "5xx"), rows),
        *(["", *notes] if notes else []),
    ]


def _name(rung: Rung) -> str:
    return f"{rung.level} {prose(rung.name, 40)}"


def _requests(evidence: Evidence) -> list[str]:
    rung = facts.service_rung(evidence) or facts.control_rung(evidence)
    lines = ["## Requests by route", ""]
    if rung is None:
        lines.append("No request was asked of the service.")
    else:
        whose = "a control: the service's own code was not asked" if rung.control else "by the service's own code"
        lines += [f"Answered on rung {rung.level}, {whose}.", ""]
        lines += _table(("route", *_HEADS), ((code(one.route), *_numbers(one.tally)) for one in rung.routes[:_ROUTES]))
        lines += _rest(len(rung.routes), _ROUTES, "routes")
    masks = [(one.level, name, number) for one in evidence.rungs for name, number in one.tally.masks]
    if masks:
        rows = ((prose(name, 80), str(level), count(number)) for level, name, number in masks)
        lines += ["", "### Masks", "", *_table(("mask", "rung", "requests"), rows)]
    else:
        lines += ["", "No answer needed a mask."]
    causes = [(one.level, each) for one in evidence.rungs for each in one.residual]
    if causes:
        told = ((str(level), one.verdict, prose(one.cause, 300) or "no cause was found", count(len(one.requests))) for level, one in causes[:_CAUSES])  # fmt: skip
        lines += ["", "### What is neither identical nor masked", ""]
        lines += [*_table(("rung", "verdict", "cause", "requests"), told), *_rest(len(causes), _CAUSES, "causes")]
    return lines


def _ownership(evidence: Evidence) -> list[str]:
    made = matrix(evidence)
    lines = ["## Who changes which table", ""]
    if not made.rows:
        return [*lines, "No request was seen to change a table."]
    lines += [
        f"{plural(len(made.rows), 'table')} changed; {prose(evidence.service, 60)} changes {made.written:,}, {made.alone:,} of them alone. "
        f"Pairs of table and writer: {made.agreed:,} seen as predicted, {made.shared:,} by way of code that services share (~), {made.unpredicted:,} seen without being predicted (+), "
        f"{made.unseen:,} predicted and not seen (–).",
        "",
    ]
    marks = {"predicted": "", "shared": " ~", "not predicted": " +"}
    rows = []
    for row in made.rows[:_TABLES]:
        shown = ["" if one is None else "–" if one.kind == "not seen" else f"{one.seen:,}{marks[one.kind]}" for one in row.cells]  # fmt: skip
        rows.append((code(row.table), *shown, prose(row.owner, 40) or "nobody"))
    heads = ("table", *(prose(name, 40) for name in made.columns), "owner in the plan")
    return [*lines, *_table(heads, rows), *_rest(len(made.rows), _TABLES, "tables")]


def _defects(evidence: Evidence) -> list[str]:
    rungs = [(one, one.mutants) for one in evidence.rungs if one.mutants is not None]
    lines = ["## Would a mistake be noticed?", ""]
    if not rungs:
        return [*lines, "No defect was put into the service, so nothing says that a mistake in it would be noticed."]
    rows = []
    for rung, one in rungs:
        share = percent(one.killed / one.tried) if one.tried else "none tried"
        numbers = (one.tried, one.by_recorded, one.by_generated, one.by_tests, one.tried - one.killed)
        rows.append((_name(rung), *(count(number) for number in numbers), share))
    heads = ("rung", "tried", "by recorded requests", "by generated ones", "by tests", "by nothing", "noticed")
    lines += _table(heads, rows)
    left = [each for _, one in rungs for each in one.survivors]
    if left:
        told = ((code(f"{one.path}:{one.line}"), prose(one.operator, 120), count(one.requests)) for one in left[:_SURVIVORS])  # fmt: skip
        lines += [
            "",
            "### Survivors",
            "",
            *_table(("place in the slice", "defect", "requests that ran the line"), told),
        ]
        lines += _rest(len(left), _SURVIVORS, "survivors")
    return lines


def _live(evidence: Evidence) -> list[str]:
    rungs = [(one, one.live) for one in evidence.rungs if one.live is not None]
    lines = ["## The repository's tests, live", ""]
    if not rungs:
        return [*lines, "No test was run live."]
    rows = (
        (_name(rung), count(one.tests), count(one.control_passed), count(one.passed), count(len(one.new_failures)), count(sum(number for _, number in one.cannot)))
        for rung, one in rungs
    )  # fmt: skip
    heads = ("rung", "tests", "control: passed", "with the service: passed", "new failures", "cannot run live")
    return [*lines, *_table(heads, rows)]


def _drills(evidence: Evidence) -> list[str]:
    found = [(rung, one) for rung in evidence.rungs for one in rung.drills]
    lines = ["## Drills", ""]
    if not found:
        return [*lines, "No drill was run: rungs 3 and 4 have them."]
    rows = (
        (_name(rung), prose(one.name, 80), "held" if one.passed else "**failed**", _sentence(one.verdict), ", ".join(f"{prose(what, 60)}: {figure(number)}" for what, number in one.figures))
        for rung, one in found
    )  # fmt: skip
    return [*lines, *_table(("rung", "drill", "verdict", "what was seen", "figures (times in seconds)"), rows)]


def _lines(evidence: Evidence) -> list[str]:
    sized = [one for one in evidence.rungs if one.lines is not None]
    told = [f"- {_name(one)}: {said_of_lines(one)}" for one in sized]
    packed = [(one, one.container) for one in evidence.rungs if one.container is not None]
    told += [f"- {_name(one)}: its own image is {prose(facts.said_of_container(image), 600)}" for one, image in packed]
    return ["## Lines kept", "", *(told or ["No rung counted the service's lines."])]


def _parity(evidence: Evidence) -> list[str]:
    lines = ["## Parity ledger", ""]
    if not evidence.parity:
        return [*lines, "The plan's parity ledger has no function of this service."]
    counts = ", ".join(f"{number:,} {text}" for text, number in facts.parity_counts(evidence))
    whole = (
        "It is whole." if not facts.unshown(evidence) else "Until it is whole, nothing is deleted from the monolith."
    )
    words = {"no": "**not shown**", "stays": "stays", "dropped": "dropped", "replayed": "replayed"}
    rows = (
        (one.row.kind, code(one.row.name), words[one.shown], prose(one.why or one.row.proof, 240), code(str(one.row.location)))
        for one in evidence.parity[:_PARITY]
    )  # fmt: skip
    lines += [f"{plural(len(evidence.parity), 'function')}: {counts}. {whole}", ""]
    lines += _table(("kind", "function", "shown", "by what, or why not", "place"), rows)
    return [*lines, *_rest(len(evidence.parity), _PARITY, "functions")]
