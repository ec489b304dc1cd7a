"""Names to symbols: takes the facts of all files, answers what a name means at a place (the `Project` port).

Resolution follows the chain notation of `agent.domain.facts` link by link: the first link is looked up through scopes,
imports and packages, every further one among the members of what the link before it denotes. A value is a symbol, an
instance of a type, something external, or nothing with a reason. Guesses are labelled: a convention or a unique name
gives `inferred`, several candidates stay `ambiguous`.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING

from msgspec import Struct

from agent.domain.facts import Binding, Definition, FileFacts, Wiring

if TYPE_CHECKING:
    from agent.ports import Language

__all__ = ["Resolution", "Resolver", "Value"]

MAX_DEPTH = 12
MAX_CANDIDATES = 5
TYPES = frozenset({"class", "interface", "enum"})


class Value(Struct, frozen=True, gc=False):
    """What an expression denotes. ``kind``: symbol | instance | external | super | nothing."""

    kind: str
    target: str = ""
    resolution: str = "exact"
    element: str = ""  # for an instance of a collection: the ID of its elements' type
    reason: str = ""


class Resolution(Struct, frozen=True, gc=False):
    """The answer for a whole name. ``through`` are the symbols of the repository that the chain passed on its way."""

    target: str
    resolution: str
    candidates: tuple[str, ...] = ()
    reason: str = ""
    value: Value | None = None
    through: tuple[tuple[str, str, str], ...] = ()  # (symbol ID, symbol | instance, the rest of the chain after it)


UNKNOWN = Value("nothing", reason="name not found")
NO_TYPE = Value("nothing", reason="receiver's type unknown")
BOUND = frozenset({NO_TYPE.reason, "several types assigned", "result's type unknown"})
RECURSIVE = Value("nothing", reason="defined through itself")


def split_chain(name: str) -> list[str]:
    """The links of a chain; dots inside brackets do not occur in name notation."""
    return name.split(".")


class Resolver:
    """All facts of a repository with names resolved; immutable once made, with caches inside."""

    def __init__(
        self,
        facts: Mapping[str, FileFacts],
        languages: Mapping[str, Language],
        exists: frozenset[str],
        texts: Mapping[str, str],
    ) -> None:
        self._facts = facts
        self._languages = languages
        self._exists = exists
        self._texts = texts
        self._by_language: dict[str, list[str]] = {}
        for path in sorted(facts):
            self._by_language.setdefault(facts[path].language, []).append(path)
        self._modules: dict[str, str] = {}
        self._module_ids: dict[str, dict[str, str]] = {}
        for name, language in languages.items():
            named = language.name_modules(self)
            self._modules.update(named)
            self._module_ids[name] = {module: path for path, module in sorted(named.items(), reverse=True)}
        self._tops = {
            name: frozenset(module.partition(".")[0] for module in ids) for name, ids in self._module_ids.items()
        }
        self._wirings: dict[str, list[tuple[str, Wiring]]] = {}
        self._definitions: dict[str, tuple[str, Definition]] = {}
        self._scopes: dict[str, dict[str, Definition]] = {}
        self._bound: dict[str, dict[tuple[str, str], list[Binding]]] = {}
        self._members_by_name: dict[str, list[str]] = {}
        self._types_by_name: dict[str, list[str]] = {}
        for path in sorted(facts):
            self._enter(path, facts[path])
        self._namespaces: dict[str, dict[str, str]] = {}
        self._stars: dict[str, list[str]] = {}
        self._local_imports: dict[str, dict[tuple[str, str], str]] = {}
        self._import_targets: dict[str, tuple[tuple[int, str, str, str], ...]] = {}
        self._cache: dict[tuple[str, str, str], Value] = {}
        self._globals: dict[tuple[str, str], Value] = {}
        self._closures: dict[str, tuple[tuple[str, ...], bool]] = {}
        self._bases: dict[str, tuple[str, ...]] = {}
        self._direct: dict[str, tuple[str, ...]] = {}
        self._related: dict[tuple[str, str], str] = {}
        self._inherits: dict[str, list[str]] = {}
        for path, file in facts.items():
            for reference in file.references:
                if reference.kind == "inherit":
                    self._inherits.setdefault(self.symbol_at(path, reference.scope), []).append(reference.name)
        self._active: set[tuple[str, str, str]] = set()

    def _enter(self, path: str, file: FileFacts) -> None:
        language = self._languages.get(file.language)
        scopes = self._scopes[path] = {}
        for definition in file.definitions:
            scopes.setdefault(definition.name, definition)
            if language is None:
                continue
            symbol = language.symbol_id(self._modules.get(path, path), definition.name)
            if symbol not in self._definitions:
                self._definitions[symbol] = (path, definition)
                short = definition.name.rpartition(".")[2]
                if definition.kind in TYPES:
                    self._types_by_name.setdefault(short, []).append(symbol)
                elif scopes.get(definition.name.rpartition(".")[0], definition).kind in TYPES:
                    self._members_by_name.setdefault(short, []).append(symbol)
        bound = self._bound[path] = {}
        for binding in file.bindings:
            bound.setdefault((binding.scope, binding.name), []).append(binding)
        for wiring in file.wirings:
            self._wirings.setdefault(wiring.framework, []).append((path, wiring))

    # ---------------------------------------------------------------- what there is (Layout and Project)

    def files(self, language: str) -> Sequence[str]:
        return self._by_language.get(language, [])

    def facts(self, path: str) -> FileFacts:
        return self._facts[path]

    def all_facts(self) -> Mapping[str, FileFacts]:
        return self._facts

    def exists(self, path: str) -> bool:
        return path in self._exists

    def text(self, path: str) -> str:
        return self._texts.get(path, "")

    def modules(self) -> Mapping[str, str]:
        return self._modules

    def module_ids(self, language: str) -> Mapping[str, str]:
        return self._module_ids.get(language, {})

    def top_names(self, language: str) -> frozenset[str]:
        return self._tops.get(language, frozenset())

    def path_of_module(self, module: str) -> str | None:
        for ids in self._module_ids.values():
            if module in ids:
                return ids[module]
        return None

    def defines(self, path: str, name: str) -> bool:
        return name in self._scopes.get(path, {}) or ("", name) in self._bound.get(path, {})

    def has_wiring(self, framework: str, kind: str) -> bool:
        return any(wiring.kind == kind for _, wiring in self._wirings.get(framework, ()))

    def wirings(self, framework: str, kind: str = "") -> Iterator[tuple[str, Wiring]]:
        for path, wiring in self._wirings.get(framework, ()):
            if not kind or wiring.kind == kind:
                yield path, wiring

    def bindings(self, path: str, scope: str) -> Sequence[Binding]:
        return [b for b in self._facts[path].bindings if b.scope == scope]

    def definition(self, symbol: str) -> tuple[str, Definition] | None:
        return self._definitions.get(symbol)

    def definitions(self) -> Mapping[str, tuple[str, Definition]]:
        return self._definitions

    def types_named(self, name: str) -> Sequence[str]:
        """IDs of the types with that simple name."""
        return self._types_by_name.get(name, [])

    def symbol_at(self, path: str, scope: str) -> str:
        language = self._languages.get(self._facts[path].language)
        module = self._modules.get(path, path)
        return language.symbol_id(module, scope) if language else module

    def is_type(self, symbol: str) -> bool:
        found = self._definitions.get(symbol)
        return found is not None and found[1].kind in TYPES

    # ---------------------------------------------------------------- imports

    def import_targets(self, path: str) -> Sequence[tuple[int, str, str, str]]:
        """(line, scope, target, resolution) of each import that is a dependency (or external, or unresolved)."""
        self._namespace(path)
        return self._import_targets[path]

    def _namespace(self, path: str) -> dict[str, str]:
        if path in self._namespaces:
            return self._namespaces[path]
        file = self._facts[path]
        names: dict[str, str] = {}
        local: dict[tuple[str, str], str] = {}
        stars: list[str] = []
        targets: list[tuple[int, str, str, str]] = []
        self._namespaces[path], self._local_imports[path], self._stars[path] = names, local, stars
        language = self._languages.get(file.language)
        for imported in file.imports if language else ():
            for alias, target, resolution in language.resolve_import(imported, path, self) if language else ():
                if resolution or (":" in target and target.split(":", 1)[0] in ("external", "unresolved")):
                    targets.append((imported.line, imported.scope, target, resolution))
                if target.startswith("unresolved:") or not alias:
                    continue
                if alias == "*":
                    stars.append(target)
                elif imported.scope:
                    local.setdefault((imported.scope, alias), target)
                else:
                    names.setdefault(alias, target)
        self._import_targets[path] = tuple(targets)
        return names

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
        place = self._definitions.get(symbol)
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

    def relate(self, members: Iterable[tuple[str, str, str]]) -> None:
        """Attributes that only a framework knows: (type, attribute, type of the value), such as an ORM's back references."""
        self._related.update(((owner, name), target) for owner, name, target in members)
        self._cache.clear()
        self._globals.clear()

    def _enclosing_type(self, path: str, scope: str) -> str:
        scopes = self._scopes[path]
        while scope:
            definition = scopes.get(scope)
            if definition is not None and definition.kind in TYPES:
                return scope
            scope = scope.rpartition(".")[0]
        return ""

    # ---------------------------------------------------------------- names

    def resolve(self, path: str, scope: str, name: str) -> Resolution:
        """What ``name`` means in ``scope`` of the file. The answer is never a guess without its label."""
        links = split_chain(name)
        if links[0].startswith("?"):
            return self._by_member_name(path, links, NO_TYPE, ())
        start = self._type_prefix(path, links)
        if start:
            consumed = start[1]
            value = self._apply(Value("symbol", start[0]), links[consumed - 1], 0)
            passed = [(start[0], "symbol", ".".join(links[consumed:]))]
        else:
            value = self._apply(self._lookup(path, scope, _bare(links[0]), 0), links[0], 0)
            consumed = 1
            passed = self._passed([], path, scope, links, value)
        for position in range(consumed, len(links)):
            found = self._member(value, _bare(links[position]), 0)
            if found.kind == "nothing":
                last = position == len(links) - 1 and value.kind != "nothing"
                if last and found.reason in BOUND:
                    value = found
                    break
                why = value if value.kind == "nothing" and value.reason in BOUND else found
                return self._by_member_name(path, links[position:], why, tuple(passed))
            if found.kind == "symbol":
                passed.append((found.target, "symbol", ".".join(links[position + 1 :])))
            value = self._apply(found, links[position], 0)
            if value.kind == "instance":
                passed.append((value.target, "instance", ".".join(links[position + 1 :])))
        through = tuple(passed)
        if value.kind == "symbol":
            return Resolution(value.target, value.resolution, value=value, through=through)
        if value.kind == "instance":
            return Resolution(value.target, value.resolution, reason="instance", value=value, through=through)
        if value.kind in ("external", "super", "getter"):
            return Resolution(value.target, "external", value=value, through=through)
        if value.reason in BOUND and not name.endswith(("()", "[]")):
            # A variable that is known to exist, whatever it holds; only calling it leads nowhere.
            return Resolution("", "exact", reason="variable", value=value, through=through)
        return Resolution("", "unresolved", reason=value.reason, value=value, through=through)

    def _passed(
        self, passed: list[tuple[str, str, str]], path: str, scope: str, links: list[str], value: Value
    ) -> list[tuple[str, str, str]]:
        rest = ".".join(links[1:])
        first = self._lookup(path, scope, _bare(links[0]), 0)
        if first.kind in ("symbol", "instance"):
            passed.append((first.target, first.kind, rest))
        if value.kind == "instance" and (value.target != first.target or first.kind != "instance"):
            passed.append((value.target, "instance", rest))
        return passed

    def _type_prefix(self, path: str, links: list[str]) -> tuple[str, int] | None:
        """A fully qualified type name written inline: ``org.shop.Order.create()``."""
        if len(links) < 2 or self._facts[path].language not in ("java", "jsp") or not links[0].islower():
            return None
        for end in range(len(links), 1, -1):
            candidate = ".".join([*links[: end - 1], _bare(links[end - 1])])
            if candidate in self._definitions and self.is_type(candidate):
                return candidate, end
        return None

    def _evaluate(self, path: str, scope: str, name: str, depth: int) -> Value:
        """The value of a name; used for bindings, bases and result types, hence guarded against recursion."""
        key = (path, scope, name)
        if key in self._cache:
            return self._cache[key]
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
        links = split_chain(name)
        if links[0].startswith("?"):
            return NO_TYPE
        start = self._type_prefix(path, links)
        if start:
            consumed = start[1]
            value = self._apply(Value("symbol", start[0]), links[consumed - 1], depth)
        else:
            value, consumed = self._apply(self._lookup(path, scope, _bare(links[0]), depth), links[0], depth), 1
        for link in links[consumed:]:
            if value.kind == "nothing":
                return value
            value = self._apply(self._member(value, _bare(link), depth), link, depth)
        return value

    def _apply(self, value: Value, link: str, depth: int) -> Value:
        """The value after the link's calls and subscripts: ``find()`` is what find returns, ``lines[]`` an element."""
        suffix = link[len(_bare(link)) :]
        while suffix and value.kind != "nothing":
            operation, suffix = suffix[:2], suffix[2:]
            value = self._called(value, depth) if operation == "()" else self._element(value)
        return value

    def _called(self, value: Value, depth: int) -> Value:
        if value.kind in ("super", "external"):
            return value
        if value.kind == "getter":
            return Value("instance", value.target, value.resolution)
        if value.kind == "symbol":
            found = self._definitions.get(value.target)
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
        returned = self._bound[path].get((definition.name, "return"), ())
        values = {self._evaluate(path, definition.name, b.value, depth + 1) for b in returned[:8]}
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
        for binding in self._bound[path].get((owner, f"{short}()"), ()):
            if binding.element:
                inner = self._evaluate(path, owner, binding.element, depth + 1)
                return inner.target if inner.kind == "symbol" else ""
        return ""

    def _element(self, value: Value) -> Value:
        if value.element:
            return Value("instance", value.element, value.resolution)
        return value if value.kind == "external" else NO_TYPE

    def _lookup(self, path: str, scope: str, name: str, depth: int) -> Value:
        """The first link of a chain, by the language's scoping."""
        file = self._facts[path]
        language = self._languages[file.language]
        if name in language.receiver_names:
            owner = self._enclosing_type(path, scope)
            if owner and (("", name) not in self._bound[path]):
                kind = "symbol" if name == "cls" else "instance"
                return Value(kind, self.symbol_at(path, owner))
        if name + "()" in language.super_names or name in language.super_names:
            owner = self._enclosing_type(path, scope)
            return Value("super", self.symbol_at(path, owner)) if owner else UNKNOWN
        scopes = self._scopes[path]
        self._namespace(path)
        local_imports = self._local_imports[path]
        place = scope
        while place:
            definition = scopes.get(place)
            in_type = definition is not None and definition.kind in TYPES
            if not in_type or language.implicit_receiver or place == scope:
                value = self._bound_value(path, place, name, depth)
                if value is not None:
                    return value
                if f"{place}.{name}" in scopes:
                    return Value("symbol", self.symbol_at(path, f"{place}.{name}"))
                if (place, name) in local_imports:
                    return self._imported(local_imports[place, name], depth)
            if in_type and language.implicit_receiver:
                value = self._member(Value("instance", self.symbol_at(path, place)), name, depth)
                if value.kind not in ("nothing", "external"):
                    return value
                if language.receiver_names and place.rpartition(".")[2] == name:
                    return Value("symbol", self.symbol_at(path, place))
            place = place.rpartition(".")[0]
        value = self._global(path, name, depth, language)
        if value.kind == "nothing" and language.implicit_receiver and self._has_external_base(path, scope):
            return Value("external", "external:inherited", "inferred")
        return value

    def _has_external_base(self, path: str, scope: str) -> bool:
        """Whether a type around the scope has a base outside the repository, which may have any member."""
        place = self._enclosing_type(path, scope)
        while place:
            if any(base.startswith("external:") for base in self.ancestors(self.symbol_at(path, place))):
                return True
            place = self._enclosing_type(path, place.rpartition(".")[0])
        return False

    def _global(self, path: str, name: str, depth: int, language: Language) -> Value:
        """Module level: definitions, imports, assigned names, the package, star imports, built-ins.

        Remembered, and guarded against names that are imported in a circle, so that the work is linear in names.
        """
        key = (path, name)
        if key in self._globals:
            return self._globals[key]
        self._globals[key] = UNKNOWN  # what a circle of imports finds here
        value = self._own_global(path, name, depth, language)
        if value is None:
            value = self._starred(path, name, depth, language)
        self._globals[key] = value
        return value

    def _own_global(self, path: str, name: str, depth: int, language: Language) -> Value | None:
        """What the module itself binds; None when it does not bind the name."""
        names = self._namespace(path)
        if name in self._scopes[path]:
            return Value("symbol", self.symbol_at(path, name))
        if name in names:
            return self._imported(names[name], depth)
        value = self._bound_value(path, "", name, depth)
        if value is not None:
            return value
        implicit = language.implicit_names(path, self)
        return Value("symbol", implicit[name]) if name in implicit else None

    def _starred(self, path: str, name: str, depth: int, language: Language) -> Value:
        """The name by star imports, nearest module first; then built-ins; then a star import of a library, a guess."""
        sources, open_star = self._star_closure(path)
        for source in sources if depth <= MAX_DEPTH else ():
            value = self._own_global(source, name, depth + 1, language)
            if value is not None and (value.kind != "nothing" or value.reason in BOUND):
                return value
        if name in language.builtins:
            return Value("external", f"external:{name}")
        return Value("external", "external:*", "inferred") if open_star else UNKNOWN

    def _star_closure(self, path: str) -> tuple[tuple[str, ...], bool]:
        """(files whose names a star import brings here, directly or through others; whether a library's come too)."""
        if path in self._closures:
            return self._closures[path]
        seen, frontier, open_star = {path: None}, [path], False
        while frontier:
            following: list[str] = []
            for current in frontier:
                self._namespace(current)
                for module in self._stars[current]:
                    open_star = open_star or module.startswith("external:")
                    source = self.path_of_module(module)
                    if source is not None and source not in seen:
                        seen[source] = None
                        following.append(source)
            frontier = following
        self._closures[path] = (tuple(seen)[1:], open_star)
        return self._closures[path]

    def _imported(self, target: str, depth: int) -> Value:
        """An import's target, followed through re-exports (``module:name``)."""
        if target.startswith("external:"):
            return Value("external", target)
        module, separator, name = target.partition(":")
        if not separator:
            found = self._definitions.get(target)
            if found is None and self.path_of_module(target) is None:
                return self._variable(target, depth)
            return Value("symbol", target)
        path = self.path_of_module(module)
        if path is None or depth > MAX_DEPTH:
            return UNKNOWN
        return self._global(path, name, depth + 1, self._languages[self._facts[path].language])

    def _variable(self, target: str, depth: int) -> Value:
        """A module's variable (``shop.db.session``): what was assigned to it."""
        module, _, name = target.replace("#", ".#").rpartition(".")
        if self.is_type(module) and depth <= MAX_DEPTH:
            return self._member(Value("symbol", module), name, depth + 1)  # import static Type.MEMBER
        path = self.path_of_module(module)
        if path is None or depth > MAX_DEPTH:
            return UNKNOWN
        value = self._bound_value(path, "", name.lstrip("#"), depth + 1)
        return value if value is not None else UNKNOWN

    def _bound_value(self, path: str, scope: str, name: str, depth: int) -> Value | None:
        """The value of a variable bound in exactly that scope; None when it is not bound there."""
        bindings = self._bound[path].get((scope, name))
        if not bindings or depth > MAX_DEPTH:
            return None
        values: list[Value] = []
        for binding in bindings[:6]:
            values.append(self._binding_value(path, scope, binding, depth))
            if binding.declared and values[-1].kind != "nothing":
                return values[-1]
        known = [v for v in dict.fromkeys(values) if v.kind != "nothing"]
        internal = [v for v in known if v.kind != "external"]
        if len(internal) == 1:
            return internal[0] if len(known) == 1 else Value(
                internal[0].kind, internal[0].target, "inferred", internal[0].element
            )  # fmt: skip
        if len(internal) > 1:
            targets = {v.target for v in internal}
            if len(targets) == 1:
                return internal[0]
            return Value("nothing", reason="several types assigned")
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

    def _member(self, value: Value, name: str, depth: int) -> Value:
        """What ``.name`` on a value denotes."""
        if value.kind == "external" and value.element and name in ELEMENT_GETTERS:
            return Value("getter", value.element, "inferred")
        if value.kind in ("external", "nothing"):
            return value
        if value.kind == "super":
            return self._inherited(value.target, name, depth, skip_own=True)
        if value.kind == "symbol":
            found = self._definitions.get(value.target)
            if found is None:
                return self._module_member(value.target, name, depth)
            if found[1].kind == "function":
                return Value("nothing", reason="attribute of a function")
        member = self._inherited(value.target, name, depth, skip_own=False)
        if member.kind == "nothing" and value.kind == "symbol":
            nested = self._definitions.get(value.target)
            if nested and nested[1].kind == "enum" and name[:1].isupper():
                return Value("instance", value.target)
        return member

    def _module_member(self, module: str, name: str, depth: int) -> Value:
        source = self.path_of_module(module)
        if source is not None and depth <= MAX_DEPTH:
            value = self._global(source, name, depth + 1, self._languages[self._facts[source].language])
            bound = value.kind != "nothing" or value.reason in BOUND
            if bound and not (value.kind == "external" and value.target == f"external:{name}"):
                return value
        if self.path_of_module(f"{module}.{name}") is not None:
            return Value("symbol", f"{module}.{name}")
        return Value("nothing", reason="module has no such name")

    def _inherited(self, owner: str, name: str, depth: int, *, skip_own: bool) -> Value:
        line = list(self.ancestors(owner))
        external = ""
        for candidate in line if skip_own else [owner, *line]:
            if candidate.startswith("external:"):
                external = external or candidate
                continue
            found = self._definitions.get(candidate)
            if found is None:
                continue
            path, definition = found
            full = f"{definition.name}.{name}"
            if full in self._scopes[path]:
                inner = self._scopes[path][full]
                symbol = Value("symbol", self.symbol_at(path, full))
                if inner.kind == "function" and _is_property(inner):
                    return self._result(path, inner, depth + 1)
                return symbol
            related = self._related.get((candidate, name))
            if related is not None:
                return Value("instance", related, "exact", related)
            value = self._bound_value(path, definition.name, name, depth + 1)
            if value is not None:
                return value
        if external:
            return Value("external", external)
        return Value("nothing", reason="type has no such member")

    # ---------------------------------------------------------------- last resort

    def _by_member_name(
        self, path: str, links: list[str], why: Value, through: tuple[tuple[str, str, str], ...]
    ) -> Resolution:
        """A call on a receiver of unknown type: candidates by the member's name, within the language."""
        name = _bare(links[-1])
        language = self._facts[path].language
        if why.reason in BOUND:
            candidates = [
                c
                for c in self._members_by_name.get(name, ())
                if self._facts[self._definitions[c][0]].language == language
            ]
            if 1 <= len(candidates) <= MAX_CANDIDATES and name not in COMMON_MEMBERS and not name.startswith("__"):
                if len(candidates) == 1:
                    return Resolution(candidates[0], "inferred", reason="only member of that name", through=through)
                return Resolution("", "ambiguous", tuple(sorted(candidates)), why.reason, through=through)
        return Resolution("", "unresolved", reason=why.reason, through=through)


