"""Express and Connect: routes with their full path, across routers, mounted files and functions that are given an app.

`read` records what each file registers on which variable; `link` finds out which variables are the same router, follows
the mounts up to the application and names every route by all prefixes on the way.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol, cast

import msgspec
from tree_sitter import Node

from agent.domain.code import Dependency, Symbol
from agent.domain.facts import FileFacts, Import, Wiring
from agent.domain.linking import Linking

if TYPE_CHECKING:
    from agent.ports import Project

__all__ = ["FRAMEWORK", "Express"]

VERBS = {
    "get": "GET", "post": "POST", "put": "PUT", "delete": "DELETE", "del": "DELETE", "patch": "PATCH", "head": "HEAD",
    "options": "OPTIONS", "all": "ANY",
}  # fmt: skip
LIBRARIES = frozenset({"express", "connect", "router", "express-promise-router", "restify", "polka", "find-my-way"})
ROUTER_NAME = re.compile(r"(?i)(?:\w*(?:app|router|routes?|server|api))\Z")
CHAIN = re.compile(rb"[A-Za-z_$][\w$]*(?:\??\.#?[A-Za-z_$][\w$]*){0,6}\Z")
PARAMETER = re.compile(r":(\w+)(?:\([^()]{0,200}\))?[?*+]?")
# routes.forEach((r) => router.use(r.path, r.route)): the list itself says what is mounted where
LISTED = re.compile(r"\{(?P<item>[\w$]+)\.(?P<path>[\w$]+)\}\n(?P=item)\.(?P<target>[\w$]+)")
MAX_NODES = 50_000
MAX_MOUNTS = 8
MAX_PATHS = 50
PASSED = re.compile(r"(?:\w*(?:[aA]pp|[rR]outer|[sS]erver|[rR]outes?|[aA]pi))\Z")
LEAVES = frozenset(
    "identifier property_identifier string number comment template_string regex this super true false null".split()
)
MAX_CHAIN = 40
FUNCTIONS = ("arrow_function", "function_expression", "generator_function")

Router = tuple[
    str, str, str
]  # (path, scope, name) of the variable that holds it; name "()" for whatever a function is given


class Importing(Protocol):
    """What linking needs of the project beyond `Project`: which file each import statement leads to."""

    def import_targets(self, path: str) -> Sequence[tuple[int, str, str, str]]:
        """(line, scope, target, resolution) of each import."""
        ...


class Express:
    """The `Framework` of Express, Connect and routers with their interface."""

    name = "express"
    languages = frozenset({"javascript", "typescript"})
    markers = (b".get(", b".post(", b".put(", b".delete(", b".patch(", b".use(", b".all(", b"outer", b"app)")

    def read(self, path: str, root: Any, source: bytes, facts: FileFacts) -> FileFacts:  # noqa: ARG002
        """Adds a ``route``, ``mount`` or ``pass`` record for each registration; never raises."""
        if root is None:
            return facts
        found: dict[Wiring, None] = {}
        spans = sorted((d.line, -d.end_line, d.name) for d in facts.definitions)
        for wiring in _records(root, source, spans):
            entry = LISTED.fullmatch("\n".join(wiring.args[1:])) if wiring.kind == "mount" else None
            if entry is None:
                found[wiring] = None
                continue
            for prefix, target in _listed(root, source, entry["path"], entry["target"]):
                args = (wiring.args[0], prefix, target)
                found[Wiring("express", "mount", wiring.scope, wiring.line, args)] = None
        ordered = sorted(found, key=lambda w: (w.line, w.kind, w.args))
        return msgspec.structs.replace(facts, wirings=(*facts.wirings, *ordered)) if ordered else facts

    def link(self, project: Project) -> Linking:
        """Routes as symbols, and their edges to what handles them."""
        return _Linker(project).linking()

    def access_mode(self, chain: str) -> str:  # noqa: ARG002
        """Express maps no types to tables."""
        return ""


def _scope_at(spans: Sequence[tuple[int, int, str]], line: int) -> str:
    """The innermost definition around a line."""
    best = ""
    for start, end, name in spans:
        if start > line:
            break
        if -end >= line:
            best = name
    return best


def _plain(node: Node | None, source: bytes) -> str:
    if node is None or node.end_byte - node.start_byte > 200:
        return ""
    raw = source[node.start_byte : node.end_byte]
    return raw.decode("ascii", "replace").replace("?.", ".") if CHAIN.match(raw) else ""


def _literal(node: Node, source: bytes) -> str | None:
    """A path as text: a string, a template with ``{}`` parts, or a regular expression marked by ``~``."""
    if node.type == "regex":
        return "~" + source[node.start_byte : node.end_byte].decode("utf-8", "replace")[:200]
    if node.type not in ("string", "template_string"):
        return None
    parts = []
    for child in node.named_children[:50]:
        raw = source[child.start_byte : child.end_byte].decode("utf-8", "replace")[:200]
        parts.append(raw if child.type != "template_substitution" else "{" + raw[2:-1].strip() + "}")
    return "".join(parts)


def _paths(node: Node, source: bytes) -> list[str]:
    """The paths an argument stands for; empty when it is no path."""
    if node.type == "array":
        return [text for child in node.named_children[:20] if (text := _literal(child, source)) is not None]
    text = _literal(node, source)
    return [text] if text is not None else []


def _records(root: Node, source: bytes, spans: Sequence[tuple[int, int, str]]) -> Iterator[Wiring]:
    """What the calls of a file register or pass on. A plain walk: queries take quadratic time on deep trees."""
    stack = [root]
    while stack:
        node = stack.pop()
        kind = node.type
        if kind in LEAVES:
            continue
        stack.extend(reversed(node.named_children))
        if kind != "call_expression":
            continue
        function, arguments = node.child_by_field_name("function"), node.child_by_field_name("arguments")
        if function is None or arguments is None or arguments.type != "arguments":
            continue
        verb = function.child_by_field_name("property") if function.type == "member_expression" else None
        name = _plain(verb, source)
        wiring: Wiring | None = None
        if verb is not None and (name in VERBS or name == "use"):
            scope = _scope_at(spans, verb.start_point[0] + 1)
            wiring = _registration(function, verb, arguments, source, scope)
        else:
            for argument in arguments.named_children[:20]:
                if argument.type == "identifier" and PASSED.match(_plain(argument, source)):
                    wiring = _pass(function, argument, source, _scope_at(spans, argument.start_point[0] + 1))
                    break
        if wiring is not None:
            yield wiring


def _registration(function: Node, named: Node, call: Node, source: bytes, scope: str) -> Wiring | None:
    verb = _plain(named, source)
    arguments = [argument for argument in call.named_children if argument.type != "comment"]
    made_on = function.child_by_field_name("object")
    if made_on is None or not arguments:
        return None
    receiver, route = _receiver(made_on, source)
    if not receiver:
        return None
    line = named.start_point[0] + 1
    if route is None:
        paths = _paths(arguments[0], source)
        if (
            not paths
            and len(arguments) > 1
            and (name := _plain(arguments[0], source))
            and (verb == "use" or len(arguments) > 2)
        ):
            paths = ["{" + name + "}"]  # a path known only at run time
        rest = arguments[1:] if paths else arguments
    else:
        paths, rest = route, arguments
    handlers = [text for argument in rest for text in _handlers(argument, source)]
    if verb == "use":
        targets = [text for text in handlers if text]
        return (
            Wiring("express", "mount", scope, line, (receiver, "\n".join(paths or [""]), *targets)) if targets else None
        )
    if not paths or not rest or not all(p.startswith(("/", "*", "~", "{")) or not p for p in paths):
        return None
    return Wiring("express", "route", scope, line, (receiver, VERBS[verb], "\n".join(paths), *handlers))


def _receiver(node: Node, source: bytes) -> tuple[str, list[str] | None]:
    """The router a registration is made on, and the path when it is chained to ``.route(path)``."""
    current: Node | None = node
    route: list[str] | None = None
    for _ in range(MAX_CHAIN):
        if current is None:
            return "", None
        if plain := _plain(current, source):
            return plain, route
        if current.type != "call_expression":
            return "", None
        function = current.child_by_field_name("function")
        if function is None or function.type != "member_expression":
            return "", None
        name = _plain(function.child_by_field_name("property"), source)
        inner = function.child_by_field_name("object")
        arguments = current.child_by_field_name("arguments")
        if name == "route" and arguments is not None and arguments.named_child_count:
            route = _paths(arguments.named_child(0), source) if route is None else route
        elif name not in VERBS and name != "use":
            return "", None
        current = inner
    return "", None


def _handlers(node: Node, source: bytes, depth: int = 0) -> list[str]:
    """Chains of what an argument hands over; ``""`` for a function written in place, ``f()`` for the result of a call."""
    if node.type in FUNCTIONS:
        return [""]
    if depth > 5:
        return []
    if plain := _plain(node, source):
        return [plain]
    if node.type == "array":
        return [text for child in node.named_children[:50] for text in _handlers(child, source, depth + 1)]
    if node.type == "member_expression":  # new Users().router
        inner, name = node.child_by_field_name("object"), _plain(node.child_by_field_name("property"), source)
        made = inner is not None and inner.type in ("new_expression", "call_expression")
        owner = next(iter(_handlers(inner, source, depth + 1)), "") if inner is not None and made else ""
        return [f"{owner}.{name}"] if owner and name else []
    if node.type == "new_expression":
        return [_plain(node.child_by_field_name("constructor"), source) + "()"]
    if node.type != "call_expression":
        return []
    function, arguments = node.child_by_field_name("function"), node.child_by_field_name("arguments")
    first = arguments.named_child(0) if arguments is not None and arguments.named_child_count else None
    callee = _plain(function, source)
    if callee == "require" and first is not None:
        return [f"require {_literal(first, source) or ''}"]
    if function is not None and function.type == "call_expression":  # require("./x")(options)
        factory = _handlers(function, source, depth + 1)
        return [f"{factory[0]}()"] if factory and factory[0].startswith("require ") else factory
    if callee.endswith(".bind"):
        return [callee.removesuffix(".bind")]
    if first is not None and first.type in FUNCTIONS:
        return [""]
    wrapped = _plain(first, source) if first is not None else ""
    return [f"{callee}()", wrapped] if wrapped else [f"{callee}()"]


def _listed(root: Node, source: bytes, path_key: str, target_key: str) -> Iterator[tuple[str, str]]:
    """(path, router) of the objects in a file's lists that have both properties."""
    stack, seen = [root], 0
    while stack and seen < MAX_NODES:
        node = stack.pop()
        seen += 1
        if node.type != "object":
            stack.extend(reversed(node.named_children))
            continue
        values: dict[str, Node] = {}
        for pair in node.named_children:
            key, value = pair.child_by_field_name("key"), pair.child_by_field_name("value")
            if key is not None and value is not None:
                values[_plain(key, source)] = value
        if path_key in values and target_key in values:
            paths, targets = _paths(values[path_key], source), _handlers(values[target_key], source)
            if paths and targets and targets[0]:
                yield paths[0], targets[0]


