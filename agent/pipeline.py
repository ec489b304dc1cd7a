"""The whole story, top to bottom: a repository in, a plan and its files out.

inventory -> facts -> graph -> boundaries -> findings -> roadmap -> plan -> files; the index is written beside it.
Each stage's result is kept under the hash of all that it depends on, so that a second run redoes only what changed.
"""

from __future__ import annotations

import glob
import hashlib
import json
import os
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import cache

import msgspec

from agent import __version__
from agent.assessment import RULES, Case, assess, count_gaps, name_columns, summarize
from agent.boundaries import print_boundaries, propose_boundaries, read_boundaries, read_pins
from agent.domain.assumptions import Assumptions
from agent.domain.boundary import Boundaries
from agent.domain.code import DependencyGraph
from agent.domain.inventory import Inventory
from agent.domain.plan import Plan, Repository
from agent.domain.runtime import Runtime
from agent.errors import RepositoryError
from agent.fingerprint import own_code
from agent.graph import Remembered, build_graph, facts_key, read_facts
from agent.inventory import table_date, take_inventory
from agent.ports import Advisor, Tools
from agent.roadmap import Ground, draw_plan, first_actions

__all__ = ["Run", "Stages", "make_boundaries", "make_case", "make_graph", "make_plan", "render", "ways_in"]

CONFIGURATION = ("package.json", "tsconfig.json", "jsconfig.json", "go.mod")
Progress = Callable[[str], None]


@dataclass
class Run:
    """What happened in a run: seconds and CPU seconds a stage, what came from the cache. Never part of a plan.

    ``runtime`` is what the user gave for it: logs, traces and statistics, read.
    """

    runtime: Runtime = field(default_factory=Runtime)
    stages: dict[str, dict[str, float]] = field(default_factory=dict)
    reused: list[str] = field(default_factory=list)
    progress: Progress = lambda _: None

    def stage(self, name: str) -> Callable[[], None]:
        """Start a stage; call the answer at its end."""
        self.progress(name)
        wall, cpu = time.perf_counter(), _cpu_seconds()

        def done() -> None:
            seconds = {"seconds": time.perf_counter() - wall, "cpu_seconds": _cpu_seconds() - cpu}
            self.stages[name] = {key: round(value, 3) for key, value in seconds.items()}

        return done


def make_inventory(bench: Tools, run: Run, as_of: date | None) -> Inventory:
    """Files, languages, runtimes, entry points, history."""
    done = run.stage("inventory")
    inventory = take_inventory(bench.snapshot, as_of=as_of)
    done()
    if not any(f.language in bench.languages and f.role in ("code", "test") for f in inventory.files):
        known = ", ".join(sorted(bench.languages))
        raise RepositoryError(
            f"{inventory.name}: no source in a language that can be read ({known}): name the folder that holds it."
        )
    return inventory


def make_graph(bench: Tools, inventory: Inventory, run: Run) -> tuple[DependencyGraph, str]:
    """The dependency graph and the key of all that it depends on."""
    done = run.stage("graph")
    texts = {
        f.path: bench.snapshot.read(f.path).decode("utf-8", "replace")
        for f in inventory.files
        if f.path.rpartition("/")[2] in CONFIGURATION and f.bytes < 1_000_000
    }
    key = _graph_key(inventory)
    stored = bench.memo.get(f"graph:{key}")
    if stored is not None:
        run.reused.append("graph")
        graph = msgspec.msgpack.decode(stored, type=DependencyGraph)
    else:
        facts = read_facts(inventory.files, bench.snapshot.read, bench.languages, bench.frameworks, bench.memo)
        exists = frozenset(f.path for f in inventory.files)
        roles = {f.path: f.role for f in inventory.files}
        keys = {f.path: facts_key(f) for f in inventory.files if f.path in facts}
        remembered = Remembered(bench.memo, keys, own_code())
        graph = build_graph(facts, roles, bench.languages, bench.frameworks, exists, texts, remembered)
        del facts, remembered  # the graph's encoded form needs their room
        bench.memo.put(f"graph:{key}", msgspec.msgpack.encode(graph))
    done()
    return graph, key


def make_boundaries(
    inventory: Inventory, graph: DependencyGraph, assumptions: Assumptions, file: tuple[str, str] | None, run: Run
) -> Boundaries:
    """Candidate services; ``file`` is (name, text) of the user's boundaries file."""
    done = run.stage("boundaries")
    units = sorted({s.unit for s in graph.symbols if s.unit and s.role == "code"})
    tables = [s.id for s in graph.symbols if s.kind == "table"]
    read = read_boundaries(file[1], file[0], units, tables, _routes(graph)) if file else None
    pins = read_pins(assumptions.pins, units) if assumptions.pins else {}
    file_name = file[0] if file else "boundaries.toml"
    proposal = propose_boundaries(
        graph, inventory.history.coupling, read, pins, file_name, ways_in(inventory), run.runtime
    )
    done()
    return proposal


class Stages:
    """Inventory, graph and boundaries of a repository, each made when it is first asked for."""

    def __init__(self, bench: Tools, run: Run, assumptions: Assumptions, file: tuple[str, str] | None = None) -> None:
        """``file`` is (name, text) of the user's boundaries file."""
        self._bench, self._run, self._assumptions, self._file = bench, run, assumptions, file

    @cache  # noqa: B019 - lives as long as the run
    def inventory(self) -> Inventory:
        return take_inventory(self._bench.snapshot, as_of=None)

    @cache  # noqa: B019
    def graph(self) -> DependencyGraph:
        return make_graph(self._bench, self.inventory(), self._run)[0]

    @cache  # noqa: B019
    def boundaries(self) -> Boundaries:
        return make_boundaries(self.inventory(), self.graph(), self._assumptions, self._file, self._run)


