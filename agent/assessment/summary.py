"""The system at a glance, and what was not understood: counts and rows, all of them from the graph and the inventory."""

from __future__ import annotations

from collections import Counter, defaultdict

from agent.assessment.case import Case, evidence
from agent.assessment.hotspots import rank_hotspots
from agent.assessment.structure import unit_cycles
from agent.domain.inventory import Location
from agent.domain.plan import CodeSummary, FileGap, LanguageResolution, NotUnderstood, RouteRow, SystemSummary

__all__ = ["count_gaps", "summarize"]

GAPS_LISTED = 200


def summarize(case: Case) -> SystemSummary:
    """Sizes, routes with the tables they reach, hotspots and cycles."""
    graph = case.graph
    code = [s for s in graph.symbols if s.role == "code"]
    kinds = Counter(s.kind for s in code)
    return SystemSummary(
        code_lines=sum(share.code_lines for share in case.inventory.languages),
        test_lines=sum(share.test_lines for share in case.inventory.languages),
        units=len(case.boundaries.units),
        tables=kinds["table"],
        routes=kinds["route"],
        code=CodeSummary(
            symbols=tuple(sorted(kinds.items())),
            dependencies=tuple(sorted(Counter(e.kind for e in graph.dependencies).items())),
            resolutions=tuple(sorted(Counter(e.resolution for e in graph.dependencies).items())),
            cycles=unit_cycles(case),
        ),
        routes_table=_routes(case),
        hotspots=rank_hotspots(case),
    )


def _routes(case: Case) -> tuple[RouteRow, ...]:
    touching: dict[str, list[tuple[str, str]]] = defaultdict(list)
    for edge in case.graph.dependencies:
        if edge.kind in ("read", "write"):
            touching[edge.source].append((edge.kind, edge.target.removeprefix("table:")))
    rows = []
    for edge in case.graph.dependencies:
        if edge.kind != "handle":
            continue
        route = case.graph.by_id[edge.source]
        if route.role != "code":
            continue  # routes that tests set up for themselves
        seen = case.graph.reached_from(edge.target)
        uses = {use for s in seen for use in touching[s]}
        rows.append(
            RouteRow(
                route=edge.source.removeprefix("route:"),
                handler=edge.target,
                location=Location(path=route.path, line=route.line),
                service=case.service_of(edge.target),
                reads=tuple(sorted({t for mode, t in uses if mode == "read"})),
                writes=tuple(sorted({t for mode, t in uses if mode == "write"})),
            )
        )
    unique = {(r.route, r.handler): r for r in rows}
    return tuple(unique[key] for key in sorted(unique))


def count_gaps(case: Case) -> NotUnderstood:
    """Everything that was not read, not parsed or not resolved."""
    graph, inventory = case.graph, case.inventory
    gaps = [FileGap(location=Location(path=p), reason=why) for p, why in graph.failures]
    gaps += [
        FileGap(location=Location(path=p, line=line), reason=f"{n} places with a syntax that the parser does not know")
        for p, line, n in graph.error_lines
    ]
    gaps.sort(key=lambda gap: (gap.location.path, gap.location.line))
    parsed = {share.language for share in inventory.languages if share.parsed}
    unparsed: dict[str, list[int]] = defaultdict(list)
    for file in inventory.files:
        if file.role in ("code", "test") and file.language not in parsed:
            unparsed[file.language].append(file.code_lines)
    return NotUnderstood(
        resolutions=tuple(
            LanguageResolution(
                language=c.language, exact=c.exact, inferred=c.inferred, ambiguous=c.ambiguous, external=c.external,
                unresolved=c.unresolved, reasons=c.reasons,
            )
            for c in graph.counts
            if c.total
        ),
        unparsed_languages=tuple(
            sorted(((name, len(sizes), sum(sizes)) for name, sizes in unparsed.items()), key=lambda u: (-u[2], u[0]))
        ),
        gaps=tuple(gaps[:GAPS_LISTED]),
        gap_count=len(gaps),
        skipped_files=sum(skip.files for skip in inventory.skipped),
        ambiguous_examples=tuple(
            evidence(a.path, a.line, f"{a.name} may be {', '.join(a.candidates)}", "ambiguous") for a in graph.ambiguous[:5]
        ),
        notes=_notes(case),
    )  # fmt: skip


def _notes(case: Case) -> tuple[str, ...]:
    notes = []
    if case.inventory.history.note:
        note = case.inventory.history.note
        notes.append(f"{note[:1].upper()}{note[1:]}.")
    elif not case.inventory.history.commits:
        notes.append("There is no version history: churn and change coupling are unknown, and hotspots are not ranked.")
    undeclared = [
        s for s in case.graph.symbols if s.kind == "table" and s.doc == "never declared here" and s.role == "code"
    ]
    if undeclared:
        names = ", ".join(s.id.removeprefix("table:") for s in undeclared[:5])
        notes.append(f"{len(undeclared)} tables are used but declared nowhere in this repository: {names}.")
    if not any(s.kind == "table" for s in case.graph.symbols):
        notes.append("No table was found: data ownership could not be judged.")
    notes.append("Names built at run time (reflection, dynamic imports, SQL put together from parts) are not followed.")
    return tuple(notes)
