"""What becomes of each component: one of the 7 Rs with evidence, and why not the others.

Deployables, modules (candidate services), jobs, screen groups and table groups each get one; what nothing reaches and what
could be bought are candidates, with a question that decides.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence

from agent.domain.boundary import SHARED, Service
from agent.domain.finding import Evidence
from agent.domain.handover import ACTIONS, Action7, Disposition, Rejected
from agent.domain.inventory import EntryPoint
from agent.domain.plan import RouteRow
from agent.domain.wording import counted, listed
from agent.roadmap.candidates import MOST_CANDIDATES, Case, purchases, retire, retirements
from agent.roadmap.estate import schedules_of
from agent.roadmap.ground import Ground, home, is_http
from agent.roadmap.jobs import Job
from agent.roadmap.questions import Asker, place_of
from agent.roadmap.reach import Unreached, path_of_route
from agent.roadmap.signals import Signals, known_signals
from agent.roadmap.usage import jobs_logged

__all__ = ["decide"]

FEW_PLACES = 2


def decide(
    ground: Ground, signals: Signals, unreached: Unreached, jobs: Sequence[Job], asker: Asker
) -> tuple[Disposition, ...]:
    """Deployables first, then modules, jobs, screens, tables, and the candidates to retire or to buy."""
    case = Case(ground, signals, unreached, jobs, asker)
    found = [
        *_deployables(case), *_modules(case), *_jobs(case), *_screens(case), *_table_groups(case),
        *retirements(case), *purchases(case),
    ]  # fmt: skip
    return tuple(_overruled(case, item) for item in found)


def _overruled(case: Case, item: Disposition) -> Disposition:
    """What the user said of a component goes before everything else."""
    id_ = f"disposition.{item.component}"
    told = case.ground.answer(id_)
    if told is None:
        return item
    word = told.text.strip().lower()
    action: Action7 | None = next((a for a in ACTIONS if a == word), None)
    case.asker.ask(
        id_, "retirement", f"What becomes of {item.component}?", "product owner", f"figwright would {item.action} it: {item.reason}",
        "its disposition", " | ".join(ACTIONS), item.evidence,
    )  # fmt: skip
    if action is None:
        case.asker.refuse(id_, told, f"{told.text!r} is none of the 7 Rs ({', '.join(ACTIONS)})")
        return item
    if item.decided and action != item.action:
        case.asker.refuse(id_, told, f"contradicts your answer to {item.question}, which makes it {item.action}")
        return item
    if action == item.action:
        return item.model_copy(update={"decided": True, "candidate": False})
    said = f"you decided so; figwright would {item.action} it: {item.reason}"
    rejected = (
        Rejected(action=item.action, why=f"you decided against it ({told.place or 'figwright.toml'})"),
        *(r for r in item.rejected if r.action != action),
    )
    return item.model_copy(
        update={
            "action": action, "reason": said, "decided": True, "candidate": False, "rejected": rejected,
            "evidence": (place_of(told, f"{id_} = {told.text}"), *item.evidence),
        }
    )  # fmt: skip


# ---------------------------------------------------------------- deployables


def _deployables(case: Case) -> Iterator[Disposition]:
    ground = case.ground
    groups: dict[str, list[EntryPoint]] = defaultdict(list)
    builds = sorted({b.evidence.path.rpartition("/")[0] for b in ground.inventory.build_systems}, key=len, reverse=True)
    for entry in ground.inventory.entry_points:
        if entry.kind in ("web", "listener", "worker"):
            folder = next((b for b in builds if not b or entry.evidence.path.startswith(b + "/")), "")
            groups[folder].append(entry)
    region = list(ground.other_routes)
    if region:
        yield _region(case, region)
    batch = [j for j in case.jobs if j.kind == "batch"]
    if batch:
        yield _scheduler(case, batch)
    for folder in sorted(groups):
        yield _web(case, folder, groups[folder])
    if not (groups or region or batch) and ground.http_routes:
        row = ground.http_routes[0]
        first = EntryPoint(kind="web", name=row.route, how="its routes", evidence=row.location)
        yield _web(case, "", [first])


def _web(case: Case, folder: str, entries: Sequence[EntryPoint]) -> Disposition:
    ground = case.ground
    name = folder or ground.inventory.name
    old = [r for r in ground.inventory.runtimes if r.supported is False]
    ties = [
        s for s in ground.inventory.external_systems if s.kind in ("file share", "ftp", "local file") and s.evidence
    ]
    memory = ground.rule("performance.local-session") + ground.rule("performance.local-cache")
    routes = [row for row in ground.http_routes if not folder or row.location.path.startswith(folder + "/")]
    evidence = [Evidence(location=e.evidence, text=f"{e.kind}: {e.name} ({e.how})"[:200]) for e in entries[:2]]
    evidence += [
        Evidence(location=r.evidence, text=f"{r.name} {r.version}, past its end since {r.end_of_life}") for r in old[:2]
    ]
    evidence += [
        Evidence(location=s.evidence[0], text=f"{s.kind}: {s.name}", resolution=s.resolution) for s in ties[:2]
    ]
    evidence += [f.evidence[0] for f in memory[:1]]
    what = f"it answers {counted(len(routes), 'route')}" if routes else f"{counted(len(entries), 'way')} in"
    needs = [f"{r.name} {r.version} is out of support since {r.end_of_life}" for r in old[:2]]
    needs += [f"{s.kind} {s.name} ties it to one machine" for s in ties[:1]]
    needs += [f"it keeps state in one process ({memory[0].evidence[0].location})"] if memory else []
    split = ground.boundaries.verdict == "split"
    extractable = [s.name for s in ground.boundaries.services if s.verdict in ("extract first", "extract later")]
    rejected = [
        Rejected(action="rehost", why=f"moved as it is, {needs[0]}" if needs else "a container costs little more: nothing that was read ties it to its machine, and what is gained is a rollback by routing"),
        Rejected(action="relocate", why=f"moving the virtual machine changes nothing of this: {listed(needs, 3)}" if needs else f"no image of a machine is described here, and {what} by code that can be built anew"),
        Rejected(action="retire", why=f"{what}, and {counted(len(ground.boundaries.tables), 'table')} live behind them"),
        Rejected(action="repurchase", why=f"{counted(sum(s.code_lines for s in ground.boundaries.services), 'line')} of own rules over {counted(len(ground.boundaries.tables), 'own table')}; only the parts listed as commodities could be bought"),
        Rejected(action="retain", why=f"{needs[0]}, so doing nothing is no way to stay" if needs else f"kept where it is, none of {counted(len(extractable), 'candidate')} could be rolled back by routing" if split else "it can run anywhere for little, and its baseline is worth having"),
    ]  # fmt: skip
    if split:
        rejected.append(
            Rejected(
                action="refactor",
                why=f"not the deployable as a whole: {listed(extractable, 4)} are refactored out of it, the rest only moves",
            )
        )
    else:
        rejected.append(Rejected(action="refactor", why=f"not into services: {ground.boundaries.verdict_reasons[0]}"))
    reason = f"the platform under it changes, its structure does not: {what}" + (
        f"; {listed(needs, 3)}" if needs else ""
    )
    return Disposition(
        component=name, kind="deployable", action="replatform", reason=reason, evidence=tuple(evidence), rejected=tuple(rejected),
    )  # fmt: skip


def _region(case: Case, rows: Sequence[RouteRow]) -> Disposition:
    ground = case.ground
    outside = [s for s in ground.inventory.external_systems if s.evidence]
    named = listed([s.name for s in outside if s.kind in ("database", "queue")], 4)
    writes = sum(1 for row in rows if row.writes)
    return Disposition(
        component=f"online region of {ground.inventory.name}", kind="deployable", action="retain",
        reason=f"kept where it runs until each of {counted(len(rows), 'transaction')} is routed by its code; {writes} of them write, "
        f"to data shared with {counted(len(case.jobs), 'job')}",
        evidence=(
            *(Evidence(location=r.location, text=f"{r.route} starts {r.handler}") for r in rows[:3]),
            *(Evidence(location=s.evidence[0], text=f"{s.kind}: {s.name}", resolution=s.resolution) for s in outside[:2]),
        ),
        rejected=(
            Rejected(action="rehost", why=f"an emulator of the monitor has to offer {named} with it, and none of that is tested here: {counted(sum(s.files for s in ground.inventory.test_suites), 'test file')}"),
            Rejected(action="replatform", why=f"a new runtime under {counted(len(rows), 'transaction')} needs their data moved in one night with {counted(len(case.jobs), 'job')}"),
            Rejected(action="refactor", why=ground.boundaries.verdict_reasons[-1] if ground.boundaries.verdict != "split" else "transaction by transaction, not the region at once"),
            Rejected(action="relocate", why="there is no virtual machine to move: the region belongs to its host"),
            Rejected(action="retire", why=f"{counted(len(rows), 'transaction')} are defined, and nothing that was read says that one is off"),
            Rejected(action="repurchase", why=f"{counted(len(ground.boundaries.tables), 'dataset')} hold what a product would have to import; whether one fits is for the business to say"),
        ),
    )  # fmt: skip


def _scheduler(case: Case, jobs: Sequence[Job]) -> Disposition:
    shared = sorted({t for j in jobs for t, _ in j.writes})
    bare = [j for j in jobs if j.writes and not j.restart]
    return Disposition(
        component=f"batch of {case.ground.inventory.name}", kind="deployable", action="retain",
        reason=f"{counted(len(jobs), 'job')} write {counted(len(shared), 'dataset')}; {len(bare)} of them show no restart point, so each "
        "moves alone, after its window and its predecessors are known",
        evidence=tuple(j.evidence for j in jobs[:4]),
        rejected=(
            Rejected(action="rehost", why=f"moved together, {len(bare)} jobs without a restart point would be started on a machine that nobody has run them on"),
            Rejected(action="replatform", why=f"the order of the jobs is in {listed(schedules_of(case.ground), 3)}, which another scheduler would have to be told" if schedules_of(case.ground) else "the order of the jobs is in a scheduler that is not in this repository"),
            Rejected(action="retire", why=f"{counted(len(shared), 'dataset')} have no other writer that was seen") if shared else Rejected(action="retire", why=f"{counted(len(jobs), 'job')} are defined and none is marked as off"),
        ),
    )  # fmt: skip


# ---------------------------------------------------------------- modules


def _modules(case: Case) -> Iterator[Disposition]:
    ground = case.ground
    verdict = ground.boundaries.verdict
    for service in ground.boundaries.services:
        able = service.verdict in ("extract first", "extract later")
        action: Action7 = "refactor" if verdict == "split" and able else "retain"
        yield Disposition(
            component=service.name, kind="module", action=action, reason=_module_reason(case, service, action),
            evidence=_module_evidence(ground, service), rejected=tuple(_module_rejected(case, service, action)),
            service=service.name,
        )  # fmt: skip


def _module_reason(case: Case, service: Service, action: Action7) -> str:
    verdict = case.ground.boundaries.verdict
    if action == "refactor":
        return f"taken out behind the facade: {service.verdict_reason}"
    if verdict == "split":
        return f"stays in the monolith: {service.verdict_reason}"
    where = "where it runs today" if case.ground.hosted else "inside one deployable"
    return f"a module with a border {where}: {service.verdict_reason}"


def _module_evidence(ground: Ground, service: Service) -> tuple[Evidence, ...]:
    crossing = [
        c
        for c in ground.boundaries.crossings
        if service.name in (c.source, c.target) and SHARED not in (c.source, c.target)
    ]
    units = {u.id: u for u in ground.boundaries.units}
    first = [home(units[u].path, units[u].line, u) for u in service.units[:1] if u in units]
    return tuple(first + [e for c in crossing[:2] for e in c.evidence[:1]])[:3]


def _module_rejected(case: Case, service: Service, action: Action7) -> Iterator[Rejected]:
    ground = case.ground
    spans = [t for t in ground.boundaries.bill.transactions if service.name in {o for o, _ in t.owners}]
    writers = [t.table for t in ground.boundaries.tables if t.owner == service.name and len(t.writers) > 1]
    if action == "refactor":
        yield Rejected(
            action="retain",
            why=f"{counted(len(service.entry_points), 'way')} in and {counted(len(service.owned_tables), 'table')} can go together, and {service.cohesion:.0%} of its ties stay inside",
        )
        commodity = _commodity_of(case, service)
        yield Rejected(
            action="repurchase",
            why=f"only its {commodity} could be bought; the rest is {counted(service.code_lines, 'line')} of its own"
            if commodity
            else f"nothing of its {counted(service.code_lines, 'line')} is a commodity that is sold",
        )
    else:
        said = []
        if spans:
            said.append(f"{counted(len(spans), 'transaction')} would span services")
        if writers:
            said.append(f"{listed(writers, 3)} {'has' if len(writers) == 1 else 'have'} several writers")
        said.append(
            service.verdict_reason if ground.boundaries.verdict == "split" else ground.boundaries.verdict_reasons[0]
        )
        yield Rejected(action="refactor", why=f"not into a service: {listed(said, 3)}")
    if service.entry_points:
        yield Rejected(
            action="retire",
            why=f"{counted(len(service.entry_points), 'route or job leads', 'routes and jobs lead')} to it, the first {service.entry_points[0]}",
        )
    elif service.calls_in:
        yield Rejected(action="retire", why=f"{counted(service.calls_in, 'use')} of it from other modules")


def _commodity_of(case: Case, service: Service) -> str:
    paths = case.ground.paths_of.get(service.name, frozenset())
    return listed([s.title for s in known_signals().values() if s.commodity and case.signals.of(s.name, paths)], 3) if any(
        s.commodity and case.signals.of(s.name, paths) for s in known_signals().values()
    ) else ""  # fmt: skip


# ---------------------------------------------------------------- jobs, screens, tables


def _jobs(case: Case) -> Iterator[Disposition]:
    ground = case.ground
    actions = {s.name: s for s in ground.boundaries.services}
    seen: set[str] = set()
    for job in case.jobs:
        name = job.key if job.key not in seen else f"{job.key} ({job.evidence.location})"
        seen.add(job.key)
        service = job.services[0] if len(job.services) == 1 else ""
        out = (
            ground.boundaries.verdict == "split"
            and service in actions
            and actions[service].verdict.startswith("extract")
        )
        tables = [t for t, _ in job.writes]
        if jobs_logged(ground) and job.runs is None and not job.outside:
            yield retire(
                case, name, "job", "your job logs hold runs of other jobs, and none of it", job.evidence, service
            )
        elif job.outside:
            yield Disposition(
                component=name, kind="job", action="replatform", evidence=(job.evidence,),
                reason="it starts nothing of this repository: the platform's own restart, backup or scheduler takes its place",
                rejected=(
                    Rejected(action="retain", why="what it works on moves, so on the old machine it would work on nothing"),
                    Rejected(action="refactor", why="there is no code of it here to change"),
                ),
            )  # fmt: skip
        elif job.kind == "batch":
            yield Disposition(
                component=name, kind="job", action="retain", evidence=(job.evidence, *(e for _, e in job.writes[:2])), service=service,
                reason=f"writes {listed(tables, 3)}" + (", which others write too" if _shared(ground, tables) else "") if tables else "reads or moves data only, and follows what it reads",
                rejected=(Rejected(action="refactor", why="no restart point was found in it, so it cannot be run beside a successor" if not job.restart else f"only with {service or 'the data it writes'}"),),
            )  # fmt: skip
        else:
            yield Disposition(
                component=name, kind="job", action="refactor" if out else "replatform", service=service,
                evidence=(job.evidence, *(e for _, e in job.writes[:2])),
                reason=f"goes with {service}, whose code it runs" if out else f"the same code, started by the new platform's scheduler instead of {job.schedule.partition(',')[0]}",
                rejected=(
                    Rejected(action="retain", why=f"it writes {listed(tables, 3)}, which move" if tables else "its code moves"),
                    *((Rejected(action="retire", why=f"nothing else was seen to write {listed(sorted(_only(ground, tables, job)), 3)}"),) if _only(ground, tables, job) else ()),
                ),
            )  # fmt: skip


def _shared(ground: Ground, tables: Sequence[str]) -> bool:
    return any(len(ground.tables[t].writers) > 1 for t in tables if t in ground.tables)


def _only(ground: Ground, tables: Sequence[str], job: Job) -> set[str]:
    rows = {row.table: row for row in ground.boundaries.bill.matrix}
    return {
        t for t in tables
        if t in rows and rows[t].written_by and all(w.count == 1 and w.entry_points[0].endswith(job.name) for w in rows[t].written_by)
    }  # fmt: skip


def _screens(case: Case) -> Iterator[Disposition]:
    ground = case.ground
    groups: dict[str, list[RouteRow]] = defaultdict(list)
    for row in ground.system.routes_table:
        parts = [p for p in path_of_route(row.route).split("/") if p]
        first = parts[0] if len(parts) > 1 or (parts and not set(parts[0]) & set("<{(:*")) else ""
        groups[f"/{first}" if is_http(row.route) else row.service or row.route].append(row)
    small = [
        name
        for name in sorted(groups)
        if name.startswith("/") and len({path_of_route(r.route) for r in groups[name]}) < FEW_PLACES
    ]
    if len(small) > 1 and len(groups) - len(small) > 1:
        groups["single pages"] = [row for name in small for row in groups.pop(name)]
    elif len(groups) > MOST_CANDIDATES or len(small) > 1:  # no folders to speak of: by service
        groups = defaultdict(list)
        for row in ground.system.routes_table:
            groups[ground.services[row.service].title if row.service in ground.services else "shared pages"].append(row)
    for name in sorted(groups):
        rows = groups[name]
        homes = sorted(
            {r.service for r in rows if r.service in ground.services},
            key=lambda s: (-sum(r.service == s for r in rows), s),
        )
        home_ = ground.services[homes[0]] if homes else None
        out = ground.boundaries.verdict == "split" and home_ is not None and home_.verdict.startswith("extract")
        http = is_http(rows[0].route)
        several = f"; {listed(homes[1:], 3)} answer some of them" if len(homes) > 1 else ""
        writes = sum(ground.changes_data(r) for r in rows)
        where = f"go with {homes[0]}" if out else "move with the deployable" if http else "stay on their terminals"
        yield Disposition(
            component=name if name == "single pages" else f"screens of {name}" if not name.startswith("/") else f"screens under {name}", kind="screen group",
            action="refactor" if out else "replatform" if http else "retain", service=home_.name if home_ else "",
            reason=f"{counted(len(rows), 'route' if http else 'transaction')}, {writes} that write, {where}{several}",
            evidence=tuple(Evidence(location=r.location, text=r.route) for r in rows[:3]),
            rejected=(Rejected(action="retire", why=_use(ground, rows)),),
        )  # fmt: skip


def _use(ground: Ground, rows: Sequence[RouteRow]) -> str:
    seen = dict(ground.boundaries.traffic.routes)
    asked = sum(seen.get(f"route:{r.route}", seen.get(r.route, 0)) for r in rows)
    if ground.boundaries.traffic.requests:
        return (
            f"{counted(asked, 'request')} in the logs"
            if asked
            else "no request in the logs, but only people can say that nobody will come"
        )
    tables = len({t for r in rows for t in (*r.reads, *r.writes)})
    lead = f"they lead to {counted(tables, ground.store)}" if tables else "they answer without a table of this system"
    return f"{lead}; their use was not measured yet"


def _table_groups(case: Case) -> Iterator[Disposition]:
    ground = case.ground
    groups: dict[str, list[str]] = defaultdict(list)
    for table in ground.boundaries.tables:
        groups[table.owner].append(table.table)
    for owner in sorted(groups):
        names, service = groups[owner], ground.services.get(owner)
        tables = [ground.tables[n] for n in names]
        several = [t.table for t in tables if len(t.writers) > 1]
        out = ground.boundaries.verdict == "split" and service is not None and service.verdict.startswith("extract")
        readers = sorted({r for t in tables for r in t.readers if r not in (owner, SHARED)})
        evidence = [e for t in tables for e in t.evidence[:1]][:3] or [
            Evidence(location=tables[0].location, text=tables[0].table)
        ]
        label = f"{ground.store}s of {owner}" if owner and owner != SHARED else f"{ground.store}s without an owner"
        reason = f"{counted(len(names), ground.store)}" + (
            f", {listed(several, 3)} with several writers"
            if several
            else ", each with one writer"
            if len(names) > 1
            else ", with one writer"
        )
        reason += (
            f"; read by {listed(readers, 3)}"
            if readers
            else f"; nobody else reads {'them' if len(names) > 1 else 'it'}"
        )
        yield Disposition(
            component=label, kind="table group", action="refactor" if out else "retain", reason=reason, evidence=tuple(evidence), service=owner if service else "",
            rejected=(Rejected(action="rehost", why=f"a copy of the schema keeps {counted(len(several), 'table')} with several writers" if several else f"moved alone, {counted(len(readers), 'reader')} would be left behind" if readers else "it moves with the code that writes it"),)
            if out else (Rejected(action="refactor", why="its module stays where it runs" if service and ground.hosted else "no schema of its own while its module stays in" if service else "nobody was found to own them"),),
        )  # fmt: skip
