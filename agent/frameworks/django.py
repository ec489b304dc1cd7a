"""Django and the REST framework: models, URL configuration, views, forms, admin, signals and settings.

Records of each file in; entities, routes, and the dependencies that only Django's conventions make out.
"""

from __future__ import annotations

from typing import Any

import msgspec

from agent.domain.code import Dependency
from agent.domain.facts import FileFacts, TableUse
from agent.domain.linking import Linking
from agent.frameworks.django_access import access_mode
from agent.frameworks.django_models import DjangoModels
from agent.frameworks.django_reading import DjangoReading
from agent.frameworks.django_urls import DjangoUrls
from agent.frameworks.django_views import DjangoViews
from agent.frameworks.python_names import Place, PythonNames
from agent.frameworks.python_syntax import python_syntax
from agent.frameworks.template_names import TemplateNames
from agent.ports import Project

__all__ = ["FRAMEWORK", "Django"]


class Django:
    """The `Framework` of Django projects."""

    name = "django"
    languages = frozenset({"python"})
    markers = (
        b"django", b"rest_framework", b"models.", b".objects", b"urlpatterns", b"INSTALLED_APPS", b"MIDDLEWARE",
        b"ROOT_URLCONF", b"class Meta", b"queryset", b"serializer_class", b"get_object_or_404", b"request.POST",
        b"request.FILES", b"'POST'", b'"POST"',
    )  # fmt: skip

    def read(self, path: str, root: Any, source: bytes, facts: FileFacts) -> FileFacts:
        """Django's records of one file, and typed bindings of the variables that hold rows."""
        if root is None:
            return facts
        reading = DjangoReading(python_syntax(root, source), facts, path)
        wirings, bindings = reading.wirings(), reading.bindings()
        if not wirings and not bindings:
            return facts
        return msgspec.structs.replace(
            facts, wirings=(*facts.wirings, *wirings), bindings=(*facts.bindings, *dict.fromkeys(bindings))
        )

    def link(self, project: Project) -> Linking:
        """Entities, routes and the edges between them."""
        if not any(True for _ in project.wirings("django")):
            return Linking()
        return _Linker(project).linking()

    def members(self, project: Project) -> tuple[tuple[str, str, str], ...]:
        """(model, attribute, model) of foreign keys and many-to-many fields, forwards and backwards."""
        if not project.has_wiring("django", "field"):
            return ()
        names = PythonNames(project)
        found = DjangoModels(project, names).relations()
        return tuple(dict.fromkeys((names.symbol(r.owner), r.name, names.symbol(r.target)) for r in found))

    def access_mode(self, chain: str) -> str:
        """``Entity.objects.filter()`` reads; ``create``, ``update``, ``save`` and assignments write."""
        return access_mode(chain)


