"""JPA across files: tables of entities, then the tables of queries, operations and repositories that are found by them.

Takes the records that `jpa` keeps from each file, gives a `Linking`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

import msgspec

from agent.domain.facts import Column, Entity, TableUse, Wiring
from agent.domain.linking import Linking
from agent.frameworks.java_outline import Constants
from agent.frameworks.jpql import entities_of
from agent.frameworks.spring_data import repository_uses

if TYPE_CHECKING:
    from agent.ports import Project

__all__ = ["OPERATIONS", "Linker"]

OPERATIONS = {
    **dict.fromkeys("persist merge remove save saveOrUpdate update delete replicate persistAndFlush".split(), "write"),
    **dict.fromkeys("find getReference refresh get load lock byId unwrap".split(), "read"),
}


class Linker:
    """Names of tables first, then everything that is found by them."""

    def __init__(self, project: Project) -> None:
        self._project = project
        self._constants = Constants(project)
        self._snake = any(
            i.module.startswith("org.springframework.boot")
            for p in project.files("java")
            for i in project.facts(p).imports
        )
        self._records = [(p, w, project.symbol_at(p, w.scope)) for p, w in project.wirings("jpa", "entity")]
        self._by_symbol = {symbol: (path, wiring) for path, wiring, symbol in self._records}
        self._tables: dict[str, str] = {}
        self._names: dict[str, list[str]] = {}
        self._links: dict[str, dict[str, str]] = {}
        for _, wiring, symbol in self._records:
            if wiring.args[1] == "Entity":
                self._tables[symbol] = self._table(symbol)
                self._names.setdefault(wiring.args[2], []).append(symbol)
        for _, wiring in project.wirings("jpa", "xml_entity"):
            kind = wiring.args[0]
            self._tables.setdefault(kind, wiring.args[1] or self._default(kind.rpartition(".")[2]))
            self._names.setdefault(kind.rpartition(".")[2], []).append(kind)

    def linking(self) -> Linking:
        for path, wiring in self._project.wirings("jpa", "link"):
            target = self._project.resolve(path, wiring.scope, wiring.args[1]).target
            self._links.setdefault(self._project.symbol_at(path, wiring.scope), {})[wiring.args[0]] = target
        entities = (*self._entities(), *self._xml_entities(), *self._join_tables())
        return Linking(
            entities=tuple(entities), table_uses=(*self._uses(), *repository_uses(self._project, self._tables))
        )

    def _default(self, name: str) -> str:
        """JPA takes the entity's name as it is; Spring Boot writes it in snake case."""
        return re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", name).lower() if self._snake else name

    def _table(self, symbol: str) -> str:
        wiring = self._by_symbol[symbol][1]
        named = wiring.args[0]
        if named:
            return named
        bases = [b for b in self._project.ancestors(symbol) if b in self._by_symbol]
        roots = [b for b in bases if self._by_symbol[b][1].args[1] == "Entity"]
        if roots:
            top = self._by_symbol[roots[-1]][1]
            if top.args[3] in ("", "SINGLE_TABLE"):
                return top.args[0] or self._default(top.args[2])
        return self._default(wiring.args[2])

    def _entities(self) -> Iterator[tuple[str, Entity]]:
        """Entities with their tables' names, columns of mapped superclasses, and foreign keys to tables."""
        for path, wiring, symbol in self._records:
            if wiring.args[1] != "Entity":
                continue
            columns: list[Column] = []
            for kind in (symbol, *self._project.ancestors(symbol)):
                if kind == symbol or (
                    kind in self._by_symbol and self._by_symbol[kind][1].args[1] == "MappedSuperclass"
                ):
                    columns.extend(self._columns(kind))
            yield path, Entity(wiring.scope, self._tables[symbol], wiring.line, tuple(columns), "jpa")

    def _columns(self, symbol: str) -> Iterator[Column]:
        path, wiring = self._by_symbol[symbol]
        own = next((e for e in self._project.facts(path).entities if e.type_name == wiring.scope), None)
        for column in own.columns if own is not None else ():
            if column.references:
                target = self._project.resolve(path, wiring.scope, column.references).target
                column = msgspec.structs.replace(column, references=self._tables.get(target, ""))
            yield column

    def _xml_entities(self) -> Iterator[tuple[str, Entity]]:
        for _, wiring in self._project.wirings("jpa", "xml_entity"):
            kind, _, *flat = wiring.args
            place = self._project.definition(kind)
            if place is None:
                continue
            columns = tuple(Column(n, t, 0, self._reference(r)) for n, t, _, r in zip(*[iter(flat)] * 4, strict=False))
            yield place[0], Entity(place[1].name, self._tables[kind], place[1].line, columns, "jpa")

    def _reference(self, name: str) -> str:
        found = self._names.get(name, [])
        return self._tables[found[0]] if len(found) == 1 else ""

    def _join_tables(self) -> Iterator[tuple[str, Entity]]:
        """Tables of many-to-many associations and element collections; an embeddable's belong to who embeds it."""
        holders: dict[str, str] = {}
        for path, wiring in self._project.wirings("jpa", "embed"):
            owner = self._tables.get(self._project.symbol_at(path, wiring.scope), "")
            holders.setdefault(self._project.resolve(path, wiring.scope, wiring.args[0]).target, owner)
        for path, wiring in self._project.wirings("jpa", "join_table"):
            name, target, member = wiring.args
            symbol = self._project.symbol_at(path, wiring.scope)
            owner = self._tables.get(symbol) or holders.get(symbol, "")
            other = self._tables.get(self._project.resolve(path, wiring.scope, target).target, "")
            derived = f"{owner}_{other or (self._default(member))}" if owner else ""
            columns = tuple(Column(f"{t}_id", "", wiring.line, t) for t in (owner, other) if t)
            if name or derived:
                # Declared by the class that holds the association, but no entity: nothing maps to it by its type.
                yield path, Entity("", name or derived, wiring.line, columns, "jpa")

    # queries and operations

    def _uses(self) -> Iterator[tuple[str, TableUse]]:
        named: dict[str, str] = {}
        for path, wiring in self._project.wirings("jpa", "named"):
            named.setdefault(self._constants.finish(wiring.args[0], path, wiring.scope), wiring.args[1])
        used: set[str] = set()
        for path, wiring in self._project.wirings("jpa", "named_use"):
            name = self._constants.finish(wiring.args[0], path, wiring.scope)
            if name in named:
                used.add(name)
                yield from self._statement(path, wiring, named[name])
        for path, wiring in self._project.wirings("jpa", "named"):
            if wiring.args[0] not in used:
                # Nobody is seen to run it: by a name that is put together, or never.
                yield from self._statement(path, wiring, wiring.args[1], "inferred")
        for path, wiring in self._project.wirings("jpa", "jpql"):
            yield from self._statement(path, wiring, wiring.args[0])
        for path, wiring in self._project.wirings("jpa", "operation"):
            yield from self._operation(path, wiring)

    def _statement(
        self, path: str, wiring: Wiring, text: str, resolution: str = "exact"
    ) -> Iterator[tuple[str, TableUse]]:
        text = self._constants.finish(text, path, wiring.scope)
        found: list[tuple[str, str]] = []
        for name, mode in entities_of(text.replace("#{#entityName}", self._entity_name(path, wiring))):
            found.extend((self._tables[s], mode) for s in self._path(name) if s in self._tables)
        tables = tuple(sorted({table for table, _ in found}))
        for table, mode in dict.fromkeys(found):
            yield (
                path,
                TableUse(wiring.scope, table, mode, wiring.line, resolution, tuple(t for t in tables if t != table)),
            )

    def _entity_name(self, path: str, wiring: Wiring) -> str:
        owner = wiring.scope.rpartition(".")[0]
        found = [w.args[0] for w in self._project.facts(path).wirings if w.kind == "repository" and w.scope == owner]
        return found[0] if found else ""

    def _path(self, name: str) -> Sequence[str]:
        """The entities along ``Order.lines.product``; a qualified class name is one entity."""
        if name in self._tables:
            return [name]
        first, *rest = name.split(".")
        candidates = self._names.get(first, [])
        if not candidates:
            last = self._names.get(name.rpartition(".")[2], []) if rest and name[:1].islower() else []
            return last[:1]
        found = [candidates[0]]
        for part in rest:
            target = next((t for t in self._targets(found[-1], part) if t), "")
            if target not in self._tables:
                break
            found.append(target)
        return found if not rest else found[1:] or found

    def _targets(self, symbol: str, member: str) -> Iterator[str]:
        for kind in (symbol, *self._project.ancestors(symbol)):
            yield self._links.get(kind, {}).get(member, "")

    def _operation(self, path: str, wiring: Wiring) -> Iterator[tuple[str, TableUse]]:
        called, argument = wiring.args
        name = argument.removesuffix(".class")
        target = self._project.resolve(path, wiring.scope, name).target
        if called in ("find", "get", "load", "getReference") and not argument.endswith(".class"):
            return
        for kind in (target, *self._project.ancestors(target)) if target else ():
            if kind in self._tables:
                yield path, TableUse(wiring.scope, self._tables[kind], OPERATIONS[called], wiring.line)
                return
