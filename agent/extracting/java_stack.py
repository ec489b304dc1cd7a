"""Java servlets: calls of servlets recorded by an agent in the tests' JVM, replayed in Tomcat over HTTP, code cut by member."""

from __future__ import annotations

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
from agent.extraction.java import load_java, record_java, replay_java, types_in_sessions
from agent.extraction.slicing import Demand, Slice
from agent.extraction.slicing_java import (
    JavaProgram,
    choose,
    open_java_program,
    read_java_demands,
    witnessed_java_demands,
    write_slice,
)

__all__ = ["JavaCutter", "JavaStack"]

_SOURCES = "src/main/java/"


@dataclass(frozen=True)
class JavaStack:
    """`agent.extracting.stacks.Stack` of Java."""

    ecosystem: str = "java"
    unrecorded: str = "no test calls a javax.servlet servlet within its own process"

    def record(self, ground: Ground, command: Command, into: Path) -> Recording:
        return record_java(ground, command, into)

    def replay_sides(
        self, ground: Ground, recording: Recording, tree: Path, only: Collection[int] | None, sides: Sequence[Side],
        facade: str = "", routes: bool = False,
    ) -> Replayed:  # fmt: skip
        return replay_java(ground, recording, tree, only, sides, facade, routes)

    def open(
        self, ground: Ground, recording: Recording, graph: DependencyGraph, inventory: Inventory, boundaries: Boundaries,
        service: str, paths: Sequence[str], read: Callable[[str], bytes],
    ) -> JavaCutter:  # fmt: skip
        program, cut = open_java_program(graph, inventory, boundaries, service, paths, read, ground.test_files)
        return JavaCutter(ground, recording, program, cut, types_in_sessions(recording))


@dataclass(frozen=True)
class JavaCutter(Bounded[JavaProgram]):
    """`agent.extracting.stacks.Cutter` of a program of servlets."""

    stored: frozenset[str] = frozenset()

    def cut(self, demands: Sequence[Demand] = ()) -> Slice:
        return write_slice(self.program, self.service, choose(self.program, demands, stored=self.stored))

    def empty(self) -> Slice:
        return write_slice(self.program, self.service, choose(self.program, nothing=True, stored=self.stored))

    def start(self, made: Slice) -> str:
        """What is said when the slice is compiled and its program started in the container, without a request."""
        tree = write_tree(self.ground.folders.fresh("slice"), made)
        try:
            return load_java(self.ground, self.recording, tree)
        finally:
            self.ground.folders.drop(tree)

    def lacks(self, printed: str) -> Sequence[Demand]:
        return list(read_java_demands(self.program, printed))

    def witnessed(self, made: Slice, ran: Ran) -> Sequence[Demand]:
        return list(witnessed_java_demands(self.program, made, ran))

    def replay(self, tree: Path, numbers: Sequence[int] | None, upstream: str, patience: float = 0.0) -> Replayed:
        return replay_java(self.ground, self.recording, tree, numbers, (Side(upstream, 0),), patience=patience)

    def watch(self, tree: Path, numbers: Sequence[int], upstream: str) -> tuple[tuple[Answer, ...], Ran]:
        kept: list[str] = []
        keeping = replace(self.ground, folders=Kept(self.ground.folders, kept))
        found = replay_java(keeping, self.recording, tree, numbers, (Side(upstream, 0),), watch=True)
        # A class says in which package's file it was written, and not in which module
        places = {path[path.index(_SOURCES) :]: path for path in self.program.sources}
        return found.answers, {places[path]: lines for path, lines in read_ran(kept, set(places)).items()}
