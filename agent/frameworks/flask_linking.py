"""Flask's records of all files to routes: which blueprint is registered where, and which handler an endpoint means."""

from __future__ import annotations

from typing import NamedTuple

from agent.domain.code import Dependency, Symbol
from agent.domain.facts import Wiring
from agent.domain.linking import Linking
from agent.frameworks.python_names import Place, PythonNames
from agent.frameworks.template_names import TemplateNames
from agent.ports import Project

__all__ = ["HTTP_METHODS", "link_flask"]

HTTP_METHODS = frozenset({"get", "post", "put", "delete", "patch"})
VIEW_METHODS = ("get", "post", "put", "patch", "delete", "head", "options")
OTHER_APPS = ("external:fastapi", "external:starlette", "external:sanic", "external:bottle", "external:aiohttp")
NONE = "\0"
MAX_MOUNTS = 64
MAX_NESTING = 8


class Holder(NamedTuple):
    """An app, blueprint, API or namespace; ``named`` is a blueprint's name, or what an API was made for."""

    place: Place
    kind: str
    named: str
    prefix: str


class Mount(NamedTuple):
    """Where an object's routes appear: their path prefix, their endpoints' prefix, and how sure that is."""

    prefix: str
    endpoint: str
    resolution: str


def link_flask(project: Project) -> Linking:
    """Routes, their handlers, hooks, and links by endpoint."""
    if not project.has_wiring("flask", "object") and not project.has_wiring("flask", "route"):
        return Linking()
    return _Linker(project).linking()


