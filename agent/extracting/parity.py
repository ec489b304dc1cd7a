"""The plan's parity ledger filled in for one service: its rows, the evidence and the graph in, a measured row for each out.

A route is shown when recorded requests of it were answered by the service as by the monolith, and none differently; a screen
when such a route renders it. Nothing else is claimed: what a test merely names stays open.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence

from agent.domain.code import DependencyGraph
from agent.domain.extraction import Evidence, Measured, Rung, Tally
from agent.domain.handover import ParityRow
from agent.domain.wording import counted
from agent.extraction.owning import plain_route

__all__ = ["add_up", "measure_parity"]

SLICE = 2
Asked = Mapping[str, Mapping[str, Tally]]
"""Plain pattern -> method -> what came of its requests."""


def measure_parity(rows: Sequence[ParityRow], evidence: Evidence, graph: DependencyGraph) -> tuple[Measured, ...]:
    """The service's rows, in the ledger's order."""
    rung = next((one for one in evidence.rungs if one.level == SLICE), None)
    asked = _asked(rung)
    routes = _routes_of_screens(graph)
    return tuple(_measured(row, rung, asked, routes) for row in rows if row.service == evidence.service)


def add_up(tallies: Sequence[Tally]) -> Tally:
    """Counts of several; masks stay apart, since one request may need several."""
    names = (
        "recorded",
        "identical",
        "masked",
        "different",
        "vacuous",
        "not_replayable",
        "server_errors",
    )
    return Tally(**{name: sum(getattr(one, name) for one in tallies) for name in names})


def _asked(rung: Rung | None) -> Asked:
    found: dict[str, dict[str, Tally]] = defaultdict(dict)
    for one in rung.routes if rung else ():
        method, _, pattern = one.route.partition(" ")
        known = found[plain_route(pattern)]
        known[method] = add_up([known.get(method, Tally()), one.tally])
    return found


def _of_route(name: str, asked: Asked) -> Tally:
    """``GET, POST /orders/<id>`` -> the requests of either method; a row without a method takes any."""
    place = name.find("/")
    verbs, pattern = (name[:place], name[place:]) if place >= 0 else name.rpartition(" ")[::2]
    methods = {verb.strip(" ,") for verb in verbs.replace(",", " ").split()} - {"ANY", "*"}
    found = asked.get(plain_route(pattern), {})
    # What answers GET answers HEAD
    return add_up([tally for method, tally in sorted(found.items()) if not methods or {method, _kin(method)} & methods])


def _kin(method: str) -> str:
    return "GET" if method == "HEAD" else method


def _routes_of_screens(graph: DependencyGraph) -> Mapping[str, tuple[str, ...]]:
    """Template -> the routes whose handlers render it."""
    routes: dict[str, set[str]] = defaultdict(set)
    for edge in graph.dependencies:
        if edge.kind == "handle":
            routes[edge.target].add(edge.source.removeprefix("route:"))
    found: dict[str, set[str]] = defaultdict(set)
    for edge in graph.dependencies:
        if edge.kind == "render":
            container = graph.by_id[edge.source].container
            found[edge.target.removeprefix("template:")] |= routes.get(edge.source, set()) | routes.get(
                container, set()
            )
    return {name: tuple(sorted(known)) for name, known in sorted(found.items())}


def _measured(row: ParityRow, rung: Rung | None, asked: Asked, screens: Mapping[str, tuple[str, ...]]) -> Measured:
    if row.status == "dropped by decision":
        return Measured(row=row, shown="dropped", why="dropped by a decision of the plan")
    if row.kind == "job":
        return Measured(row=row, shown="stays", why="no request starts it: it stays with the monolith")
    if row.kind == "screen":
        ways = [(name, _of_route(name, asked)) for name in screens.get(row.name, ())]
        shown = [name for name, tally in ways if _alike(tally)]
        tally = add_up([each for name, each in ways if name in shown])
        return _shown(row, rung, tally, f"shown by {shown[0]}: " if shown else "", "no route that was shown renders it")
    if row.kind == "message" or " /" not in f" {row.name}":
        return Measured(row=row, shown="no", why="no recorded request shows it")
    return _shown(row, rung, _of_route(row.name, asked), "", "no test asks for it")


def _alike(tally: Tally) -> bool:
    return bool(tally.identical + tally.masked) and not tally.different


def _shown(row: ParityRow, rung: Rung | None, tally: Tally, how: str, nothing: str) -> Measured:
    if rung is None:
        return Measured(row=row, shown="no", why="no slice was tried", tally=tally)
    if not tally.recorded:
        return Measured(row=row, shown="no", why=nothing)
    if not rung.passed:
        return Measured(row=row, shown="no", why=f"rung {rung.level} ({rung.name}) does not hold", tally=tally)
    if not _alike(tally):
        why = f"{tally.different} of its answers differ" if tally.different else "none of its requests shows anything"
        return Measured(row=row, shown="no", why=why, tally=tally)
    alike = tally.identical + tally.masked
    proof = f"{how}{alike} of {counted(tally.recorded, 'recorded request')} answered as by the monolith"
    proof += f", {tally.masked} of them under a mask" if tally.masked else ""
    filled = row.model_copy(update={"status": "replayed", "proof": proof})
    return Measured(row=filled, shown="replayed", tally=tally)
