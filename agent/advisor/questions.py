"""What is asked about a plan: plan and system in; questions with the evidence that their answers may cite out.

Each question is about one thing, so that an edit of the code changes only the questions that it touches.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from pydantic import BaseModel

from agent.advisor.asking import Question
from agent.advisor.checking import Names, check_sentences
from agent.advisor.evidence import EvidenceBook, Sendable
from agent.boundaries.system import System
from agent.domain.boundary import SHARED, Boundaries, Contested, Crossing, Service
from agent.domain.finding import Evidence
from agent.domain.inventory import Location
from agent.domain.plan import Plan, Step
from agent.domain.wording import listed

__all__ = ["RELATIONS", "STYLES", "Asked", "Writer"]

RELATIONS = ("customer and supplier", "conformist", "anti-corruption layer", "shared kernel", "partnership")
STYLES = ("synchronous call", "event", "own copy of the data", "shared library")
MOST = {"services": 20, "contested": 12, "steps": 24, "decisions": 8, "relations": 10}
_CITED = 14


@dataclass(frozen=True)
class Asked:
    """A question, and which side each handle speaks for where that matters (a service, or empty)."""

    question: Question
    sides: dict[str, str]
    groups: tuple[tuple[str, ...], ...] = ()


class Writer:
    """Writes the questions of one plan."""

    def __init__(self, plan: Plan, system: System, sendable: Sendable, names: Names) -> None:
        self._plan, self._system, self._sendable, self._names = plan, system, sendable, names
        self._homes = {unit.id: unit.service for unit in plan.boundaries.units}

    @property
    def boundaries(self) -> Boundaries:
        return self._plan.boundaries

    def descriptions(self) -> list[Asked]:
        """One a service: what to call it, and what it does."""
        found = []
        for service in self._services():
            book = self._book()
            book.offer(self._about(service), _CITED)
            found.append(self._ask("advisor/describe_service", service.name, {"service": self._facts(service)}, book))
        return [asked for asked in found if asked]

    def placements(self) -> list[Asked]:
        """One a contested unit: stay, or go to the runner-up."""
        found = []
        for unit in self.boundaries.contested[: MOST["contested"]]:
            if not self._sendable.place(unit.location) or unit.runner_up == SHARED:
                continue
            book = self._book()
            sides: dict[str, str] = {}
            for service in (unit.service, unit.runner_up):
                for handle in book.offer(self._ties(unit.unit, service), _CITED // 2):
                    sides[handle] = service
            values = {"unit": unit.unit, "home": unit.service, "runner_up": unit.runner_up, "ties": self._shares(unit)}
            choices = {"home": (unit.service, unit.runner_up)}
            found.append(self._ask("advisor/place_unit", unit.unit, values, book, choices, sides))
        return [asked for asked in found if asked]

    def verdicts(self) -> list[Asked]:
        """One a service: keep it, merge it into a neighbour, or split it."""
        found = []
        for service in self._services():
            crossings = [c for c in self.boundaries.crossings if service.name in (c.source, c.target)]
            neighbours = list(dict.fromkeys(n for c in crossings if (n := _other(c, service.name)) != SHARED))[:4]
            groups = self._finer(service)
            if not neighbours:
                continue
            book, sides = self._book(), {}
            for neighbour in neighbours:
                between = (e for c in crossings if _other(c, service.name) == neighbour for e in c.evidence)
                for handle in book.offer(between, 4):
                    sides[handle] = neighbour
            parts = (
                "\n".join(f"part {n}: {listed(g, 8)}" for n, g in enumerate(groups, 1)) or "no finer parts were found"
            )
            values = {
                "service": self._facts(service),
                "parts": parts,
                "crossings": self._weights(service.name, crossings),
            }
            choices = {
                "verdict": ("keep", "merge", "split") if groups else ("keep", "merge"),
                "neighbour": (*neighbours, "none"),
            }
            asked = self._ask("advisor/judge_service", service.name, values, book, choices, sides)
            found += [Asked(asked.question, asked.sides, groups)] if asked else []
        return found

    def rationales(self) -> list[Asked]:
        """One a step of the roadmap."""
        steps = [step for phase in self._plan.roadmap.phases for step in phase.steps]
        found = []
        for step in steps[: MOST["steps"]]:
            book = self._book()
            book.offer(step.evidence, _CITED)
            found.append(self._ask("advisor/explain_step", step.id, {"step": _step(step)}, book))
        return [asked for asked in found if asked]

    def decisions(self) -> list[Asked]:
        """One an extraction: its decision record."""
        services = {service.name: service for service in self.boundaries.services}
        steps = [s for phase in self._plan.roadmap.phases for s in phase.steps if s.kind == "extract"]
        found = []
        for step in steps[: MOST["decisions"]]:
            service = services.get(step.service)
            if service is None:
                continue
            book = self._book()
            book.offer(step.evidence, _CITED // 2)
            book.offer(self._about(service), _CITED // 2)
            values = {"service": self._facts(service), "step": _step(step)}
            found.append(self._ask("advisor/record_decision", service.name, values, book))
        return [asked for asked in found if asked]

    def relations(self) -> list[Asked]:
        """One a pair of services, the heaviest crossings first: the context map."""
        found = []
        pairs = [c for c in self.boundaries.crossings if SHARED not in (c.source, c.target)]
        for crossing in pairs[: MOST["relations"]]:
            book = self._book()
            book.offer(crossing.evidence, _CITED)
            kinds = ", ".join(f"{number} {kind}" for kind, number in crossing.kinds)
            values = {"upstream": crossing.target, "downstream": crossing.source, "kinds": kinds}
            choices = {"relation": RELATIONS, "style": STYLES}
            subject = f"{crossing.source} -> {crossing.target}"
            found.append(self._ask("advisor/relate_services", subject, values, book, choices))
        return [asked for asked in found if asked]

    def questions(self) -> list[Asked]:
        """One for the whole plan: what only people can say."""
        book = self._book()
        disputed = [t for t in self.boundaries.tables if len(t.writers) > 1 or not t.owner]
        book.offer((e for t in disputed for e in t.evidence[:1]), 6)
        book.offer((Evidence(location=c.location, text=f"{c.unit} is contested between {c.service} and {c.runner_up}")
                    for c in self.boundaries.contested), 6)  # fmt: skip
        book.offer((e for f in self._plan.findings[:8] for e in f.evidence[:1]), 6)
        facts = [
            f"verdict: {self.boundaries.verdict}",
            *self.boundaries.verdict_reasons[:3],
            *(f"table {t.table}: written by {listed(t.writers)}, owner {t.owner or 'undecided'}" for t in disputed[:6]),
            *(f"finding: {f.title}" for f in self._plan.findings[:6]),
            *self._plan.not_understood.notes[:3],
        ]
        asked = self._ask("advisor/ask_people", "the plan", {"facts": "\n".join(facts)}, book, bare=True)
        return [asked] if asked else []

    # ------------------------------------------------------------ parts

    def _ask(
        self,
        prompt: str,
        subject: str,
        values: Mapping[str, object],
        book: EvidenceBook,
        choices: Mapping[str, Sequence[str]] | None = None,
        sides: dict[str, str] | None = None,
        *,
        bare: bool = False,
    ) -> Asked | None:
        """None when there is nothing that an answer could cite."""
        if not book.handles:
            return None

        def check(answer: BaseModel) -> list[str]:
            return check_sentences(answer, book, self._names, bare=bare)

        values = {name: self._sendable.scrub(str(value)) for name, value in values.items()} | {"evidence": book.lines()}
        return Asked(Question(prompt, subject, values, book, check, choices or {}), sides or {})

    def _book(self) -> EvidenceBook:
        return EvidenceBook(self._sendable)

    def _services(self) -> list[Service]:
        return sorted(self.boundaries.services, key=lambda s: (-s.code_lines, s.name))[: MOST["services"]]

    def _about(self, service: Service) -> Iterable[Evidence]:
        """What shows what a service does: its routes, the operations it offers, its tables, its largest units."""
        for row in [r for r in self._plan.system.routes_table if r.service == service.name][:5]:
            writes = f", writes {listed(row.writes, 3)}" if row.writes else ""
            yield Evidence(location=row.location, text=f"{row.route} is handled by {row.handler}{writes}")
        for operation in [o for b in self.boundaries.bill.services if b.service == service.name for o in b.operations][
            :3
        ]:
            callers = listed([name for name, _ in operation.callers], 3)
            yield Evidence(location=operation.location, text=f"{operation.symbol} is called by {callers}")
        for table in [t for t in self.boundaries.tables if t.owner == service.name][:4]:
            yield from table.evidence[:1]
        units = sorted(
            (u for u in self.boundaries.units if u.service == service.name), key=lambda u: (-u.code_lines, u.id)
        )
        for unit in units[:8]:
            yield Evidence(
                location=Location(path=unit.path, line=unit.line), text=f"{unit.id}, {unit.code_lines} lines"
            )

    def _facts(self, service: Service) -> str:
        paths = {u.id: u.path for u in self.boundaries.units}
        units = [unit for unit in service.units if self._sendable.path(paths.get(unit, ""))]
        rows = [
            f"name: {service.name} ({service.name_reason})",
            f"units ({len(service.units)}): {listed(units, 12)}",
            f"routes and jobs: {listed(service.entry_points, 10)}",
            f"owns tables: {listed(service.owned_tables, 10)}",
            f"shares tables: {listed(service.shared_tables, 6)}",
            f"offers: {listed([symbol for symbol, _ in service.offers], 6)}",
            f"needs: {listed([f'{symbol} of {other}' for symbol, other, _ in service.needs], 6)}",
            f"verdict: {service.verdict} ({service.verdict_reason})",
        ]
        return "\n".join(rows)

    def _ties(self, unit: str, service: str) -> Iterable[Evidence]:
        """Dependencies and shared tables between a unit and a service, calls and writes first."""
        order = {"write": 0, "call": 1, "read": 2, "inherit": 3, "use": 4, "type": 5, "import": 6}
        edges = [e for (a, b), es in self._system.ties.items() if unit in (a, b) for e in es
                 if self._homes.get(self._system.graph.unit_of(b if a == unit else a)) == service]  # fmt: skip
        owned = {f"table:{t.table}" for t in self.boundaries.tables if t.owner == service}
        edges += [e for table, es in self._system.access.get(unit, {}).items() if table in owned for e in es]
        for edge in sorted(edges, key=lambda e: (order.get(e.kind, 9), e.path, e.line, e.target)):
            if edge.resolution != "ambiguous":
                text = f"{edge.source} {edge.kind} {edge.target.removeprefix('table:')} ({service})"
                yield Evidence(location=Location(path=edge.path, line=edge.line), text=text,
                               resolution="exact" if edge.resolution == "exact" else "inferred")  # fmt: skip

    def _shares(self, unit: Contested) -> str:
        return f"{unit.share:.0%} of its ties go to {unit.service}, {unit.runner_up_share:.0%} to {unit.runner_up}"

    def _weights(self, name: str, crossings: Sequence[Crossing]) -> str:
        return "\n".join(f"{c.source} needs {c.target} in {c.weight} places" for c in crossings[:8] if name)

    def _finer(self, service: Service) -> tuple[tuple[str, ...], ...]:
        """The parts that the next finer partition makes of it, when that are two or more of two units each."""
        chosen = next((a for a in self.boundaries.alternatives if a.chosen), None)
        if chosen is None:
            return ()
        finer = [a for a in self.boundaries.alternatives if a.metrics.services > chosen.metrics.services]
        for alternative in sorted(finer, key=lambda a: (a.metrics.services, a.name)):
            groups: dict[str, list[str]] = {}
            for unit, home in alternative.units:
                if self._homes.get(unit) == service.name:
                    groups.setdefault(home, []).append(unit)
            large = tuple(tuple(g) for _, g in sorted(groups.items()) if len(g) > 1)
            if len(large) > 1:
                return large
        return ()


def _other(crossing: Crossing, name: str) -> str:
    return crossing.target if crossing.source == name else crossing.source


def _step(step: Step) -> str:
    rows = [
        f"{step.id}: {step.title} (kind: {step.kind})",
        *(f"reason: {reason}" for reason in step.reasons[:6]),
        *(f"done when: {criterion}" for criterion in step.exit[:3]),
    ]
    return "\n".join(rows)
