"""JPA and Hibernate: entities with their columns and foreign keys, queries, and the entity manager's own operations.

Reads javax and jakarta annotations and ``*.hbm.xml`` / ``orm.xml`` mappings; JPQL is resolved to entities, native
queries are handed on as SQL fragments.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import msgspec
from tree_sitter import Node

from agent.domain.facts import Column, Entity, FileFacts, Fragment, Wiring
from agent.domain.linking import Linking
from agent.frameworks.java_outline import Annotation, Field, JavaType, Outline, find, nested, outline_of
from agent.frameworks.java_strings import texts_of
from agent.frameworks.java_text import HOLE, MARKED
from agent.frameworks.jpa_linking import OPERATIONS, Linker
from agent.frameworks.jpql import entities_of, is_query
from agent.frameworks.xml_document import Element, read_xml

if TYPE_CHECKING:
    from agent.ports import Project

__all__ = ["FRAMEWORK", "Jpa"]

MAPPED = ("Entity", "MappedSuperclass", "Embeddable")
TO_ONE = ("ManyToOne", "OneToOne")
TO_MANY = ("OneToMany", "ManyToMany", "ElementCollection")
JPQL_SINKS = frozenset(
    "createQuery createFilter createSelectionQuery createMutationQuery find iterate bulkUpdate".split()
)
NATIVE_SINKS = frozenset({"createNativeQuery", "createSQLQuery", "createNativeMutationQuery"})
MANAGERS = frozenset(
    "EntityManager Session HibernateTemplate JpaTemplate HibernateOperations StatelessSession TestEntityManager".split()
)
USUAL_NAMES = frozenset(
    "em entityManager session getEntityManager() getSession() getCurrentSession() getHibernateTemplate()".split()
)
ARGUMENTS = frozenset({"identifier", "field_access", "class_literal", "object_creation_expression"})
XML_COLUMNS = ("id", "property", "basic", "many-to-one", "one-to-one", "version")
SETTER = re.compile(r"Entity\(\)\.(?:set[A-Z]\w*|add[A-Z]\w*|remove[A-Z]\w*)\(\)\Z")


class Jpa:
    """Records: ``entity``, ``link`` (association), ``join_table``, ``embed``, ``jpql``, ``named``, ``operation``."""

    name = "jpa"
    languages = frozenset({"java", "xml"})
    markers = (
        b"persistence", b"hibernate", b"EntityManager", b"@Query", b"@Entity", b"createQuery", b"createNamedQuery",
        b"createNativeQuery",
    )  # fmt: skip

    def read(self, path: str, root: Any, source: bytes, facts: FileFacts) -> FileFacts:  # noqa: ARG002
        """The facts with entities, queries and operations."""
        reader = _Reader(facts)
        if facts.language == "xml":
            if b"hibernate-mapping" in source or b"entity-mappings" in source:
                reader.mapping(read_xml(source))
        elif root is not None:
            reader.file(outline_of(root, source))
        return reader.result()

    def link(self, project: Project) -> Linking:
        """Tables of entities that name none, and the tables of queries and operations."""
        return Linker(project).linking()

    def access_mode(self, chain: str) -> str:
        """A change to an entity's state is written at the next flush; reading a loaded entity reads nothing more."""
        return "write" if SETTER.match(chain) else ""


# ---- one file ------------------------------------------------------------------------------------------------------


