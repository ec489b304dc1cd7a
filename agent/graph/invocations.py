"""Calls while they are followed: arguments into parameters, results back, what the language itself calls; and functions made."""

from __future__ import annotations

from collections.abc import Mapping
from sys import intern

from agent.graph.bodies import NO_NAMES, Body, ClassInfo, Site
from agent.graph.flow_state import Code, FlowState
from agent.graph.library import DESCRIPTORS
from agent.graph.values import EMPTY, UNKNOWN, UNKNOWN_SET, Atom, Cell, Values, only

__all__ = ["CLASS_FIRST", "Invocations"]

CLASS_FIRST = frozenset({"__new__", "__init_subclass__", "__class_getitem__"})


class Invocations(FlowState):
    """The part of a `Dataflow` that enters functions."""

    def call(
        self, called: Values, positional: list[Values], named: Mapping[str, Values], line: int, last: str, at: object,
        rest: Values = EMPTY,
    ) -> Values:  # fmt: skip
        """Note a call and answer what it may return."""
        site = self.body.sites.get(at)
        if site is None:
            site = self.body.sites[at] = Site(line, intern(last))
        if not called:
            site.complete = False
            return EMPTY
        found = EMPTY
        for atom in called if len(called) == 1 else sorted(called, key=repr):
            sort = atom[0]
            if sort == "f":
                found |= self._enter(atom[1], positional, named, rest, site)
            elif sort == "m":
                found |= self._enter(atom[1], [only(atom[2]), *positional], named, rest, site)
            elif sort == "c":
                self._create(atom, positional, named, rest, site)
                found |= {("o", atom[1])}
            elif sort == "o":
                methods = frozenset(m for m in self.attributes.attribute(atom, "__call__", line) if m[0] == "m")
                for method in methods:
                    found |= self._enter(method[1], [only(atom), *positional], named, rest, site)
            elif sort == "x":
                site.reach(atom)
                found |= self.library.call(atom, positional, named, site)
            elif sort == "b":
                site.reach(("x", f"builtins.{self.containers.kind(atom[1])}.{atom[2]}"))
                found |= self.containers.call(atom, positional, named)
            elif atom == UNKNOWN:
                site.complete = False
                found |= UNKNOWN_SET
        return found

    def _create(
        self, atom: Atom, positional: list[Values], named: Mapping[str, Values], rest: Values, site: Site
    ) -> None:
        receiver = ("o", atom[1])
        for method in self.attributes.through(self.attributes.order(atom[1]), receiver, "__init__", site.line):
            if method[0] == "m":
                self._enter(method[1], [only(receiver), *positional], named, rest, site)
            elif method[0] == "x" and not method[1].startswith("builtins."):
                site.reach(method)
        for method in self.attributes.through(self.attributes.order(atom[1]), atom, "__new__", site.line):
            if method[0] == "f":
                self._enter(method[1], [only(atom), *positional], named, rest, site)

    def _enter(
        self, index: int, positional: list[Values], named: Mapping[str, Values], rest: Values, site: Site
    ) -> Values:
        """Arguments into parameters; the result with handed-back parameters replaced by this call's own arguments."""
        body = self.bodies[index]
        site.reach(("f", index))
        self.overlay.clear()
        passed: dict[str, Values] = {}
        place = 0
        by_name = 0
        for name, kind in body.parameters:
            values = EMPTY
            if kind == 0 and place < len(positional):
                values = positional[place]
            elif kind == 1:
                self.containers.fill(body, name, positional[place:], rest)
                continue
            elif kind == 2:
                if by_name < len(named):
                    self.containers.fill_named(body, name, body.parameters, named)
                continue
            elif name in named:
                by_name += 1
                values = named[name]
            elif kind == 0 and rest:
                values = rest
            else:
                values = body.defaults.get(name, EMPTY)
            place += kind == 0
            passed[name] = values
            if values:
                fallback = body.fallback if place == 1 and body.owner else UNKNOWN_SET
                self.cells.join(body.cells[name], values, fallback)
        if body.generator:
            return only(("g", index))
        returned = body.result.read(self.body.index)
        for handed_back in returned:
            if handed_back[0] == "P":
                found = EMPTY
                for atom in returned:
                    found |= passed.get(atom[2], EMPTY) if atom[0] == "P" and atom[1] == index else {atom}
                return found
        return returned

    def implicit(self, atom: Atom, method: str, line: int) -> Values:
        """A call that the language makes, where the type defines the method."""
        methods = [m for m in self.attributes.attribute(atom, method, line) if m[0] == "m"]
        return self.call(frozenset(methods), [], {}, line, "", (line, method)) if methods else EMPTY

    def iterate(self, values: Values, line: int) -> Values:
        """What iterating over a value gives; ``__iter__`` and ``__next__`` are called."""
        found = EMPTY
        for atom in values:
            sort = atom[0]
            if sort == "l":
                found |= self.containers.elements(atom[1])
            elif sort == "g":
                found |= self.read(("y", atom[1]))
            elif sort == "o":
                for inner in self.implicit(atom, "__iter__", line):
                    if inner[0] == "o":
                        found |= self.implicit(inner, "__next__", line)
                    elif inner[0] in ("g", "l"):
                        found |= self.iterate(only(inner), line)
            elif atom == UNKNOWN or (sort == "x" and not atom[1].startswith("builtins.")):
                found |= {atom}
        return found

    # ---------------------------------------------------------------- functions

    def _function(self, code: Code) -> Body:
        _, name, line, parameters, _, inner, generator, names = code
        owner, outer = self._class, self.body
        key = ("D", outer.index, owner.index if owner else -1, line, name)
        body: Body | None = self._known.get(key)
        if body is None:
            prefix = owner.symbol if owner else outer.symbol
            symbol = f"{prefix}.{name}"
            scope = (owner.symbol if owner else outer.scope) if name.startswith("<") else symbol
            body = self._known[key] = self._new_body(symbol, scope, outer.module, outer.path, outer)
            body.code, body.generator, body.names = inner, generator, frozenset(names) if names else NO_NAMES
            shapes = tuple((intern(parameter), kind) for parameter, _, kind in parameters)
            body.parameters = self._shapes.setdefault(shapes, shapes)
            body.owner = None if name.startswith("<") else owner
            body.cells = {intern(parameter): Cell() for parameter, _, _ in parameters}
            if name in CLASS_FIRST and owner:
                body.kind = "static" if name == "__new__" else "class"
        for parameter, default, kind in parameters:
            if default is not None:
                values = body.defaults[parameter] = self.value(default)
                self.cells.join(body.cells[parameter], values)
            elif kind in (1, 2):
                made = self.containers.make_for(body, parameter, "list" if kind == 1 else "dict")
                self.cells.join(body.cells[parameter], made)
        if body.owner is not None and body.parameters and body.parameters[0][1] == 0:
            self._receive(body, body.owner, name)
        return body

    def _receive(self, body: Body, owner: ClassInfo, name: str) -> None:
        """A method's first parameter is an instance of its class, whoever calls it."""
        decorators_say = body.kind
        receiver = only(("c" if decorators_say == "class" or name in CLASS_FIRST else "o", owner.index))
        if decorators_say == "static" and name != "__new__":
            return
        body.fallback = receiver
        self.cells.join(body.cells[body.parameters[0][0]], receiver, receiver)

    def _decorated(self, body: Body, decorators: Values, values: Values, line: int, last: str) -> Values:
        known = [DESCRIPTORS[a[1]] for a in decorators if a[0] == "x" and a[1] in DESCRIPTORS]
        if known and len(decorators) == 1:
            body.kind = known[0]
            return values
        result = self.call(decorators, [values], {}, line, last, (line, "decorator", last, body.index))
        # What a library's decorator makes of a function still runs that function.
        if any(atom[0] == "x" or atom == UNKNOWN for atom in decorators):
            result = frozenset(atom for atom in result if atom[0] != "x" and atom != UNKNOWN) | values
        return result
