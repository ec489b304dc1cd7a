"""What an analysis of calls knows: all bodies and cells, and the names and values of the body at work."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from agent.graph.bodies import Body, ClassInfo
from agent.graph.values import UNKNOWN_SET, Atom, Cells, Values, only

if TYPE_CHECKING:
    from agent.graph.attributes import Attributes
    from agent.graph.containers import Containers
    from agent.graph.library import Library
    from agent.ports import Language, Project

__all__ = ["Code", "FlowState"]

Code = Any


class FlowState:
    """The state that statements, expressions and calls share; `Dataflow` is the whole of it."""

    containers: Containers
    attributes: Attributes
    library: Library

    def __init__(self, project: Project, language: Language) -> None:
        self._project = project
        self._language = language
        self.module_ids = project.module_ids(language.name)
        self.cells = Cells()
        self.bodies: list[Body] = []
        self.modules: dict[str, Body] = {}
        self._known: dict[Atom, Any] = {}
        self._shapes: dict[tuple[tuple[str, int], ...], tuple[tuple[str, int], ...]] = {}
        self._imports: dict[tuple[str, str, str], Sequence[tuple[str, str, str]]] = {}
        self._pending: set[int] = set()
        # what the body at work knows
        self.body: Body = Body(-1, "", "", "", "", None)
        self._env: dict[str, Values] = {}
        self._base: dict[str, Values] = {}
        self.overlay: dict[Atom, Values] = {}
        self._class: ClassInfo | None = None
        self._globals: set[str] = set()
        self._intact: set[str] = set()  # parameters that nothing was assigned to yet
        self._written: set[str] = set()  # names assigned since the branch began
        self.loops = 0
        self._quiet = 0

    def value(self, expression: Code) -> Values:
        """What the expression may hold; calls in it are noted."""
        raise NotImplementedError

    def _store(self, target: Code, values: Values) -> None:
        raise NotImplementedError

    def _new_body(self, symbol: str, scope: str, module: str, path: str, parent: Body | None) -> Body:
        body = Body(len(self.bodies), symbol, scope, module, path, parent)
        self.bodies.append(body)
        self._pending.add(body.index)
        return body

    def read(self, key: Atom) -> Values:
        """A cell, for the body at work, which looks again when it grows."""
        return self.cells.cell(key).read(self.body.index)

    def global_name(self, module: str, name: str, depth: int) -> Values:
        """A name of a module: assigned there, taken over by a star import, or built in."""
        found = self.modules.get(module)
        if found is None or depth > 10:
            return UNKNOWN_SET
        if name in found.names:
            return self.read(("v", module, name))
        values = self.read(("v", module, name))  # set by `module.name = ...` or `global name` elsewhere
        if values:
            return values
        self.read(("*", module))
        for star in found.stars:
            source = self.modules.get(star)
            if source is not None and (name in source.names or source.stars):
                values = self.global_name(star, name, depth + 1)
                if values and values != UNKNOWN_SET:
                    return values
        if name in self._language.builtins and not depth:
            return only(("x", f"builtins.{name}"))
        return UNKNOWN_SET
