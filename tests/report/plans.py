"""Synthetic plans for the report's tests: every size and oddity without a parser; the same call gives the same plan."""

from __future__ import annotations

from functools import cache
from itertools import count
from typing import Literal
from zlib import crc32

from agent.domain.boundary import (
    SHARED,
    Alternative,
    Boundaries,
    Contested,
    Crossing,
    Metrics,
    Pin,
    Service,
    SharedUnit,
    TableOwnership,
    Unit,
)
from agent.domain.finding import SEVERITIES, Evidence, Finding
from agent.domain.handover import (
    ACTIONS,
    PARITY,
    SECTIONS,
    Crossed,
    Disposition,
    Handover,
    Input,
    ModuleRules,
    ParityRow,
    Question,
    Rejected,
    RouteContract,
    Runbook,
    Section,
    Statement,
    Team,
    Unusable,
)
from agent.domain.inventory import (
    BuildSystem,
    EntryPoint,
    ExternalSystem,
    FileHistory,
    FrameworkUse,
    History,
    Inventory,
    LanguageShare,
    Location,
    Runtime,
    Skip,
    SourceFile,
    TestSuite,
)
from agent.domain.plan import (
    Action,
    CodeSummary,
    FileGap,
    Hotspot,
    LanguageResolution,
    NotUnderstood,
    Phase,
    Plan,
    Repository,
    Roadmap,
    RouteRow,
    Step,
    SystemSummary,
)

COMMIT = "6b0ac6a1f0c2d4e5b6a7988f7e6d5c4b3a291807"
DOMAINS = (
    "orders", "billing", "catalog", "accounts", "shipping", "inventory", "pricing", "support", "reporting",
    "notifications", "partners", "identity", "returns", "ledger", "search", "content",
)  # fmt: skip
PARTS = ("service", "views", "models", "repository", "forms", "mail", "export", "rules", "jobs", "client")


class Dice:
    """A linear congruential generator: reproducible on every platform and Python."""

    def __init__(self, seed: int) -> None:
        self.state = seed

    def roll(self, sides: int) -> int:
        self.state = (self.state * 6364136223846793005 + 1442695040888963407) % 2**64
        return (self.state >> 33) % sides


def spot(path: str, line: int, text: str, resolution: Literal["exact", "inferred", "ambiguous"] = "exact") -> Evidence:
    return Evidence(location=Location(path=path, line=line), text=text, resolution=resolution)


def metrics(services: int, shift: float = 0.0) -> Metrics:
    return Metrics(
        services=services,
        sm=0.31 - shift,
        icp=0.22 + shift,
        ifn=3.4 + shift,
        ned=0.18,
        modularity=0.46 - shift,
        stability=0.87,
    )


def service_names(wanted: int) -> list[str]:
    return sorted(
        DOMAINS[i] if i < len(DOMAINS) else f"{DOMAINS[i % len(DOMAINS)]}-{i // len(DOMAINS)}" for i in range(wanted)
    )


def make_units(names: list[str], wanted: int, dice: Dice) -> list[Unit]:
    found = []
    for number in range(wanted):
        home = SHARED if number % 11 == 10 else names[dice.roll(len(names)) if number >= len(names) else number]
        folder = "core" if home == SHARED else home.replace("-", "_")
        part = f"{PARTS[number % len(PARTS)]}{number // len(PARTS) or ''}"
        found.append(
            Unit(
                id=f"shop.{folder}.{part}",
                path=f"src/shop/{folder}/{part}.py",
                line=1,
                service=home,
                code_lines=20 + dice.roll(30) * dice.roll(30),
                reason=f"{2 + dice.roll(8)} of its {12 + dice.roll(4)} ties lead to {home}",
            )
        )
    return sorted(found, key=lambda unit: unit.id)


