"""The steps of a roadmap, each made from what was found: entry and exit criteria, rollback, and the findings it rests on."""

from __future__ import annotations

import re
from collections.abc import Sequence

from agent.domain.boundary import SHARED, Crossing, Service, SharedUnit, TableOwnership
from agent.domain.effort import Size
from agent.domain.finding import Evidence, Finding
from agent.domain.handover import MessageContract
from agent.domain.plan import Step
from agent.domain.wording import counted, listed
from agent.roadmap.effort import History, size_of
from agent.roadmap.ground import Ground, is_http
from agent.roadmap.jobs import Job
from agent.roadmap.order import Rank
from agent.roadmap.questions import Asker

__all__ = ["Maker"]

SHOWN = 6
_IMAGE = re.compile(r"(?:^|/)(?:Dockerfile|Containerfile)(?:\.[\w-]+)?$")


def names_of(services: Sequence[str], most: int = 5) -> str:
    """A list of services in a sentence; shared code is called by its name for people."""
    return listed(["shared code" if name == SHARED else name for name in services], most)


class Maker:
    """Makes steps with IDs in order; lives for one roadmap."""

    def __init__(self, ground: Ground, jobs: Sequence[Job], messages: Sequence[MessageContract], asker: Asker) -> None:
        self.ground, self.jobs, self.messages = ground, jobs, messages
        self._inventory = ground.inventory
        self._boundaries = ground.boundaries
        self._findings = ground.findings
        self._asker = asker
        self._count = 0
        self._history = History(ground.told.effort_history)
        asker.unusable.extend(self._history.unusable)

    def step(self, kind: str, title: str, service: str = "", *, size: Size | None, **fields: object) -> Step:
        """A step with the next ID; no size means that nothing is to be done."""
        self._count += 1
        base: dict[str, object] = {
            "id": f"S{self._count:02d}", "kind": kind, "title": title, "service": service, "reasons": (), "evidence": (),
            "value": None, "cost": None, "entry": (), "exit": (), "rollback": "", "findings": (), "depends_on": (),
            "effort": self._history.effort(kind, size) if size else None,
        }  # fmt: skip
        return Step.model_validate({**base, **fields})

    def _of(self, rule: str, service: str = "") -> list[Finding]:
        return [f for f in self._findings if f.rule.startswith(rule) and (not service or service in f.services)]

    @property
    def _held(self) -> str:
        """The baseline as this system has it."""
        suites = self._inventory.test_suites
        if not suites:
            return f"what S01 recorded of {counted(self._ways, 'way')} in still holds"
        return f"the {counted(sum(s.files for s in suites), 'test file')} of {listed(self._runners, 2)} pass as S01 left them"

    @property
    def _runners(self) -> list[str]:
        return list(dict.fromkeys(s.runner for s in self._inventory.test_suites))

    @property
    def _rule(self) -> str:
        """What can hold a border, by language."""
        tools = {"python": "import-linter (modules/.importlinter) holds", "java": "ArchUnit (modules/ModuleBordersTest.java) holds",
                 "javascript": "dependency-cruiser (modules/.dependency-cruiser.cjs) holds", "typescript": "dependency-cruiser (modules/.dependency-cruiser.cjs) holds"}  # fmt: skip
        shares = sorted(self._inventory.languages, key=lambda share: -share.code_lines)
        first = next((tools[s.language] for s in shares if s.language in tools), "")
        return first or "`figwright diff` against the last plan holds"

    @property
    def _ways(self) -> int:
        return self.ground.route_count or len(self._inventory.entry_points)

    def _size_of_ways(self, ways: int, jobs: int = 0) -> Size:
        """Ways in are worked on one by one; the files are those that they stand in."""
        entries = self._inventory.entry_points
        files = {r.location.path for r in self.ground.system.routes_table} or {e.evidence.path for e in entries}
        if jobs:
            files |= {e.evidence.path for e in entries if e.kind in ("job", "batch")}
        return Size(count=ways + jobs, files=len(files))

    def baseline(self) -> Step:
        """Make today's behaviour a reference: the suites that exist, and what they do not protect."""
        suites = self._inventory.test_suites
        unprotected = self._of("protection")
        commands = tuple(
            f"{s.command} passes three times in a row: {counted(s.files, 'file')} for {s.runner}" for s in suites
        )
        evidence = tuple(
            Evidence(location=s.evidence, text=f"{s.runner}: {counted(s.files, 'file')}, run with {s.command}")
            for s in suites[:SHOWN]
        )
        lines = (
            f"{self.ground.system.test_lines:,} lines of tests stand beside {self.ground.system.code_lines:,} of code"
        )
        ways = [Evidence(location=r.location, text=r.route) for r in self.ground.system.routes_table[:SHOWN]]
        files = counted(sum(s.files for s in suites), "test file")
        return self.step(
            "prepare",
            f"Make {files} of {listed(self._runners, 3)} the baseline"
            if suites
            else f"Record characterization tests for {counted(self._ways, 'way')} in: there is no suite",
            size=_in_files(sum(s.files for s in suites)) if suites else self._size_of_ways(self._ways),
            reasons=(
                f"{lines}, in {counted(len(suites), 'suite')}: every later step is judged by them"
                if suites
                else f"{self.ground.system.code_lines:,} lines of code and no test: a change is checked by customers",
                *(f.title for f in unprotected[:SHOWN]),
            ),
            evidence=evidence or tuple(e for f in unprotected[:1] for e in f.evidence) or tuple(ways),
            entry=(f"{listed([b.name for b in self._inventory.build_systems], 3)} builds it from a clean checkout",)
            if self._inventory.build_systems
            else (
                f"somebody can build its {counted(len(self._inventory.files), 'file')} from a clean checkout: no build file was found",
            ),
            exit=commands or (f"recorded examples of {counted(self._ways, 'way')} in fail when their answers change",),
            rollback=f"nothing is changed by running {files}"
            if suites
            else f"recordings of {counted(self._ways, 'way')} in are only added",
            findings=tuple(f.id for f in unprotected),
            abort=(f"{listed([s.command for s in suites], 2)} fails once in three runs: then it is no reference",)
            if suites
            else (),
        )

    def mend(self, title: str, found: Sequence[Finding]) -> Step:
        """Remove what findings of one kind name, file by file, while the tests of the baseline hold."""
        rules = sorted({f.rule for f in found})
        places = sum(f.count for f in found)
        files = sorted({e.location.path for f in found for e in f.evidence})
        return self.step(
            "prepare",
            f"{title}: {counted(places, 'place')} in {counted(len(files), 'file')}",
            size=Size(count=places, files=len(files)),
            reasons=tuple(f.title for f in found[:SHOWN]),
            evidence=tuple(f.evidence[0] for f in found[:SHOWN]),
            entry=(f"{listed(files, 3)}: {self._held}",),
            exit=self._mended(found, places, rules, files),
            rollback=self._unmended(rules, files),
            findings=tuple(f.id for f in found),
        )

    def _mended(
        self, found: Sequence[Finding], places: int, rules: Sequence[str], files: Sequence[str]
    ) -> tuple[str, ...]:
        """A gate is passed by an answer, a risk is met by tests, and everything else is gone or accepted."""
        where = f"{counted(places, 'place')} in {listed(files, 3)}"
        if all(rule.startswith("governance.gate") for rule in rules):
            return (
                f"the answer for {where} is written down: {counted(len(found), 'finding')} of {listed(rules, 3)} accepted in figwright.toml, with reason and date",
            )
        if all(rule.startswith("risk.") for rule in rules):
            return (f"recorded examples run {where}, and fail when an answer changes", self._held)
        return (
            f"this plan, run again, no longer finds {listed(rules, 6)} at today's {where}; what stays is accepted with a date ({counted(len(found), 'finding')})",
            self._held,
        )

    def _unmended(self, rules: Sequence[str], files: Sequence[str]) -> str:
        if all(rule.startswith("governance.gate") for rule in rules):
            return f"nothing in {listed(files, 3)} is changed by an answer"
        if all(rule.startswith("risk.") for rule in rules):
            return f"recordings beside {listed(files, 3)} are only added"
        kept = "; a secret that was replaced stays replaced" if "security.secret" in rules else ""
        return f"revert the change in {listed(files, 3)}{kept}"

    def observe(self, routes: int, jobs: Sequence[str]) -> Step:
        """Know usage, latency and errors before anything moves."""
        entry = [e for e in self._inventory.entry_points if e.kind in ("web", "job", "batch", "worker", "main", "cli")]
        what = counted(routes, "route") if routes else counted(len(entry), "entry point")
        if routes and not self.ground.http_routes:
            what = counted(routes, "transaction")
        seen = self.ground.boundaries.traffic
        bare = [j for j in self.jobs if j.writes and not j.restart]
        writing = len({r.route for r in self.ground.system.routes_table if self.ground.changes_data(r)})
        known = (
            f"your logs hold {seen.requests:,} requests, for {len(seen.routes)} of them; {len(seen.silent)} were never asked for"
            if seen.requests
            else f"code shows {what}, {writing} of them writing, and not one number of their use"
        )
        return self.step(
            "observe",
            f"Measure {what}"
            + (f" and {counted(len(jobs), 'job')}" if jobs else "")
            + (f", {len(bare)} of them without a restart point" if bare else ""),
            size=self._size_of_ways(routes or len(entry), len(jobs)),
            reasons=(
                known,
                *(
                    (
                        f"{listed([j.key for j in bare], 4)}: no restart point was found, so what a second run does is not known",
                    )
                    if bare
                    else ()
                ),
            ),
            evidence=tuple(Evidence(location=e.evidence, text=f"{e.kind}: {e.name} ({e.how})") for e in entry[:SHOWN])
            or tuple(Evidence(location=r.location, text=r.route) for r in self.ground.system.routes_table[:SHOWN]),
            entry=(f"{self._how_measured(routes)} for {what}",),
            exit=(
                f"calls, 95th percentile and error rate of {what} are known over one business cycle"
                + (f", and the {writing} that {'writes' if writing == 1 else 'write'} by user" if writing else ""),
                *(
                    (
                        f"schedule, duration and owner are known of {listed([j.key for j in self.jobs] or list(jobs), 6)}",
                    )
                    if jobs
                    else ()
                ),
                *(
                    (
                        f"a restore of {counted(len(self.ground.boundaries.tables), self.ground.store)} was timed (RTO) and its loss known (RPO): answer restore.tested",
                    )
                    if self.ground.boundaries.tables
                    else ()
                ),
            ),
            rollback=f"the instrumentation of {what} is switched off",
        )

    def _how_measured(self, routes: int) -> str:
        """What can be switched on without changing code, by language."""
        first = next((share.language for share in self._inventory.languages if share.parsed), "")
        agents = {
            "python": "`opentelemetry-instrument` before the start command",
            "java": "the OpenTelemetry agent as -javaagent",
            "javascript": "`node --require @opentelemetry/auto-instrumentations-node/register`",
            "php": "the OpenTelemetry extension of PHP",
            "csharp": "the OpenTelemetry .NET automatic instrumentation",
        }
        if (routes and not self.ground.http_routes) or first == "cobol":
            return "the monitor's and the scheduler's own records (SMF 110, SMF 30) are kept"
        return f"{agents.get(first, 'an access log with durations')} or access logs may be switched on in production"

    def upgrade(self) -> Step | None:
        """Runtimes past their end."""
        found = self._of("runtime.end-of-life")
        if not found:
            return None
        names = listed([f.title.partition(" is past")[0] for f in found])
        return self.step(
            "prepare",
            f"Leave unsupported runtimes: {names}",
            size=Size(
                count=sum(f.count for f in found), files=len({e.location.path for f in found for e in f.evidence})
            ),
            reasons=tuple(f.title for f in found[:SHOWN]),
            evidence=tuple(e for f in found[:SHOWN] for e in f.evidence),
            entry=(f"before {names} goes, {self._held}",),
            exit=(
                f"on the successor of {names} {self._held}",
                f"a search of {counted(len(self._inventory.files), 'file')} for {names} finds nothing",
            ),
            rollback=f"the image with {names} stays deployable until its successor has run for one business cycle",
            findings=tuple(f.id for f in found),
        )

    def contain(self) -> Step:
        """Run the system as it is in a container, with its state outside."""
        external = self._inventory.external_systems
        kinds = sorted({s.kind for s in external})
        blockers = [s for s in external if s.kind in ("file share", "ftp", "local file")]
        starts = [e for e in self._inventory.entry_points if e.kind in ("web", "main", "worker", "job", "batch")]
        images = [f.path for f in self._inventory.files if _IMAGE.search(f.path) and f.role != "test"][:3]
        what = (
            f"{counted(len(starts), 'way')} in, with {listed([s.name for s in external], 4)} outside"
            if external
            else f"{counted(len(starts), 'way')} in"
        )
        return self.step(
            "containerize",
            f"Run it as it is in a container, with {listed(kinds)} outside" if kinds else f"Run its {counted(len(starts), 'way')} in as they are in a container",
            size=Size(count=len(starts) + len(external), files=len({e.evidence.path for e in starts} | {p.path for s in external for p in s.evidence})),
            reasons=(
                f"{counted(len(starts), 'way')} in and {counted(len(external), 'system')} outside were found",
                *((f"{listed(images, 3)} {'is' if len(images) == 1 else 'are'} there to begin with",) if images else ()),
                *(f"{s.kind} {s.name} ties it to a machine" for s in blockers[:3]),
            ),
            evidence=tuple(
                Evidence(location=p, text=f"{s.kind}: {s.name}", resolution=s.resolution)
                for s in external[:SHOWN]
                for p in s.evidence[:1]
            ) or tuple(Evidence(location=e.evidence, text=f"{e.kind}: {e.name}") for e in starts[:SHOWN]),
            entry=(f"of {what}, {self._held}",),
            exit=(f"the image starts {what} from environment variables alone", f"inside the image {self._held}"),
            rollback=f"the present deployment of {counted(len(starts), 'way')} in stays as it is until the container has taken its traffic",
            findings=tuple(f.id for f in self._of("integration")),
            abort=(f"{blockers[0].kind} {blockers[0].name} cannot be reached from where the container runs",) if blockers else (),
        )  # fmt: skip

    def settle_table(self, table: TableOwnership) -> Step:
        """One writer for one table."""
        told = self._asker.answer(f"writer.{table.table}")
        owner = told.text if told and told.text in self.ground.services else table.owner
        others = [w for w in table.writers if w not in (owner, SHARED)]
        found = [f for f in self._of("data.several-writers") if f"Table {table.table} " in f.title]
        writes = [e for e in table.evidence if e.text.endswith(f"writes {table.table}")]
        price = next((c for c in self._boundaries.bill.conflicts if c.table == table.table), None)
        best = next((o for o in price.options if o.cheapest), None) if price else None
        readers = len([r for r in table.readers if r != owner])
        way = (
            f", by {best.kind}: {counted(best.sites, 'place')} and {counted(best.use_cases, 'use case')} change"
            if best
            else ""
        )
        return self.step(
            "own_data",
            f"Give {self.ground.store} {table.table} one writer: {owner}",
            service=owner,
            size=size_of(tuple(writes) or table.evidence),
            reasons=(
                f"written by {names_of(table.writers)}, read by {readers} others{way}",
                table.reason + (f"; you named {owner} ({told.place})" if told and told.text == owner else ""),
            ),
            evidence=tuple(writes) or table.evidence[:SHOWN],
            entry=(
                f"writer.{table.table} is answered, and {listed(others)} and {owner} agree on the operation that replaces {counted(len(writes), 'write')}",
            ),
            exit=(
                f"none of the {counted(len(writes), 'place')} of {listed(others)} writes {table.table}: this plan, run again, shows one writer for its {counted(readers, 'reader')}",
                f"of {table.table}, {self._held}",
            ),
            rollback=f"revert the commits at {counted(len(writes), 'place')}: the {'records' if self.ground.hosted else 'columns'} of {table.table} and its {counted(readers, 'reader')} stay as they are in this step",
            findings=tuple(f.id for f in found),
            abort=(f"a row of {table.table} that {listed(others)} wrote before and nobody writes now",),
        )

    def cut_cycle(self, item: Finding) -> Step:
        """One direction between two services."""
        files = sorted({e.location.path for e in item.evidence})
        return self.step(
            "cut",
            f"Cut the cycle: {item.title}",
            service=item.services[0] if item.services else "",
            size=Size(count=item.count, files=len(files)),
            reasons=(item.detail,),
            evidence=item.evidence[:SHOWN],
            entry=(f"in {listed(files, 3)}, {self._held}",),
            exit=(
                f"of {counted(item.count, 'place')} in {listed(files, 3)} one direction is left, and this plan, run again, no longer reports {item.id}",
                self._held,
            ),
            rollback=f"revert the commits in {listed(files, 3)}: {counted(item.count, 'place behaves', 'places behave')} as before",
            findings=(item.id,),
        )

    def shared(self, units: Sequence[SharedUnit]) -> Step:
        """Shared code: library, split, or keep."""
        gods = self._of("structure.god-unit") + self._of("data.writes-past-owner")
        kinds = [
            f"{sum(u.kind == k for u in units)} {many if sum(u.kind == k for u in units) > 1 else k}"
            for k, many in (("kernel", "kernels"), ("library", "libraries"), ("glue", "glue"))
            if any(u.kind == k for u in units)
        ]
        writing = sorted({t.table for t in self._boundaries.tables if SHARED in t.writers})
        return self.step(
            "prepare",
            f"Decide where shared code goes: {listed([u.unit for u in units], 4)}",
            size=Size(count=len(units), files=len({u.location.path for u in units})),
            reasons=tuple(f"{u.unit}: {u.kind}, {u.reason}" for u in units[:SHOWN]),
            evidence=tuple(Evidence(location=u.location, text=f"{u.kind}: {u.reason}") for u in units[:SHOWN]),
            entry=(f"the borders of {counted(len(self._boundaries.services), 'candidate')} are agreed with the people who own them",),
            exit=(f"{listed(kinds, 3)}: each is a versioned library, split over services, or stays in the monolith, by decision",
                  f"{listed(writing, 4)} {'is' if len(writing) == 1 else 'are'} written by shared code no more" if writing else f"none of {counted(len(units), 'unit')} writes a {self.ground.store}, as today"),
            rollback=f"revert the commits in {counted(len(units), 'shared unit')}",
            findings=tuple(f.id for f in gods),
        )  # fmt: skip

    def extract(self, rank: Rank, after: Sequence[str]) -> Step:
        """One service behind the facade."""
        s = rank.service
        crossings = [
            c
            for c in self._boundaries.crossings
            if s.name in (c.source, c.target) and SHARED not in (c.source, c.target)
        ]
        inbound = [c for c in crossings if c.target == s.name]
        outbound = [c for c in crossings if c.source == s.name]
        return self.step(
            "extract",
            f"Extract {s.title}: {_entries(s, self._jobs_of(s))}, {counted(len(s.owned_tables), 'table')}, "
            f"{counted(s.code_lines, 'line')}",
            service=s.name,
            size=_size_of_service(s),
            reasons=(*rank.reasons, f"value {rank.value:.2f}, cost {rank.cost:.2f}"),
            evidence=tuple(e for c in crossings for e in c.evidence[:2])[:SHOWN] or self._home_of(s),
            value=rank.value,
            cost=rank.cost,
            entry=(
                self._turned(s),
                *((f"{listed([o[0] for o in s.offers], 3)} have an interface of their own: {_users(inbound)} call them in {counted(sum(c.weight for c in inbound), 'place')}",) if s.offers else ()),
                *((f"it calls {listed([n[0] for n in s.needs], 3)} over that service's interface, for {counted(sum(c.weight for c in outbound), 'place')} of today",) if outbound and s.needs else ()),
            ),
            exit=(
                *_answered(s, self._jobs_of(s), sum(c.weight for c in inbound)),
                *((f"tables {listed(list(s.owned_tables), 4)} are written by it alone",) if s.owned_tables else ()),
                *((f"of {_entries(s, self._jobs_of(s))}, error rate and 95th percentile stay within S02's for one business cycle",) if _routes(s) else ()),
                *((f"{listed(self._jobs_of(s), 3)} ends as well and as fast as S02 measured, for one business cycle",) if self._jobs_of(s) and not _routes(s) else ()),
            ),
            rollback=_rollback(s, self._jobs_of(s)),
            findings=tuple(f.id for f in self._findings if s.name in f.services),
            depends_on=tuple(after),
            abort=self._abort(s),
        )  # fmt: skip

    def _jobs_of(self, service: Service) -> list[str]:
        """Its ways in that are no routes or, without any, the jobs that run its code alone."""
        own = [entry.partition(" ")[2] for entry in service.entry_points if not is_http(entry)]
        return own or list(dict.fromkeys(job.key for job in self.jobs if job.services == (service.name,)))

    def _turned(self, service: Service) -> str:
        """What stands in front, before anything moves."""
        routes = _routes(service)
        http = [r for r in routes if is_http(r)]
        if http:
            return f"a facade stands in front of the monolith and sends it all {counted(len(self.ground.http_routes), 'route')}, {len(http)} of them of {service.name}"
        if routes or self.ground.other_routes:
            return f"{listed(list(service.entry_points), 4)} can be routed by code, and back"
        jobs = self._jobs_of(service)
        return (
            f"{listed(jobs, 4)} can be started on either side, never on both"
            if jobs
            else f"its {counted(service.calls_in, 'use')} from outside go through one interface, by branch by abstraction"
        )

    def _abort(self, service: Service) -> tuple[str, ...]:
        """Numbers where somebody gave them, else the questions that ask for them."""
        errors, slow = self._asker.number("slo.error_rate"), self._asker.number("slo.p95")
        what = _entries(service, self._jobs_of(service))
        first = (
            f"more than {errors:g} % of the requests for {what} fail in ten minutes"
            if errors is not None
            else f"the error rate of {what} passes what slo.error_rate will say"
        )
        second = (
            f"their 95th percentile passes {slow:g} ms"
            if slow is not None
            else "their 95th percentile what slo.p95 will"
        )
        jobs = self._jobs_of(service)
        ran = (f"one run of {listed(jobs, 3)} fails that would not have on the old side",) if jobs else ()
        third = (
            (f"one row of {listed(list(service.owned_tables), 3)} differs between both sides after a drain",)
            if service.owned_tables
            else ()
        )
        return (f"{first}, or {second}", *third) if _routes(service) else (*ran, *third)

    def modularize(self, service: Service) -> Step:
        """Keep it in, but hold its border."""
        out = [c for c in self._boundaries.crossings if c.source == service.name and c.target != SHARED]
        into = [c for c in self._boundaries.crossings if c.target == service.name and c.source != SHARED]
        needs = listed([f"{c.target} ({c.weight})" for c in out])
        size = f"{counted(len(service.units), 'unit')}, {counted(service.code_lines, 'line')}"
        return self.step(
            "modularize",
            f"Make {service.title} a module with a border: {size}",
            service=service.name,
            size=_size_of_service(service),
            reasons=(service.verdict_reason,),
            evidence=tuple(e for c in (*out, *into) for e in c.evidence[:2])[:SHOWN] or self._home_of(service),
            entry=(f"over {size}, {self._held}",),
            exit=(
                f"{self._rule} its border in CI; today's exceptions are needs of {needs}" if out else f"{self._rule} the border of {size} in CI, without an exception",
                f"{counted(sum(c.weight for c in into), 'use')} from {names_of([c.source for c in into], 4)} {'goes' if sum(c.weight for c in into) == 1 else 'go'} through what it offers on purpose" if into else f"none of its {size} is used from outside, and the rule keeps it so",
                *self._own_store(service),
            ),
            rollback=f"remove the rule: {size} behave as before",
            findings=tuple(f.id for f in self._findings if service.name in f.services),
        )  # fmt: skip

    def _own_store(self, service: Service) -> tuple[str, ...]:
        names = list(service.owned_tables)
        if not names:
            return ()
        if self.ground.hosted:
            return (
                f"{listed(names, 4)} {'is' if len(names) == 1 else 'are'} opened by its own programs and jobs only",
            )
        return (f"{listed(names, 4)} {'is' if len(names) == 1 else 'are'} in a schema of its own",)

    def keep(self, services: Sequence[Service]) -> Step:
        """What stays in the monolith, and why."""
        size = f"{counted(sum(s.code_lines for s in services), 'line')} with {counted(sum(len(s.owned_tables) for s in services), 'table')}"
        return self.step(
            "keep",
            f"Keep in the monolith: {listed([s.title for s in services])}",
            size=None,
            reasons=tuple(f"{s.title}: {s.verdict_reason}" for s in services),
            evidence=tuple(e for s in services[:SHOWN] for e in self._home_of(s)),
            entry=(),
            exit=(
                f"{size} are judged again when {counted(sum(s.calls_in + s.calls_out for s in services), 'tie')} have become fewer: `figwright diff` shows it",
            ),
            rollback=f"none of {size} is changed",
        )

    def _home_of(self, service: Service) -> tuple[Evidence, ...]:
        units = {u.id: u for u in self._boundaries.units}
        first = [units[u] for u in service.units[:1]]
        return tuple(Evidence(location={"path": u.path, "line": u.line}, text=u.id) for u in first)  # type: ignore[arg-type]


