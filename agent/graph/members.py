"""What a value has and gives: its members along its types' ancestry, the results of calls, the values of variables."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from agent.domain.facts import Binding, Definition, FileFacts
from agent.graph.catalogue import TYPES
from agent.graph.denotations import (
    ELEMENT_GETTERS,
    NO_TYPE,
    RECURSIVE,
    Chain,
    Value,
    parse_chain,
)
from agent.graph.imports import Imports

if TYPE_CHECKING:
    from agent.ports import Language

__all__ = ["MAX_DEPTH", "Members"]

MAX_DEPTH = 12
MAX_VALUES = 6  # assignments of one variable that are looked at
MAX_RETURNS = 8


class Members(Imports):
    """The part of a `Resolver` that needs no scoping rules; what a first name means is asked of `_lookup`."""

    def __init__(
        self,
        facts: Mapping[str, FileFacts],
        languages: Mapping[str, Language],
        exists: frozenset[str],
        texts: Mapping[str, str],
    ) -> None:
        super().__init__(facts, languages, exists, texts)
        self._chains: dict[str, Chain] = {}
        self._cache: dict[tuple[str, str, str], Value] = {}
        self._active: set[tuple[str, str, str]] = set()
        self._bases: dict[str, tuple[str, ...]] = {}
        self._direct: dict[str, tuple[str, ...]] = {}
        self._lineages: dict[str, tuple[tuple[tuple[str, str, str], ...], str]] = {}
        self._inherited_members: dict[tuple[str, str, bool], Value] = {}
        self._related: dict[tuple[str, str], str] = {}

    def _lookup(self, path: str, scope: str, name: str, depth: int) -> Value:
        raise NotImplementedError

    def _module_member(self, module: str, name: str, depth: int) -> Value:
        raise NotImplementedError

    def _type_prefix(self, path: str, chain: Chain) -> tuple[str, int] | None:
        raise NotImplementedError

    def _chain(self, name: str) -> Chain:
        chain = self._chains.get(name)
        if chain is None:
            chain = self._chains[name] = parse_chain(name)
        return chain

    # ---------------------------------------------------------------- types

    def ancestors(self, symbol: str) -> Sequence[str]:
        """Base types, nearest first, each followed by its own; external ones as ``external:<name as written>``."""
        if symbol not in self._bases:
            found: dict[str, None] = {}
            pending = list(reversed(self._direct_bases(symbol)))
            while pending:
                base = pending.pop()
                if base != symbol and base not in found:
                    found[base] = None
                    pending.extend(reversed(self._direct_bases(base)))
            self._bases[symbol] = tuple(found)
        return self._bases[symbol]

    def _direct_bases(self, symbol: str) -> tuple[str, ...]:
        if symbol in self._direct:
            return self._direct[symbol]
        self._direct[symbol] = ()  # a base that is looked up through itself
        found: list[str] = []
        place = self.definition(symbol) if not symbol.startswith("external:") else None
        for name in self._inherits.get(symbol, ()) if place is not None else ():
            path, definition = place  # type: ignore[misc]
            value = self._evaluate(path, definition.name.rpartition(".")[0], name, 0)
            if value.kind == "symbol" and self.is_type(value.target):
                found.append(value.target)
            elif value.kind == "external":
                found.append(f"external:{value.target.removeprefix('external:')}")
            else:
                found.append(f"external:?{name}")
        self._direct[symbol] = tuple(found)
        return self._direct[symbol]

    def _enclosing_type(self, path: str, scope: str) -> str:
        scopes = self._scopes[path]
        while scope:
            definition = scopes.get(scope)
            if definition is not None and definition.kind in TYPES:
                return scope
            scope = scope.rpartition(".")[0]
        return ""

    # ---------------------------------------------------------------- values of expressions

    def _evaluate(self, path: str, scope: str, name: str, depth: int) -> Value:
        """The value of a name; used for bindings, bases and result types, hence guarded against recursion."""
        key = (path, scope, name)
        value = self._cache.get(key)
        if value is not None:
            return value
        if depth > MAX_DEPTH or key in self._active:
            return RECURSIVE
        self._active.add(key)
        try:
            value = self._walk(path, scope, name, depth)
        finally:
            self._active.discard(key)
        if value is not RECURSIVE:
            self._cache[key] = value
        return value

    def _walk(self, path: str, scope: str, name: str, depth: int) -> Value:
        if name.startswith("@"):  # a field assigned in a method: evaluated where it was written
            place, _, name = name[1:].partition(":")
            scope = place
        chain = self._chain(name)
        if chain.links[0].startswith("?"):
            return NO_TYPE
        start = self._type_prefix(path, chain)
        if start:
            consumed = start[1]
            value = self._apply(Value("symbol", start[0]), chain.operations[consumed - 1], depth)
        else:
            first = self._lookup(path, scope, chain.bare[0], depth)
            value, consumed = self._apply(first, chain.operations[0], depth), 1
        for position in range(consumed, len(chain.links)):
            if value.kind == "nothing":
                return value
            member = self._member(value, chain.bare[position], depth)
            value = self._apply(member, chain.operations[position], depth)
        return value

    def _apply(self, value: Value, operations: str, depth: int) -> Value:
        """The value after a link's calls and subscripts: ``find()`` is what find returns, ``lines[]`` an element."""
        while operations and value.kind != "nothing":
            operation, operations = operations[:2], operations[2:]
            value = self._called(value, depth) if operation == "()" else self._element(value)
        return value

    def _called(self, value: Value, depth: int) -> Value:
        if value.kind in ("super", "external"):
            return value
        if value.kind == "getter":
            return Value("instance", value.target, value.resolution)
        if value.kind == "symbol":
            found = self.definition(value.target)
            if found is None:
                return Value("nothing", reason="called value is not a definition")
            path, definition = found
            if definition.kind in TYPES:
                return Value("instance", value.target, value.resolution)
            return self._result(path, definition, depth)
        if value.kind == "instance":
            method = self._member(value, "__call__", depth)
            return self._called(method, depth + 1) if method.kind == "symbol" else NO_TYPE
        return value

    def _result(self, path: str, definition: Definition, depth: int) -> Value:
        """What a function returns: its declared type, else the one value that its return statements agree on."""
        if definition.returns:
            outer = definition.name.rpartition(".")[0]
            declared = self._evaluate(path, outer, definition.returns, depth + 1)
            element = self._result_element(path, definition, depth)
            if declared.kind == "symbol" and self.is_type(declared.target):
                return Value("instance", declared.target, declared.resolution, element)
            if declared.kind == "external" or element:
                return Value("external", declared.target or "external:?", "exact", element)
            return NO_TYPE
        self.reads.inside.add((path, definition.name))
        returned = self._bound[path].get((definition.name, "return"), ())
        values = {self._evaluate(path, definition.name, b.value, depth + 1) for b in returned[:MAX_RETURNS]}
        known = {v for v in values if v.kind in ("instance", "symbol")}
        if len(known) == 1:
            only = known.pop()
            return Value(only.kind, only.target, "inferred" if len(values) > 1 else only.resolution, only.element)
        if not known and values and all(v.kind == "external" for v in values):
            return sorted(values, key=lambda v: v.target)[0]
        return Value("nothing", reason="result's type unknown")

    def _result_element(self, path: str, definition: Definition, depth: int) -> str:
        """The element type of a function that returns a collection, which its language bound as ``find()``."""
        owner, _, short = definition.name.rpartition(".")
        self.reads.inside.add((path, owner))
        for binding in self._bound[path].get((owner, f"{short}()"), ()):
            if binding.element:
                inner = self._evaluate(path, owner, binding.element, depth + 1)
                return inner.target if inner.kind == "symbol" else ""
        return ""

    def _element(self, value: Value) -> Value:
        if value.element:
            return Value("instance", value.element, value.resolution)
        return value if value.kind == "external" else NO_TYPE

    def _bound_value(self, path: str, scope: str, name: str, depth: int) -> Value | None:
        """The value of a variable bound in exactly that scope; None when it is not bound there."""
        reads = self.reads
        reads.paths.add(path)
        if scope:
            reads.inside.add((path, scope))
        bindings = self._bound[path].get((scope, name))
        if not bindings or depth > MAX_DEPTH:
            return None
        values: list[Value] = []
        for binding in bindings[:MAX_VALUES]:
            values.append(self._binding_value(path, scope, binding, depth))
            if binding.declared and values[-1].kind != "nothing":
                return values[-1]
        if len(values) == 1:
            return values[0] if values[0].kind != "nothing" else NO_TYPE
        known = [v for v in dict.fromkeys(values) if v.kind != "nothing"]
        internal = [v for v in known if v.kind != "external"]
        if len(internal) == 1:
            only = internal[0]
            return only if len(known) == 1 else Value(only.kind, only.target, "inferred", only.element)
        if len(internal) > 1:
            targets = {v.target for v in internal}
            return internal[0] if len(targets) == 1 else Value("nothing", reason="several types assigned")
        return known[0] if known else NO_TYPE

    def _binding_value(self, path: str, scope: str, binding: Binding, depth: int) -> Value:
        value = self._evaluate(path, scope, binding.value, depth + 1)
        if not binding.declared:
            return value
        element = ""
        if binding.element:
            inner = self._evaluate(path, scope, binding.element, depth + 1)
            element = inner.target if inner.kind == "symbol" else ""
        if value.kind == "symbol" and self.is_type(value.target):
            return Value("instance", value.target, value.resolution, element)
        if value.kind == "external" or element:
            return Value("external", value.target or "external:?", "exact", element)
        return value

    # ---------------------------------------------------------------- members

    def _member(self, value: Value, name: str, depth: int) -> Value:
        """What ``.name`` on a value denotes."""
        kind = value.kind
        if kind == "external" and value.element and name in ELEMENT_GETTERS:
            return Value("getter", value.element, "inferred")
        if kind in ("external", "nothing"):
            return value
        if kind == "super":
            return self._inherited(value.target, name, depth, skip_own=True)
        if kind == "symbol":
            found = self.definition(value.target)
            if found is None:
                return self._module_member(value.target, name, depth)
            if found[1].kind == "function":
                return Value("nothing", reason="attribute of a function")
        member = self._inherited(value.target, name, depth, skip_own=False)
        if member.kind == "nothing" and kind == "symbol":
            nested = self.definition(value.target)
            if nested and nested[1].kind == "enum" and name[:1].isupper():
                return Value("instance", value.target)
        return member

    def _inherited(self, owner: str, name: str, depth: int, *, skip_own: bool) -> Value:
        if depth or self._active:
            return self._find_inherited(owner, name, depth, skip_own=skip_own)
        key = (owner, name, skip_own)
        value = self._inherited_members.get(key)
        if value is None:
            value = self._inherited_members[key] = self._find_inherited(owner, name, 0, skip_own=skip_own)
        return value

    def _find_inherited(self, owner: str, name: str, depth: int, *, skip_own: bool) -> Value:
        lineage, external = self._lineage(owner)
        for candidate, path, type_name in lineage[skip_own:]:
            if not self._related and name not in self._own_names(path):
                continue
            full = f"{type_name}.{name}"
            inner = self._scopes[path].get(full)
            if inner is not None:
                if inner.kind == "function" and inner.decorators and _is_property(inner):
                    return self._result(path, inner, depth + 1)
                return Value("symbol", self.symbol_at(path, full))
            if self._related and (related := self._related.get((candidate, name))) is not None:
                return Value("instance", related, "exact", related)
            if (type_name, name) in self._bound[path]:
                value = self._bound_value(path, type_name, name, depth + 1)
                if value is not None:
                    return value
        if external:
            return Value("external", external)
        return Value("nothing", reason="type has no such member")

    def _lineage(self, owner: str) -> tuple[tuple[tuple[str, str, str], ...], str]:
        """((ID, path, name in its file) of the type and its ancestors in the repository; the first that is not in it)."""
        known = self._lineages.get(owner)
        if known is None:
            external, found = "", []
            for candidate in (owner, *self.ancestors(owner)):
                if candidate.startswith("external:"):
                    external = external or candidate
                    continue
                place = self.definition(candidate)
                if place is not None:
                    found.append((candidate, place[0], place[1].name))
            known = self._lineages[owner] = (tuple(found), external)
        return known


def _is_property(definition: Definition) -> bool:
    return any(d.rpartition(".")[2] in ("property", "cached_property", "getter") for d in definition.decorators)
