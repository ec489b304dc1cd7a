"""The steps of a roadmap, each made from what was found: entry and exit criteria, rollback, and the findings it rests on."""

from __future__ import annotations

from collections.abc import Sequence

from agent.domain.boundary import SHARED, Boundaries, Crossing, Service, SharedUnit, TableOwnership
from agent.domain.finding import Evidence, Finding
from agent.domain.inventory import Inventory
from agent.domain.plan import Step
from agent.domain.wording import counted, listed
from agent.roadmap.order import Rank

__all__ = ["Maker"]

SHOWN = 6


def names_of(services: Sequence[str], most: int = 5) -> str:
    """A list of services in a sentence; shared code is called by its name for people."""
    return listed(["shared code" if name == SHARED else name for name in services], most)


class Maker:
    """Makes steps with IDs in order; lives for one roadmap."""

    def __init__(self, inventory: Inventory, boundaries: Boundaries, findings: Sequence[Finding]) -> None:
        self._inventory = inventory
        self._boundaries = boundaries
        self._findings = findings
        self._count = 0

    def _step(self, kind: str, title: str, service: str = "", **fields: object) -> Step:
        self._count += 1
        base: dict[str, object] = {
            "id": f"S{self._count:02d}", "kind": kind, "title": title, "service": service, "reasons": (), "evidence": (),
            "value": None, "cost": None, "entry": (), "exit": (), "rollback": "", "findings": (), "depends_on": (),
        }  # fmt: skip
        return Step.model_validate({**base, **fields})

    def _of(self, rule: str, service: str = "") -> list[Finding]:
        return [f for f in self._findings if f.rule.startswith(rule) and (not service or service in f.services)]

    def baseline(self) -> Step:
        """Make today's behaviour a reference: the suites that exist, and what they do not protect."""
        suites = self._inventory.test_suites
        unprotected = self._of("protection")
        commands = tuple(
            f"{s.command} passes three times in a row ({counted(s.files, 'file')}, {s.runner})" for s in suites
        )
        evidence = tuple(
            Evidence(location=s.evidence, text=f"{s.runner}: {counted(s.files, 'file')}, run with {s.command}")
            for s in suites[:SHOWN]
        )
        return self._step(
            "prepare",
            "Make the tests that exist a baseline" if suites else "Record characterization tests: there is no suite",
            reasons=(
                f"every later step is judged by {counted(sum(s.files for s in suites), 'test file')} in {counted(len(suites), 'suite')}"
                if suites
                else "without tests a change is checked by customers",
                *(f.title for f in unprotected[:SHOWN]),
            ),
            evidence=evidence or tuple(e for f in unprotected[:1] for e in f.evidence),
            entry=("the code builds from a clean checkout",),
            exit=commands
            or ("the outermost interface is covered by recorded examples that fail when behaviour changes",),
            rollback="nothing in production changes",
            findings=tuple(f.id for f in unprotected),
        )

    def mend(self, title: str, found: Sequence[Finding]) -> Step:
        """Remove what findings of one kind name, file by file, while the tests of the baseline hold."""
        rules = sorted({f.rule for f in found})
        places = sum(f.count for f in found)
        return self._step(
            "prepare",
            title,
            reasons=(
                f"{counted(places, 'place')} in {counted(len({e.location.path for f in found for e in f.evidence}), 'file')}",
                *(f.title for f in found[: SHOWN - 1]),
            ),
            evidence=tuple(f.evidence[0] for f in found[:SHOWN]),
            entry=("the baseline passes",),
            exit=(
                f"figwright assess finds nothing of {listed(rules, 6)} that is not accepted with a reason and a date",
                "the baseline passes",
            ),
            rollback="revert the change"
            + ("; a secret that was replaced stays replaced" if "security.secret" in rules else ""),
            findings=tuple(f.id for f in found),
        )

    def observe(self, routes: int, jobs: Sequence[str]) -> Step:
        """Know usage, latency and errors before anything moves."""
        entry = [e for e in self._inventory.entry_points if e.kind in ("web", "job", "batch", "worker", "main", "cli")]
        what = counted(routes, "route") if routes else counted(len(entry), "entry point")
        return self._step(
            "observe",
            f"Measure what is used: {what}" + (f" and {counted(len(jobs), 'job')}" if jobs else ""),
            reasons=("which of them are used, how often, and how slow they are cannot be read from code",),
            evidence=tuple(Evidence(location=e.evidence, text=f"{e.kind}: {e.name} ({e.how})") for e in entry[:SHOWN]),
            entry=("access logs or a tracing agent can be switched on in production",),
            exit=(
                f"calls, 95th percentile and error rate are known for each of {what} over one business cycle",
                *((f"each job has a known schedule, duration and owner: {listed(list(jobs))}",) if jobs else ()),
            ),
            rollback="switch the instrumentation off",
        )

    def upgrade(self) -> Step | None:
        """Runtimes past their end."""
        found = self._of("runtime.end-of-life")
        if not found:
            return None
        return self._step(
            "prepare",
            f"Leave unsupported runtimes: {listed([f.title.partition(' is past')[0] for f in found])}",
            reasons=tuple(f.title for f in found[:SHOWN]),
            evidence=tuple(e for f in found[:SHOWN] for e in f.evidence),
            entry=("the test baseline holds",),
            exit=("the same test IDs pass on the supported version", "nothing in the repository names the old version"),
            rollback="the old image stays deployable until the new one has run for one business cycle",
            findings=tuple(f.id for f in found),
        )

    def contain(self) -> Step:
        """Run the system as it is in a container, with its state outside."""
        external = self._inventory.external_systems
        kinds = sorted({s.kind for s in external})
        blockers = [s for s in external if s.kind in ("file share", "ftp", "local file")]
        starts = [e for e in self._inventory.entry_points if e.kind in ("web", "main", "worker", "job", "batch")]
        return self._step(
            "containerize",
            f"Run it as it is in a container, with {listed(kinds)} outside" if kinds else "Run it as it is in a container",
            reasons=(
                f"{counted(len(starts), 'way')} in and {counted(len(external), 'system')} outside were found",
                *(f"{s.kind} {s.name} ties it to a machine" for s in blockers[:3]),
            ),
            evidence=tuple(
                Evidence(location=p, text=f"{s.kind}: {s.name}", resolution=s.resolution)
                for s in external[:SHOWN]
                for p in s.evidence[:1]
            ) or tuple(Evidence(location=e.evidence, text=f"{e.kind}: {e.name}") for e in starts[:SHOWN]),
            entry=("the test baseline holds",),
            exit=("the image starts from environment variables alone", "the baseline's test IDs pass inside the image"),
            rollback="the present deployment stays as it is until the container has taken its traffic",
            findings=tuple(f.id for f in self._of("integration")),
        )  # fmt: skip

    def settle_table(self, table: TableOwnership) -> Step:
        """One writer for one table."""
        others = [w for w in table.writers if w not in (table.owner, SHARED)]
        found = [f for f in self._of("data.several-writers") if f"Table {table.table} " in f.title]
        writes = [e for e in table.evidence if e.text.endswith(f"writes {table.table}")]
        return self._step(
            "own_data",
            f"Give table {table.table} one writer: {table.owner}",
            service=table.owner,
            reasons=(f"written by {names_of(table.writers)}", table.reason),
            evidence=tuple(writes) or table.evidence[:SHOWN],
            entry=(f"{listed(others)} and {table.owner} agree on the operation that replaces the write",),
            exit=(
                f"no statement of {listed(others)} writes {table.table} (this plan, run again, shows one writer)",
                "the baseline's test IDs pass",
            ),
            rollback="revert the commits: the schema does not change in this step",
            findings=tuple(f.id for f in found),
        )

    def cut_cycle(self, item: Finding) -> Step:
        """One direction between two services."""
        return self._step(
            "cut",
            f"Cut the cycle: {item.title}",
            service=item.services[0] if item.services else "",
            reasons=(item.detail,),
            evidence=item.evidence[:SHOWN],
            entry=("the test baseline holds",),
            exit=(f"this plan, run again, no longer reports {item.id}", "the baseline's test IDs pass"),
            rollback="revert the commits: behaviour does not change in this step",
            findings=(item.id,),
        )

    def shared(self, units: Sequence[SharedUnit]) -> Step:
        """Shared code: library, split, or keep."""
        gods = self._of("structure.god-unit") + self._of("data.writes-past-owner")
        return self._step(
            "prepare",
            f"Decide where shared code goes: {listed([u.unit for u in units], 4)}",
            reasons=tuple(f"{u.unit}: {u.kind}, {u.reason}" for u in units[:SHOWN]),
            evidence=tuple(Evidence(location=u.location, text=f"{u.kind}: {u.reason}") for u in units[:SHOWN]),
            entry=("the boundaries are agreed with the people who own the domains",),
            exit=("each unit is a versioned library, split over services, or stays in the monolith, by decision",
                  "no library writes a table"),
            rollback="revert the commits",
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
        return self._step(
            "extract",
            f"Extract {s.title}: {_entries(s)}, {counted(len(s.owned_tables), 'table')}, "
            f"{counted(s.code_lines, 'line')}",
            service=s.name,
            reasons=(*rank.reasons, f"value {rank.value:.2f}, cost {rank.cost:.2f}"),
            evidence=tuple(e for c in crossings for e in c.evidence[:2])[:SHOWN] or self._home_of(s),
            value=rank.value,
            cost=rank.cost,
            entry=(
                "a facade stands in front of the monolith and sends it everything",
                *((f"{listed([o[0] for o in s.offers], 3)} have an interface of their own: {_users(inbound)} call them",) if s.offers else ()),
                *((f"it calls {listed([n[0] for n in s.needs], 3)} over that service's interface",) if outbound and s.needs else ()),
            ),
            exit=(
                *_answered(s, sum(c.weight for c in inbound)),
                *((f"tables {listed(list(s.owned_tables), 4)} are written by it alone",) if s.owned_tables else ()),
                "error rate and 95th percentile are no worse than in the baseline for one business cycle",
            ),
            rollback=_rollback(s),
            findings=tuple(f.id for f in self._findings if s.name in f.services),
            depends_on=tuple(after),
        )  # fmt: skip

    def modularize(self, service: Service) -> Step:
        """Keep it in, but hold its border."""
        out = [c for c in self._boundaries.crossings if c.source == service.name and c.target != SHARED]
        into = [c for c in self._boundaries.crossings if c.target == service.name and c.source != SHARED]
        needs = listed([f"{c.target} ({c.weight})" for c in out])
        return self._step(
            "modularize",
            f"Make {service.title} a module with a border",
            service=service.name,
            reasons=(service.verdict_reason,),
            evidence=tuple(e for c in (*out, *into) for e in c.evidence[:2])[:SHOWN] or self._home_of(service),
            entry=("the test baseline holds",),
            exit=(
                f"an import rule holds its border in CI; today it needs {needs}" if out else "an import rule holds its border in CI",
                f"{sum(c.weight for c in into)} uses from outside go through what it offers on purpose",
            ),
            rollback="remove the rule: no behaviour changes",
            findings=tuple(f.id for f in self._findings if service.name in f.services),
        )  # fmt: skip

    def keep(self, services: Sequence[Service]) -> Step:
        """What stays in the monolith, and why."""
        return self._step(
            "keep",
            f"Keep in the monolith: {listed([s.title for s in services])}",
            reasons=tuple(f"{s.title}: {s.verdict_reason}" for s in services),
            evidence=tuple(e for s in services[:SHOWN] for e in self._home_of(s)),
            entry=(),
            exit=("reviewed again when its ties have changed: run this plan on the new commit",),
            rollback="nothing is changed",
        )

    def _home_of(self, service: Service) -> tuple[Evidence, ...]:
        units = {u.id: u for u in self._boundaries.units}
        first = [units[u] for u in service.units[:1]]
        return tuple(Evidence(location={"path": u.path, "line": u.line}, text=u.id) for u in first)  # type: ignore[arg-type]


def _users(crossings: Sequence[Crossing]) -> str:
    return names_of([c.source for c in crossings], 3)


def _rollback(service: Service) -> str:
    if service.owned_tables:
        return (
            f"route its paths back to the monolith; while both sides see the same {listed(list(service.owned_tables), 3)} that is "
            "enough, after the schema is split what was written since has to be drained back first"
        )
    return "route its paths back to the monolith; it owns no data"


def _routes(service: Service) -> list[str]:
    """Its routes (``GET /orders``); what else it has are jobs (``main scripts/nightly.py``)."""
    return [entry for entry in service.entry_points if "/" in entry.partition(" ")[2][:1]]


def _entries(service: Service) -> str:
    routes = len(_routes(service))
    jobs = len(service.entry_points) - routes
    return counted(routes, "route") + (f", {counted(jobs, 'job')}" if jobs else "")


def _answered(service: Service, incoming: int) -> tuple[str, ...]:
    """Exit criteria for the ways in: routes answered, jobs run, or calls through the interface."""
    routes = _routes(service)
    jobs = [entry.partition(" ")[2] for entry in service.entry_points if entry not in routes]
    found = []
    if routes:
        found.append(f"the new service answers {listed(routes, 4)} as the monolith did")
    if jobs:
        found.append(f"the new service runs {listed(jobs, 3)}, and the monolith no longer does")
    return tuple(found) or (f"its {counted(incoming, 'incoming use goes', 'incoming uses go')} through its interface",)
