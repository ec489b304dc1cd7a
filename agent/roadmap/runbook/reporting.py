"""Section 6: joins, views, extracts and spreadsheets over its data: replica, read model, feed, or stay."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from agent.domain.boundary import SHARED
from agent.domain.finding import Evidence
from agent.domain.handover import Statement
from agent.domain.wording import counted, listed
from agent.roadmap.runbook.view import View

__all__ = ["write"]

MOST = 8


def write(view: View) -> Sequence[Statement]:
    """Joins, views, extracts, and the readers that no code shows."""
    return [*_joins(view), *_views(view), *_extracts(view), _outside(view)]


def _joins(view: View) -> Iterator[Statement]:
    mine = [j for j in view.ground.boundaries.bill.joins if view.name in {owner for _, owner in j.tables}]
    mine.sort(key=lambda j: (-len({o for _, o in j.tables}), str(j.location)))
    for join in mine[:MOST]:
        owners = sorted({view.label(o) for _, o in join.tables})
        here = [t for t, o in join.tables if o == view.name]
        there = [t for t, o in join.tables if o != view.name]
        if join.service == view.name:
            way = f"stays here with a read model of {listed(there, 3)}"
        elif len(owners) >= 3:
            way = f"a reporting replica of all {len(owners)}, since it joins {listed(owners, 6)}"
        else:
            way = f"a feed of {listed(here, 3)} to {view.label(join.service)}"
        yield view.fact(
            f"{join.symbol} joins {listed([t for t, _ in join.tables], 7)} in one statement: {way}",
            [Evidence(location=join.location, text=join.symbol, resolution=join.resolution)],
        )
    if len(mine) > MOST:
        rest = mine[MOST:]
        yield view.fact(
            f"{counted(len(rest), 'more statement')} {'joins' if len(rest) == 1 else 'join'} its tables with others': {listed([j.symbol for j in rest], 5)}",
            [Evidence(location=j.location, text=j.symbol, resolution=j.resolution) for j in rest],
        )


def _views(view: View) -> Iterator[Statement]:
    places = [e for e in view.signals.of("view") if any(t.lower() in e.text.lower() for t in view.service.owned_tables)]
    if places:
        yield view.fact(f"{counted(len(places), 'view')} in the database over its tables: kept on the replica", places)


def _extracts(view: View) -> Iterator[Statement]:
    places = view.signals.of("extract", view.paths)
    if places:
        files = sorted({e.location.path for e in places})
        yield view.fact(
            f"{listed(files, 3)} {'writes an extract' if len(files) == 1 else 'write extracts'} that somebody opens elsewhere: its columns are a contract",
            places,
        )


def _outside(view: View) -> Statement:
    readers = sorted({r for t in view.owned for r in t.readers if r not in (view.name, SHARED)})
    tables = listed(list(view.service.owned_tables), 3) if view.owned else "what it reads"
    here = (
        f"read in this repository by {listed(readers, 4)}: {tables}"
        if readers
        else f"nothing else in this repository reads {tables}"
    )
    return view.open(
        "readers.outside", "reporting", f"{here}; spreadsheets, BI tools and people with a database login leave no trace in code",
        "Who reads the database from outside this repository (BI, spreadsheets, other systems)?", "data owner",
        "each of them needs the replica or a feed before a table moves; statement statistics (--runtime) answer it too", [e for t in view.owned for e in t.evidence[:1]] or view.homes,
        "names of systems and logins",
    )  # fmt: skip
