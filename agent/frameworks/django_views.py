"""Django's views: what methods they answer, which class-based views read and write which model, what they render."""

from __future__ import annotations

from typing import NamedTuple

from agent.domain.facts import TableUse
from agent.frameworks.django_models import DjangoModels
from agent.frameworks.python_names import Place, PythonNames
from agent.ports import Project

__all__ = ["DjangoViews", "ViewSetRoute"]

VERBS = ("get", "post", "put", "patch", "delete")
GET, BOTH = ("GET",), ("GET", "POST")
# What the library's own classes answer (Django's generic views and the REST framework's).
GENERIC: dict[str, tuple[str, ...]] = {
    "TemplateView": GET, "RedirectView": GET, "ListView": GET, "DetailView": GET, "ArchiveIndexView": GET,
    "YearArchiveView": GET, "MonthArchiveView": GET, "WeekArchiveView": GET, "DayArchiveView": GET,
    "TodayArchiveView": GET, "DateDetailView": GET, "JavaScriptCatalog": GET, "FilterView": GET,
    "SpectacularAPIView": GET,
    "CreateView": BOTH, "UpdateView": BOTH, "DeleteView": BOTH, "FormView": BOTH, "LoginView": BOTH, "LogoutView": BOTH,
    "PasswordChangeView": BOTH, "PasswordResetView": BOTH, "PasswordResetConfirmView": BOTH, "ProcessFormView": BOTH,
    "ListAPIView": GET, "RetrieveAPIView": GET, "CreateAPIView": ("POST",), "DestroyAPIView": ("DELETE",),
    "UpdateAPIView": ("PUT", "PATCH"), "ListCreateAPIView": BOTH, "RetrieveUpdateAPIView": ("GET", "PUT", "PATCH"),
    "RetrieveDestroyAPIView": ("GET", "DELETE"), "RetrieveUpdateDestroyAPIView": ("GET", "PUT", "PATCH", "DELETE"),
    "ObtainAuthToken": ("POST",), "TokenObtainPairView": ("POST",), "TokenRefreshView": ("POST",),
}  # fmt: skip
ACTIONS = {
    "list": ("GET", ""), "create": ("POST", ""), "retrieve": ("GET", "detail"), "update": ("PUT", "detail"),
    "partial_update": ("PATCH", "detail"), "destroy": ("DELETE", "detail"),
}  # fmt: skip
MIXINS = {
    "ModelViewSet": tuple(ACTIONS), "ReadOnlyModelViewSet": ("list", "retrieve"), "CreateModelMixin": ("create",),
    "ListModelMixin": ("list",), "RetrieveModelMixin": ("retrieve",), "DestroyModelMixin": ("destroy",),
    "UpdateModelMixin": ("update", "partial_update"),
}  # fmt: skip
WRITING = frozenset({
    "CreateView", "UpdateView", "DeleteView", "CreateAPIView", "UpdateAPIView", "DestroyAPIView", "ListCreateAPIView",
    "RetrieveUpdateAPIView", "RetrieveDestroyAPIView", "RetrieveUpdateDestroyAPIView", "ModelViewSet",
    "CreateModelMixin", "UpdateModelMixin", "DestroyModelMixin", "BaseCreateView", "BaseUpdateView", "BaseDeleteView",
    "ModelFormView", "ModelForm", "BaseModelForm",
})  # fmt: skip
SUFFIXES = {
    "ListView": "_list", "DetailView": "_detail", "CreateView": "_form", "UpdateView": "_form",
    "DeleteView": "_confirm_delete",
}  # fmt: skip
VIEWS = ("View", "APIView", "ViewSet", "ViewSetMixin", "FilterView", "TableView")


class ViewSetRoute(NamedTuple):
    """One route of a registered view set, below the prefix that it is registered with."""

    method: str
    suffix: str
    handler: str
    name: str


