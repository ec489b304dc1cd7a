"""Routes of Python programs without a large framework: records of all files in; route symbols and ``handle`` edges out.

A row of a table is a route only when its handler is a function or class of the repository.
"""

from __future__ import annotations

from collections.abc import Iterator

from agent.domain.code import Dependency, Symbol
from agent.domain.facts import Wiring
from agent.domain.linking import Linking
from agent.frameworks.python_names import Place, PythonNames
from agent.frameworks.wsgi_patterns import VERBS
from agent.ports import Project

__all__ = ["link_routes"]

SPELLINGS = ("{}", "do_{}", "on_{}")
MAX_DEPTH = 6


def link_routes(project: Project) -> Linking:
    """All routes."""
    linker = _Linker(project)
    for path, wiring in project.wirings("wsgi", "route"):
        methods, pattern, handlers, resolution = wiring.args
        linker.route(path, wiring, methods, pattern, linker.first(path, wiring.scope, handlers), resolution)
    linker.instances()
    linker.pyramid()
    linker.controllers()
    linker.cherrypy()
    return linker.linking()


class _Linker:
    """Collects symbols and edges; lives for one link."""

    def __init__(self, project: Project) -> None:
        self._project = project
        self._names = PythonNames(project)
        self._symbols: dict[str, Symbol] = {}
        self._edges: dict[Dependency, None] = {}

    def linking(self) -> Linking:
        """The answer."""
        return Linking(tuple(self._symbols[key] for key in sorted(self._symbols)), tuple(self._edges))

    def first(self, path: str, scope: str, handlers: str) -> Place | None:
        """The first of the candidates that the repository defines."""
        for chain in handlers.split(","):
            if chain.startswith("@"):
                outer, _, name = chain[1:].rpartition(".")
                return Place(path, outer, name)
            found = self._names.place(path, scope, chain) if chain else None
            if found is None and "." in chain:  # "app.views.show" in a string
                module, _, name = chain.rpartition(".")
                holder = self._names.module_path(path, module)
                found = Place(holder, "", name) if holder is not None else None
            if found is None:
                continue
            if found.full not in self._names.file(found.path).definitions:
                found = self._instance(found)
            if found is not None and found.full in self._names.file(found.path).definitions:
                return found
        return None

    def _instance(self, place: Place) -> Place | None:
        """``show = Items()`` stands for the class."""
        binding = self._names.file(place.path).bindings.get((place.scope, place.name))
        if binding is None or not binding.value.endswith("()") or binding.value.count("(") != 1:
            return None
        return self._names.class_place(place.path, place.scope, binding.value.removesuffix("()"))

    def route(
        self, path: str, wiring: Wiring, methods: str, pattern: str, target: Place | None, resolution: str
    ) -> None:
        """A route for each method; the edge goes to the function, or to the class's method of that name."""
        if target is None:
            return
        views = {} if methods == "RPC" else self._views(target)
        wanted = [m for m in methods.split(",") if m] or list(views) or ["ANY"]
        for method in wanted:
            symbol = f"route:{method} {pattern}"
            handler = views.get(method) or self._names.symbol(target)
            self._symbols.setdefault(symbol, Symbol(symbol, "route", path, wiring.line, wiring.line, "python"))
            self._edges[Dependency(symbol, handler, "handle", path, wiring.line, resolution)] = None

    def _views(self, target: Place) -> dict[str, str]:
        """HTTP method -> symbol of a class's method."""
        definition = self._names.file(target.path).definitions[target.full]
        if definition.kind == "function":
            return {}
        names = {s.format(v): v for v in VERBS for s in SPELLINGS} | {
            s.format(v.lower()): v for v in VERBS for s in SPELLINGS
        }
        found = self._names.methods(target, names)
        views = {names[name]: self._names.method_symbol(target, place) for name, place in sorted(found.items())}
        ordered = {verb: views[verb] for verb in VERBS if verb in views}
        called = self._names.methods(target, ("__call__",))
        return ordered or ({"ANY": self._names.method_symbol(target, called["__call__"])} if called else {})

    def _public(self, owner: Place) -> Iterator[tuple[str, Place]]:
        """The methods that a class defines or inherits in the repository and that do not begin with an underscore."""
        seen: set[str] = set()
        for place in self._names.lineage(owner)[0]:
            for name, definition in self._names.file(place.path).definitions.items():
                holder, _, short = name.rpartition(".")
                if holder == place.full and definition.kind == "function" and short[0] != "_" and short not in seen:
                    seen.add(short)
                    yield short, Place(place.path, place.full, short)

    # ---------------------------------------------------------------- XML-RPC

    def instances(self) -> None:
        """``register_instance(Scanner())``: every public method can be called from outside."""
        for path, wiring in self._project.wirings("wsgi", "instance"):
            owner = self.first(path, wiring.scope, wiring.args[0])
            if owner is None or self._names.file(owner.path).definitions[owner.full].kind == "function":
                continue
            for name, method in self._public(owner):
                self.route(path, wiring, "RPC", name, method, "exact")

    # ---------------------------------------------------------------- Pyramid

    def pyramid(self) -> None:
        """A route's pattern and the views of its name, wherever they are."""
        patterns: dict[str, tuple[str, Wiring, str]] = {}
        for path, wiring in self._project.wirings("wsgi", "named"):
            patterns.setdefault(wiring.args[0], (path, wiring, wiring.args[1]))
        defaults = {(p, w.scope): w.args for p, w in self._project.wirings("wsgi", "view_defaults")}
        for path, wiring in self._project.wirings("wsgi", "view_config"):
            name, methods, attribute = wiring.args
            outer, _, short = wiring.scope.rpartition(".")
            default = defaults.get((path, outer)) or defaults.get((path, wiring.scope)) or ("", "", "")
            place = Place(path, wiring.scope, attribute) if attribute else Place(path, outer, short)
            self._viewed(patterns.get(name or default[0]), methods or default[1], place)
        for path, wiring in self._project.wirings("wsgi", "added_view"):
            name, methods, attribute, chain = wiring.args
            target = self.first(path, wiring.scope, chain)
            if target is not None and attribute:
                target = Place(target.path, target.full, attribute)
            self._viewed(patterns.get(name), methods, target)

    def _viewed(self, found: tuple[str, Wiring, str] | None, methods: str, target: Place | None) -> None:
        if found is not None and target is not None and target.full in self._names.file(target.path).definitions:
            self.route(found[0], found[1], methods or "ANY", found[2], target, "exact")

    # ---------------------------------------------------------------- Routes (Pylons)

    def controllers(self) -> None:
        """``controller="items", action="show"`` is ``ItemsController.show`` of ``controllers/items.py``."""
        for path, wiring in self._project.wirings("wsgi", "controller"):
            pattern, handler = wiring.args
            controller, _, action = handler.partition("/")
            files = [f for f in self._project.files("python") if f.endswith(f"controllers/{controller}.py")]
            wanted = "".join(part.title() for part in controller.rpartition("/")[2].split("_")) + "Controller"
            if len(files) == 1 and f"{wanted}.{action}" in self._names.file(files[0]).definitions:
                self.route(path, wiring, "ANY", pattern, Place(files[0], wanted, action), "inferred")

    # ---------------------------------------------------------------- CherryPy

    def cherrypy(self) -> None:
        """Exposed methods, below where an object of their class is mounted."""
        mounts: dict[Place, set[tuple[str, str]]] = {}
        for path, wiring in self._project.wirings("wsgi", "mount"):
            root = self.first(path, wiring.scope, wiring.args[0])
            if root is not None:
                mounts.setdefault(root, set()).add((wiring.args[1].rstrip("/"), "exact"))
        children = []
        for path, wiring in self._project.wirings("wsgi", "child"):
            owner, held = (self.first(path, wiring.scope, wiring.args[i]) for i in (0, 2))
            if owner is not None and held is not None:
                children.append((owner, wiring.args[1], held))
        for _ in range(MAX_DEPTH):
            for owner, name, held in children:
                for prefix, resolution in sorted(mounts.get(owner, ())):
                    if prefix.count("/") < MAX_DEPTH:
                        mounts.setdefault(held, set()).add((f"{prefix}/{name}", resolution))
        for path, wiring in self._project.wirings("wsgi", "exposed"):
            outer, _, short = wiring.scope.rpartition(".")
            method = Place(path, outer, short)
            owner = Place(path, outer.rpartition(".")[0], outer.rpartition(".")[2])
            if not outer or method.full not in self._names.file(path).definitions:
                continue
            name = {"index": "", "default": "/{}"}.get(wiring.args[0], "/" + wiring.args[0])
            for prefix, resolution in sorted(mounts.get(owner, {("", "inferred")})):
                self.route(path, wiring, "ANY", prefix + name or "/", method, resolution)