def _in_files(files: int) -> Size:
    return Size(count=files, files=files)


def _size_of_service(service: Service) -> Size:
    return Size(count=len(service.units), measure="unit", lines=service.code_lines)


def _users(crossings: Sequence[Crossing]) -> str:
    return names_of([c.source for c in crossings], 3)


def _rollback(service: Service, jobs: Sequence[str]) -> str:
    back = "call the monolith's copy of it again"
    if _routes(service):
        back = "route its paths back to the monolith"
    elif jobs:
        back = f"start {listed(jobs, 3)} in the monolith again"
    if service.owned_tables:
        return (
            f"{back}; while both sides see the same {listed(list(service.owned_tables), 3)} that is "
            "enough, after the schema is split what was written since has to be drained back first"
        )
    return f"{back}; it owns no data"


def _routes(service: Service) -> list[str]:
    """Its routes (``GET /orders``); what else it has are jobs (``main scripts/nightly.py``)."""
    return [entry for entry in service.entry_points if is_http(entry)]


def _entries(service: Service, jobs: Sequence[str]) -> str:
    parts = [counted(len(_routes(service)), "route")] if _routes(service) else []
    parts += [counted(len(jobs), "job")] if jobs else []
    return ", ".join(parts) or "no way in of its own"


def _answered(service: Service, jobs: Sequence[str], incoming: int) -> tuple[str, ...]:
    """Exit criteria for the ways in: routes answered, jobs run, or calls through the interface."""
    routes = _routes(service)
    found = []
    if routes:
        found.append(f"the new service answers {listed(routes, 4)} as the monolith did")
    if jobs:
        found.append(f"the new service runs {listed(jobs, 3)}, and the monolith no longer does")
    if found:
        return tuple(found)
    if not incoming:
        return (f"its {counted(service.code_lines, 'line')} run outside of the monolith, which no longer has them",)
    return (f"its {counted(incoming, 'incoming use goes', 'incoming uses go')} through its interface",)
