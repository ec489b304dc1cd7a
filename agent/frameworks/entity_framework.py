"""Entity Framework (6 and Core): contexts and their sets, tables of entities, and what is read and written through them.

Records: ``set`` (context's property, entity), ``table`` (entity, table name), ``mapped`` (attribute on the entity).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import msgspec

from agent.domain.facts import Column, Entity, FileFacts, TableUse, Wiring
from agent.domain.linking import Linking
from agent.frameworks.csharp_outline import CsType, find, nodes, outline_of, raw, string_text

if TYPE_CHECKING:
    from agent.ports import Project

__all__ = ["FRAMEWORK", "EntityFramework"]

SET = re.compile(r"(?:[\w.]{1,80}\.)?(?:I?DbSet|IQueryable|ObjectSet)<\s*([\w.]{1,200})\s*>\??\Z")
ENTITY = re.compile(r"\bEntity<\s*([\w.]{1,200})\s*>")
CONFIGURES = re.compile(r"(?:IEntityTypeConfiguration|EntityTypeConfiguration)<\s*([\w.]{1,200})\s*>")
WRITES = frozenset(
    "Add AddAsync AddRange AddRangeAsync Remove RemoveRange Update UpdateRange Attach AddOrUpdate AddObject DeleteObject "
    "ExecuteDelete ExecuteDeleteAsync ExecuteUpdate ExecuteUpdateAsync DeleteOnSubmit InsertOnSubmit".split()
)
CHANGED = re.compile(r"Entity\(\)\.\w+=\Z")


class EntityFramework:
    """See the module's docstring."""

    name = "entity_framework"
    languages = frozenset({"csharp"})
    markers = (b"DbSet", b"DbContext", b"[Table", b"ToTable", b"EntityTypeConfiguration", b"ObjectSet")

    def read(self, path: str, root: Any, source: bytes, facts: FileFacts) -> FileFacts:  # noqa: ARG002
        """The facts with contexts' sets and the tables that are named."""
        if root is None:
            return facts
        wirings: list[Wiring] = []
        for declared in outline_of(root).types:
            wirings.extend(_sets(declared))
            wirings.extend(_tables(declared))
        return msgspec.structs.replace(facts, wirings=facts.wirings + tuple(wirings)) if wirings else facts

    def link(self, project: Project) -> Linking:
        """Entities with their tables and foreign keys; table uses through the sets of contexts."""
        linker = _Linker(project)
        return Linking(entities=tuple(linker.entities()), table_uses=tuple(dict.fromkeys(linker.uses())))

    def access_mode(self, chain: str) -> str:
        """A change to an entity's property is written at the next SaveChanges."""
        return "write" if CHANGED.match(chain) else ""


def _sets(declared: CsType) -> Iterator[Wiring]:
    for member in declared.members:
        if member.kind == "property":
            found = SET.match("".join(raw(member.node.child_by_field_name("type"), 300).split()))
            if found is not None:
                yield Wiring("entity_framework", "set", declared.scope, member.line, (member.name, found[1]))


def _tables(declared: CsType) -> Iterator[Wiring]:
    table = find(declared.attributes, "Table")
    if table is not None and table.texts:
        yield Wiring("entity_framework", "mapped", declared.scope, declared.line, (table.texts[0],))
    configured = next((m[1] for m in map(CONFIGURES.search, declared.bases) if m is not None), "")
    for member in declared.members:
        if member.kind not in ("method", "constructor"):
            continue
        for call in nodes(member.node, "invocation_expression"):
            function = call.child_by_field_name("function")
            name = raw(function.child_by_field_name("name"), 60) if function is not None else ""
            called = name or raw(function, 60)
            arguments = call.child_by_field_name("arguments")
            if called != "ToTable" or arguments is None or not arguments.named_child_count:
                continue
            first = arguments.named_child(0)
            text = string_text(first.named_child(0), {}) if first.named_child_count else None
            entity = ENTITY.search(raw(function, 3000)) or _around(call)
            target = entity[1] if entity is not None else configured
            if text and target:
                yield Wiring("entity_framework", "table", member.scope, call.start_point[0] + 1, (target, text))


def _around(call: Any) -> re.Match[str] | None:
    """``modelBuilder.Entity<Order>(e => { e.ToTable("orders"); })``."""
    node = call.parent
    for _ in range(12):
        if node is None:
            return None
        if node.type == "invocation_expression":
            found = ENTITY.search(raw(node.child_by_field_name("function"), 300))
            if found is not None:
                return found
        node = node.parent
    return None


class _Linker:
    def __init__(self, project: Project) -> None:
        self._project = project
        self._tables: dict[str, str] = {}
        self._sets: dict[tuple[str, str], str] = {}  # (context, property) -> entity
        for path, wiring in project.wirings("entity_framework", "mapped"):
            self._tables[project.symbol_at(path, wiring.scope)] = wiring.args[0]
        for path, wiring in project.wirings("entity_framework", "table"):
            entity = self._type(path, wiring.scope, wiring.args[0])
            if entity:
                self._tables[entity] = wiring.args[1]
        for path, wiring in project.wirings("entity_framework", "set"):
            entity = self._type(path, wiring.scope, wiring.args[1])
            if entity:
                self._sets[project.symbol_at(path, wiring.scope), wiring.args[0]] = entity
                self._tables.setdefault(entity, wiring.args[0])

    def _type(self, path: str, scope: str, written: str) -> str:
        """A type by its name, qualified or not."""
        target = self._project.resolve(path, scope, written).target
        if self._project.definition(target) is None and "." in written:
            target = written if self._project.definition(written) is not None else ""
        return target if self._project.definition(target) is not None else ""

    def entities(self) -> Iterator[tuple[str, Entity]]:
        for symbol, table in sorted(self._tables.items()):
            place = self._project.definition(symbol)
            if place is None:
                continue
            path, definition = place
            columns = tuple(
                Column(f"{b.name}Id", "", b.line, self._tables[target])
                for b in self._project.bindings(path, definition.name)
                if b.declared and not b.element and (target := self._type(path, definition.name, b.value)) in self._tables
                and b.value not in ("string", "int")
            )  # fmt: skip
            yield path, Entity(definition.name, table, definition.line, columns, "entity_framework")

    def uses(self) -> Iterator[tuple[str, TableUse]]:
        names = {name for _, name in self._sets}
        for path in self._project.files("csharp") if names else ():
            for reference in self._project.facts(path).references:
                if reference.kind not in ("call", "use"):
                    continue
                links = reference.name.split(".")
                at = next((i for i, link in enumerate(links) if link.partition("(")[0].partition("[")[0] in names), -1)
                if at < 0 or "(" in links[at]:
                    continue
                entity = self._entity(path, reference.scope, links[:at], links[at].partition("[")[0])
                if entity:
                    rest = [link.partition("(")[0] for link in links[at + 1 :]]
                    mode = "write" if any(link in WRITES for link in rest) else "read"
                    yield path, TableUse(reference.scope, self._tables[entity], mode, reference.line)

    def _entity(self, path: str, scope: str, before: list[str], name: str) -> str:
        """The entity of ``<context>.Orders``; a bare ``Orders`` is a set inside its context."""
        if before and before != ["this"]:
            owner = self._project.resolve(path, scope, ".".join(before)).target
        else:
            owner = self._project.symbol_at(path, scope.rpartition(".")[0])
        if not owner:
            return ""
        for kind in (owner, *self._project.ancestors(owner)):
            if (kind, name) in self._sets:
                return self._sets[kind, name]
        return ""


FRAMEWORK = EntityFramework()
