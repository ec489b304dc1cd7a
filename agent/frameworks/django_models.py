"""Django's model records of all files to tables: app labels, table names, columns, foreign keys and join tables."""

from __future__ import annotations

from typing import NamedTuple

from agent.domain.facts import Column, Entity, Wiring
from agent.frameworks.django_reading import model_source
from agent.frameworks.python_names import Place, PythonNames
from agent.ports import Project

__all__ = ["DjangoModels", "Relation"]

MODEL_LIBRARIES = (
    "external:django", "external:mptt", "external:model_utils", "external:polymorphic", "external:wagtail",
    "external:django_extensions", "external:parler", "external:treebeard", "external:modelcluster", "external:solo",
    "external:taggit", "external:simple_history", "external:safedelete", "external:oauth2_provider",
)  # fmt: skip
BASE_MODEL = "django.db.models.base.Model"  # where the repository is Django itself
MANY = frozenset({"ManyToManyField", "ParentalManyToManyField", "TreeManyToManyField", "SortedManyToManyField"})
ONE = frozenset({"OneToOneField", "TreeOneToOneField", "AutoOneToOneField"})


class Relation(NamedTuple):
    """``owner.name`` leads to a row (or rows) of ``target``."""

    owner: Place
    name: str
    target: Place


class _Model(NamedTuple):
    place: Place
    line: int
    abstract: bool
    proxy: bool
    db_table: str
    app_label: str
    primary: bool


