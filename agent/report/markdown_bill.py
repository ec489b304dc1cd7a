"""The bill of splitting in Markdown: plan in; a table of the services and the first few of each kind of cost out.

Everything is bounded here, the whole is in plan.html and plan.json.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from agent.domain.bill import Bill, Cell, Concept, Conflict, Cycle, MatrixRow, Option, Transaction, UseCase
from agent.domain.boundary import SHARED
from agent.domain.finding import Evidence
from agent.domain.inventory import Location
from agent.domain.plan import Plan
from agent.report.links import SourceLinks
from agent.report.markdown_text import cell, code, link, prose
from agent.report.number_format import count, plural
from agent.report.visible_text import cut_path

__all__ = ["write_bill", "write_matrix", "write_traffic"]

_SERVICES, _EACH, _TABLES, _CUTS = 15, 4, 8, 4


def write_bill(plan: Plan, links: SourceLinks) -> list[str]:
    """Nothing where no service was proposed, or nothing crosses."""
    bill = plan.boundaries.bill
    if not bill.services or not (bill.use_case_count or bill.transaction_count or bill.join_count or bill.foreign_keys):
        return []
    rows = [
        (
            _name(s.service),
            count(s.operation_count),
            count(s.call_sites),
            count(s.event_count),
            count(s.use_cases),
            count(s.most_hops),
            count(s.transactions),
            count(s.joins),
            count(s.foreign_keys),
        )
        for s in bill.services[:_SERVICES]
    ]
    heads = (
        "service",
        ":operations called",
        ":from places",
        ":events instead",
        ":use cases that leave it",
        ":most hops",
        ":transactions",
        ":joins",
        ":foreign keys",
    )
    lines = [
        "## What splitting would cost",
        "",
        f"{count(bill.use_case_count)} of {plural(bill.entry_points, 'use case')} need a second service. Places in code "
        "are counted, not requests.",
        "",
        *_table(heads, rows),
        *_more(len(bill.services), _SERVICES, "services"),
    ]
    lists = (
        ("Use cases that cross most:", [_use_case(u, links) for u in bill.use_cases[:_EACH] if u.calls]),
        ("Transactions that would span services:", [_transaction(t, links) for t in bill.transactions[:_EACH]]),
        ("Dependency cycles, and the lightest cuts:", [_cycle(c, links) for c in bill.cycles[:2]]),
        ("Ways out of data ownership conflicts:", _conflicts(bill.conflicts[:_EACH]) if bill.conflicts else []),
        ("Concepts that need a model on both sides:", [_concept(c, links) for c in bill.concepts[:_EACH]]),
    )
    for title, items in lists:
        if items:
            lines += ["", title, "", *items]
    return [*lines, *_rests(bill)]


def write_traffic(plan: Plan) -> list[str]:
    """What the user's logs, traces and statistics said; what could not be used of them comes first."""
    traffic = plan.boundaries.traffic
    if not traffic.sources:
        return []
    lines = ["## Seen at work", ""]
    unused = [f"{count(n)} {what}" for what, n in traffic.unmatched]
    unused += [f"{count(n)} {what} (first at {code(str(where), 60)})" for what, n, where in traffic.left]
    if unused:
        lines += [f"Not used: {'; '.join(unused)}.", ""]
    files = ", ".join(
        f"{code(name, 60)} ({kind}, {plural(records, 'record')})" for name, kind, records in traffic.sources
    )
    lines += [f"Read: {files}.", ""]
    if traffic.routes:
        listed = ", ".join(f"{code(_route(route), 60)} {count(n)}" for route, n in traffic.routes[:_EACH])
        lines += [
            f"{plural(traffic.requests, 'request')} on {plural(len(traffic.routes), 'route')}; the most: {listed}.",
            "",
        ]
    if traffic.silent:
        listed = ", ".join(code(_route(route), 60) for route in traffic.silent[:_SERVICES])
        more = f" and {len(traffic.silent) - _SERVICES:,} more" if len(traffic.silent) > _SERVICES else ""
        lines += [
            f"{plural(len(traffic.silent), 'route')} that no request in the logs was for: {listed}{more}. Candidates for "
            f"retirement once the logs cover a whole business cycle, a year's end included.",
            "",
        ]
    if traffic.jobs:
        listed = ", ".join(f"{code(job.name, 60)} {count(job.runs)}" for job in traffic.jobs[:_EACH])
        failed = sum(job.failed for job in traffic.jobs)
        lines += [
            f"{plural(sum(job.runs for job in traffic.jobs), 'run')} of {plural(len(traffic.jobs), 'job')}, {count(failed)} failed: {listed}"
            + (f" and {len(traffic.jobs) - _EACH:,} more" if len(traffic.jobs) > _EACH else "") + ".",
            "",
        ]  # fmt: skip
    if traffic.tables:
        used = sorted(traffic.tables, key=lambda use: (-use.reads - use.writes, use.table))
        listed = ", ".join(f"{code(u.table, 60)} {count(u.reads)} / {count(u.writes)}" for u in used[:_EACH])
        lines += [f"Statistics of {plural(len(used), 'table')}; reads / writes of the busiest: {listed}.", ""]
    return lines


def _route(route: str) -> str:
    return route.removeprefix("route:")


def write_matrix(plan: Plan) -> list[str]:
    """Tables by services: a table's users beside each other, so that any number of services fits."""
    matrix = plan.boundaries.bill.matrix
    if not matrix:
        return []
    ranked = sorted(matrix, key=lambda r: (-sum(c.writes > 0 for c in r.cells), r.table))
    rows = [
        (
            code(r.table, 48),
            _name(r.owner) if r.owner else "**undecided**",
            _cells(r.cells) or "nobody",
            "yes" if r.sole_writer else "common" if r.common else "no",
            _written(r),
        )
        for r in ranked[:_TABLES]
    ]
    heads = ("table", "owner", "who reads (R) and writes (W), in places", "sole writer", "written by")
    return [
        "",
        "Data ownership, most writers first:",
        "",
        *_table(heads, rows),
        *_more(len(matrix), _TABLES, "tables"),
    ]