def make_crossings(names: list[str], wanted: int, dice: Dice) -> tuple[Crossing, ...]:
    pairs: dict[tuple[str, str], int] = {}
    for _ in range(wanted * 3):
        source, target = names[dice.roll(len(names))], names[dice.roll(len(names))]
        if source != target and len(pairs) < wanted:
            pairs[source, target] = 1 + dice.roll(9) * dice.roll(9)
    return tuple(
        Crossing(
            source=source,
            target=target,
            weight=weight,
            kinds=(("call", max(1, weight - 2)), ("import", min(2, weight - 1))) if weight > 1 else (("call", 1),),
            evidence=(
                spot(f"src/shop/{source}/service.py", 40 + weight, f"{target}.service.find(order.id)"),
                spot(f"src/shop/{source}/views.py", 12 + weight, f"from shop.{target} import models", "inferred"),
            ),
        )
        for (source, target), weight in sorted(pairs.items(), key=lambda item: (-item[1], item[0]))
    )


def make_tables(names: list[str], wanted: int, dice: Dice) -> tuple[TableOwnership, ...]:
    found = []
    for number in range(wanted):
        owner = names[number % len(names)]
        other = names[dice.roll(len(names))]
        writers = tuple(sorted({owner, other})) if number % 4 == 0 else (owner,)
        readers = tuple(sorted({owner, names[dice.roll(len(names))], names[dice.roll(len(names))]}))
        kind = ("items", "events", "notes", "lines", "audit")[number % 5]
        table = f"{owner.replace('-', '_')}_{kind}{number // 40 or ''}"
        found.append(
            TableOwnership(
                table=table,
                owner="" if number % 9 == 8 else owner,
                reason="nobody writes it" if number % 9 == 8 else f"{owner} writes it from 4 of 5 places",
                writers=writers,
                readers=readers,
                location=Location(path="schema.sql", line=10 + number),
                evidence=(spot(f"src/shop/{owner}/repository.py", 20 + number, f"INSERT INTO {table} (id, total)"),),
            )
        )
    return tuple(sorted(found, key=lambda row: row.table))


def make_service(
    name: str, place: int, mine: list[Unit], tables: tuple[TableOwnership, ...], crossings: tuple[Crossing, ...]
) -> Service:
    incoming = [crossing for crossing in crossings if crossing.target == name]
    outgoing = [crossing for crossing in crossings if crossing.source == name]
    return Service(
        name=name,
        title=f"{name.replace('-', ' ').capitalize()} management",
        name_reason=f"the package shop.{name} holds {len(mine)} of its units",
        units=tuple(unit.id for unit in mine),
        code_lines=sum(unit.code_lines for unit in mine),
        tests=place % 5,
        entry_points=tuple(f"{verb} /{name}/{{id}}" for verb in ("GET", "POST", "DELETE")[: 1 + place % 3]),
        owned_tables=tuple(row.table for row in tables if row.owner == name),
        shared_tables=tuple(row.table for row in tables if row.owner != name and name in row.readers + row.writers),
        calls_out=sum(crossing.weight for crossing in outgoing),
        calls_in=sum(crossing.weight for crossing in incoming),
        cohesion=0.55 + (place % 7) / 20,
        offers=tuple((f"shop.{name}.service.find", 3 + n) for n, _ in enumerate(incoming[:3])),
        needs=tuple((f"shop.{c.target}.service.find", c.target, c.weight) for c in outgoing[:4]),
        verdict=("extract first", "extract later", "keep in")[min(place, 2)] if place < 3 else "extract later",
        verdict_reason=f"changes often ({14 - place % 9} commits) and {len(incoming)} neighbours need it",
    )