def _pass(callee: Node, node: Node, source: bytes, scope: str) -> Wiring | None:
    """``routes(app)`` and ``require("./routes")(app)``: a function that is given the router."""
    passed = _plain(node, source)
    text = _plain(callee, source) or next(iter(_handlers(callee, source)), "")
    if not text or text.rpartition(".")[2] in (*VERBS, "use", "createServer", "log", "bind", "require"):
        return None
    return Wiring("express", "pass", scope, node.start_point[0] + 1, (passed, text))


@dataclass(frozen=True)
class _Route:
    """One registration, before its prefixes are known."""

    router: Router
    method: str
    pattern: str
    path: str
    line: int
    scope: str
    handlers: tuple[str, ...]


class _Linker:
    """Finds the routers of a project and joins their paths."""

    def __init__(self, project: Project) -> None:
        self._project = project
        self._modules = project.modules()
        self._mounts: dict[Router, list[tuple[Router, str, bool]]] = {}
        self._found: dict[tuple[str, str, str], Router | None] = {}

    def linking(self) -> Linking:
        """All routes, in the order of their files."""
        routes: list[_Route] = []
        for path, wiring in self._project.wirings("express"):
            receiver = wiring.args[0]
            router = self._router(path, wiring.scope, receiver, 0) or self._guessed(path, wiring.scope, receiver)
            if router is None:
                continue
            if wiring.kind == "route":
                for pattern in wiring.args[2].split("\n"):
                    routes.append(
                        _Route(router, wiring.args[1], pattern, path, wiring.line, wiring.scope, wiring.args[3:])
                    )
            elif wiring.kind == "mount":
                for child in [c for text in wiring.args[2:] for c in self._children(path, wiring.scope, text)]:
                    for prefix in wiring.args[1].split("\n"):
                        self._mounts.setdefault(child, []).append((router, prefix, True))
            else:
                for child in self._given(path, wiring.scope, wiring.args[1]):
                    self._mounts.setdefault(child, []).append((router, "", True))
        symbols: dict[str, Symbol] = {}
        edges: dict[Dependency, None] = {}
        for route in routes:
            self._emit(route, symbols, edges)
        return Linking(tuple(symbols[key] for key in sorted(symbols)), tuple(edges))

    def _emit(self, route: _Route, symbols: dict[str, Symbol], edges: dict[Dependency, None]) -> None:
        language = self._project.facts(route.path).language
        module = self._project.symbol_at(route.path, "")
        for prefix, sure in self._prefixes(route.router):
            identifier = f"route:{route.method} {_join(prefix, route.pattern)}"
            symbols.setdefault(
                identifier, Symbol(identifier, "route", route.path, route.line, route.line, language, module, module)
            )
            for target, kind, exact in self._targets(route):
                resolution = "exact" if sure and exact else "inferred"
                edges[Dependency(identifier, target, kind, route.path, route.line, resolution)] = None

    def _targets(self, route: _Route) -> Iterator[tuple[str, str, bool]]:
        """(symbol, kind, sure): the last function handles, those before it are used on the way."""
        named = [text for text in route.handlers if text]
        last_inline = bool(route.handlers) and not route.handlers[-1]
        resolved: list[tuple[str, bool]] = []
        for text in named:
            if text.startswith("require "):
                continue
            found = self._project.resolve(route.path, route.scope, text.removesuffix("()"))
            if found.target and self._project.definition(found.target) is not None:
                resolved.append((found.target, found.resolution == "exact"))
        if last_inline or not resolved:
            yield self._project.symbol_at(route.path, route.scope), "handle", last_inline or not named
        for position, (target, sure) in enumerate(resolved):
            handles = position == len(resolved) - 1 and not last_inline
            yield target, "handle" if handles else "use", sure

    def _prefixes(self, router: Router) -> list[tuple[str, bool]]:
        """(prefix, sure) of every way from the application down to this router."""
        found: list[tuple[str, bool]] = []
        queue: list[tuple[Router, str, bool, tuple[Router, ...]]] = [(router, "", True, (router,))]
        while queue and len(found) < MAX_PATHS:
            current, suffix, sure, seen = queue.pop(0)
            sure = sure and current[2] != "()"
            parents = [m for m in self._mounts.get(current, ()) if m[0] not in seen] if len(seen) < MAX_MOUNTS else []
            if not parents:
                found.append((suffix, sure))
            for parent, prefix, _ in parents:
                certain = (sure and "{" not in prefix) or current[2] == "()"
                queue.append((parent, _join(prefix, suffix) if prefix or suffix else "", certain, (*seen, parent)))
        return list(dict.fromkeys(found))

    # --- which router a name means -----------------------------------------------------------------------------

    def _router(self, path: str, scope: str, name: str, depth: int) -> Router | None:
        """The router that a plain name or ``this.name`` holds there; None when it holds something else."""
        key = (path, scope, name)
        if key in self._found or depth > MAX_MOUNTS:
            return self._found.get(key)
        self._found[key] = None
        found = self._looked_up(path, scope, name, depth)
        self._found[key] = found
        return found

    def _looked_up(self, path: str, scope: str, name: str, depth: int) -> Router | None:
        first, _, rest = name.partition(".")
        if first == "this" and rest:
            owner = scope
            while owner and not self._project.bindings(path, owner):
                owner = owner.rpartition(".")[0]
            places = [scope.rpartition(".")[0], scope] if scope else []
            return next((r for place in places if (r := self._bound(path, place, rest, depth))), None)
        place = scope
        while True:
            if (router := self._bound(path, place, first if not rest else name, depth)) is not None:
                return router
            for imported in self._project.facts(path).imports:
                if imported.alias == first and imported.scope == place:
                    return self._exported(path, imported, rest, depth)
            if not place:
                return None
            place = place.rpartition(".")[0]

    def _bound(self, path: str, scope: str, name: str, depth: int) -> Router | None:
        for binding in self._project.bindings(path, scope):
            if binding.name != name:
                continue
            value = binding.value.partition(":")[2] if binding.value.startswith("@") else binding.value
            if self._makes_router(path, value):
                return (path, scope, name)
            if binding.declared:
                continue
            if value.endswith("()") and "(" not in value[:-2]:
                made = self._made_by(path, scope, value[:-2])
                if made:
                    return made[0]
            elif (
                CHAIN.match(value.encode()) and value != name and (inner := self._router(path, scope, value, depth + 1))
            ):
                return inner
        return None

    def _makes_router(self, path: str, value: str) -> bool:
        """``express()``, ``express.Router()``, ``Router()``, ``new Router()``."""
        root, _, rest = value.partition(".")
        if not value.endswith("()") or rest not in ("", "Router()", "default()", "createServer()"):
            return False
        alias = root.removesuffix("()")
        return any(i.alias == alias and i.module in LIBRARIES for i in self._project.facts(path).imports)

    def _exported(self, path: str, imported: Import, rest: str, depth: int) -> Router | None:
        module = self._module(path, imported)
        if module is None:
            return None
        name = imported.name if imported.name not in ("", "default") else rest or "default"
        return self._router(module, "", name, depth + 1)

    def _module(self, path: str, imported: Import) -> str | None:
        """The repository's file an import leads to."""
        stem = imported.module.rstrip("/").rpartition("/")[2].partition(".")[0]
        on_line = [
            target.partition("#")[0]
            for line, scope, target, _ in cast(Importing, self._project).import_targets(path)
            if line == imported.line and scope == imported.scope
        ]
        files = [target for target in on_line if target in self._modules]
        named = [
            file
            for file in files
            if stem and stem in file.rsplit("/", 2)[-1] + "/" + file.rpartition("/")[0].rpartition("/")[2]
        ]
        return next(iter(named or files), None)

    def _children(self, path: str, scope: str, text: str) -> list[Router]:
        """The routers that a mounted expression stands for; none for plain middleware."""
        called = text.endswith("()")
        name = text.removesuffix("()")
        if name.startswith("require "):
            specifier = name.removeprefix("require ")
            for imported in self._project.facts(path).imports:
                if imported.module == specifier and imported.alias.startswith("require@"):
                    module = self._module(path, imported)
                    router = self._router(module, "", "default", 0) if module else None
                    return [router] if router else self._in_function(module, "default") if module else []
            return []
        owner, _, member = name.rpartition("().")
        if owner:
            found = self._project.resolve(path, scope, owner)
            place = self._project.definition(found.target)
            router = self._bound(place[0], place[1].name, member, 0) if place else None
            return [router] if router else []
        if called:
            return self._made_by(path, scope, name)
        router = self._router(path, scope, name, 0)
        return [router] if router else []

    def _made_by(self, path: str, scope: str, name: str) -> list[Router]:
        """The routers that a function of the repository returns."""
        place = self._project.definition(self._project.resolve(path, scope, name).target)
        return self._in_function(place[0], place[1].name) if place else []

    def _in_function(self, path: str, scope: str) -> list[Router]:
        bindings = self._project.bindings(path, scope)
        made = [(path, scope, b.name) for b in bindings if b.name != "return" and self._makes_router(path, b.value)]
        returned = {b.value for b in bindings if b.name == "return"}
        return [router for router in made if router[2] in returned] or made

    def _given(self, path: str, scope: str, text: str) -> list[Router]:
        """The pseudo-router of a function that is given an app."""
        name = text.removesuffix("()")
        if name.startswith("require "):
            specifier = name.removeprefix("require ")
            modules = [self._module(path, i) for i in self._project.facts(path).imports if i.module == specifier]
            return [(module, "default", "()") for module in modules if module]
        place = self._project.definition(self._project.resolve(path, scope, name).target)
        return [(place[0], place[1].name, "()")] if place else []

    def _guessed(self, path: str, scope: str, receiver: str) -> Router | None:
        """A parameter that is called like a router; anything imported or made otherwise is none (axios, caches)."""
        if "." in receiver or not ROUTER_NAME.match(receiver):
            return None
        place = scope
        facts = self._project.facts(path)
        while place:
            if any(b.name == receiver for b in self._project.bindings(path, place) if not b.declared):
                return None
            place = place.rpartition(".")[0]
        if any(i.alias == receiver for i in facts.imports) or any(
            b.name == receiver for b in self._project.bindings(path, "")
        ):
            return None
        return (path, scope, "()") if scope else None


def _join(prefix: str, pattern: str) -> str:
    """Two patterns as one, parameters as ``{name}``."""
    joined = "/".join(part.strip("/") for part in (prefix, pattern) if part.strip("/"))
    return "/" + PARAMETER.sub(r"{\1}", joined) if not joined.startswith("~") else joined


FRAMEWORK = Express()