class _Reader:
    def __init__(self, facts: FileFacts) -> None:
        self._facts = facts
        self._wirings: list[Wiring] = []
        self._entities: list[Entity] = []
        self._fragments: list[Fragment] = []

    def result(self) -> FileFacts:
        facts = self._facts
        return msgspec.structs.replace(
            facts,
            wirings=facts.wirings + tuple(self._wirings),
            entities=facts.entities + tuple(self._entities),
            fragments=facts.fragments + tuple(self._fragments),
        )

    def note(self, kind: str, scope: str, line: int, *args: str) -> None:
        self._wirings.append(Wiring("jpa", kind, scope, line, args))

    def file(self, outline: Outline) -> None:
        for declared in outline.types:
            mapped = find(declared.annotations, *MAPPED)
            if mapped is not None:
                self.entity(declared, mapped, outline)
            self.named_queries(declared, outline)
            for method in declared.methods:
                self.query_annotation(method.scope, find(method.annotations, "Query", "NativeQuery"), outline)
                if method.body is not None:
                    self.operations(method.body, method.scope)
        uses_jdbc = any(i.module.startswith(("java.sql", "org.springframework.jdbc")) for i in self._facts.imports)
        for text in texts_of(outline):
            sinks = text.sinks
            if sinks & JPQL_SINKS and is_query(text.text):
                self.note("jpql", text.scope, text.line, text.text)
            elif sinks & {"createNamedQuery", "getNamedQuery", "findByNamedQuery"}:
                self.note("named_use", text.scope, text.line, text.text)
            elif not sinks & NATIVE_SINKS and not uses_jdbc and is_query(text.text) and self._object_query(text.text):
                self.note("jpql", text.scope, text.line, text.text)

    def _object_query(self, text: str) -> bool:
        """A query that goes somewhere unseen is JPQL when it names something capitalised and its file imports JPA."""
        first = next(iter(entities_of(text)), ("", ""))[0].rpartition(".")[2]
        imports = any("persistence" in i.module or "hibernate" in i.module for i in self._facts.imports)
        return imports and first[:1].isupper() and not first.isupper()

    def entity(self, declared: JavaType, mapped: Annotation, outline: Outline) -> None:
        table = (*outline.texts(find(declared.annotations, "Table"), "name"), "")[0]
        name = (*outline.texts(mapped, "name"), "")[0]
        inheritance = (*outline.names(find(declared.annotations, "Inheritance"), "strategy"), "")[0].rpartition(".")[2]
        columns: list[Column] = []
        for member in self._properties(declared):
            column = self.column(member, outline)
            if column is not None:
                columns.append(column)
        self._entities.append(Entity(declared.scope, _plain(table), declared.line, tuple(columns), "jpa"))
        # A subclass's own @Inheritance counts for nothing; the root's decides.
        args = (_plain(table), mapped.name, name or declared.name, inheritance)
        self.note("entity", declared.scope, declared.line, *args)
        for member in self._properties(declared):
            self.association(member, declared, outline)
            if find(member.annotations, "Embedded", "EmbeddedId"):
                self.note("embed", declared.scope, member.line, member.type)

    def _properties(self, declared: JavaType) -> Iterator[Field]:
        """Mapped fields; and getters, when the annotations stand on those."""
        yield from (f for f in declared.fields if "static" not in f.modifiers and "transient" not in f.modifiers)
        for method in declared.methods:
            if method.annotations and find(method.annotations, "Column", "Id", "JoinColumn", *TO_ONE, *TO_MANY):
                bare = method.name.removeprefix("get").removeprefix("is")
                yield Field(
                    bare[:1].lower() + bare[1:], method.returns, method.element, method.line, method.modifiers,
                    method.annotations, None,
                )  # fmt: skip

    def column(self, member: Field, outline: Outline) -> Column | None:
        """A property as a column; collections and inverse sides have none."""
        if find(member.annotations, "Transient", "OneToMany", "ManyToMany", "ElementCollection"):
            return None
        one = find(member.annotations, *TO_ONE)
        joined = find(member.annotations, "JoinColumn")
        written = (*outline.texts(find(member.annotations, "Column"), "name"), *outline.texts(joined, "name"), "")[0]
        if one is not None and outline.texts(one, "mappedBy"):
            return None
        name = _plain(written) or (f"{member.name}_id" if one is not None else member.name)
        return Column(name, member.type, member.line, self._target(member, one, outline) if one is not None else "")

    def _target(self, member: Field, relation: Annotation, outline: Outline) -> str:
        explicit = (*outline.names(relation, "targetEntity", "targetClass"), "")[0]
        return explicit or member.element or member.type

    def association(self, member: Field, declared: JavaType, outline: Outline) -> None:
        relation = find(member.annotations, *TO_ONE, *TO_MANY)
        if relation is None:
            return
        target = self._target(member, relation, outline)
        self.note("link", declared.scope, member.line, member.name, target)
        table = find(member.annotations, "JoinTable", "CollectionTable")
        name = _plain((*outline.texts(table, "name"), "")[0])
        owning = relation.name == "ManyToMany" and not outline.texts(relation, "mappedBy")
        if name or owning or relation.name == "ElementCollection":
            self.note("join_table", declared.scope, member.line, name, target, member.name)

    def named_queries(self, declared: JavaType, outline: Outline) -> None:
        queries = [a for a in declared.annotations if a.name in ("NamedQuery", "NamedNativeQuery")]
        for group in declared.annotations:
            if group.name in ("NamedQueries", "NamedNativeQueries"):
                queries.extend(nested(group))
        for query in queries:
            name, text = (*outline.texts(query, "name"), "")[0], (*outline.texts(query, "query"), "")[0]
            if query.name == "NamedQuery":
                self.note("named", declared.scope, query.line, name, text)
            elif text:
                self._fragments.append(Fragment("sql", _holes(text), query.line, declared.scope))

    def query_annotation(self, scope: str, query: Annotation | None, outline: Outline) -> None:
        if query is None:
            return
        text = (*outline.texts(query, "value"), "")[0]
        flag = query.arguments.get("nativeQuery")
        if query.name == "NativeQuery" or (flag is not None and flag.type == "true"):
            self._fragments.append(Fragment("sql", _holes(text), query.line, scope))
        elif is_query(text):
            self.note("jpql", scope, query.line, text)

    def operations(self, body: Node, scope: str) -> None:
        """``em.persist(order)``, ``session.get(Order.class, id)``."""
        known = {b.name for b in self._facts.bindings if b.declared and b.value.rpartition(".")[2] in MANAGERS}
        todo = [body]
        while todo:
            node = todo.pop()
            if node.type == "method_invocation":
                self._operation(node, scope, known)
            todo.extend(node.named_children[::-1])

    def _operation(self, node: Node, scope: str, known: set[str]) -> None:
        name, owner = node.child_by_field_name("name"), node.child_by_field_name("object")
        arguments = node.child_by_field_name("arguments")
        called = _raw(name) if name is not None else ""
        if called not in OPERATIONS or owner is None or arguments is None or not arguments.named_child_count:
            return
        receiver = "".join(_raw(owner).split()).removeprefix("this.")
        if receiver not in known and receiver.rpartition(".")[2] not in USUAL_NAMES:
            return
        first = arguments.named_child(0)
        if first.type in ARGUMENTS:
            written = _raw(first)
            if first.type == "object_creation_expression":
                declared = first.child_by_field_name("type")
                written = (_raw(declared).partition("<")[0] if declared is not None else "?") + "()"
            self.note("operation", scope, node.start_point[0] + 1, called, written)

    # Hibernate and JPA mapping files

    def mapping(self, root: Element | None) -> None:
        if root is None or root.name not in ("hibernate-mapping", "entity-mappings"):
            return
        package = root.attributes.get("package", "") or root.child("package")
        for element in root.all("class", "entity", "subclass", "joined-subclass", "union-subclass"):
            kind = element.attributes.get("name", element.attributes.get("class", ""))
            if not kind:
                continue
            full = kind if "." in kind or not package else f"{package}.{kind}"
            inner = next((c.attributes.get("name", "") for c in element.children if c.name == "table"), "")
            table = element.attributes.get("table", "") or inner
            columns = [_xml_column(c) for c in element.all(*XML_COLUMNS)]
            flat = [part for c in columns for part in (c.name, c.type, str(c.line), c.references)]
            self.note("xml_entity", "", element.line, full, _plain(table), *flat)


def _xml_column(element: Element) -> Column:
    inner = next((c.attributes.get("name", "") for c in element.children if c.name in ("column", "join-column")), "")
    name = element.attributes.get("column", "") or inner or element.attributes.get("name", "")
    target = ""
    if element.name.endswith("-to-one"):
        target = element.attributes.get("class", element.attributes.get("target-entity", "")).rpartition(".")[2]
    return Column(_plain(name), element.attributes.get("type", ""), element.line, target)


def _plain(name: str) -> str:
    return "" if "\x01" in name or HOLE in name else name.strip('`"[]\\ ')


def _holes(text: str) -> str:
    return MARKED.sub(HOLE, text)


def _raw(node: Node) -> str:
    return (node.text or b"").decode("utf-8", "replace")


FRAMEWORK = Jpa()