def make_findings(names: list[str], wanted: int) -> tuple[Finding, ...]:
    rules = (
        ("hard-coded-credential", "A password stands in the source", "Read it from the environment and rotate it."),
        ("two-writers", "A table has two writers", "Give the table one owner; let the other side call it."),
        ("runtime-end-of-life", "The runtime is past its end of life", "Move to a supported version first."),
        ("cycle", "Modules depend on each other in a circle", "Turn one dependency round with an interface."),
        ("no-tests", "A service is changed often and no test touches it", "Write characterization tests first."),
    )
    found = []
    for number in range(wanted):
        rule, title, remedy = rules[number % len(rules)]
        severity = SEVERITIES[min(number * 5 // max(wanted, 1), 4)]
        name = names[number % len(names)]
        found.append(
            Finding(
                id=f"{rule}-{number:03}",
                rule=rule,
                severity=severity,
                title=f"{title} ({name})",
                detail=f"{name} carries it in {1 + number % 7} places; the first ones are shown.",
                remedy=remedy,
                services=(name,),
                evidence=tuple(
                    spot(f"src/shop/{name}/service.py", 30 + number + n, "password = 'secret'")
                    for n in range(1 + number % 3)
                ),
                count=1 + number % 7,
            )
        )
    return tuple(sorted(found, key=lambda f: (SEVERITIES.index(f.severity), f.id)))


def make_step(number: int, kind: str, name: str, findings: tuple[Finding, ...], before: tuple[str, ...]) -> Step:
    titles = {
        "prepare": "Raise the runtime and pin the build",
        "observe": f"Trace every call into {name}",
        "cut": f"Put a facade in front of {name}",
        "extract": f"Run {name} as a service behind the facade",
        "own_data": f"Move the tables of {name}",
        "retire": f"Delete {name} from the monolith",
        "keep": f"Leave {name} where it is",
        "modularize": f"Draw the line around {name} inside the monolith",
    }
    return Step.model_validate(
        {
            "id": f"S{number:02}",
            "title": titles[kind],
            "kind": kind,
            "service": name,
            "reasons": (f"value: {number % 9 + 3} commits in a year", "cost: 2 tables are written by two services"),
            "evidence": (spot(f"src/shop/{name or 'core'}/service.py", 41, "class Facade:"),),
            "value": round(0.9 - number % 10 / 14, 2),
            "cost": round(0.2 + number % 7 / 11, 2),
            "entry": ("The test suite passes on the runtime in production.",),
            "exit": ("No route of the monolith reaches the old code.", "Two weeks without a rollback."),
            "rollback": "Point the facade back at the monolith.",
            "findings": tuple(finding.id for finding in findings[number % 5 : number % 5 + 2]),
            "depends_on": before,
        }
    )


def make_roadmap(names: list[str], findings: tuple[Finding, ...], verdict: str) -> Roadmap:
    numbers = count(1)
    first = make_step(next(numbers), "prepare", "", findings, ())
    phases = [
        Phase(id="P1", title="Make change safe", why="Nothing can be cut before tests protect it.", steps=(first,)),
    ]
    chain: tuple[str, ...] = (first.id,)
    kinds = ("observe", "cut", "extract", "own_data", "retire") if verdict == "split" else ("modularize",)
    for place in range(0, len(names), max(1, len(names) // 4)):
        steps = []
        for name in names[place : place + max(1, len(names) // 4)]:
            for kind in kinds if len(names) < 60 else kinds[1:4]:
                steps.append(make_step(next(numbers), kind, name, findings, chain))
                chain = (steps[-1].id,)
        title = "Take out " + ", ".join(names[place : place + 2])
        phases.append(
            Phase(id=f"P{len(phases) + 1}", title=title, why="Most value for least cost.", steps=tuple(steps))
        )
    return Roadmap(verdict=verdict, order_reason="value minus cost, largest first; ties by name", phases=tuple(phases))


def make_inventory(units: list[Unit], name: str) -> Inventory:
    first = Location(path="pyproject.toml", line=12)
    return Inventory(
        name=name,
        commit=COMMIT,
        vcs="git",
        remote="github.com/example/shop",
        files=tuple(
            SourceFile(path=path, language="python", bytes=4000, lines=120, code_lines=100, digest="0" * 64)
            for path in sorted({unit.path for unit in units})
        ),
        skipped=(
            Skip(reason="ignored by git", files=420, bytes=9_300_000, examples=("node_modules/a/index.js",)),
            Skip(reason="minified", files=3, bytes=310_000, examples=("static/jquery.min.js",)),
            Skip(reason="binary", files=17, bytes=2_000_000, examples=("static/logo.png", "docs/manual.pdf")),
        ),
        languages=(
            LanguageShare(language="python", files=61, code_lines=8_420, test_files=22, test_lines=2_104, parsed=True),
            LanguageShare(language="html", files=34, code_lines=1_910, test_files=0, test_lines=0, parsed=True),
            LanguageShare(language="sql", files=2, code_lines=240, test_files=0, test_lines=0, parsed=True),
            LanguageShare(language="Perl", files=3, code_lines=402, test_files=0, test_lines=0, parsed=False),
        ),
        build_systems=(BuildSystem(name="setuptools", evidence=first),),
        frameworks=(
            FrameworkUse(name="Flask", version="1.1.2", how="declared in requirements.txt", evidence=first),
            FrameworkUse(name="SQLAlchemy", version="", how="imported", evidence=first),
        ),
        runtimes=(
            Runtime(
                name="Python",
                version="3.7",
                end_of_life="2023-06-27",
                supported=False,
                source="endoflife.date",
                how="python_requires",
                evidence=first,
            ),
            Runtime(
                name="PostgreSQL",
                version="",
                end_of_life="",
                supported=None,
                source="",
                how="connection string",
                evidence=first,
            ),
        ),
        entry_points=(
            EntryPoint(kind="web", name="wsgi:app", how="Flask application", evidence=Location(path="wsgi.py", line=3)),
            EntryPoint(kind="batch", name="nightly", how="crontab", evidence=Location(path="crontab.txt", line=2)),
        ),
        test_suites=(TestSuite(name="tests", runner="pytest", files=22, command="pytest -q", evidence=first),),
        external_systems=(
            ExternalSystem(kind="database", name="postgresql", evidence=(first,), resolution="exact"),
            ExternalSystem(kind="mail", name="smtp.partner.example", evidence=(first, first), resolution="inferred"),
        ),
        history=History(
            commits=812,
            first="2019-02-01",
            last="2025-11-30",
            files=(FileHistory(path="src/shop/orders/service.py", commits=92, authors=7),),
            coupling=(("src/shop/orders/service.py", "src/shop/billing/service.py", 31),),
        ),
    )


def make_not_understood(big: bool) -> NotUnderstood:
    gaps = tuple(
        FileGap(location=Location(path=f"src/shop/old/report{n}.py", line=10 + n), reason="3 lines could not be parsed")
        for n in range(200 if big else 2)
    )
    return NotUnderstood(
        resolutions=(
            LanguageResolution(
                language="python",
                exact=5_120,
                inferred=640,
                ambiguous=85,
                external=2_410,
                unresolved=310,
                reasons=(("receiver of unknown type", 220), ("getattr with a computed name", 90)),
            ),
        ),
        unparsed_languages=(("Perl", 3, 402), ("Shell", 2, 61)),
        gaps=gaps,
        gap_count=1_204 if big else 2,
        skipped_files=440,
        ambiguous_examples=(spot("src/shop/orders/service.py", 88, "handler.save() may be 4 functions", "ambiguous"),),
        notes=("Two table names are built at run time and were not followed.",),
    )


def make_plan(
    services: int = 4,
    units: int = 30,
    *,
    tables: int = 9,
    crossings: int = 9,
    routes: int = 12,
    findings: int = 9,
    verdict: Literal["split", "modularize", "do not split"] = "split",
) -> Plan:
    """A plan of the asked size; defaults are the small one."""
    dice = Dice(services * 1_000_003 + units)
    names = service_names(services)
    homes = make_units(names, units, dice)
    crossed = make_crossings(names, crossings, dice)
    owned = make_tables(names, tables, dice)
    by_home: dict[str, list[Unit]] = {}
    for unit in homes:
        by_home.setdefault(unit.service, []).append(unit)
    listed = tuple(make_service(name, place, by_home.get(name, []), owned, crossed) for place, name in enumerate(names))
    found = make_findings(names, findings)
    roadmap = make_roadmap(names, found, verdict)
    shared = [unit for unit in homes if unit.service == SHARED]
    kinds: tuple[Literal["library", "kernel", "glue"], ...] = ("library", "kernel", "glue")
    domain = [unit for unit in homes if unit.service != SHARED]
    hot = sorted(domain, key=lambda unit: (-unit.code_lines, unit.id))[:40]
    boundaries = Boundaries(
        verdict=verdict,
        verdict_reasons=("78 % of all ties stay inside the proposed services.", "5 perturbed runs agree (0.87)."),
        services=listed,
        units=tuple(homes),
        shared=tuple(
            SharedUnit(
                unit=unit.id,
                kind=kinds[place % 3],
                reason=f"{min(len(names), 3)} services use it and it uses none of them",
                used_by=tuple(names[:3]),
                location=Location(path=unit.path, line=1),
            )
            for place, unit in enumerate(shared)
        ),
        contested=tuple(
            Contested(
                unit=unit.id,
                service=unit.service,
                share=0.44,
                runner_up=next((name for name in names if name != unit.service), ""),
                runner_up_share=0.39,
                location=Location(path=unit.path, line=1),
            )
            for unit in domain[:: max(1, len(domain) // 6)][: 60 if services > 60 else 4]
        ),
        crossings=crossed,
        tables=owned,
        metrics=metrics(services),
        alternatives=tuple(
            Alternative(
                name=label,
                metrics=metrics(max(1, services + delta), shift),
                chosen=delta == 0,
                reason=why,
                services=tuple((name, len(by_home.get(name, ()))) for name in names),
                units=(),
            )
            for label, delta, shift, why in (
                ("coarse", -1, 0.05, "one service would hold half of the code"),
                ("medium", 0, 0.0, "best on three of five measures"),
                ("fine", 4, 0.09, "twice as many calls cross"),
                ("one service", 1 - services, 0.31, "no boundary at all"),
            )
        ),
        layers=(("structure", 1.0, 5_760), ("tables", 2.0, 140), ("entry points", 0.5, 60)),
        pins=(Pin(what="shop.core.mail belongs to orders", line=14, effect="moved from __shared__"),)
        if services < 60
        else (),
    )
    return Plan(
        figwright="0.1.0",
        repository=Repository(
            name="shop",
            commit=COMMIT,
            vcs="git",
            remote="github.com/example/shop",
            dirty=False,
            dirty_files=0,
            as_of="2026-01-15",
        ),
        first_actions=tuple(
            Action(title=step.title, why=step.reasons[0], evidence=step.evidence, step=step.id)
            for phase in roadmap.phases[:3]
            for step in phase.steps[:1]
        ),
        not_understood=make_not_understood(services > 60),
        inventory=make_inventory(homes, "shop"),
        system=SystemSummary(
            code_lines=sum(unit.code_lines for unit in homes),
            test_lines=2_104,
            units=len(homes),
            tables=len(owned),
            routes=routes,
            code=CodeSummary(
                symbols=(("module", len(homes)), ("class", 3 * len(homes)), ("function", 9 * len(homes))),
                dependencies=(("call", 4_100), ("import", 980), ("type", 410)),
                resolutions=(("exact", 4_900), ("inferred", 590)),
                cycles=(tuple(u.id for u in domain[:5]), tuple(u.id for u in domain[7:9])) if domain else (),
            ),
            routes_table=tuple(
                RouteRow(
                    route=f"{('GET', 'POST')[n % 2]} /{names[n % len(names)]}/{n}",
                    handler=f"shop.{names[n % len(names)]}.views.show",
                    location=Location(path=f"src/shop/{names[n % len(names)]}/views.py", line=20 + n),
                    service=names[n % len(names)],
                    reads=tuple(row.table for row in owned[n % 5 : n % 5 + 2]),
                    writes=tuple(row.table for row in owned[n % 7 : n % 7 + n % 2]),
                )
                for n in range(routes)
            ),
            hotspots=tuple(
                Hotspot(
                    path=unit.path,
                    unit=unit.id,
                    commits=90 - 2 * place,
                    authors=1 + place % 7,
                    code_lines=unit.code_lines,
                    complexity=5 + unit.code_lines // 9,
                    score=round(0.98 - place / 45, 3),
                    service=unit.service,
                )
                for place, unit in enumerate(hot)
            ),
        ),
        boundaries=boundaries,
        findings=found,
        roadmap=roadmap,
    )


@cache
def small_plan() -> Plan:
    """4 services, 30 units."""
    return make_plan()


@cache
def medium_plan() -> Plan:
    """60 services, 800 units."""
    return make_plan(60, 800, tables=120, crossings=260, routes=180, findings=60)


@cache
def big_plan() -> Plan:
    """300 services, 12,000 units."""
    return make_plan(300, 12_000, tables=900, crossings=3_600, routes=2_400, findings=420)


@cache
def single_plan() -> Plan:
    """A system that should stay one: one service, no crossing."""
    return make_plan(1, 24, tables=5, crossings=0, routes=6, findings=4, verdict="do not split")


@cache
def empty_plan() -> Plan:
    """A repository in which nothing was recognised."""
    nothing = Metrics(services=0, sm=0, icp=0, ifn=0, ned=0, modularity=0, stability=0)
    return Plan(
        figwright="0.1.0",
        repository=Repository(
            name="bare", commit="", vcs="none", remote="", dirty=False, dirty_files=0, as_of="2026-01-15"
        ),
        first_actions=(),
        not_understood=NotUnderstood(
            resolutions=(),
            unparsed_languages=(),
            gaps=(),
            gap_count=0,
            skipped_files=0,
            ambiguous_examples=(),
            notes=(),
        ),
        inventory=Inventory(name="bare"),
        system=SystemSummary(
            code_lines=0,
            test_lines=0,
            units=0,
            tables=0,
            routes=0,
            code=CodeSummary(symbols=(), dependencies=(), resolutions=(), cycles=()),
            routes_table=(),
            hotspots=(),
        ),
        boundaries=Boundaries(
            verdict="do not split",
            verdict_reasons=(),
            services=(),
            units=(),
            shared=(),
            contested=(),
            crossings=(),
            tables=(),
            metrics=nothing,
            alternatives=(),
            layers=(),
        ),
        findings=(),
        roadmap=Roadmap(verdict="do not split", order_reason="", phases=()),
    )


HOSTILE = (
    "<script>window.pwned=1</script>",
    '"><img src=x onerror=window.pwned=1>',
    "</title></style></script><svg onload=window.pwned=1>",
    "evil\u202egnp.exe\u2066\u200b",
    "line\nbreak\ttab\x00nul\x1b[31m",
    "{{ 7*7 }}{% raw %}",
    "javascript:window.pwned=1",
    "| pipe ` tick `` @octocat #1 <b> http://evil.example www.evil.example [x](javascript:1) ![i](http://evil.example/i.png)",
    "A" * 10_000,
    "Z\u0301" + "\u0301" * 400,
)


@cache
def hostile_plan() -> Plan:
    """The small plan with every text that a repository controls turned into an attack; equal texts stay equal."""

    def poison(value: object, key: str = "") -> object:
        if isinstance(value, dict):
            return {name: poison(item, name) for name, item in value.items()}
        if isinstance(value, list):
            return [poison(item, key) for item in value]
        if isinstance(value, str) and value and value != SHARED and key not in FIXED_KEYS:
            return f"{HOSTILE[crc32(value.encode()) % len(HOSTILE)]}{value}"
        return value

    return Plan.model_validate(poison(small_plan().model_dump(mode="json")))


FIXED_KEYS = frozenset(
    {"schema_version", "verdict", "severity", "resolution", "kind", "vcs", "role", "commit", "remote", "digest"}
)
"""Literals of the schema and what git itself restricts; everything else is at the repository's mercy."""


ODD = "</table><script>window.pwned=1</script>\u202e[x](javascript:alert(1)) `a` @octocat | =1+1"


def make_handover(plan: Plan, odd: str = "") -> Handover:
    """Some of everything, for a plan's own services and steps; ``odd`` is put into every text that comes from outside."""
    names = [s.name for s in plan.boundaries.services]
    steps = [s for p in plan.roadmap.phases for s in p.steps if s.service in names]
    place = spot("src/shop/orders/views0.py", 12, f"@route {odd}")
    parts = tuple(
        Section(
            title=t,
            statements=(Statement(text=f"{t} of it {odd}", evidence=(place,)), Statement(text="open", question="a.b")),
        )
        for t in SECTIONS
    )
    kinds = ("deployable", "module", "job", "screen group", "table group", "route", "capability")
    return Handover(
        dispositions=tuple(
            Disposition(
                component=f"{kind} {n} {odd}", kind=kind, action=ACTIONS[n % 7], reason=f"reason {n} {odd}", evidence=(place,),
                rejected=(Rejected(action=ACTIONS[(n + 1) % 7], why=f"too early {odd}"),), candidate=n % 3 == 0, question="a.b",
            )
            for n, kind in enumerate(kinds * 4)
        ),
        questions=tuple(
            Question(
                id=f"a.{n} {odd}", topic="data", ask=f"Who writes it {n} {odd}?", owner="data owner", why=f"two do {odd}", changes="the step",
                options="a | b", evidence=(place,), blocks=tuple(s.id for s in steps[:2]), answer="yes" if n == 2 else "", place="figwright.toml:3" if n == 2 else "",
            )
            for n in range(5)
        ),
        runbooks=tuple(Runbook(service=s.service, title=s.service, step=s.id, sections=parts) for s in steps[:2]),
        parity=tuple(
            ParityRow(kind=kind, name=f"{kind} {n} {odd}", location=place.location, service=names[0] if names else "", status=PARITY[n % 5], proof=odd)
            for kind in ("route", "job", "screen", "report", "message")
            for n in range(6)
        ),
        contracts=(
            RouteContract(
                method="POST", path=f"/orders/<int:no>/{odd}", handler="f", service=steps[0].service if steps else "", location=place.location,
                inputs=(Input(name=f"q {odd}", place="form", location=place.location),), answers=(("text/html", place.location),),
            ),
        ),
        teams=tuple(Team(service=n, groups=(), people=0, unowned=1, files=1, changes=1, verdict="nobody") for n in names[:3]),
        rules=(
            ModuleRules(
                language="python", modules=((f"one {odd}", ("shop.a",)), ("two", ("shop.b",))), paths=(("shop.a", "shop/a.py"), ("shop.b", "shop/b.py")),
                crossed=(Crossed(source="shop.a", target="shop.b", source_module="one", target_module="two", location=place.location),),
            ),
        ),
        unusable=(Unusable(place="figwright.toml:4", why=f"[a.b] {odd} is none"),),
    )  # fmt: skip


@cache
def handed_plan(odd: str = "") -> Plan:
    """The small plan with what people need to run it."""
    plan = small_plan()
    return plan.model_copy(update={"handover": make_handover(plan, odd)})