def ways_in(inventory: Inventory) -> list[tuple[str, str, str]]:
    """The inventory's entry points as the boundaries stage takes them: (kind, name, path)."""
    return [(e.kind, e.name, e.evidence.path) for e in inventory.entry_points]


def make_plan(
    bench: Tools,
    run: Run,
    assumptions: Assumptions,
    as_of: date | None = None,
    file: tuple[str, str] | None = None,
    advisor: Advisor | None = None,
) -> tuple[dict[str, str], DependencyGraph | None, str]:
    """The plan's files by name, the graph (None when everything came from the cache) and the graph's key."""
    inventory = make_inventory(bench, run, as_of)
    key = _graph_key(inventory)
    plan_key = _hash(
        "plan", key, inventory.model_dump_json(), assumptions.model_dump_json(), json.dumps(file), __version__,
        run.runtime.model_dump_json(),
    )  # fmt: skip
    stored = bench.memo.get(f"files:{plan_key}") if advisor is None else None
    if stored is not None:
        run.reused.append("plan")
        return msgspec.msgpack.decode(stored, type=dict[str, str]), None, key
    graph, key = make_graph(bench, inventory, run)

    def compose(placed: Mapping[str, str]) -> Plan:
        pins = {**{glob.escape(unit): service for unit, service in placed.items()}, **assumptions.pins}
        told = assumptions.model_copy(update={"pins": pins}) if placed else assumptions
        boundaries = make_boundaries(inventory, graph, told, file, run)
        return _judge(
            Case(inventory, graph, boundaries, as_of or table_date(), bench.snapshot.read, assumptions),
            assumptions,
            run,
        )

    plan = compose({})
    if advisor is not None:
        done = run.stage("advice")
        plan = advisor.improve(plan, graph, _fixed(graph, assumptions, file), compose)
        done()
    files = render(plan, run)
    if advisor is None:
        bench.memo.put(f"files:{plan_key}", msgspec.msgpack.encode(files))
    return files, graph, key


def make_case(
    bench: Tools, run: Run, assumptions: Assumptions, as_of: date | None = None, file: tuple[str, str] | None = None
) -> Case:
    """What the lenses look at, without a plan."""
    inventory = make_inventory(bench, run, as_of)
    graph, _ = make_graph(bench, inventory, run)
    boundaries = make_boundaries(inventory, graph, assumptions, file, run)
    return Case(inventory, graph, boundaries, as_of or table_date(), bench.snapshot.read, assumptions)


def _judge(case: Case, assumptions: Assumptions, run: Run) -> Plan:
    """From boundaries to a plan."""
    done = run.stage("assessment and roadmap")
    system, findings = summarize(case), assess(case, assumptions.accept)
    ground = Ground(case.inventory, case.graph, case.boundaries, system, findings, assumptions, case.read)
    roadmap, handover = draw_plan(ground)
    plan = Plan(
        figwright=__version__,
        repository=_repository(case.inventory, case.as_of),
        first_actions=first_actions(roadmap, findings),
        not_understood=count_gaps(case),
        inventory=case.inventory,
        system=system,
        boundaries=name_columns(case),
        findings=findings,
        roadmap=roadmap,
        handover=handover,
    )
    done()
    return plan


def _routes(graph: DependencyGraph) -> list[str]:
    return [s.id.removeprefix("route:") for s in graph.symbols if s.kind == "route"]


def _fixed(graph: DependencyGraph, assumptions: Assumptions, file: tuple[str, str] | None) -> frozenset[str]:
    """The units that the user placed, by pins or in a boundaries file."""
    units = sorted({s.unit for s in graph.symbols if s.unit and s.role == "code"})
    tables = [s.id for s in graph.symbols if s.kind == "table"]
    listed = read_boundaries(file[1], file[0], units, tables, _routes(graph)).units if file else {}
    return frozenset(read_pins(assumptions.pins, units)) | frozenset(listed)


def render(plan: Plan, run: Run) -> dict[str, str]:
    """The plan's files, all from the one value."""
    from agent.report import (  # only a plan needs templates and pictures
        write_decisions,
        write_handover,
        write_html,
        write_json,
        write_markdown,
        write_sarif,
    )

    done = run.stage("report")
    beside = {
        "boundaries.toml": print_boundaries(plan.boundaries, plan.repository.commit),
        **write_decisions(plan),
        **write_handover(plan),
    }
    files = {
        "plan.json": write_json(plan),
        "plan.md": write_markdown(plan, beside),
        "plan.html": write_html(plan),
        "findings.sarif": write_sarif(plan.findings, RULES, __version__),
        **beside,
    }
    done()
    return files


def _cpu_seconds() -> float:
    """Of this process and of the children that it waited for."""
    times = os.times()
    return times.user + times.system + times.children_user + times.children_system


def _repository(inventory: Inventory, as_of: date) -> Repository:
    return Repository(
        name=inventory.name, commit=inventory.commit, vcs=inventory.vcs, remote=inventory.remote, dirty=inventory.dirty,
        dirty_files=inventory.dirty_files, as_of=as_of.isoformat(),
    )  # fmt: skip


def _graph_key(inventory: Inventory) -> str:
    parts = [f"{f.path}\0{f.role}\0{f.digest}" for f in inventory.files]
    return _hash(own_code(), *parts)


def _hash(*parts: str) -> str:
    return hashlib.sha256("\n".join(parts).encode("utf-8", "surrogateescape")).hexdigest()
