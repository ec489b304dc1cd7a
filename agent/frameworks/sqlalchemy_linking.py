"""SQLAlchemy's records of all files to tables: which class maps to which, and who reads and writes them."""

from __future__ import annotations

import re
from typing import NamedTuple

from agent.domain.facts import Column, Entity, TableUse, Wiring
from agent.domain.linking import Linking
from agent.frameworks.python_names import Place, PythonNames
from agent.ports import Project

__all__ = ["link_sqlalchemy", "relations"]

LIBRARIES = ("external:flask_sqlalchemy", "external:sqlalchemy", "external:sqlmodel", "external:flask_appbuilder")
DECLARATIVE = frozenset({"DeclarativeBase", "DeclarativeBaseNoMeta", "SQLModel", "AsyncAttrs", "MappedAsDataclass"})
MAKES_BASE = ("declarative_base()", "automap_base()", "as_declarative()", "generate_base()")
CAMEL = re.compile(r"((?<=[a-z0-9])[A-Z]|(?!^)[A-Z](?=[a-z]))")
MAX_BASES = 60
WRITING = frozenset({"insert", "update", "delete"})


class Model(NamedTuple):
    """What one class body says about its mapping."""

    place: Place
    line: int
    table: str
    abstract: bool
    naming: str
    primary: bool
    columns: bool
    inline: str


def link_sqlalchemy(project: Project) -> Linking:
    """Entities and table uses."""
    return _Linker(project).linking() if project.has_wiring("sqlalchemy", "model") or project.has_wiring(
        "sqlalchemy", "table"
    ) else Linking()  # fmt: skip


def relations(project: Project) -> tuple[tuple[str, str, str], ...]:
    """(class, attribute, related class) of every relationship and back reference whose classes are known."""
    if not project.has_wiring("sqlalchemy", "relation"):
        return ()
    linker = _Linker(project)
    linker.collect()
    found = []
    for path, wiring in project.wirings("sqlalchemy", "relation"):
        name, target, back = wiring.args
        place = linker.related(path, wiring.scope, target)
        if place is None:
            continue
        own, other = project.symbol_at(path, wiring.scope), linker.names.symbol(place)
        found.append((own, name, other))
        if back:
            found.append((other, back, own))
    return tuple(dict.fromkeys(found))


