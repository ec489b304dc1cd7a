"""What a lens looks at, and how it speaks: the evidence of one system, and findings with stable IDs."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property

from agent.assessment.reading.masking import MOST_BYTES, Source, read_source
from agent.assessment.reading.schemas import Table, tables_of
from agent.domain.assumptions import Assumptions
from agent.domain.boundary import SHARED, Boundaries
from agent.domain.code import Dependency, DependencyGraph
from agent.domain.finding import Evidence, Finding, Quantity, Rule
from agent.domain.inventory import Inventory, Location

__all__ = ["SHOWN", "Case", "evidence", "finding", "report", "seen"]

SHOWN = 10

# Files made to be copied and filled in, and code that never runs with a user's data.
_EXAMPLE = re.compile(
    r"(?i)^(?:[^/]+/)?(?:examples?|samples?|fixtures?|testdata|docs?)/"
    r"|[._-](?:example|sample|template|dist|skel)(?:\.\w+)?$|\.(?:j2|jinja2?|tmpl|tpl|erb)$"
)
_MORE = {"env": re.compile(r"(?:^|/)\.env(?:\.|$)"), "dockerfile": re.compile(r"(?:^|/)Dockerfile")}


@dataclass(frozen=True)
class Case:
    """One system with its proposal; ``as_of`` is the date that it is judged at, ``read`` gives a file's bytes.

    ``assumptions`` are what the user measured and pays; ``coverage`` is path -> (lines that ran, lines that could).
    """

    inventory: Inventory
    graph: DependencyGraph
    boundaries: Boundaries
    as_of: date
    read: Callable[[str], bytes] | None = None
    assumptions: Assumptions = field(default_factory=Assumptions)
    coverage: Mapping[str, tuple[int, int]] = field(default_factory=dict)

    @cached_property
    def sources(self) -> tuple[Source, ...]:
        """Code, configuration and templates as text, by path; tests, examples and what is too large left out."""
        return tuple(self._read())

    def _read(self) -> Iterator[Source]:
        if self.read is None:
            return
        for file in self.inventory.files:
            if file.role not in ("code", "config", "template", "migration") or file.bytes > MOST_BYTES:
                continue
            if _EXAMPLE.search(file.path) and file.role != "template":
                continue
            language = next((name for name, path in _MORE.items() if path.search(file.path)), file.language)
            try:
                data = self.read(file.path)
            except OSError:
                continue  # the inventory says so
            yield read_source(file.path, language, file.role, data)

    @cached_property
    def tables(self) -> dict[str, Table]:
        """Tables by lower-case name, as DDL and mapped classes declare them."""
        return tables_of(self.sources, self.graph)

    @cached_property
    def services_of_paths(self) -> dict[str, str]:
        """Path -> the service that its first unit lives in."""
        found: dict[str, str] = {}
        for unit in self.boundaries.units:
            found.setdefault(unit.path, unit.service)
        return found

    def service_of(self, unit: str) -> str:
        """The home of a unit or symbol; "" for what has none (tests, templates)."""
        return self._homes.get(self.graph.unit_of(unit), "")

    @property
    def _homes(self) -> dict[str, str]:
        cached = self.__dict__.get("_cached_homes")
        if cached is None:
            cached = {unit.id: unit.service for unit in self.boundaries.units}
            object.__setattr__(self, "_cached_homes", cached)
        return cached

    def named(self, services: Iterable[str]) -> tuple[str, ...]:
        """Services by name, shared code left out."""
        return tuple(sorted({s for s in services if s and s != SHARED}))


def evidence(path: str, line: int, text: str, resolution: str = "exact") -> Evidence:
    """A place and what stands there."""
    return Evidence(location=Location(path=path, line=line), text=text, resolution=resolution)  # type: ignore[arg-type]


def seen(edge: Dependency, text: str) -> Evidence:
    """A dependency as evidence."""
    return evidence(edge.path, edge.line, text, edge.resolution)


def finding(
    rule: str,
    key: str,
    severity: str,
    title: str,
    detail: str,
    remedy: str,
    services: Sequence[str],
    found: Sequence[Evidence],
) -> Finding:
    """A finding whose ID is its rule and a hash of ``key``, so that it stays the same while the code does."""
    return Finding(
        id=f"{rule}-{hashlib.sha256(key.encode('utf-8', 'surrogateescape')).hexdigest()[:8]}",
        rule=rule,
        severity=severity,  # type: ignore[arg-type]
        title=title,
        detail=detail,
        remedy=remedy,
        services=tuple(services),
        evidence=tuple(found[:SHOWN]),
        count=len(found),
    )


def report(
    case: Case,
    rule: Rule,
    key: str,
    found: Sequence[Evidence],
    *,
    title: str = "",
    detail: str = "",
    severity: str = "",
    services: Sequence[str] | None = None,
    quantities: Sequence[Quantity] = (),
) -> Finding:
    """A finding of a rule: what the rule says, unless something more precise is known. ``services`` default to the homes
    of the files in the evidence."""
    ordered = sorted(set(found), key=lambda e: (e.location.path, e.location.line, e.text))
    homes = services if services is not None else [case.services_of_paths.get(e.location.path, "") for e in ordered]
    made = finding(
        rule.id,
        key,
        severity or rule.severity,
        title or rule.title,
        detail or rule.why,
        rule.remedy,
        case.named(homes),
        ordered,
    )
    return made.model_copy(
        update={
            "lens": rule.lens,
            "step": rule.step,
            "references": rule.references,
            "questions": rule.questions,
            "quantities": tuple(quantities),
        }
    )
