"""What the roadmap stands on: the values of the stages before it, and the texts of the files, each read once."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from agent.domain.assumptions import Answer, Assumptions
from agent.domain.boundary import Boundaries, Service, TableOwnership
from agent.domain.code import DependencyGraph
from agent.domain.finding import Evidence, Finding
from agent.domain.inventory import Inventory, Location
from agent.domain.plan import RouteRow, SystemSummary

__all__ = ["Ground", "is_http", "slug"]

LARGEST = 2_000_000
ROLES = ("code", "config", "template", "migration")
METHODS = frozenset({"GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS", "ANY", "ALL"})


def is_http(route: str) -> bool:
    """Whether a route is one of HTTP: ``GET, POST /orders``; a transaction code (``CICS CA00``) is not."""
    methods, _, path = route.partition(" ")
    if not path and route.startswith("/"):
        return True
    methods = route[: route.find("/")] if "/" in route else methods
    return (all(m.strip() in METHODS for m in methods.split(",") if m.strip()) and "/" in route) or path.startswith("*")


def slug(name: str) -> str:
    """A file name from any name."""
    return re.sub(r"[^A-Za-z0-9_-]+", "-", name).strip("-").lower()[:80] or "service"


@dataclass(frozen=True)
class Ground:
    """One system with its proposal and findings, and what the user told. ``read`` gives a file's bytes."""

    inventory: Inventory
    graph: DependencyGraph
    boundaries: Boundaries
    system: SystemSummary
    findings: Sequence[Finding]
    told: Assumptions
    read: Callable[[str], bytes] | None = None

    @cached_property
    def texts(self) -> Mapping[str, str]:
        """Path -> text of code, configuration and templates; tests and what is too large left out."""
        found: dict[str, str] = {}
        if self.read is None:
            return found
        for file in self.inventory.files:
            if file.role in ROLES and file.bytes <= LARGEST:
                try:
                    found[file.path] = self.read(file.path).decode("utf-8", "replace")
                except OSError:
                    continue  # the inventory says so
        return found

    @cached_property
    def roles(self) -> Mapping[str, str]:
        return {file.path: file.role for file in self.inventory.files}

    def line(self, path: str, number: int) -> str:
        """A line of a file, stripped; empty when there is none."""
        lines = self.texts.get(path, "").splitlines()
        return lines[number - 1].strip()[:200] if 0 < number <= len(lines) else ""

    @cached_property
    def services(self) -> Mapping[str, Service]:
        return {service.name: service for service in self.boundaries.services}

    @cached_property
    def service_of_path(self) -> Mapping[str, str]:
        found: dict[str, str] = {}
        for unit in self.boundaries.units:
            found.setdefault(unit.path, unit.service)
        return found

    @cached_property
    def service_of_unit(self) -> Mapping[str, str]:
        return {unit.id: unit.service for unit in self.boundaries.units}

    @cached_property
    def paths_of(self) -> Mapping[str, frozenset[str]]:
        """Service -> the paths of its units."""
        found: dict[str, set[str]] = defaultdict(set)
        for unit in self.boundaries.units:
            found[unit.service].add(unit.path)
        return {name: frozenset(paths) for name, paths in found.items()}

    @cached_property
    def tables(self) -> Mapping[str, TableOwnership]:
        return {table.table: table for table in self.boundaries.tables}

    @cached_property
    def http_routes(self) -> tuple[RouteRow, ...]:
        return tuple(row for row in self.system.routes_table if is_http(row.route))

    @cached_property
    def other_routes(self) -> tuple[RouteRow, ...]:
        """Transactions of a monitor: CICS codes and their like. A method of XML-RPC or JSON-RPC is none: its server speaks HTTP."""
        return tuple(
            row for row in self.system.routes_table if not is_http(row.route) and not row.route.startswith("RPC ")
        )

    @cached_property
    def hosted(self) -> bool:
        """Whether all ways in belong to a transaction monitor and its batch: no image of those is built here, and no schema."""
        kinds = {entry.kind for entry in self.inventory.entry_points}
        units = [unit for unit in self.graph.symbols if unit.id == unit.unit or unit.kind == "module"]
        of_host = sum(unit.language in ("cobol", "jcl") for unit in units)
        return (
            not self.http_routes
            and not kinds & {"web", "listener", "worker"}
            and ("batch" in kinds or bool(self.other_routes))
            and 2 * of_host > len(units)
        )

    @cached_property
    def store(self) -> str:
        """What data lies in, in this system's words."""
        return "dataset" if self.hosted else "table"

    @cached_property
    def route_count(self) -> int:
        """Routes with a handler here, each once."""
        return len({row.route for row in self.system.routes_table})

    def changes_data(self, row: RouteRow) -> bool:
        """Whether a request of this route writes. One function often answers GET and POST: then the POST is what writes."""
        if not row.writes:
            return False
        return not row.route.startswith(("GET /", "HEAD /")) or (row.handler, _path(row.route)) not in self._changed

    @cached_property
    def _changed(self) -> frozenset[tuple[str, str]]:
        """(handler, path) of routes with a method that is there to write."""
        rows = self.system.routes_table
        return frozenset(
            (r.handler, _path(r.route)) for r in rows if r.route.startswith(("POST ", "PUT ", "PATCH ", "DELETE "))
        )

    def routes_of(self, service: str) -> list[RouteRow]:
        return [row for row in self.system.routes_table if row.service == service]

    def answer(self, question: str) -> Answer | None:
        """What the user said to a question, unless it is empty."""
        told = self.told.answers.get(question)
        return told if told and told.text else None

    def rule(self, prefix: str, service: str = "") -> list[Finding]:
        """The findings of a rule, of a service when one is named."""
        return [f for f in self.findings if f.rule.startswith(prefix) and (not service or service in f.services)]


def _path(route: str) -> str:
    return route.partition(" ")[2]


def home(path: str, line: int, text: str) -> Evidence:
    """An exact place."""
    return Evidence(location=Location(path=path, line=line), text=text)
