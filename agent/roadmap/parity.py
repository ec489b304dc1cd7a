"""The feature-parity ledger: a row for each route, job, screen, report and message, with what shows that it still works.

*tested* when a test names it or calls its handler, *replayed* when recorded requests exist in the logs, *dropped by decision*
when an answer retired it, else *unknown*. *characterised* comes from recorded characterization tests in the repository.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence

from agent.domain.handover import Disposition, MessageContract, Parity, ParityRow
from agent.domain.inventory import Location
from agent.roadmap.ground import Ground
from agent.roadmap.jobs import Job
from agent.roadmap.reach import path_of_route
from agent.roadmap.signals import Signals

__all__ = ["keep_ledger"]

_QUOTED = re.compile(r"""["'`](/?[^"'`\s]{2,180})["'`?]""")
_PARAMETER = re.compile(r"<[^>]*>|\{[^}]*\}|:\w+|\(\.[^)]*\)")
_REPORT = re.compile(r"(?i)(?:^|[\W_])(?:reports?|statements?|listings?|extracts?)(?:[\W_]|$)")
_RECORDED = re.compile(r"(?i)characteri[sz]ation|approval|golden|snapshot|recorded")
LARGEST = 1_000_000


def keep_ledger(
    ground: Ground,
    jobs: Sequence[Job],
    signals: Signals,
    messages: Sequence[MessageContract],
    decided: Sequence[Disposition],
) -> tuple[ParityRow, ...]:
    """All rows: routes, screens, reports, jobs, messages, each by name."""
    dropped = {d.component: d for d in decided if d.action == "retire" and d.decided}
    tests = _Tests(ground)
    routes = list(_routes(ground, tests, dropped))
    shown = {
        r.handler: row for r, row in zip(ground.system.routes_table, routes, strict=True) if row.status != "unknown"
    }
    first: dict[tuple[str, Location | None], ParityRow] = {}
    for row in routes:  # a route whose handlers lie in two services is one function
        first.setdefault((row.name, row.location), row)
    rows = [
        *first.values(),
        *_screens(ground, tests, shown),
        *_jobs(ground, jobs, tests, dropped),
        *_extracts(ground, signals, tests),
        *(
            ParityRow(kind="message", name=f"{m.direction} {m.channel or 'a channel named at run time'}", location=m.evidence.location, service=m.service, status="unknown")
            for m in messages
        ),
    ]  # fmt: skip
    return tuple(rows)


class _Tests:
    """What tests name: paths that they ask for, and symbols that they reach."""

    def __init__(self, ground: Ground) -> None:
        self.paths: list[tuple[str, Location]] = []
        self.recorded: set[str] = set()
        for file in ground.inventory.files:
            if file.role != "test" or file.bytes > LARGEST or ground.read is None:
                continue
            try:
                text = ground.read(file.path).decode("utf-8", "replace")
            except OSError:
                continue
            if _RECORDED.search(file.path):
                self.recorded.add(file.path)
            for number, line in enumerate(text.splitlines(), 1):
                if len(line) < 1_000:
                    self.paths += [(found, Location(path=file.path, line=number)) for found in _QUOTED.findall(line)]
        self.rooted: dict[str, Location] = {}  # those that begin with a slash, and are surely paths
        self.named: dict[str, Location] = {}
        self.used: dict[str, Location] = {}
        by_id = ground.graph.by_id
        for edge in ground.graph.dependencies:
            if by_id[edge.source].role == "test" and by_id[edge.target].role != "test":
                self.used.setdefault(edge.target, Location(path=edge.path, line=edge.line))
        for found, place in self.paths:
            self.named.setdefault(found.strip("/").partition("?")[0], place)
            if found.startswith("/"):
                self.rooted.setdefault(found.strip("/").partition("?")[0], place)

    def of(self, place: Location) -> tuple[Parity, str]:
        return ("characterised" if place.path in self.recorded else "tested"), str(place)

    def for_path(self, route: str) -> Location | None:
        """The first test that asks for a path of this form."""
        path = path_of_route(route).strip("/")
        if not path:
            return self.named.get("")
        exact = self.named.get(path)
        if exact or not _PARAMETER.search(path):
            return exact
        pattern = re.compile(r"[^/]+".join(re.escape(part) for part in _PARAMETER.split(path)) + r"\Z")
        any_word = not re.search(r"\w", _PARAMETER.sub("", path))  # `/{key}` is of the form of any word
        names = self.rooted if any_word else self.named
        return next((place for name, place in names.items() if pattern.match(name)), None)


def _routes(ground: Ground, tests: _Tests, dropped: dict[str, Disposition]) -> Iterator[ParityRow]:
    traffic = dict(ground.boundaries.traffic.routes)
    for row in ground.system.routes_table:
        place = tests.used.get(row.handler) or tests.for_path(row.route)
        status: Parity = "unknown"
        proof = ""
        seen = traffic.get(f"route:{row.route}", traffic.get(row.route, 0))
        if row.route in dropped:
            status, proof = "dropped by decision", str(dropped[row.route].evidence[-1].location)
        elif place:
            status, proof = tests.of(place)
        elif seen:
            proof = f"{seen:,} requests in the logs, to be replayed"
        kind = "report" if _REPORT.search(path_of_route(row.route)) else "route"
        yield ParityRow.model_validate(
            {
                "kind": kind,
                "name": row.route,
                "location": row.location,
                "service": row.service,
                "status": status,
                "proof": proof,
            }
        )


def _screens(ground: Ground, tests: _Tests, answered: Mapping[str, ParityRow]) -> Iterator[ParityRow]:
    rendered: dict[str, set[str]] = defaultdict(set)
    for edge in ground.graph.dependencies:
        if edge.kind == "render":
            rendered[edge.target].add(edge.source)
    for symbol in ground.graph.symbols:
        if symbol.kind == "template" and symbol.role != "test" and symbol.line:
            shown = sorted(rendered.get(symbol.id, ()))
            place = next((tests.used[s] for s in shown if s in tests.used), None) or tests.used.get(symbol.id)
            status, proof = tests.of(place) if place else ("unknown", "")
            by_route = next(
                (answered[s] for s in shown if s in answered and answered[s].status != "dropped by decision"), None
            )
            if not place and by_route:  # its route is asked for, so the page is shown to the test
                status, proof = by_route.status, by_route.proof
            service = next(
                (ground.service_of_unit[u] for s in shown if (u := ground.graph.unit_of(s)) in ground.service_of_unit),
                "",
            )
            yield ParityRow.model_validate(
                {"kind": "screen", "name": symbol.id.removeprefix("template:"), "location": {"path": symbol.path, "line": symbol.line},
                 "service": service, "status": status, "proof": proof}
            )  # fmt: skip


def _jobs(ground: Ground, jobs: Sequence[Job], tests: _Tests, dropped: dict[str, Disposition]) -> Iterator[ParityRow]:
    for job in jobs:
        started = sorted(u for u in job.units if ground.graph.by_id[u].path == job.name or u == job.name)
        members = [m for u in started for m in (u, *ground.graph.members.get(u, ()))]
        place = next((tests.used[m] for m in members if m in tests.used), None) or tests.named.get(job.name.strip("/"))
        status: Parity
        status, proof = tests.of(place) if place else ("unknown", "")
        if job.key in dropped:
            status, proof = "dropped by decision", str(dropped[job.key].evidence[-1].location)
        yield ParityRow(kind="job", name=f"{job.key} ({job.schedule})"[:160], location=job.evidence.location, service=job.services[0] if job.services else "", status=status, proof=proof)  # fmt: skip


def _extracts(ground: Ground, signals: Signals, tests: _Tests) -> Iterator[ParityRow]:
    """Files that somebody opens elsewhere: one row for each place that writes one."""
    done: set[str] = set()
    for place in signals.of("extract"):
        path = place.location.path
        if path in done or ground.roles.get(path) != "code":
            continue
        done.add(path)
        unit = next((u.id for u in ground.boundaries.units if u.path == path), "")
        used = next((tests.used[m] for m in (unit, *ground.graph.members.get(unit, ())) if m in tests.used), None)
        status, proof = tests.of(used) if used else ("unknown", "")
        yield ParityRow.model_validate(
            {"kind": "report", "name": f"extract written by {path}", "location": place.location, "service": ground.service_of_path.get(path, ""), "status": status, "proof": proof}
        )  # fmt: skip
