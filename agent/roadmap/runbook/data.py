"""Section 3: who writes each table in each phase, what moves first, how late writes come back, and how both are compared."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from agent.domain.boundary import SHARED, TableOwnership
from agent.domain.finding import Evidence
from agent.domain.handover import Statement
from agent.domain.wording import counted, listed
from agent.roadmap.runbook.view import View

__all__ = ["write", "writer_of"]

MOST_TABLES = 12


def write(view: View) -> Sequence[Statement]:
    """Order, writers by phase, keys and routines, drain back, reconciliation."""
    if not view.owned:
        reads = [t for t in view.ground.boundaries.tables if view.name in t.readers]
        if reads:
            return [
                view.fact(
                    f"owns no table and reads {listed([t.table for t in reads], 5)}: no data moves, and a rollback is a change of routing only",
                    [e for t in reads for e in t.evidence[:1]],
                )
            ]
        return [view.fact("touches no table that was understood: no data moves", view.homes)]
    return [*_order(view), *_writers(view), *_keys(view), *_drain(view), *_reconcile(view)]


def writer_of(view: View, table: TableOwnership) -> str:
    """The single writer: the answer where it names a service, else the owner."""
    id_ = f"writer.{table.table}"
    told = view.asker.answer(id_)
    if told is None:
        return table.owner
    if told.text in view.ground.services or told.text == "shared code":
        return told.text
    view.asker.refuse(id_, told, f"{told.text!r} is none of the services ({listed(sorted(view.ground.services), 12)})")
    return table.owner


def _order(view: View) -> Iterator[Statement]:
    shared = [t for t in view.owned if len(t.writers) > 1]
    readers = sorted({view.label(r) for t in view.owned for r in t.readers if r != view.name})
    rows = {r.table: r for r in view.ground.boundaries.bill.matrix}
    stored = [e for t in view.owned if t.table in rows for e in rows[t.table].routines]
    evidence = [e for t in (shared or view.owned) for e in t.evidence[:2]] or list(view.homes)
    if stored:
        yield view.fact(
            f"code first: {counted(len(stored), 'routine')} in the database touch its tables and would run on the wrong side of a cut schema",
            (*stored, *evidence),
        )
    elif shared:
        yield view.fact(
            f"code first, on the shared schema: {listed([t.table for t in shared], 4)} {'has' if len(shared) == 1 else 'have'} other writers, so a database that moves first is written on both sides",
            evidence,
        )
    elif readers:
        yield view.fact(
            f"code first, then the schema: {counted(len(view.owned), 'table')} of it are still read in place by {listed(readers, 4)}",
            evidence,
        )
    else:
        yield view.fact(
            f"database first is possible: {counted(len(view.owned), 'table')} with one writer, and nobody else reads them",
            evidence,
        )


def _writers(view: View) -> Iterator[Statement]:
    settled = {
        s.title.partition(" one writer")[0].removeprefix("Give table "): s for s in view.steps if s.kind == "own_data"
    }
    alone = [t for t in view.owned if len(t.writers) <= 1]
    for table in view.owned:
        others = [w for w in table.writers if w != view.name]
        if not others:
            continue
        step = settled.get(table.table)
        places = [e for e in table.evidence if e.text.endswith(f"writes {table.table}")]
        via = next((c for c in view.ground.boundaries.bill.conflicts if c.table == table.table), None)
        best = next((o for o in via.options if o.cheapest), None) if via else None
        writer = writer_of(view, table)
        now = listed([view.label(w) for w in table.writers], 5)
        way = f", by {best.kind}: {counted(best.sites, 'place')} to change" if best else ""
        text = f"{table.table}: written by {now} today; {f'after {step.id} ' if step else 'once settled '}{writer} alone{way}; after {view.step.id} the service in its own schema"
        yield view.open(
            f"writer.{table.table}", "data", text, f"Which service alone will write {table.table}?", "data owner",
            f"{step.id if step else view.step.id} starts only when one is named; the others call it or hear of it", places or table.evidence,
            " | ".join(sorted({w for w in table.writers if w != SHARED} | {table.owner} - {""})),
            why=f"written by {now}, and with two writers a rollback loses one of them",
        )  # fmt: skip
    for table in alone[:MOST_TABLES]:
        before = view.label(table.writers[0]) if table.writers else "nobody that was seen"
        readers = [view.label(r) for r in table.readers if r not in (view.name, SHARED)]
        yield view.fact(
            f"{table.table}: {before} writes it today; the monolith's copy of that code until {view.step.id}, the service from then on"
            + (f"; read by {listed(readers, 3)}, over its interface by then" if readers else ""),
            [*table.evidence[:2], Evidence(location=table.location, text=table.table)][:2],
        )
    if len(alone) > MOST_TABLES:
        rest = alone[MOST_TABLES:]
        yield view.fact(
            f"{listed([t.table for t in rest], 8)}: one writer each, the same",
            [Evidence(location=t.location, text=t.table) for t in rest],
        )


def _keys(view: View) -> Iterator[Statement]:
    keys = [k for k in view.ground.boundaries.bill.foreign_keys if view.name in (k.owner, k.target_owner)]
    if keys:
        pairs = [f"{k.table} → {k.target}" for k in keys]
        yield view.fact(
            f"{counted(len(keys), 'foreign key crosses', 'foreign keys cross')} its border: {listed(pairs, 4)}; expand with the key as a plain column, check it by the queries below, contract by dropping the constraint",
            [e for k in keys for e in k.evidence[:1]],
        )


def _drain(view: View) -> Iterator[Statement]:
    writes = [r for r in view.ground.routes_of(view.name) if r.writes]
    writes.sort(key=lambda r: not view.ground.changes_data(r))
    tables = sorted({t for r in writes for t in r.writes if t in view.service.owned_tables}) or list(
        view.service.owned_tables
    )
    evidence = [
        Evidence(location=r.location, text=f"{r.route} writes {listed(list(r.writes), 3)}"[:200]) for r in writes
    ]
    evidence = evidence or [e for t in view.owned for e in t.evidence[:1]] or list(view.homes)
    first = f"the first {writes[0].route} answered by the service" if writes else "the first write by the service"
    yield view.open(
        f"drain.{view.name}", "release",
        f"{first} makes {listed(tables, 4)} differ: from there a weight set back is no rollback; what was written since is copied back from its change log first, then routing follows",
        f"How long may {view.name} refuse writes while late ones are copied back?", "operations lead",
        "whether a change log with a copy job is enough, or the schema stays shared until the point of no return", evidence, "minutes",
    )  # fmt: skip


def _reconcile(view: View) -> Iterator[Statement]:
    tables = [t for t in view.owned if t.evidence]
    shown = tables[:4]
    if shown:
        queries = "; ".join(f"`SELECT COUNT(*) FROM {t.table}`" for t in shown)  # noqa: S608 (for people to run)
        rows = {c.table for c in view.ground.boundaries.bill.conflicts}
        hazard = [t.table for t in tables if t.table in rows]
        yield view.fact(
            f"reconcile on both sides before each raise of the weight: {queries}"
            + (f" and {len(tables) - len(shown)} more" if len(tables) > len(shown) else "")
            + (f"; dual write to {listed(hazard, 3)} is a hazard, since two commits have no order" if hazard else ""),
            [e for t in shown for e in t.evidence[:1]],
        )
