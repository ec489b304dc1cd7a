"""Follows functions as values through a Python repository: what may be called at each place where something is called.

Goes in: the flow facts of every module (`agent.languages.python_flow`) and the import resolution of the `Project`. Comes
out: for every function, what it calls. An abstract interpretation: flow-sensitive inside a body, one summary for each
function, parameter, attribute and container site, repeated until nothing grows. A body is evaluated at most
MAX_EVALUATIONS times and a set holds at most LIMIT values, so that the work is bounded; what is beyond that is unknown.
"""

from __future__ import annotations

import gc
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

import msgspec

from agent.domain.facts import FileFacts
from agent.graph.attributes import Attributes
from agent.graph.bodies import NO_NAMES, Body
from agent.graph.containers import Containers
from agent.graph.flow_state import Code
from agent.graph.library import Library
from agent.graph.statements import Statements
from agent.graph.values import EMPTY, Values, forget_singles

if TYPE_CHECKING:
    from agent.ports import Language, Project

__all__ = ["Dataflow"]

MAX_EVALUATIONS = 30
MAX_ROUNDS = 60


class Dataflow(Statements):
    """One analysis of all modules; `run` once, then read `bodies` and their sites."""

    def __init__(self, facts: Mapping[str, FileFacts], project: Project, language: Language) -> None:
        super().__init__(project, language)
        self.containers = Containers(self)
        self.attributes = Attributes(self, facts, project)
        self.library = Library(self)
        # By the codes of agent.languages.python_flow.
        self._statements = (
            self._assign, self._expression, self._return, self._define, self._define_class, self._branches, self._loop,
            self._for, self._with, self._raise, self._global, self._import,
        )  # fmt: skip
        self._expressions: tuple[Callable[[Code], Values], ...] = (
            self._name, self._attribute, self._call, self._subscript, self._constant, self.containers.sequence,
            self.containers.dictionary, self._star, self._lambda, self._either, self._effects, self._comprehension,
            self._yield, self._yield_from, self._text, self._effects_of_slice, self._walrus,
        )  # fmt: skip
        for path in _import_order(facts, self.module_ids):
            self._add_module(path, facts[path].flow)

    def _add_module(self, path: str, code: bytes) -> None:
        module = self._project.modules()[path]
        body = self._new_body(module, module, module, path, None)
        body.code, body.names = code, _names_of_module(code)
        self.modules.setdefault(module, body)

    # ---------------------------------------------------------------- until nothing grows

    def run(self) -> None:
        """Evaluate all bodies, and again those that read what grew; always in the order of their indices."""
        collecting = gc.isenabled()
        gc.disable()  # millions of small lists without a cycle among them: the collector would take a third of the time
        try:
            self._repeat_until_stable()
        finally:
            if collecting:
                gc.enable()

    def _repeat_until_stable(self) -> None:
        for _ in range(MAX_ROUNDS):
            batch = sorted(self._pending)
            if not batch:
                break
            self._pending = set()
            waiting = set(batch)
            for index in batch:
                waiting.discard(index)
                self._evaluate(self.bodies[index])
                if self.cells.changed:
                    self._pending |= self.cells.changed - waiting
                    self.cells.changed.clear()

    def close(self) -> None:
        """Take the analysis apart: its parts refer to each other, and nothing collects cycles while a graph is built."""
        for part in (self.containers, self.attributes, self.library, self):
            part.__dict__.clear()
        forget_singles()

    def _evaluate(self, body: Body) -> None:
        if body.evaluations >= MAX_EVALUATIONS:
            return
        body.evaluations += 1
        self.body = body
        self._env = self._base = {}
        self.overlay = {}
        self._class = None
        self._globals = set()
        self.loops = 0
        body.sites = {}
        self._written = set()
        for name, cell in body.cells.items():
            self._env[name] = cell.read(body.index)
        self._intact = set(self._env)
        if body.code:
            code = msgspec.msgpack.decode(body.code)
            self._run(code if body.parent is not None else code[0])

    def value(self, expression: Code) -> Values:
        """What the expression may hold; calls in it are noted."""
        if expression is None:
            return EMPTY
        values: Values = self._expressions[expression[0]](expression)
        return values


def _names_of_module(code: bytes) -> frozenset[str]:
    return frozenset(msgspec.msgpack.decode(code, type=tuple[msgspec.Raw, list[str]])[1]) if code else NO_NAMES


def _import_order(facts: Mapping[str, FileFacts], module_ids: Mapping[str, str]) -> list[str]:
    """Files so that most come after what they import; only the number of repetitions depends on it."""
    paths = {path for path in module_ids.values() if path in facts}
    ordered: dict[str, None] = {}
    entered: set[str] = set()
    for start in sorted(paths):
        stack: list[tuple[str, bool]] = [(start, False)]
        while stack:
            path, done = stack.pop()
            if done:
                ordered[path] = None
            elif path not in entered:
                entered.add(path)
                stack.append((path, True))
                wanted = {
                    target
                    for imported in facts[path].imports
                    for name in (imported.module, f"{imported.module}.{imported.name}")
                    if (target := module_ids.get(name)) in paths and target is not None
                }
                stack.extend((target, False) for target in sorted(wanted, reverse=True) if target not in entered)
    return list(ordered)
