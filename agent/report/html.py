"""The plan as one HTML file: plan in, page out; no request leaves it, and it reads the same with scripts off."""

from __future__ import annotations

from agent.domain.plan import Plan
from agent.report import page
from agent.report.file_names import file_names
from agent.report.links import source_links
from agent.report.markdown_handover import context_map
from agent.report.pictures.hotspots import draw_hotspots
from agent.report.pictures.matrix import draw_matrix
from agent.report.pictures.roadmap_picture import KIND_LABELS, draw_roadmap, left_in_monolith
from agent.report.pictures.service_map import draw_service_map
from agent.report.services import anchors, mark_services
from agent.report.templating import make_environment, resource, script_hash, trusted
from agent.report.wording import Sentences, headline

__all__ = ["write_html"]


def write_html(plan: Plan) -> str:
    """One self-contained page."""
    environment = make_environment(source_links(plan.repository), Sentences(plan))
    script = resource("report.js")
    marks = mark_services(plan)
    limits = page.limits_for(plan)
    step_anchors = anchors((step.id for phase in plan.roadmap.phases for step in phase.steps), "step")
    return environment.get_template("report.html").render(
        plan=plan,
        limits=limits,
        marks=marks,
        style=trusted(resource("report.css")),
        script=trusted(script),
        script_hash=script_hash(script),
        headline=headline(plan),
        understood=page.understanding(plan),
        cycle_services=page.CycleServices(plan),
        severities=page.severities(plan),
        lenses=page.lenses(plan),
        shown_findings={finding.id: finding.title for finding in plan.findings[: limits.findings]},
        shared_writers=sum(len(table.writers) > 1 for table in plan.boundaries.tables),
        ownerless=sum(not table.owner for table in plan.boundaries.tables),
        file_roles=page.file_roles(plan),
        step_anchors=step_anchors,
        finding_anchors=anchors((finding.id for finding in plan.findings), "f"),
        service_map=draw_service_map(plan, marks),
        panels=page.focus_panels(plan, marks, limits),
        matrix=draw_matrix(plan, marks),
        crossed=page.crossings(plan, with_shared=False),
        crossed_shared=page.crossings(plan, with_shared=True),
        tables=page.ordered_tables(plan),
        dispositions=page.ordered_dispositions(plan),
        disposition_counts=page.disposition_counts(plan),
        parity_counts=page.parity_counts(plan),
        parity_kinds=page.parity_kinds(plan),
        parity_styles=page.PARITY_STYLES,
        context_map=context_map(plan) if plan.handover.dispositions else (),
        runbook_names=file_names(book.service for book in plan.handover.runbooks),
        cells={(row.table, cell.service): cell for row in plan.boundaries.bill.matrix for cell in row.cells},
        written_by={row.table: row.written_by for row in plan.boundaries.bill.matrix},
        disputed=page.disputed_tables(plan),
        churned=page.churned(plan),
        largest=page.largest_units(plan, limits),
        table_columns=page.table_columns(plan, limits),
        hotspot_map=draw_hotspots(plan, marks),
        roadmap=draw_roadmap(plan, marks, step_anchors),
        left=left_in_monolith(plan),
        kind_labels=KIND_LABELS,
    )