def _cells(cells: Sequence[Cell]) -> str:
    ranked = sorted(cells, key=lambda c: (-c.writes, -c.reads, c.service))
    shown = ", ".join(
        _name(c.service) + (f" W {c.writes:,}" if c.writes else "") + (f" R {c.reads:,}" if c.reads else "")
        for c in ranked[:4]
    )
    return shown + (f" and {len(cells) - 4:,} more" if len(cells) > 4 else "")


def _written(row: MatrixRow) -> str:
    names = sorted({name for w in row.written_by for name in w.entry_points})
    total = sum(w.count for w in row.written_by)
    if not names:
        return f"{plural(len(row.routines), 'routine')}" if row.routines else "no use case that was seen"
    return code(names[0], 40) + (f" and {total - 1:,} more" if total > 1 else "")


def _use_case(use: UseCase, links: SourceLinks) -> str:
    steps = "; ".join(f"{_short(e.text)} at {_at(e.location, links)}" for e in use.chain[:3])
    more = f" and {plural(use.hops - 3, 'more hop')}" if use.hops > 3 else ""
    asked = f", {plural(use.requests, 'request')} in the logs" if use.requests is not None else ""
    return (
        f"- {code(use.name, 60)} ({_name(use.service)}{asked}): {plural(use.calls, 'call')} to others, "
        f"{plural(use.hops, 'hop')} deep. {steps}{more}"
    )


def _short(text: str) -> str:
    """A calls B, without the symbols that follow."""
    head, _, symbols = text.partition(": ")
    return prose(head.partition(" calls ")[0], 60) + " calls " + code(symbols.rpartition("→ ")[2], 72)


def _transaction(item: Transaction, links: SourceLinks) -> str:
    owners = "; ".join(f"{_name(owner)}: {', '.join(code(t, 32) for t in tables[:3])}" for owner, tables in item.owners)
    marked = f"marked {code(item.marker, 32)}" if item.marker else "one request is assumed to be one transaction"
    eased = ", one owner is left when the event candidates are taken" if item.eased_by_events else ""
    return f"- {code(item.name, 72)} ({item.resolution}, {marked}{eased}): writes {owners}. {_proof(item.evidence, links, 3)}"


def _cycle(cycle: Cycle, links: SourceLinks) -> str:
    cuts = "; ".join(
        f"{_name(c.source)} → {_name(c.target)} ({c.weight:,}, {_proof(c.evidence, links, 1)})"
        for c in cycle.cuts[:_CUTS]
    )
    more = f" and {len(cycle.cuts) - _CUTS:,} more" if len(cycle.cuts) > _CUTS else ""
    return f"- {plural(len(cycle.services), 'service')} in a circle: cut {cuts}{more}"


def _conflicts(conflicts: Sequence[Conflict]) -> list[str]:
    heads = ("table", "owner", "other writers", "owner's API", "read replica", "event")
    rows = [
        (
            code(c.table, 40),
            _name(c.owner),
            ", ".join(_name(w) for w in c.writers if w != c.owner),
            *(_price(option) for option in c.options if option.one_writer),
        )
        for c in conflicts
    ]
    return [
        "Places to change / use cases that gain a hop / transactions that span. Bold is the cheapest that keeps one writer; "
        "sharing the schema for now costs nothing and keeps them all.",
        "",
        *_table(heads, rows),
    ]


def _price(option: Option) -> str:
    price = f"{option.sites:,} / {option.use_cases:,} / {option.transactions:,}"
    if option.cheapest:
        return f"**{price}**"
    return price if option.fits else f"does not fit ({option.stale:,} read it back)" if option.stale else "does not fit"


def _concept(concept: Concept, links: SourceLinks) -> str:
    return f"- {code(concept.name, 48)} ({_at(concept.location, links)}): {prose(concept.advice, 480)}"


def _rests(bill: Bill) -> list[str]:
    left = [
        plural(total - shown, what, many)
        for total, shown, what, many in (
            (bill.transaction_count, min(_EACH, bill.transaction_count), "transaction", ""),
            (bill.join_count, 0, "statement over tables of two owners", "statements over tables of two owners"),
            (len(bill.conflicts), min(_EACH, len(bill.conflicts)), "conflict", ""),
            (len(bill.concepts), min(_EACH, len(bill.concepts)), "shared concept", ""),
        )
        if total > shown
    ]
    return ["", f"Not listed here, see `plan.html`: {', '.join(left)}."] if left else []


def _name(service: str) -> str:
    return "shared code" if service == SHARED else code(service, 40)


def _at(location: Location, links: SourceLinks) -> str:
    return link(code(cut_path(str(location), 60), 68), links.url(location))


def _proof(evidence: Sequence[Evidence], links: SourceLinks, most: int) -> str:
    return ", ".join(
        _at(e.location, links) + (" (inferred)" if e.resolution == "inferred" else "") for e in evidence[:most]
    )


def _table(heads: Sequence[str], rows: Iterable[Sequence[str]]) -> list[str]:
    rule = ["---:" if head.startswith(":") else "---" for head in heads]
    return [cell(*(head.lstrip(":") for head in heads)), cell(*rule), *(cell(*row) for row in rows)]


def _more(total: int, shown: int, what: str) -> list[str]:
    return (
        ["", f"Not listed here: {total - shown:,} of the {total:,} {what}, see `plan.html`."] if total > shown else []
    )
