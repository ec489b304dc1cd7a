"""The plan as one HTML file: plan in, page out; no request leaves it, and it reads the same with scripts off.

Everything that a template prints passes ``_finalize`` and autoescape: text becomes visible and escaped, integers get
their separators, and a float is refused, because its places must be chosen.
"""

from __future__ import annotations

import base64
import hashlib
from importlib.resources import files

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup, escape

from agent.domain.boundary import SHARED
from agent.domain.inventory import Location
from agent.domain.plan import Plan
from agent.report import number_format, page
from agent.report.file_names import file_names
from agent.report.links import SourceLinks, source_links
from agent.report.markdown_handover import context_map
from agent.report.pictures.hotspots import draw_hotspots, heat
from agent.report.pictures.matrix import draw_matrix
from agent.report.pictures.roadmap_picture import KIND_LABELS, draw_roadmap, left_in_monolith
from agent.report.pictures.service_map import draw_service_map
from agent.report.services import anchors, mark_services
from agent.report.visible_text import PROSE_LIMIT, cut_middle, cut_path, cut_tail, visible
from agent.report.wording import Sentences, headline

__all__ = ["write_html"]


def write_html(plan: Plan) -> str:
    """One self-contained page."""
    environment = _environment(source_links(plan.repository), Sentences(plan))
    script = _resource("report.js")
    marks = mark_services(plan)
    limits = page.limits_for(plan)
    step_anchors = anchors((step.id for phase in plan.roadmap.phases for step in phase.steps), "step")
    return environment.get_template("report.html").render(
        plan=plan,
        limits=limits,
        marks=marks,
        style=_trusted(_resource("report.css")),
        script=_trusted(script),
        script_hash=_hash(script),
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


def _environment(links: SourceLinks, sentences: Sentences) -> Environment:
    environment = Environment(
        loader=PackageLoader("agent.report"),
        autoescape=True,
        undefined=StrictUndefined,
        finalize=_finalize,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters.update(
        {
            "name": lambda text, limit=72: cut_middle(text, limit),
            "percent": number_format.percent,
            "decimal": number_format.decimal,
            "plural": number_format.plural,
            "size": number_format.size,
            "heat": heat,
            "clip": cut_tail,
            "link": _whole,
            "breakable": _breakable,
            "say": _say,
            "sentence": sentences,
            "soft": _soft,
            "short": _short,
            "place": lambda location, limit=84: cut_path(str(location), limit),
            "width": lambda share: f"{min(max(share, 0.0), 1.0) * 100:.1f}",
        }
    )
    environment.globals.update({"url": links.url, "linked": bool(links.base), "SHARED": SHARED, "location": _location})
    return environment


def _location(path: str, line: int) -> Location:
    return Location(path=path, line=line)


def _whole(text: str) -> Markup:
    """Text of our own making that must not be cut: a URL whose every odd byte is percent-encoded, a hash."""
    return escape(text)


def _breakable(text: str, separator: str) -> Markup:
    """A path or dotted name that may break after its separators rather than anywhere."""
    return Markup(f"{separator}<wbr>").join(text.split(separator))  # noqa: S704 (join escapes the parts)


def _say(text: str, limit: int = PROSE_LIMIT) -> Markup:
    """A sentence of the plan, in which `backticks` set off code."""
    parts = cut_tail(text, limit).split("`")
    if len(parts) % 2 == 0:  # a tick without a partner is a tick
        return escape("`".join(parts))
    return Markup("").join(
        Markup("<code>{}</code>").format(part) if place % 2 else escape(part) for place, part in enumerate(parts)
    )


def _soft(text: str) -> Markup:
    """A line that quotes dotted names: they may break after a dot."""
    return _breakable(text, ".")


def _short(name: str) -> str:
    """A qualified name's last two parts: its packages are said by the service that it stands under."""
    parts = name.split(".")
    return ".".join(parts[-2:]) if len(name) > 32 and len(parts) > 2 and "/" not in name else name


def _finalize(value: object) -> object:
    if isinstance(value, Markup):
        return value
    if isinstance(value, str):
        return cut_tail(value) if len(value) > 1 else visible(value)
    if isinstance(value, float):
        raise TypeError(f"choose a format for {value!r}")
    return number_format.count(value) if isinstance(value, int) else value


def _resource(name: str) -> str:
    return files("agent.report").joinpath("templates", name).read_text("utf-8")


def _trusted(text: str) -> Markup:
    """Our own style sheet and script; nothing from a repository comes this way."""
    return Markup(text)  # noqa: S704


def _hash(script: str) -> str:
    """The script's source expression in a content security policy."""
    return "sha256-" + base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
