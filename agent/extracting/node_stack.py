"""Express on Node.js: requests recorded at ``http.Server``, code cut by module and by top-level statement with tree-sitter."""

from __future__ import annotations

import json
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from agent.domain.boundary import Boundaries
from agent.domain.code import DependencyGraph
from agent.domain.execution import Command
from agent.domain.extraction import Answer
from agent.domain.inventory import Inventory
from agent.extracting.stacks import Bounded
from agent.extracting.watching import Kept, Ran, read_ran
from agent.extracting.writing import write_tree
from agent.extraction import Ground, Recording, Replayed, Side
from agent.extraction.node import record_node, replay_node, run_script, stage_node
from agent.extraction.slicing import Demand, Slice
from agent.extraction.slicing_node import (
    NodeProgram,
    choose,
    open_node_program,
    read_node_demands,
    started_by,
    witnessed_node_demands,
    write_slice,
)
from agent.extraction.staging import BOX_REPO

__all__ = ["NodeCutter", "NodeStack"]

_SECONDS = 300.0


@dataclass(frozen=True)
class NodeStack:
    """`agent.extracting.stacks.Stack` of Node.js."""

    ecosystem: str = "node"
    unrecorded: str = "no test makes an HTTP request to a server within its own process"

    def record(self, ground: Ground, command: Command, into: Path) -> Recording:
        return record_node(ground, command, into)

    def replay_sides(
        self, ground: Ground, recording: Recording, tree: Path, only: Collection[int] | None, sides: Sequence[Side],
        facade: str = "", routes: bool = False,
    ) -> Replayed:  # fmt: skip
        return replay_node(ground, recording, tree, only, sides, facade, routes)

    def open(
        self, ground: Ground, recording: Recording, graph: DependencyGraph, inventory: Inventory, boundaries: Boundaries,
        service: str, paths: Sequence[str], read: Callable[[str], bytes],
    ) -> NodeCutter:  # fmt: skip
        program, cut = open_node_program(graph, inventory, boundaries, service, paths, read, ground.test_files)
        return NodeCutter(ground, recording, program, cut)


@dataclass(frozen=True)
class NodeCutter(Bounded[NodeProgram]):
    """`agent.extracting.stacks.Cutter` of an Express program."""

    def cut(self, demands: Sequence[Demand] = ()) -> Slice:
        return write_slice(self.program, self.service, choose(self.program, self._entries(), demands))

    def empty(self) -> Slice:
        return write_slice(self.program, self.service, choose(self.program, self._entries(), nothing=True))

    def _entries(self) -> tuple[str, ...]:
        """What made the recorded applications, and what starts the program elsewhere."""
        found = [module for one in self.recording.applications for module, _, _ in one.makers]
        for path in sorted(self.program.files):
            if path.rpartition("/")[2] == "package.json":
                folder = path.removesuffix("package.json")
                found += [folder + name.removeprefix("./") for name in started_by(_manifest(self.program.read(path)))]
        paths = (name if name in self.program.modules else f"{name}.js" for name in found)
        return tuple(dict.fromkeys(one for one in paths if one in self.program.modules))

    def start(self, made: Slice) -> str:
        """What is printed when every module of the slice is loaded in the box, one after the other."""
        ground = self.ground
        box = stage_node(ground)
        repo = write_tree(ground.folders.fresh("slice"), made)
        out = ground.folders.fresh("loads")
        makers = [module for one in self.recording.applications for module, _, _ in one.makers]
        loaded = [path for path in (*makers, *made.files) if path in self.program.modules and path in made.files]
        try:
            plan = {"repository": BOX_REPO, "modules": list(dict.fromkeys(loaded)), "environ": {"NODE_ENV": "test"}}
            (out / "plan.json").write_text(json.dumps(plan), "utf-8")
            outcome = run_script(ground, box, "start.js", repo, out, (), _SECONDS)
            return (outcome.stdout + b"\n" + outcome.stderr).decode("utf-8", "replace")
        finally:
            for folder in (box, repo, out):
                ground.folders.drop(folder)

    def lacks(self, printed: str) -> Sequence[Demand]:
        return list(read_node_demands(self.program, printed))

    def witnessed(self, made: Slice, ran: Ran) -> Sequence[Demand]:
        return list(witnessed_node_demands(self.program, made, ran))

    def replay(self, tree: Path, numbers: Sequence[int] | None, upstream: str, patience: float = 0.0) -> Replayed:
        return replay_node(self.ground, self.recording, tree, numbers, (Side(upstream, 0),), patience=patience)

    def watch(self, tree: Path, numbers: Sequence[int], upstream: str) -> tuple[tuple[Answer, ...], Ran]:
        kept: list[str] = []
        keeping = replace(self.ground, folders=Kept(self.ground.folders, kept))
        found = replay_node(keeping, self.recording, tree, numbers, (Side(upstream, 0),), watch=True)
        code = {path for path, module in self.program.modules.items() if module.role == "code"}
        return found.answers, read_ran(kept, code)


def _manifest(content: bytes) -> dict[str, object]:
    try:
        found = json.loads(content)
    except (ValueError, RecursionError):
        return {}
    return found if isinstance(found, dict) else {}