class _Linker:
    """Collects entities; lives for one link."""

    def __init__(self, project: Project) -> None:
        self._project = project
        self.names = PythonNames(project)
        self._models: dict[Place, Model] = {}
        self._by_class: dict[str, list[Place]] = {}
        self._columns: dict[tuple[str, str], list[Wiring]] = {}
        self._tables: dict[Place, tuple[str, int]] = {}  # Table objects
        self._mapped: dict[Place, str] = {}  # classes -> table names
        self._decided: set[Place] = set()

    def collect(self) -> None:
        """Read all records; decide which classes are entities and what their tables are called."""
        for path, wiring in self._project.wirings("sqlalchemy"):
            outer, _, name = wiring.scope.rpartition(".")
            if wiring.kind == "model":
                table, abstract, naming, primary, columns, inline = wiring.args
                place = Place(path, outer, name)
                self._models[place] = Model(
                    place, wiring.line, table, bool(abstract), naming, bool(primary), bool(columns), inline
                )
                self._by_class.setdefault(name, []).append(place)
            elif wiring.kind == "column":
                self._columns.setdefault((path, wiring.scope), []).append(wiring)
            elif wiring.kind == "table":
                self._tables[Place(path, wiring.scope, wiring.args[0])] = (wiring.args[1], wiring.line)
        for path, wiring in self._project.wirings("sqlalchemy", "imperative"):
            mapped = self.names.class_place(path, wiring.scope, wiring.args[0])
            table_place = self.names.place(path, wiring.scope, wiring.args[1])
            if mapped is not None and table_place in self._tables:
                self._mapped[mapped] = self._tables[table_place][0]
        for place in self._models:
            self._decide(place)

    def linking(self) -> Linking:
        """The answer."""
        self.collect()
        entities: list[tuple[str, Entity]] = []
        for place, model in self._models.items():
            if place in self._mapped:
                entity = Entity(place.full, self._mapped[place], model.line, self._all_columns(place), "sqlalchemy")
                entities.append((place.path, entity))
        for place in self._mapped:
            if place not in self._models:
                definition = self.names.file(place.path).definitions[place.full]
                mapped = Entity(place.full, self._mapped[place], definition.line, (), "sqlalchemy")
                entities.append((place.path, mapped))
        for place, (table, line) in self._tables.items():
            columns = self._columns.get((place.path, f"{place.scope}:{place.name}"), ())
            made = tuple(self._column(place.path, c) for c in columns)
            entities.append((place.path, Entity("", table, line, made, "sqlalchemy")))
        return Linking(entities=tuple(entities), table_uses=tuple(self._uses()))

    # ---------------------------------------------------------------- which class maps to which table

    def _decide(self, place: Place, depth: int = 0) -> str:
        """The class's own table; ``""`` for abstract classes, mixins and single-table children."""
        if place in self._mapped or place in self._decided or depth > MAX_BASES:
            return self._mapped.get(place, "")
        self._decided.add(place)
        model = self._models.get(place)
        if model is None or model.abstract:
            return ""
        name = model.table or self._inline(model) or self._derived(place, model, depth)
        if name:
            self._mapped[place] = name
        return name

    def _inline(self, model: Model) -> str:
        if not model.inline:
            return ""
        own = self._tables.get(Place(model.place.path, model.place.full, "__table__"))
        if own is not None:
            return own[0]
        named = self.names.place(model.place.path, model.place.full, model.inline)
        return self._tables[named][0] if named in self._tables else ""

    def _derived(self, place: Place, model: Model, depth: int) -> str:
        """The name a mixin's function or Flask-SQLAlchemy gives."""
        line, external = self.names.lineage(place)
        flask = self._flask_base(line, external)
        if not flask and not self._declarative(line, external):
            return ""
        if not model.primary and any(self._decide(base, depth + 1) for base in line[1:] if base in self._models):
            return ""  # a child in its parent's table
        naming = next((self._models[p].naming for p in line if p in self._models and self._models[p].naming), "")
        if not naming and not flask:
            return ""
        if not naming and not (model.columns or any(self._columns.get((p.path, p.full)) for p in line)):
            return ""
        snake = CAMEL.sub(r"_\1", place.name).lower().lstrip("_")
        plural = "s" if naming.endswith("s") and naming != "s" else ""
        return (place.name.lower() if naming.startswith("lower") else snake) + plural

    def _flask_base(self, line: tuple[Place, ...], external: tuple[str, ...]) -> bool:
        """``db.Model``: every table that has columns gets a name."""
        del external
        for place in line:
            for base in self.names.file(place.path).bases.get(place.full, ()):
                if base.rpartition(".")[2] != "Model" or "." not in base:
                    continue
                found = self._project.resolve(place.path, place.scope, base).target
                if found.startswith(LIBRARIES):
                    return True
                holder = self.names.place(place.path, place.scope, base.rpartition(".")[0])
                if holder is None:
                    continue
                made = self.names.file(holder.path).bindings.get((holder.scope, holder.name))
                if made is not None and made.value.endswith("SQLAlchemy()"):
                    return True
        return False

    def _declarative(self, line: tuple[Place, ...], external: tuple[str, ...]) -> bool:
        if any(base.rpartition(".")[2] in DECLARATIVE for base in external):
            return True
        for place in line:
            for base in self.names.file(place.path).bases.get(place.full, ()):
                found = self.names.place(place.path, place.scope, base)
                made = self.names.file(found.path).bindings.get((found.scope, found.name)) if found else None
                if made is not None and made.value.endswith(MAKES_BASE):
                    return True
        return False

    # ---------------------------------------------------------------- columns

    def _all_columns(self, place: Place) -> tuple[Column, ...]:
        """Own columns and those of abstract bases and mixins; an inherited one is shown at the class."""
        columns: dict[str, Column] = {}
        model = self._models[place]
        for owner in self.names.lineage(place)[0]:
            if owner != place and owner in self._mapped:
                continue
            for wiring in self._columns.get((owner.path, owner.full), ()):
                column = self._column(owner.path, wiring)
                if owner.path != place.path:
                    column = Column(column.name, column.type, model.line, column.references)
                columns.setdefault(column.name, column)
        return tuple(sorted(columns.values(), key=lambda c: (c.line, c.name)))

    def _column(self, path: str, wiring: Wiring) -> Column:
        name, kind, reference, refers = wiring.args
        if refers == "object":
            place = self.related(path, wiring.scope.partition(":")[0], reference)
            named = self.names.place(path, wiring.scope.partition(":")[0], reference)
            reference = self._tables[named][0] if named in self._tables else self.table_of(place) if place else ""
        return Column(name, kind, wiring.line, reference)

    def related(self, path: str, scope: str, target: str) -> Place | None:
        """The model that a relationship names: by scope, else the only model of that name."""
        outer = scope.rpartition(".")[0]
        place = self.names.class_place(path, outer, target)
        if place is not None:
            return place
        named = self._by_class.get(target.rpartition(".")[2], [])
        near = [p for p in named if p.path == path]
        return near[0] if len(near) == 1 else named[0] if len(named) == 1 else None

    def table_of(self, place: Place) -> str:
        """The table of a class: its own, or its parent's."""
        for owner in self.names.lineage(place)[0]:
            if owner in self._mapped:
                return self._mapped[owner]
        return ""

    # ---------------------------------------------------------------- uses

    def _uses(self) -> list[tuple[str, TableUse]]:
        found: list[tuple[str, TableUse]] = []
        for path, wiring in self._project.wirings("sqlalchemy"):
            if wiring.kind == "statement":
                table = self._named_table(path, wiring.scope, wiring.args[1])
                if table:
                    found.append((path, TableUse(wiring.scope, table, wiring.args[0], wiring.line)))
            elif wiring.kind == "persist":
                held = self._project.resolve(path, wiring.scope, wiring.args[0])
                table = self._instance_table(held.target) if held.resolution in ("exact", "inferred") else ""
                if table:
                    found.append((path, TableUse(wiring.scope, table, "write", wiring.line, held.resolution)))
        return [*found, *self._table_objects()]

    def _named_table(self, path: str, scope: str, chain: str) -> str:
        while chain:
            place = self.names.place(path, scope, chain)
            if place is not None and place in self._tables:
                return self._tables[place][0]
            if place is not None and place.full in self.names.file(place.path).definitions:
                return self.table_of(place)
            chain = chain.rpartition(".")[0]
        return ""

    def _instance_table(self, symbol: str) -> str:
        found = self._project.definition(symbol)
        if found is None or found[1].kind == "function":
            return ""
        outer, _, name = found[1].name.rpartition(".")
        return self.table_of(Place(found[0], outer, name))

    def _table_objects(self) -> list[tuple[str, TableUse]]:
        """``order_tags.insert()`` and ``order_tags.c.id`` wherever the Table object is in reach."""
        variables = {place.name for place in self._tables if place.name != "__table__"}
        found: list[tuple[str, TableUse]] = []
        for path in self._project.files("python") if variables else ():
            for reference in self._project.facts(path).references:
                links = reference.name.split(".")
                at = next((i for i, link in enumerate(links[:-1]) if link in variables), None)
                if at is None or reference.kind not in ("call", "use"):
                    continue
                place = self.names.place(path, reference.scope, ".".join(links[: at + 1]))
                if place is not None and place in self._tables:
                    mode = "write" if WRITING.intersection(link.rstrip("()") for link in links[at + 1 :]) else "read"
                    found.append((path, TableUse(reference.scope, self._tables[place][0], mode, reference.line)))
        return found
