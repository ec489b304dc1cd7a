"""Who reads and writes which table: ORM entities, SQL and framework records joined into table symbols and edges."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

from agent.domain.code import Dependency, Symbol
from agent.domain.facts import Entity, Reference, TableUse
from agent.graph.resolver import Resolution, Resolver
from agent.ports import Framework

__all__ = ["Tables", "table_id"]

NAME = re.compile(r"[\w$#.\- ]{1,128}\Z")


def table_id(name: str) -> str:
    """``table:`` and the table's name in lower case, without quotes and without its schema."""
    return "table:" + name.strip("`\"[]' ").rpartition(".")[2].strip("`\"[]' ").lower()


class Tables:
    """Collects declarations and uses of tables; entities are found by the types that map to them."""

    def __init__(self, project: Resolver, frameworks: Mapping[str, Framework]) -> None:
        self._project = project
        self._frameworks = frameworks
        self._declared: dict[str, list[tuple[str, int, str]]] = {}  # table ID -> (path, line, declaring type's ID)
        self._entities: dict[str, tuple[str, str]] = {}  # type ID -> (table ID, framework)
        self._foreign: list[tuple[str, str, str, int]] = []  # table ID, referenced name, path, line
        self._uses: dict[tuple[str, str, str, str, int], str] = {}
        self._by_param: dict[str, str] | None = None
        self._entity_of: dict[str, tuple[str, str] | None] = {}

    def begin(self) -> None:
        """Forget what was found of types, so that whoever asks next notes what it reads."""
        self._entity_of.clear()

    def entities(self) -> Mapping[str, tuple[str, str]]:
        """Type ID -> (table ID, framework)."""
        return self._entities

    def declare(self, path: str, entity: Entity) -> None:
        """An ORM model or a DDL statement; one without a table name is an abstract base and declares nothing."""
        if not entity.table:
            return
        table = table_id(entity.table)
        owner = self._project.symbol_at(path, entity.type_name) if entity.type_name else ""
        self._declared.setdefault(table, []).append((path, entity.line, owner))
        if owner:
            self._entities[owner] = (table, entity.framework)
        for column in entity.columns:
            if column.references:
                self._foreign.append((table, column.references, path, column.line or entity.line))

    def use(self, path: str, use: TableUse) -> None:
        """A table named in SQL or by a framework; a scope that starts with ``@`` is a symbol ID of its own."""
        if not NAME.match(use.table):
            return
        source = use.scope[1:] if use.scope.startswith("@") else self._project.symbol_at(path, use.scope)
        if use.scope.startswith("@"):
            source = source.replace("#", ".")
            if self._project.definition(source) is None:
                holder = source.rpartition(".")[0]
                source = holder if self._project.definition(holder) else self._project.symbol_at(path, "")
        mode = {"declare": "declare", "write": "write"}.get(use.mode, "read")
        self.note(source, table_id(use.table), mode, path, use.line, use.resolution)

    def note(self, source: str, table: str, mode: str, path: str, line: int, resolution: str) -> None:
        """A use that is known with its table."""
        key = (source, table, mode, path, line)
        if self._uses.get(key) != "exact":
            self._uses[key] = resolution

    def accesses(self, source: str, reference: Reference, found: Resolution) -> Iterable[tuple[str, str, str]]:
        """(table, mode, resolution) of a use of entities in code: ``Order.query.all()`` reads, ``Order()`` writes."""
        if not self._entities or reference.kind in ("inherit", "type"):
            return ()
        if not found.through:
            return self._by_convention(reference)
        noted = []
        for symbol, kind, rest in found.through:
            entity = self._entity(symbol)
            if entity is None:
                continue
            mode, resolution = self._mode(entity[1], kind, rest, reference)
            if mode and self._project.definition(source) != self._project.definition(symbol):
                noted.append((entity[0], mode, resolution))
        return noted

    def _entity(self, symbol: str) -> tuple[str, str] | None:
        """The table of a type, its own or a base's (single-table inheritance)."""
        if symbol not in self._entity_of:
            self._entity_of[symbol] = self._find_entity(symbol)
        return self._entity_of[symbol]

    def _find_entity(self, symbol: str) -> tuple[str, str] | None:
        if symbol in self._entities:
            return self._entities[symbol]
        if not self._project.is_type(symbol):
            return None
        return next((self._entities[base] for base in self._project.ancestors(symbol) if base in self._entities), None)

    def _mode(self, framework: str, kind: str, rest: str, reference: Reference) -> tuple[str, str]:
        """(mode, resolution) of one access, asked of the framework that declared the entity."""
        if kind == "instance" and not rest:
            return "", "inferred"  # a row that is only handed on
        adapter = self._frameworks.get(framework)
        name = "Entity()" if kind == "instance" else "Entity"
        if reference.kind == "assign" and kind == "instance" and "." not in rest and rest:
            chain = f"{name}.{rest}="
        elif reference.kind == "call":
            chain = f"{name}.{rest}()" if rest else f"{name}()"
        else:
            chain = f"{name}.{rest}" if rest else name
        mode = adapter.access_mode(chain) if adapter else ""
        return mode, "inferred" if reference.kind == "assign" or not rest or kind == "instance" else "exact"

    def _by_convention(self, reference: Reference) -> Iterable[tuple[str, str, str]]:
        """A variable of unknown type that is named like an entity (``order.status = ...``), labelled inferred."""
        first, _, rest = reference.name.partition(".")
        if not rest or "(" in first or "[" in first:
            return ()
        if self._by_param is None:
            self._by_param = self._entity_variables()
        symbol = self._by_param.get(first.lstrip("$"))
        if symbol is None:
            return ()
        table, framework = self._entities[symbol]
        mode, _ = self._mode(framework, "instance", rest, reference)
        return [(table, mode, "inferred")] if mode else ()

    def _entity_variables(self) -> dict[str, str]:
        """snake_case name -> entity type, where exactly one entity has that name."""
        found: dict[str, list[str]] = {}
        for symbol in self._entities:
            name = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", symbol.rpartition(".")[2]).lower()
            found.setdefault(name, []).append(symbol)
        return {name: symbols[0] for name, symbols in found.items() if len(symbols) == 1}

    # ---------------------------------------------------------------- the result

    def symbols(self, roles: Mapping[str, str]) -> Iterable[Symbol]:
        """A symbol for each table: where it is declared, else where it is first used."""
        first_use: dict[str, tuple[str, int]] = {}
        for _, table, _, path, line in sorted(self._uses, key=lambda key: (key[1], key[3], key[4])):
            first_use.setdefault(table, (path, line))
        for table in sorted({*self._declared, *first_use}):
            places = sorted(
                self._declared.get(table, ()), key=lambda p: (roles.get(p[0], "code") != "code", not p[2], p)
            )
            path, line = places[0][:2] if places else first_use[table]
            language = "sql"
            role = "code" if any(roles.get(p[0], "code") == "code" for p in places) else self._role(table, roles)
            yield Symbol(
                table, "table", path, line, line, language, doc="" if places else "never declared here", role=role
            )

    def _role(self, table: str, roles: Mapping[str, str]) -> str:
        used = {roles.get(path, "code") for _, t, _, path, _ in self._uses if t == table}
        declared = {roles.get(path, "code") for path, _, _ in self._declared.get(table, ())}
        return "code" if "code" in used or "code" in declared else sorted(used | declared)[0]

    def dependencies(self) -> Iterable[Dependency]:
        """declare (entity to table), read and write (code to table), reference (table to table)."""
        for table, places in self._declared.items():
            for path, line, owner in places:
                yield Dependency(owner or self._project.symbol_at(path, ""), table, "declare", path, line, "exact")
        for (source, table, mode, path, line), resolution in self._uses.items():
            yield Dependency(source, table, mode, path, line, resolution)
        for table, name, path, line in self._foreign:
            target = self._referenced(path, name)
            if target:
                yield Dependency(table, target, "reference", path, line, "exact")

    def _referenced(self, path: str, name: str) -> str:
        """A foreign key's target: a table's name, an entity's name, or ``app.Model``."""
        if table_id(name) in self._declared:
            return table_id(name)
        short = name.rpartition(".")[2]
        types = [t for t in self._project.types_named(short) if t in self._entities]
        if len(types) == 1:
            return self._entities[types[0]][0]
        value = self._project.resolve(path, "", name)
        return self._entities[value.target][0] if value.target in self._entities else ""
