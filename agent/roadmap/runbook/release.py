"""Section 9: T-minus steps, go or no-go, the point of no return, rollback with data, and what is deleted when."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from agent.domain.finding import Evidence
from agent.domain.handover import Statement
from agent.domain.plan import RouteRow
from agent.domain.wording import counted, listed
from agent.roadmap.ground import is_http
from agent.roadmap.questions import place_of
from agent.roadmap.runbook.view import View

__all__ = ["write"]


def write(view: View) -> Sequence[Statement]:
    """Backwards from the cutover, and on to the day that the old code goes."""
    return [*_before(view), *_decide(view), *_point(view), *_delete(view)]


def _routes(view: View) -> list[Evidence]:
    return [Evidence(location=r.location, text=r.route) for r in view.ground.routes_of(view.name)]


def _places(rows: Sequence[RouteRow]) -> list[Evidence]:
    return [Evidence(location=r.location, text=r.route) for r in rows]


def _before(view: View) -> Iterator[Statement]:
    steps = {s.id: s for s in view.steps}
    waits = [steps[i] for i in view.step.depends_on if i in steps]
    when = view.ground.told.schedule.get(view.step.id) or view.ground.told.schedule.get(view.name)
    text = (
        f"{counted(len(waits), 'step comes', 'steps come')} first ({listed([s.id for s in waits], 6)}); no day is set"
        if waits
        else "nothing of the roadmap has to come first, and no day is set"
    )
    if when:
        yield view.fact(
            f"the cutover is set for {when.text}", [place_of(when, f"{view.name} = {when.text}"), *view.homes]
        )
    else:
        yield view.open(
            f"date.{view.name}", "release", text, f"On which day may {view.name} be cut over, and which days are frozen?", "release manager",
            f"dates for every T-minus below; a day goes under [schedule]: {view.name} = YYYY-MM-DD", [e for s in waits for e in s.evidence[:1]] or view.homes, "YYYY-MM-DD",
        )  # fmt: skip
    http = [r for r in view.ground.routes_of(view.name) if is_http(r.route)]
    reads = [r for r in http if not r.writes]  # whatever shares code that writes is never mirrored
    writes = sorted((r for r in http if r.writes), key=lambda r: not view.ground.changes_data(r))
    if http:
        if reads:
            yield view.fact(
                f"T-14 days: dark launch of {counted(len(reads), 'route')} that only {'reads' if len(reads) == 1 else 'read'}, answers compared with the monolith's as the source of truth, first {reads[0].route}",
                _places(reads),
            )
            yield view.fact(
                f"T-7 days: canary release of the same at 5 percent, then 25 (`figwright canary DIR {view.name} --reads 5`)",
                _places(reads[:2]),
            )
        if writes:
            yield view.fact(
                f"T-0: {counted(len(writes), 'route')} that {'writes' if len(writes) == 1 else 'write'} follow at once for each user, first {writes[0].route}; they are never mirrored",
                _places(writes),
            )
    elif view.ground.routes_of(view.name):
        rows = view.ground.routes_of(view.name)
        yield view.fact(
            f"T-0: transaction routing of {listed([r.route for r in rows], 5)} by code, one at a time, terminal by terminal; no HTTP facade stands here",
            _routes(view),
        )
    for job in [j for j in view.own_jobs if view.name in j.services][:3]:
        yield view.fact(
            f"T-1: {job.key} is stopped on the old side after its last run and started on the new one by hand once",
            (job.evidence,),
        )


def _decide(view: View) -> Iterator[Statement]:
    errors, slow = view.asker.number("slo.error_rate"), view.asker.number("slo.p95")
    traffic = view.ground.boundaries.traffic
    evidence = _routes(view) or [j.evidence for j in view.own_jobs] or list(view.homes)
    tests = (
        f"{counted(view.service.tests, 'test file')} for its code pass"
        if view.service.tests
        else "characterization tests are recorded first, since no test touches it"
    )
    base = f"; your logs hold {traffic.requests:,} requests" if traffic.requests else ""
    unknown = [
        view.open(
            "slo.error_rate", "service levels", f"go when {tests}; the error rate that aborts it is not known{base}",
            "Which share of failed requests (percent) stops a cutover?", "operations lead", "the abort threshold of every extraction", evidence, "percent, for example 0.5",
        ),
        view.open(
            "slo.p95", "service levels", f"how slow {counted(len(evidence), 'way')} in may become is not known", "Which 95th percentile (milliseconds) stops a cutover?", "operations lead",
            "the abort threshold of every extraction", evidence, "milliseconds, for example 800",
        ),
    ]  # fmt: skip
    if errors is None or slow is None:
        yield from unknown
        return
    told = [place_of(a, f"{i} = {a.text}") for i in ("slo.error_rate", "slo.p95") if (a := view.asker.answer(i))]
    yield view.fact(
        f"go when {tests}; abort above {errors:g} % errors or a 95th percentile above {slow:g} ms, for ten minutes",
        [*told, *evidence],
    )


def _point(view: View) -> Iterator[Statement]:
    if not view.owned:
        yield view.fact(
            "there is no point of no return: it owns no data, and routing back is the whole rollback",
            _routes(view) or view.homes,
        )
        return
    writes = [t for t in view.owned if t.writers]
    where = [e for t in writes for e in t.evidence[:1]] or list(view.homes)
    if writes:
        yield view.fact(
            f"point of no return: when the contract step removes {listed([t.table for t in writes], 4)} from the monolith's schema; until then rollback is stop writes, drain back, route back",
            where,
        )
    yield view.open(
        "restore.tested", "service levels", f"a restore of {counted(len(view.owned), 'table')} has to have been rehearsed before that day",
        "When was a restore last tested, and how long did it take (RTO), losing how much (RPO)?", "operations lead", "nothing is extracted before a restore test has passed", where, "date, hours, minutes",
    )  # fmt: skip


def _delete(view: View) -> Iterator[Statement]:
    lines = counted(view.service.code_lines, "line")
    units = [u for u in view.ground.boundaries.units if u.service == view.name]
    gone = [d for d in view.dispositions if d.action == "retire" and d.service == view.name]
    also = (
        f"; {listed([d.component for d in gone], 3)} {'is a candidate' if len(gone) == 1 else 'are candidates'} to go without being moved"
        if gone
        else ""
    )
    yield view.fact(
        f"decommission: {counted(len(units), 'unit')} and {lines} are deleted from the monolith one business cycle after the last rollback was possible, and the flag with them{also}",
        [Evidence.model_validate({"location": {"path": u.path, "line": u.line}, "text": u.id}) for u in units[:2]]
        + [e for d in gone for e in d.evidence[:1]],
    )