class _Linker:
    """Puts models, views and URLs together; lives for one link."""

    def __init__(self, project: Project) -> None:
        self._project = project
        self._names = PythonNames(project)
        self._models = DjangoModels(project, self._names)
        self._views = DjangoViews(project, self._names, self._models)
        self._urls = DjangoUrls(project, self._names, self._views)
        self._edges: list[Dependency] = []
        self._uses: list[tuple[str, TableUse]] = []

    def linking(self) -> Linking:
        """The answer."""
        self._edges.extend(self._urls.dependencies())
        self._uses.extend(self._views.table_uses())
        for path, wiring in self._project.wirings("django"):
            if wiring.kind == "string":
                self._string(path, wiring.scope, wiring.args[0], wiring.line)
            elif wiring.kind == "signal":
                self._signal(path, wiring.scope, wiring.args, wiring.line)
            elif wiring.kind == "admin":
                self._admin(path, wiring.scope, wiring.args, wiring.line)
            elif wiring.kind == "endpoint":
                source = self._project.symbol_at(path, wiring.scope)
                self._link(source, wiring.args[0], path, wiring.line)
            elif wiring.kind == "library":
                self._library(path, wiring.scope, wiring.args, wiring.line)
            elif wiring.kind == "statement":
                model = self._models.find(path, wiring.scope, wiring.args[0])
                if model is not None:
                    use = TableUse(wiring.scope, self._models.tables[model], "read", wiring.line)
                    self._uses.append((path, use))
        self._templates()
        symbols = tuple(self._urls.symbols[key] for key in sorted(self._urls.symbols))
        return Linking(symbols, tuple(self._edges), tuple(self._models.entities()), tuple(self._uses))

    def _library(self, path: str, scope: str, args: tuple[str, ...], line: int) -> None:
        """A model of a library; the user model is the project's own where the settings say so."""
        module, table, mode = args
        if module == "user":
            own = self._models.find(path, scope, "'settings.AUTH_USER_MODEL")
            table = self._models.tables[own] if own is not None else table
        elif self._names.module_path(path, module) is not None:
            return
        self._uses.append((path, TableUse(scope, table, mode, line)))

    def _string(self, path: str, scope: str, text: str, line: int) -> None:
        """A dotted name in the settings: an app, a middleware class, a URL configuration."""
        place = self._dotted(text)
        if place is None:
            return
        source = self._project.symbol_at(path, scope)
        target = self._names.symbol(place)
        if target != source:
            self._edges.append(Dependency(source, target, "use", path, line, "exact"))

    def _dotted(self, text: str) -> Place | None:
        module = self._project.path_of_module(text)
        if module is not None:
            return Place(module, "", "")
        holder, _, name = text.rpartition(".")
        owner = self._project.path_of_module(holder) if holder else None
        if owner is None or owner not in self._project.modules() or not owner.endswith(".py"):
            return None
        place = Place(owner, "", name)
        return place if name in self._names.file(owner).definitions else None

    def _signal(self, path: str, scope: str, args: tuple[str, ...], line: int) -> None:
        """Saving the sender runs the receiver, though nothing in the sender's code says so."""
        handler, sender, _ = args
        model = self._models.find(path, scope, sender)
        if handler.startswith("@"):
            outer, _, name = handler[1:].rpartition(".")
            place: Place | None = Place(path, outer, name)
        else:
            place = self._names.place(path, scope, handler)
        if model is None or place is None or place.full not in self._names.file(place.path).definitions:
            return
        source, target = self._names.symbol(model), self._names.symbol(place)
        self._edges.append(Dependency(source, target, "call", path, line, "inferred"))
        self._edges.append(Dependency(target, source, "use", path, line, "exact"))

    def _admin(self, path: str, scope: str, args: tuple[str, ...], line: int) -> None:
        """The admin site lets staff edit every registered model."""
        model = self._models.find(path, scope, args[0])
        if model is None:
            return
        owner = args[1].removeprefix("@")
        place = self._names.class_place(path, scope, owner) if owner and not args[1].startswith("@") else None
        holder = owner if args[1].startswith("@") else place.full if place is not None and place.path == path else scope
        table = self._models.tables[model]
        self._uses.append((path, TableUse(holder, table, "write", line, "inferred")))
        source, target = self._project.symbol_at(path, holder), self._names.symbol(model)
        self._edges.append(Dependency(source, target, "use", path, line, "exact"))

    def _link(self, source: str, name: str, path: str, line: int) -> None:
        for target in dict.fromkeys(self._urls.endpoints.get(name, ())):
            self._edges.append(Dependency(source, target, "use", path, line, "exact"))

    def _templates(self) -> None:
        tagged = dict.fromkeys(path for path, _ in self._project.wirings("templates", "tagged"))
        names = TemplateNames(self._project, tagged)
        for path, wiring in self._project.wirings("templates", "endpoint"):
            if wiring.args[0] == "django":
                self._link(names.symbol(path), wiring.args[1], path, wiring.line)
        for route, name, path, line in self._urls.templates:
            if (found := names.find(name, path)) is not None:
                self._edges.append(Dependency(route, names.symbol(found[0]), "render", path, line, found[1]))
        for place, name, line in self._views.default_templates():
            if (found := names.find(name, place.path)) is not None:
                source, target = self._names.symbol(place), names.symbol(found[0])
                self._edges.append(Dependency(source, target, "render", place.path, line, "inferred"))


FRAMEWORK = Django()
