"""Tables for other programs: the parity ledger, the steps for a tracker, the questions for figwright.toml, the SLO sheet."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterable, Sequence

from agent.domain.extraction import Measured
from agent.domain.handover import ParityRow
from agent.domain.plan import Plan
from agent.report.visible_text import visible

__all__ = [
    "fill_parity",
    "write_issues",
    "write_measured_parity",
    "write_parity",
    "write_questions_file",
    "write_slo_sheet",
    "write_steps",
    "write_workshop",
]

_PARITY = ("kind", "name", "place", "service", "status", "proof")
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


def write_parity(plan: Plan) -> str:
    """``parity.csv``: a row for each route, job, screen, report and message."""
    return _csv(_PARITY, map(_parity_cells, plan.handover.parity))


def fill_parity(rows: Iterable[ParityRow], measured: Iterable[Measured]) -> str:
    """``parity.csv`` once more, with the rows that an extraction filled in."""
    filled = {(one.row.kind, one.row.name, one.row.location, one.row.service): one.row for one in measured}
    return _csv(_PARITY, (_parity_cells(filled.get((r.kind, r.name, r.location, r.service), r)) for r in rows))


def write_measured_parity(measured: Iterable[Measured]) -> str:
    """``parity-SERVICE.csv``: the plan's columns, then what became of the recorded requests of each function."""
    heads = (
        "recorded",
        "replayable",
        "identical",
        "masked",
        "different",
        "vacuous",
        "not replayable",
        "shown",
        "why not",
    )
    rows = (
        (*_parity_cells(one.row), *(str(getattr(one.tally, head.replace(" ", "_"))) for head in heads[:-2]), one.shown, one.why)
        for one in measured
    )  # fmt: skip
    return _csv((*_PARITY, *heads), rows)


def _parity_cells(row: ParityRow) -> tuple[str, ...]:
    return row.kind, row.name, str(row.location), row.service, row.status, row.proof


def write_steps(plan: Plan) -> str:
    """``steps.csv``: title and description first, as trackers import them."""
    rows = []
    for phase in plan.roadmap.phases:
        for s in phase.steps:
            described = "\n".join((*s.reasons, *(f"Done when: {e}" for e in s.exit)))
            rows.append(
                (f"{s.id} {s.title}", described, s.id, phase.title, s.kind, s.service, " ".join(s.depends_on), " ".join(_asked(plan, s.id)),
                 "\n".join(s.entry), "\n".join(s.exit), "\n".join(s.abort), s.rollback, " ".join(str(e.location) for e in s.evidence),
                 str(s.effort.size) if s.effort else "", f"{s.effort.days} ({s.effort.basis})" if s.effort else "")
            )  # fmt: skip
    heads = (
        "title",
        "description",
        "id",
        "phase",
        "kind",
        "service",
        "depends on",
        "questions",
        "enter when",
        "done when",
        "abort when",
        "roll back by",
        "evidence",
        "size",
        "effort in working days",
    )
    return _csv(heads, rows)


def write_issues(plan: Plan) -> str:
    """``issues.json``: one issue a step, its body in Markdown; ``blocked_by`` names other issues by their keys."""
    issues = []
    for phase in plan.roadmap.phases:
        for s in phase.steps:
            body = [*(f"{r}" for r in s.reasons)]
            for title, lines in (
                ("Enter when", s.entry),
                ("Done when", s.exit),
                ("Abort when", s.abort),
                ("Roll back", (s.rollback,) if s.rollback else ()),
            ):
                if lines:
                    box = "- [ ] " if title in ("Enter when", "Done when") else "- "
                    body += ["", f"### {title}", *(box + line for line in lines)]
            if s.evidence:
                body += ["", "### Evidence", *(f"- `{e.location}` ({e.resolution})" for e in s.evidence)]
            asked = _asked(plan, s.id)
            if asked:
                body += ["", "### Questions", *(f"- `{i}`" for i in asked)]
            issues.append(
                {"key": s.id, "title": visible(s.title), "body": "\n".join(visible(line) for line in body), "labels": [s.kind, phase.title.lower()],
                 "blocked_by": list(s.depends_on), "service": s.service}
            )  # fmt: skip
    return json.dumps(issues, indent=1, ensure_ascii=True) + "\n"


def _asked(plan: Plan, step: str) -> list[str]:
    return [q.id for q in plan.handover.questions if step in q.blocks and not q.answer]


def write_questions_file(plan: Plan) -> str:
    """``questions.toml``: each question as a commented key of ``[answers]``, with who knows and what changes."""
    lines = [
        "# Copy what you can answer into [answers] of figwright.toml, without the first #, and run figwright plan again.",
        "",
        "[answers]",
    ]
    for q in plan.handover.questions:
        lines += [
            "",
            f"# {_plain(q.ask)}",
            f"#   who: {_plain(q.owner)}; why: {_plain(q.why)}",
            f"#   changes: {_plain(q.changes)}",
        ]
        if q.evidence:
            lines.append(f"#   seen at: {', '.join(_plain(str(e.location)) for e in q.evidence)}")
        key = json.dumps(q.id, ensure_ascii=True).replace("\\/", "/")
        value = json.dumps(q.answer or (f"<{q.options}>" if q.options else ""), ensure_ascii=True)
        lines.append(f"{'' if q.answer else '# '}{key} = {value}")
    return "\n".join(lines) + "\n"


def _plain(text: str) -> str:
    return visible(text.replace("\n", " "))[:600]


def write_slo_sheet(plan: Plan) -> str:
    """``baseline/slo.csv``: what has to be known of each way in before anything is extracted; empty cells are to be filled."""
    seen = {name.removeprefix("route:"): n for name, n in plan.boundaries.traffic.routes}
    asked = bool(plan.boundaries.traffic.requests)
    told = {q.id: q.answer for q in plan.handover.questions if q.answer}
    rows: list[Sequence[str]] = []
    for r in plan.system.routes_table:
        rows.append(
            (
                r.route,
                r.service,
                str(seen.get(r.route, 0)) if asked else "",
                "",
                told.get("slo.p95", ""),
                "",
                told.get("slo.error_rate", ""),
                str(r.location),
            )
        )
    for e in plan.inventory.entry_points:
        if e.kind in ("job", "batch", "worker"):
            rows.append((f"{e.kind} {e.name} ({e.how})", "", "", "", "", "", "", str(e.evidence)))
    return _csv(
        (
            "way in",
            "service",
            "calls in the logs",
            "p95 today (ms)",
            "p95 allowed (ms)",
            "errors today (%)",
            "errors allowed (%)",
            "place",
        ),
        rows,
    )


def write_workshop(plan: Plan) -> str:
    """``workshop.csv``: concepts that several services mean, for an event-storming workshop."""
    rows = []
    for c in plan.boundaries.bill.concepts:
        for use in c.uses:
            place = str(use.evidence[0].location) if use.evidence else str(c.location)
            rows.append(
                (
                    c.name,
                    c.table,
                    use.service,
                    str(use.reads),
                    str(use.writes),
                    str(use.calls),
                    " ".join(use.members),
                    place,
                    c.advice,
                )
            )
    return _csv(("concept", "table", "side", "reads", "writes", "calls", "members", "place", "candidate"), rows)


def _csv(heads: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(heads)
    writer.writerows([_cell(value) for value in row] for row in rows)
    return out.getvalue()


def _cell(value: str) -> str:
    """Visible text that no spreadsheet takes for a formula."""
    shown = "\n".join(visible(line) for line in value.split("\n"))
    return f"'{shown}" if shown.startswith(_FORMULA) else shown