class _Linker:
    """Collects symbols and edges; lives for one link."""

    def __init__(self, project: Project) -> None:
        self._project = project
        self._names = PythonNames(project)
        self._holders: dict[Place, Holder] = {}
        self._parents: dict[Place, list[tuple[Place | None, str, str]]] = {}  # child -> (parent, prefix, name)
        self._apis: dict[Place, Place] = {}
        self._mounts: dict[Place, tuple[Mount, ...]] = {}
        self._symbols: dict[str, Symbol] = {}
        self._edges: list[Dependency] = []
        self._endpoints: dict[str, list[str]] = {}
        self._blueprint_of: dict[str, set[str]] = {}  # file or handler symbol -> endpoint prefixes of its blueprints
        self._limits: dict[tuple[str, str], str] = {}

    def linking(self) -> Linking:
        """The answer."""
        for path, wiring in self._project.wirings("flask"):
            if wiring.kind == "object":
                self._object(path, wiring)
            elif wiring.kind == "methods":
                self._limits[path, wiring.scope] = wiring.args[0]
        for path, wiring in self._project.wirings("flask"):
            if wiring.kind == "register":
                self._register(path, wiring)
            elif wiring.kind == "init":
                self._init(path, wiring)
        for path, wiring in self._project.wirings("flask"):
            if wiring.kind == "route":
                self._route(path, wiring)
            elif wiring.kind == "hook":
                self._hook(path, wiring)
        self._links()
        return Linking(tuple(self._symbols[key] for key in sorted(self._symbols)), tuple(self._edges))

    # ---------------------------------------------------------------- objects and where they are mounted

    def _object(self, path: str, wiring: Wiring) -> None:
        chain, kind, named, prefix = wiring.args
        first, _, rest = chain.partition(".")
        if first == "self":
            own = self._names.place(path, wiring.scope, "self")
            place = Place(path, own.full, rest) if own is not None else Place(path, wiring.scope, chain)
        else:
            place = Place(path, wiring.scope, chain)
        self._holders[place] = Holder(place, kind, named, prefix)
        if kind == "api" and named:
            target = self._names.place(path, wiring.scope, named)
            if target is not None:
                self._apis[place] = target

    def _init(self, path: str, wiring: Wiring) -> None:
        api = self._names.place(path, wiring.scope, wiring.args[0])
        target = self._names.place(path, wiring.scope, wiring.args[1])
        if api in self._holders and self._holders[api].kind == "api" and target is not None:
            self._apis.setdefault(api, target)

    def _register(self, path: str, wiring: Wiring) -> None:
        receiver, chain, prefix, named = wiring.args
        child = self._names.place(path, wiring.scope, chain)
        if child is None:
            return
        parent = self._names.place(path, wiring.scope, receiver)
        self._parents.setdefault(child, []).append((parent, prefix, named))

    def _mounted(self, place: Place | None, nesting: int = 0) -> tuple[Mount, ...]:
        """Every place where the object's routes appear; an app, or anything unknown, is mounted at the root."""
        holder = self._holders.get(place) if place is not None else None
        if place is None or holder is None or nesting > MAX_NESTING:
            return (Mount("", "", "exact"),)
        if place in self._mounts:
            return self._mounts[place]
        self._mounts[place] = (Mount("", "", "exact"),)  # a blueprint registered on itself ends here
        found: tuple[Mount, ...]
        if holder.kind == "api":
            below = self._mounted(self._apis.get(place), nesting + 1)
            own = "" if holder.prefix == NONE else holder.prefix
            found = tuple(Mount(_joined(m.prefix, own), m.endpoint, m.resolution) for m in below)
        elif holder.kind in ("blueprint", "namespace"):
            found = self._registered(place, holder, nesting)
        else:
            found = (Mount("", "", "exact"),)
        self._mounts[place] = found[:MAX_MOUNTS]
        return self._mounts[place]

    def _registered(self, place: Place, holder: Holder, nesting: int) -> tuple[Mount, ...]:
        name = holder.named if holder.kind == "blueprint" else ""
        own = holder.prefix
        if holder.kind == "namespace" and own == NONE:
            own = "/" + holder.named if holder.named else ""
        registrations = self._parents.get(place)
        if not registrations:
            # Never seen to be registered: by a loop over modules, or by another distribution.
            return (Mount("" if own == NONE else own, f"{name}." if name else "", "inferred"),)
        found = []
        for parent, prefix, renamed in registrations:
            part = prefix if prefix != NONE else own
            part = "" if part == NONE else part
            title = renamed if renamed != NONE else name
            for above in self._mounted(parent, nesting + 1):
                endpoint = above.endpoint + (f"{title}." if title else "")
                found.append(Mount(_joined(above.prefix, part), endpoint, above.resolution))
        return tuple(dict.fromkeys(found))

    # ---------------------------------------------------------------- routes

    def _route(self, path: str, wiring: Wiring) -> None:
        receiver, rule, methods, handler, endpoint, mark = wiring.args
        place = self._names.place(path, wiring.scope, receiver)
        known = place in self._holders if place is not None else False
        if not known and mark == "weak":
            return
        if not known and self._project.resolve(path, wiring.scope, receiver).target.startswith(OTHER_APPS):
            return
        target = self._handler(path, wiring.scope, handler)
        views = self._view_methods(target, mark)
        names = list(views) or [m for m in methods.split(",") if m] or ["GET"]
        if methods and methods != "?" and views:
            names = [m for m in methods.split(",") if m in views] or names
        simple = handler.lstrip("@").rpartition(".")[2]
        for mount in self._mounted(place):
            full = _joined(mount.prefix, rule) or "/"
            if not full.startswith("/"):
                full = "/" + full
            resolution = "inferred" if mark == "inferred" or methods == "?" else mount.resolution
            for method in names:
                symbol = f"route:{method.replace('?', 'GET')} {full}"
                self._symbols.setdefault(symbol, Symbol(symbol, "route", path, wiring.line, wiring.line, "python"))
                if target is not None:
                    reached = views.get(method, self._names.symbol(target))
                    self._edges.append(Dependency(symbol, reached, "handle", path, wiring.line, resolution))
            if target is not None:
                title = mount.endpoint + (endpoint or simple)
                identifier = self._names.symbol(target)
                self._endpoints.setdefault(title, []).append(identifier)
                for key in (path, target.path):
                    self._blueprint_of.setdefault(key, set()).add(mount.endpoint)
                self._blueprint_of.setdefault(identifier, set()).add(mount.endpoint)

    def _handler(self, path: str, scope: str, handler: str) -> Place | None:
        if handler.startswith("@"):
            outer, _, name = handler[1:].rpartition(".")
            return Place(path, outer, name)
        found = self._names.place(path, scope, handler)
        if found is None or found.full not in self._names.file(found.path).definitions:
            return None
        return found

    def _view_methods(self, target: Place | None, mark: str) -> dict[str, str]:
        """HTTP method -> symbol of a class-based view's method; empty for a function."""
        if target is None:
            return {}
        definition = self._names.file(target.path).definitions.get(target.full)
        if definition is None or definition.kind == "function":
            return {}
        found = self._names.methods(target, (*VIEW_METHODS, "dispatch_request"))
        limits = [self._limits.get((place.path, place.full), "") for place in self._names.lineage(target)[0]]
        limit = next(filter(None, limits), "")
        views = {
            name.upper(): self._names.method_symbol(target, place)
            for name, place in found.items()
            if name in VIEW_METHODS
        }
        if not views and "dispatch_request" in found:
            dispatch = self._names.method_symbol(target, found["dispatch_request"])
            views = dict.fromkeys(limit.split(",") if limit else ["GET"], dispatch)
        if limit and mark != "resource":
            views = {method: symbol for method, symbol in views.items() if method in limit.split(",")} or views
        return views

    # ---------------------------------------------------------------- hooks and links by endpoint

    def _hook(self, path: str, wiring: Wiring) -> None:
        receiver, _, handler = wiring.args
        target = self._handler(path, wiring.scope, handler)
        if target is None:
            return
        place = self._names.place(path, wiring.scope, receiver)
        holder = place if place in self._holders else None
        owner = path if holder is None else holder.path
        source = self._project.symbol_at(owner, holder.scope if holder is not None else wiring.scope)
        self._edges.append(Dependency(source, self._names.symbol(target), "use", path, wiring.line, "exact"))

    def _links(self) -> None:
        for path, wiring in self._project.wirings("flask", "endpoint"):
            source = self._project.symbol_at(path, wiring.scope)
            self._link(path, source, wiring.args[0], wiring.line)
        records = [(p, w) for p, w in self._project.wirings("templates", "endpoint") if w.args[0] == "flask"]
        if not records:
            return
        tagged = dict.fromkeys(path for path, _ in self._project.wirings("templates", "tagged"))
        names = TemplateNames(self._project, tagged)
        for path, wiring in records:
            self._link(path, names.symbol(path), wiring.args[1], wiring.line)

    def _link(self, path: str, source: str, endpoint: str, line: int) -> None:
        if endpoint.startswith("."):  # relative to the blueprint that handles the request
            prefixes = self._blueprint_of.get(source) or self._blueprint_of.get(path) or set()
            titles = [prefix + endpoint[1:] for prefix in sorted(prefixes)]
        else:
            titles = [endpoint]
        for title in titles:
            for target in dict.fromkeys(self._endpoints.get(title, ())):
                resolution = "exact" if len(titles) == 1 else "inferred"
                self._edges.append(Dependency(source, target, "use", path, line, resolution))


def _joined(prefix: str, rule: str) -> str:
    """As `flask.sansio.blueprints.BlueprintSetupState.add_url_rule` joins them."""
    if not prefix:
        return rule
    return f"{prefix.rstrip('/')}/{rule.lstrip('/')}" if rule else prefix