class DjangoViews:
    """Views by place; made once per link."""

    def __init__(self, project: Project, names: PythonNames, models: DjangoModels) -> None:
        self._project = project
        self._names = names
        self._models = models
        self._fields: dict[Place, dict[str, str]] = {}
        self._metas: dict[Place, str] = {}
        self._limits: dict[Place, str] = {}
        self._posted: set[Place] = set()
        self._actions: dict[Place, list[tuple[str, tuple[str, ...]]]] = {}
        self._lines: dict[Place, int] = {}
        self.route_templates: list[tuple[str, str, str, int]] = []
        for path, wiring in project.wirings("django"):
            outer, _, name = wiring.scope.rpartition(".")
            place = Place(path, outer, name)
            if wiring.kind == "viewfield":
                self._fields.setdefault(place, {})[wiring.args[0]] = wiring.args[1]
                self._lines.setdefault(place, wiring.line)
            elif wiring.kind == "meta":
                self._metas[place] = wiring.args[0]
                self._lines.setdefault(place, wiring.line)
            elif wiring.kind == "limit":
                self._limits.setdefault(place, wiring.args[0])
            elif wiring.kind == "posted":
                self._posted.add(place)
            elif wiring.kind == "action":
                owner, _, short = outer.rpartition(".")
                self._actions.setdefault(Place(path, owner, short), []).append((name, wiring.args))

    # ---------------------------------------------------------------- handlers

    def target(self, path: str, scope: str, what: str, value: str) -> Place | None:
        """The function or class that a pattern names, by object or (Django 1.x) by dotted string."""
        if what == "string":
            module, _, name = value.rpartition(".")
            found = self._names.module_path(path, module) if module else None
            place = Place(found, "", name) if found is not None else None
        elif what in ("object", "class"):
            place = self._names.place(path, scope, value)
        else:
            return None
        if place is None:
            return None
        return place if place.full in self._names.file(place.path).definitions else None

    def method(self, place: Place, name: str) -> str:
        """The symbol of a method, or of the class when the library brings the method."""
        found = self._names.methods(place, [name])
        return self._names.method_symbol(place, found.get(name))

    def handlers(self, place: Place | None, written: str) -> dict[str, str]:
        """HTTP method -> handler's symbol; ``""`` as handler of a library's own view."""
        if place is None:
            return dict.fromkeys(GENERIC.get(written.rpartition(".")[2], GET), "")
        symbol = self._names.symbol(place)
        definition = self._names.file(place.path).definitions[place.full]
        if definition.kind == "function":
            limit = self._limits.get(place) or ("GET,POST" if place in self._posted else "GET")
            return dict.fromkeys(limit.split(","), symbol)
        own = self._names.methods(place, VERBS)
        methods = {name.upper(): self._names.method_symbol(place, where) for name, where in own.items()}
        for base in self._names.lineage(place)[1]:
            for method in GENERIC.get(base.rpartition(".")[2], ()):
                methods.setdefault(method, symbol)
        allowed = self._field(place, "http_method_names")
        if allowed:
            methods = {m: s for m, s in methods.items() if m.lower() in allowed.split(",")} or methods
        return {m: methods[m] for m in sorted(methods)} or {"GET": symbol}

    def _field(self, place: Place, name: str) -> str:
        """A class attribute, inherited ones included."""
        for owner in self._names.lineage(place)[0]:
            if name in self._fields.get(owner, ()):
                return self._fields[owner][name]
        return ""

    # ---------------------------------------------------------------- view sets

    def viewset_routes(self, place: Place | None) -> list[ViewSetRoute]:
        """What a router makes of a view set: standard actions that it has, then its extra actions."""
        if place is None:
            return [ViewSetRoute("GET", "", "", "list")]
        bases = self._names.lineage(place)[1]
        available = {action for base in bases for action in MIXINS.get(base.rpartition(".")[2], ())}
        own = self._names.methods(place, ACTIONS)
        allowed = [m for m in self._field(place, "http_method_names").split(",") if m]
        key = self._field(place, "lookup_url_kwarg") or self._field(place, "lookup_field") or "pk"
        found: list[ViewSetRoute] = []
        for action, (method, detail) in ACTIONS.items():
            if (action in available or action in own) and (not allowed or method.lower() in allowed):
                suffix = f"<{key}>/" if detail else ""
                found.append(ViewSetRoute(method, suffix, self.method(place, action), detail or "list"))
        for owner in self._names.lineage(place)[0]:
            for name, (detail, methods, url_path, url_name) in self._actions.get(owner, ()):
                suffix = (f"<{key}>/" if detail else "") + url_path + "/"
                found.extend(
                    ViewSetRoute(method, suffix, self.method(place, name), url_name) for method in methods.split(",")
                )
        return found

    def basename(self, place: Place | None) -> str:
        """The REST framework's default: the model's name in lower case."""
        model = self.model(place) if place is not None else None
        return model.name.lower() if model is not None else ""

    # ---------------------------------------------------------------- models behind views and forms

    def model(self, place: Place, depth: int = 0) -> Place | None:
        """The model that a view, form or serializer is about."""
        for owner in self._names.lineage(place)[0]:
            fields = self._fields.get(owner, {})
            for key in ("model", "queryset"):
                if key in fields and (found := self._models.find(owner.path, owner.full, fields[key])) is not None:
                    return found
            if owner in self._metas:
                return self._models.find(owner.path, owner.full, self._metas[owner])
            for key in ("form_class", "serializer_class"):
                if key in fields and depth < 3:
                    form = self._names.class_place(owner.path, owner.full, fields[key])
                    if form is not None:
                        return self.model(form, depth + 1)
        return None

    def table_uses(self) -> list[tuple[str, TableUse]]:
        """A generic view, view set or model form reads its model's table, and writes it when its base class saves."""
        found: list[tuple[str, TableUse]] = []
        for place in sorted({*self._fields, *self._metas}):
            model = self.model(place)
            if model is None or place in self._models.tables:
                continue
            bases = {base.rpartition(".")[2] for base in self._names.lineage(place)[1]}
            table, line = self._models.tables[model], self._lines[place]
            modes = ["read"] if bases & {*GENERIC, *MIXINS} or place in self._metas else []
            if bases & WRITING:
                modes.append("write")
            found.extend((place.path, TableUse(place.full, table, mode, line, "inferred")) for mode in modes)
        return found

    def default_templates(self) -> list[tuple[Place, str, int]]:
        """(view, template's name, line) where a generic view derives the name from its model."""
        found: list[tuple[Place, str, int]] = []
        for place in sorted(self._fields):
            if self._field(place, "template_name"):
                continue
            suffix = self._field(place, "template_name_suffix")
            bases = [base.rpartition(".")[2] for base in self._names.lineage(place)[1]]
            suffix = suffix or next((SUFFIXES[base] for base in bases if base in SUFFIXES), "")
            model = self.model(place) if suffix else None
            if model is not None:
                name = f"{self._models.label(model.path)}/{model.name.lower()}{suffix}.html"
                found.append((place, name, self._lines[place]))
        return found