class DjangoModels:
    """All models of a project; made once per link."""

    def __init__(self, project: Project, names: PythonNames) -> None:
        self._project = project
        self._names = names
        self._declared: dict[Place, _Model] = {}
        self._fields: dict[Place, list[Wiring]] = {}
        self._by_name: dict[str, list[Place]] = {}
        self._configs: dict[str, tuple[str, str]] = {}  # folder of apps.py -> (name, label)
        self._labels: dict[str, str] = {}
        self._user = ""
        self.tables: dict[Place, str] = {}
        self._read()
        for place, model in self._declared.items():
            if self._is_model(place) and not model.abstract and not model.proxy:
                self.tables[place] = self._table(model)
        for place in self.tables:
            self._by_name.setdefault(place.name.lower(), []).append(place)

    def _read(self) -> None:
        for path, wiring in self._project.wirings("django"):
            outer, _, name = wiring.scope.rpartition(".")
            place = Place(path, outer, name)
            if wiring.kind == "model":
                abstract, proxy, table, label, primary = wiring.args
                self._declared[place] = _Model(
                    place, wiring.line, abstract == "True", proxy == "True", table, label, bool(primary)
                )
            elif wiring.kind == "field":
                self._fields.setdefault(place, []).append(wiring)
            elif wiring.kind == "appconfig":
                self._configs.setdefault(path.rpartition("/")[0], (wiring.args[0], wiring.args[1]))
            elif wiring.kind == "setting" and wiring.args[0] == "AUTH_USER_MODEL":
                self._user = self._user or wiring.args[1]

    def _is_model(self, place: Place) -> bool:
        """Whether the class descends from Django's Model, directly or through a known library's."""
        line, external = self._names.lineage(place)
        for owner in line:
            if self._names.symbol(owner) == BASE_MODEL:
                return place != owner
            for base in self._names.file(owner.path).bases.get(owner.full, ()):
                last = base.rpartition(".")[2]
                if base not in external:
                    continue
                source = model_source(self._project.facts(owner.path), base)
                if not source and not last.endswith("Model") and "Abstract" not in last:
                    continue
                found = self._project.resolve(owner.path, owner.scope, base).target
                if source and found == f"external:{source.partition('.')[0]}":
                    return True
                if found.startswith(MODEL_LIBRARIES):
                    return True
                if found.startswith("external:") and owner in self._fields:
                    return last != "Model"
        return False

    # ---------------------------------------------------------------- names

    def label(self, path: str) -> str:
        """The app label of a file: its AppConfig's, else the name of the folder that is the app."""
        folder = path.rpartition("/")[0]
        if folder not in self._labels:
            self._labels[folder] = self._find_label(folder)
        return self._labels[folder]

    def _find_label(self, folder: str) -> str:
        nearest = folder
        while True:
            if nearest in self._configs:
                name, label = self._configs[nearest]
                return label or name.rpartition(".")[2]
            marks = ("/apps.py", "/models.py", "/models/__init__.py", "/migrations/__init__.py")
            if any(self._project.exists((nearest + mark).lstrip("/")) for mark in marks):
                break
            if "/" not in nearest:
                nearest = folder
                break
            nearest = nearest.rpartition("/")[0]
        name = nearest.rpartition("/")[2]
        return name or self._project.modules().get("models.py", "").partition(".")[0] or "app"

    def _table(self, model: _Model) -> str:
        if model.db_table and model.db_table != "?":
            return model.db_table.strip('"')
        label = model.app_label or self.label(model.place.path)
        return f"{label}_{model.place.name.lower()}"

    def find(self, path: str, scope: str, text: str, own: Place | None = None) -> Place | None:
        """The model that a class chain or a quoted name means there; None when it is not of this project."""
        if not text.startswith("'"):
            return self.concrete(self._names.class_place(path, scope, text))
        name = text[1:]
        if name == "settings.AUTH_USER_MODEL":
            name = self._user or "auth.User"
        if name in ("self", ""):
            return own
        label, _, short = name.rpartition(".")
        candidates = self._by_name.get(short.lower(), [])
        if label:
            tail = label.rpartition(".")[2]
            return next((p for p in candidates if (self._declared[p].app_label or self.label(p.path)) == tail), None)
        near = [p for p in candidates if self.label(p.path) == self.label(path)]
        return near[0] if near else None

    def concrete(self, place: Place | None) -> Place | None:
        """The class itself or the first base that has a table (a proxy's model)."""
        for owner in self._names.lineage(place)[0] if place is not None else ():
            if owner in self.tables:
                return owner
        return None

    # ---------------------------------------------------------------- entities

    def entities(self) -> list[tuple[str, Entity]]:
        """Entities with columns, and the join tables of many-to-many fields."""
        found: list[tuple[str, Entity]] = []
        for place, table in self.tables.items():
            model = self._declared[place]
            columns: dict[str, Column] = {}
            for owner, wiring in self._all_fields(place):
                line = wiring.line if owner.path == place.path else model.line
                name, kind, target, _, through, join, column = wiring.args
                if kind in MANY:
                    if not through:
                        found.append(self._join(place, table, name, target, join, line, owner))
                    continue
                if target:
                    other = self.find(owner.path, owner.scope, target, place)
                    column = column or f"{name}_id"
                    columns.setdefault(column, Column(column, kind, line, self.tables[other] if other else ""))
                else:
                    columns.setdefault(column or name, Column(column or name, kind, line))
            if not any(self._declared[o].primary for o in self._names.lineage(place)[0] if o in self._declared):
                columns.setdefault("id", Column("id", "AutoField", model.line))
            ordered = tuple(sorted(columns.values(), key=lambda c: (c.line, c.name)))
            found.append((place.path, Entity(place.full, table, model.line, ordered, "django")))
        return found

    def _all_fields(self, place: Place) -> list[tuple[Place, Wiring]]:
        """Own fields and those of abstract bases."""
        found: list[tuple[Place, Wiring]] = []
        for owner in self._names.lineage(place)[0]:
            if owner == place or owner not in self.tables:
                found.extend((owner, wiring) for wiring in self._fields.get(owner, ()))
        return found

    def _join(
        self, place: Place, table: str, name: str, target: str, join: str, line: int, owner: Place
    ) -> tuple[str, Entity]:
        other = self.find(owner.path, owner.scope, target, place) if target else None
        columns = [Column(f"{place.name.lower()}_id", "ForeignKey", line, table)]
        if other is not None:
            prefix = "to_" if other == place else ""
            columns.append(Column(f"{prefix}{other.name.lower()}_id", "ForeignKey", line, self.tables[other]))
        return place.path, Entity("", join or f"{table}_{name}", line, tuple(columns), "django")

    def relations(self) -> list[Relation]:
        """Where attributes of models lead, forwards and backwards."""
        found: list[Relation] = []
        for place in self.tables:
            label = self._declared[place].app_label or self.label(place.path)
            for owner, wiring in self._all_fields(place):
                name, kind, target, related, _, _, _ = wiring.args
                other = self.find(owner.path, owner.scope, target, place) if target else None
                if other is None:
                    continue
                found.append(Relation(place, name, other))
                back = related.replace("%(class)s", place.name.lower()).replace("%(app_label)s", label)
                if not back:
                    back = place.name.lower() + ("" if kind in ONE else "_set")
                if not back.endswith("+"):
                    found.append(Relation(other, back, place))
        return found
