"""Flask and Django: requests recorded at the WSGI boundary, code cut by symbol with LibCST."""

from __future__ import annotations

import json
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from agent.domain.boundary import Boundaries
from agent.domain.code import DependencyGraph
from agent.domain.execution import OUT, Command
from agent.domain.extraction import Answer
from agent.domain.inventory import Inventory
from agent.extracting.stacks import Bounded
from agent.extracting.watching import Ran, watch
from agent.extracting.writing import write_tree
from agent.extraction import Ground, Recording, Replayed, Side, record, replay, replay_sides
from agent.extraction.slicing import (
    Demand,
    Program,
    Slice,
    open_program,
    read_demands,
    slice_service,
    witnessed_demands,
)
from agent.extraction.staging import BOX_REPO, in_box, python_of, search_path, stage_box

__all__ = ["PythonCutter", "PythonStack", "entries_of"]

_START = "import sys; from figwright_box import importing; importing.main(sys.argv[1])"
_SECONDS = 300.0


@dataclass(frozen=True)
class PythonStack:
    ecosystem: str = "python"
    unrecorded: str = "no test makes a request to a Flask or Django application within its own process"

    def record(self, ground: Ground, command: Command, into: Path) -> Recording:
        return record(ground, command, into)

    def replay_sides(
        self, ground: Ground, recording: Recording, tree: Path, only: Collection[int] | None, sides: Sequence[Side],
        facade: str = "", routes: bool = False,
    ) -> Replayed:  # fmt: skip
        return replay_sides(ground, recording, tree, only, sides, facade, routes)

    def open(
        self, ground: Ground, recording: Recording, graph: DependencyGraph, inventory: Inventory, boundaries: Boundaries,
        service: str, paths: Sequence[str], read: Callable[[str], bytes],
    ) -> PythonCutter:  # fmt: skip
        program, cut = open_program(graph, inventory, boundaries, service, paths, read)
        return PythonCutter(ground, recording, program, cut)


@dataclass(frozen=True)
class PythonCutter(Bounded[Program]):
    """`agent.extracting.stacks.Cutter` of a Flask or Django program."""

    def cut(self, demands: Sequence[Demand] = ()) -> Slice:
        return slice_service(self.program, self.boundary, entries_of(self.recording, self.program), demands)

    def empty(self) -> Slice:
        owners = {symbol: owner or "nobody" for symbol, owner in self.program.handlers.items()}
        stubs = replace(self.program, handlers=owners)
        return slice_service(stubs, self.boundary, entries_of(self.recording, self.program))

    def start(self, made: Slice) -> str:
        """What is printed when every module of the slice is imported in the box."""
        ground = self.ground
        box = stage_box(ground, recorder=False)
        repo = write_tree(ground.folders.fresh("slice"), made)
        out = ground.folders.fresh("imports")
        try:
            (out / "plan.json").write_text(json.dumps(self._imports(made)), "utf-8")
            variables = {**ground.variables, "PYTHONPATH": search_path(ground, box)}
            command = python_of("-c", _START, f"{OUT}/plan.json", variables=variables)
            outcome = in_box(ground, command, repo, out, (box,), _SECONDS)
            return (outcome.stdout + b"\n" + outcome.stderr).decode("utf-8", "replace")
        finally:
            for folder in (box, repo, out):
                ground.folders.drop(folder)

    def _imports(self, made: Slice) -> dict[str, object]:
        modules = [m for m in self.program.modules.values() if m.path in made.files and m.role == "code"]
        settings = [one.settings for one in self.recording.applications if one.settings]
        return {
            "roots": sorted({BOX_REPO, f"{BOX_REPO}/{self.ground.folder}".rstrip("/")}),
            "modules": [m.id for m in modules if not m.id.endswith(("manage", "__main__"))],
            "templates": [name for name, path in sorted(self.program.templates.items()) if path in made.files],
            "settings": settings[0] if made.framework == "django" and settings else "",
        }

    def lacks(self, printed: str) -> Sequence[Demand]:
        return list(read_demands(self.program, printed))

    def witnessed(self, made: Slice, ran: Ran) -> Sequence[Demand]:
        return list(witnessed_demands(self.program, made, ran))

    def replay(self, tree: Path, numbers: Sequence[int] | None, upstream: str, patience: float = 0.0) -> Replayed:
        return replay(self.ground, self.recording, tree, numbers, upstream, patience)

    def watch(self, tree: Path, numbers: Sequence[int], upstream: str) -> tuple[tuple[Answer, ...], Ran]:
        return watch(self.ground, self.recording, self.program, tree, numbers, upstream)


def entries_of(recording: Recording, program: Program) -> tuple[str, ...]:
    """What made the recorded applications, as far as it is not part of the tests."""
    found = []
    for one in recording.applications:
        if one.settings in program.modules:
            found.append(one.settings)
        found += [f"{module}:{name}" if name else module for module, name, _ in one.makers if module in program.modules]
    return tuple(dict.fromkeys(found))