def _bare(link: str) -> str:
    end = len(link)
    for mark in ("(", "["):
        position = link.find(mark)
        if position >= 0:
            end = min(end, position)
    return link[:end]


def _is_property(definition: Definition) -> bool:
    return any(d.rpartition(".")[2] in ("property", "cached_property", "getter") for d in definition.decorators)


# What collections and optionals hand out their elements by.
ELEMENT_GETTERS = frozenset(
    "get next orElse orElseThrow orElseGet findFirst findAny first last element peek poll remove".split()
)

# Members that every language's collections, strings, files and objects have: a unique definition of one of these in
# the repository says nothing about a receiver of unknown type.
COMMON_MEMBERS = frozenset(
    [
        "add",
        "append",
        "apply",
        "call",
        "clear",
        "clone",
        "close",
        "contains",
        "copy",
        "count",
        "create",
        "delete",
        "equals",
        "execute",
        "exists",
        "extend",
        "filter",
        "find",
        "first",
        "flush",
        "format",
        "get",
        "getName",
        "getId",
        "hashCode",
        "index",
        "insert",
        "items",
        "iterator",
        "join",
        "keys",
        "last",
        "length",
        "list",
        "load",
        "map",
        "name",
        "next",
        "open",
        "pop",
        "post",
        "print",
        "push",
        "put",
        "read",
        "remove",
        "replace",
        "reset",
        "run",
        "save",
        "search",
        "send",
        "set",
        "size",
        "sort",
        "split",
        "start",
        "stop",
        "strip",
        "title",
        "toString",
        "update",
        "upper",
        "lower",
        "value",
        "values",
        "write",
        "encode",
        "decode",
        "commit",
        "rollback",
        "query",
        "all",
        "then",
        "catch",
        "forEach",
        "reduce",
        "on",
        "emit",
        "use",
        "render",
        "end",
        "redirect",
        "json",
        "text",
        "data",
        "type",
        "id",
        "is",
        "has",
        "of",
        "log",
        "error",
        "info",
        "debug",
        "test",
        "wait",
        "lock",
        "release",
        "group",
        "match",
        "sub",
        "submit",
        "cancel",
        "setdefault",
    ]
)
