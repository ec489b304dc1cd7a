"""Django's URL patterns of all files to routes: includes followed, prefixes and namespaces joined, routers expanded."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from agent.domain.code import Dependency, Symbol
from agent.domain.facts import Wiring
from agent.frameworks.django_views import DjangoViews
from agent.frameworks.python_names import Place, PythonNames
from agent.ports import Project

__all__ = ["DjangoUrls", "regex_to_path"]

MAX_DEPTH = 12
MAX_ROUTES = 20_000
URLS = ("", "urlpatterns")


class _Entry(NamedTuple):
    path: str
    scope: str
    line: int
    id: str
    kind: str
    pattern: str
    what: str
    value: str
    name: str
    namespace: str
    extra: str


class _At(NamedTuple):
    """Where expansion stands: the path so far, the namespace so far, the depth and the lists that are open."""

    prefix: str
    namespace: str
    depth: int
    open: tuple[Place, ...]
    resolution: str


class DjangoUrls:
    """Walks the URL configuration from its roots; results in ``symbols``, ``edges`` and ``endpoints``."""

    def __init__(self, project: Project, names: PythonNames, views: DjangoViews) -> None:
        self._project = project
        self._names = names
        self._views = views
        self._top: dict[Place, list[_Entry]] = {}
        self._inner: dict[tuple[str, str], list[_Entry]] = {}
        self._splices: dict[Place, list[tuple[str, str]]] = {}
        self._app_names: dict[str, str] = {}
        self._registered: dict[Place, list[tuple[str, Wiring]]] = {}
        self._used: set[Place] = set()
        self._steps = 0
        self.symbols: dict[str, Symbol] = {}
        self.edges: list[Dependency] = []
        self.endpoints: dict[str, list[str]] = {}
        self._read()
        self._walk()

    def _read(self) -> None:
        for path, wiring in self._project.wirings("django"):
            if wiring.kind == "url":
                number, parent, container, *rest = wiring.args
                entry = _Entry(path, wiring.scope, wiring.line, number, *rest)
                if parent:
                    self._inner.setdefault((path, parent), []).append(entry)
                else:
                    self._top.setdefault(self._holder(path, wiring.scope, container), []).append(entry)
            elif wiring.kind == "splice":
                own = self._holder(path, wiring.scope, wiring.args[0])
                self._splices.setdefault(own, []).append((wiring.scope, wiring.args[1]))
            elif wiring.kind == "appname":
                self._app_names[path] = wiring.args[0]
            elif wiring.kind == "register":
                place = self._names.place(path, wiring.scope, wiring.args[0])
                if place is not None:
                    self._registered.setdefault(place, []).append((path, wiring))

    def _holder(self, path: str, scope: str, container: str) -> Place:
        if container.endswith("()"):
            outer, _, name = container[:-2].rpartition(".")
            return Place(path, outer, name)
        return Place(path, scope, container)

    def _walk(self) -> None:
        roots = self._roots()
        for path in roots:
            self._list(Place(path, *URLS), _At("", "", 0, (), "exact"))
        # What no root includes: urls of a reusable app, or a root that is chosen at run time.
        for place in sorted(self._top):
            if place not in self._used and (place.scope, place.name) == URLS:
                self._list(place, _At("", "", 0, (), "inferred"))

    def _roots(self) -> list[str]:
        found = []
        for path, wiring in self._project.wirings("django", "setting"):
            if wiring.args[0] == "ROOT_URLCONF":
                module = self._names.module_path(path, wiring.args[1])
                if module is not None and module not in found:
                    found.append(module)
        return found

    # ---------------------------------------------------------------- lists of patterns

    def _list(self, place: Place, at: _At) -> None:
        self._steps += 1
        if at.depth > MAX_DEPTH or place in at.open or self._steps > MAX_ROUTES:
            return
        self._used.add(place)
        inside = at._replace(open=(*at.open, place), depth=at.depth + 1)
        for entry in self._top.get(place, ()):
            self._entry(entry, inside)
        for scope, chain in self._splices.get(place, ()):
            self._variable(place.path, scope, chain, inside)

    def _variable(self, path: str, scope: str, chain: str, at: _At) -> None:
        """``include(router.urls)``, ``include(patterns)``, ``include(orders.urls)``: a router, a list or a module."""
        found = self._names.place(path, scope, chain)
        if found is not None and not found.full:
            self._module(found.path, "", at)
            return
        if found is not None and (found in self._top or found in self._splices):
            self._list(found, at)
            return
        base, _, last = chain.rpartition(".")
        if last in ("urls", "get_urls") and base:
            router = self._names.place(path, scope, base)
            if router in self._registered:
                self._router(router, at)
            elif router is not None:
                self._urls_of_class(router, at)

    def _urls_of_class(self, place: Place, at: _At) -> None:
        """A site object (``admin.site.urls``, django-oscar's apps): its class's ``get_urls`` lists the patterns."""
        symbol = self._project.resolve(place.path, place.scope, place.name).target
        found = self._project.definition(symbol)
        if found is None:
            return
        for method in ("get_urls", "urls"):
            outer = found[1].name
            for owner in (Place(found[0], f"{outer}.{method}", "urlpatterns"), Place(found[0], outer, method)):
                if owner in self._top:
                    self._list(owner, at)

    def _module(self, path: str, namespace: str, at: _At) -> None:
        name = namespace or self._app_names.get(path, "")
        full = f"{at.namespace}{name}:" if name else at.namespace
        self._list(Place(path, *URLS), at._replace(namespace=full))

    def _entry(self, entry: _Entry, at: _At) -> None:
        self._steps += 1
        if self._steps > MAX_ROUTES:
            return
        own = entry.pattern if entry.kind == "path" else regex_to_path(entry.pattern)
        here = at._replace(prefix=at.prefix + own)
        named = here._replace(namespace=f"{at.namespace}{entry.namespace}:") if entry.namespace else here
        if entry.what == "include":
            module = self._names.module_path(entry.path, entry.value)
            if module is not None:
                self._module(module, entry.namespace, here)
        elif entry.what == "variable":
            if entry.namespace:
                self._variable(entry.path, entry.scope, entry.value, named)
            else:
                self._variable(entry.path, entry.scope, entry.value, here)
        elif entry.what == "inline":
            if named.depth < MAX_DEPTH:
                for inner in self._inner.get((entry.path, entry.id), ()):
                    self._entry(inner, named._replace(depth=named.depth + 1))
        else:
            self._view(entry, here)

    # ---------------------------------------------------------------- single routes

    def _view(self, entry: _Entry, at: _At) -> None:
        template = entry.extra.removeprefix("template:") if entry.extra.startswith("template:") else ""
        actions = dict(pair.split(":", 1) for pair in entry.extra.split(",") if ":" in pair and not template)
        place = self._views.target(entry.path, entry.scope, entry.what, entry.value)
        if place is None and entry.what == "object" and entry.value.endswith(".urls"):
            self._variable(entry.path, entry.scope, entry.value, at)  # path("x/", site.urls)
        if actions and place is not None:
            handlers = {verb: self._views.method(place, action) for verb, action in actions.items()}
        else:
            handlers = self._views.handlers(place, entry.value)
        for method, handler in handlers.items():
            self._route(method, at.prefix, entry.path, entry.line, handler, at.resolution)
        if entry.name and place is not None:
            self._name(at.namespace + entry.name, self._names.symbol(place))
        elif place is not None and entry.value:
            self._name(entry.value, self._names.symbol(place))  # reverse("app.views.index"), Django 1.x
        if template:
            route = self._symbol(next(iter(handlers), "GET"), at.prefix)
            self.templates.append((route, template, entry.path, entry.line))

    @property
    def templates(self) -> list[tuple[str, str, str, int]]:
        """(route, template's name, path, line) of ``TemplateView.as_view(template_name=...)``."""
        return self._views.route_templates

    def _symbol(self, method: str, path: str) -> str:
        return f"route:{method} /{path.lstrip('/')}"

    def _route(self, method: str, route: str, path: str, line: int, handler: str, resolution: str) -> None:
        symbol = self._symbol(method, route)
        self.symbols.setdefault(symbol, Symbol(symbol, "route", path, line, line, "python"))
        if handler:
            self.edges.append(Dependency(symbol, handler, "handle", path, line, resolution))

    def _name(self, name: str, symbol: str) -> None:
        self.endpoints.setdefault(name, []).append(symbol)

    # ---------------------------------------------------------------- routers of the REST framework

    def _router(self, router: Place, at: _At) -> None:
        self._used.add(router)
        for path, wiring in self._registered[router]:
            self._steps += 1
            if self._steps > MAX_ROUTES:
                return
            prefix = regex_to_path(wiring.args[1]).strip("/")
            place = self._names.class_place(path, wiring.scope, wiring.args[2])
            basename = wiring.args[3] or self._views.basename(place)
            base = at.prefix + (prefix + "/" if prefix else "")
            for route in self._views.viewset_routes(place):
                full = base + route.suffix
                self._route(route.method, full, path, wiring.line, route.handler, at.resolution)
                if basename and route.handler:
                    self._name(f"{at.namespace}{basename}-{route.name}", route.handler)
        if self._is_default(router):
            symbol = self._symbol("GET", at.prefix)
            line = self._registered[router][0][1].line
            self.symbols.setdefault(symbol, Symbol(symbol, "route", router.path, line, line, "python"))

    def _is_default(self, router: Place) -> bool:
        """Only a DefaultRouter has a page that lists its routes."""
        binding = self._names.file(router.path).bindings.get((router.scope, router.name))
        if binding is None:
            return False
        made = binding.value.removesuffix("()")
        place = self._names.class_place(router.path, router.scope, made)
        bases = self._names.lineage(place)[1] if place is not None else (made,)
        return any(base.rpartition(".")[2] == "DefaultRouter" for base in bases)

    def dependencies(self) -> Iterator[Dependency]:
        """Edges of the routes."""
        yield from self.edges


def regex_to_path(pattern: str) -> str:
    """A URL regex in the notation of ``path()``: ``^orders/(?P<pk>\\d+)/$`` is ``orders/<pk>/``."""
    out: list[str] = []
    position, end = 0, len(pattern)
    while position < end:
        char = pattern[position]
        if char == "(":
            close = _closing(pattern, position)
            inner = pattern[position + 1 : close]
            named = re.match(r"\?P<(\w{1,80})>", inner)
            if named:
                out.append(f"<{named.group(1)}>")
            elif inner.startswith("?:") and "|" not in inner:
                optional = pattern[close + 1 : close + 2] in ("?", "*")
                out.append("" if optional else inner[2:])
            elif not inner.startswith(("?=", "?!", "?i")):
                out.append("<arg>")
            position = close + 1
            if pattern[position : position + 1] in ("?", "*", "+"):
                position += 1
            continue
        if char == "\\" and position + 1 < end:
            following = pattern[position + 1]
            position += 2
            if following in "AZzbB":
                continue
            out.append("<arg>" if following in "dwsDWS" else following)
            continue
        if char not in "^$?":
            out.append(char)
        position += 1
    return "".join(out)


def _closing(pattern: str, start: int) -> int:
    depth, position = 0, start
    while position < len(pattern):
        char = pattern[position]
        if char == "\\":
            position += 2
            continue
        if char == "[":
            bracket = pattern.find("]", position + 2)
            position = bracket if bracket > 0 else position
        elif char == "(":
            depth += 1
        elif char == ")":
            depth -= 1
            if depth == 0:
                return position
        position += 1
    return len(pattern)
