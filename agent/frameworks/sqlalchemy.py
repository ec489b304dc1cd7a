"""SQLAlchemy and Flask-SQLAlchemy: mapped classes and tables, relationships, queries, and what a session writes.

Class bodies and calls of each file in; entities with columns and foreign keys, typed bindings and table uses out.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any

import msgspec
from tree_sitter import Node

from agent.domain.facts import Binding, FileFacts, Wiring
from agent.domain.linking import Linking
from agent.frameworks.python_queries import query_model, row_bindings
from agent.frameworks.python_syntax import ClassBody, Field, PythonSyntax, python_syntax
from agent.frameworks.sqlalchemy_linking import link_sqlalchemy, relations
from agent.ports import Project

__all__ = ["FRAMEWORK", "SqlAlchemy"]

PLAIN = frozenset({"Column", "mapped_column"})
COLUMNS = frozenset({"Column", "mapped_column", "deferred", "column_property"})
RELATIONS = frozenset({"relationship", "relation", "dynamic_loader", "backref", "Relationship"})
BASES = frozenset({"Model", "Base", "DeclarativeBase", "DeclarativeBaseNoMeta", "SQLModel", "MappedAsDataclass"})
READS = frozenset({
    "query", "select", "select_from", "with_entities", "join", "outerjoin", "exists", "aliased", "get", "get_one",
    "get_or_404", "one_or_404", "first_or_404", "with_polymorphic", "load_only", "add_entity",
})  # fmt: skip
ROWS = frozenset({"query", "select", "get", "get_one", "get_or_404", "one_or_404", "first_or_404"})
WRITES = frozenset({"insert", "update", "delete", "bulk_insert_mappings", "bulk_update_mappings"})
PERSISTS = frozenset({"add", "delete", "merge", "add_all", "bulk_save_objects"})
RUNS = frozenset({"execute", "scalars", "scalar", "paginate", "exec", "first_or_404", "one_or_404", "from_statement"})
QUERY_WRITES = frozenset({"delete", "update", "insert"})
INSTANCE_WRITES = frozenset({
    "save", "delete", "update", "insert", "append", "remove", "extend", "clear", "create", "add", "discard", "pop",
})  # fmt: skip
CLASS_WRITES = frozenset({"create", "insert", "update", "delete", "bulk_insert", "get_or_create", "upsert"})
INSTANCE_READS = frozenset({
    "filter", "filter_by", "all", "first", "one", "one_or_none", "order_by", "count", "join", "limit", "paginate",
    "get",
})  # fmt: skip
MAPPED = re.compile(r"Mapped\s*\[(.*)\]\s*\Z", re.S)
NAME = re.compile(r"[A-Za-z_][\w.]*")
GENERICS = frozenset(
    {"Optional", "List", "list", "Set", "set", "Union", "Sequence", "Collection", "None", "Mapped", "DynamicMapped"}
)


class SqlAlchemy:
    """The `Framework` of SQLAlchemy models."""

    name = "sqlalchemy"
    languages = frozenset({"python"})
    markers = (
        b"sqlalchemy", b"Column(", b"mapped_column(", b"relationship(", b".query", b"session", b"__tablename__",
        b"db.Model", b"select(", b"SQLModel", b"SQLAlchemy",
    )  # fmt: skip

    def read(self, path: str, root: Any, source: bytes, facts: FileFacts) -> FileFacts:  # noqa: ARG002
        """Models, tables, relationships and sessions' calls as records; variables that hold rows as bindings."""
        if root is None:
            return facts
        reading = _Reading(python_syntax(root, source))
        wirings = reading.wirings()
        bindings = [*reading.relation_bindings, *row_bindings(python_syntax(root, source), reading.start)]
        if not wirings and not bindings:
            return facts
        return msgspec.structs.replace(
            facts, wirings=(*facts.wirings, *wirings), bindings=(*facts.bindings, *dict.fromkeys(bindings))
        )

    def link(self, project: Project) -> Linking:
        """Entities with their tables' names, and the tables that sessions and statements touch."""
        return link_sqlalchemy(project)

    def members(self, project: Project) -> tuple[tuple[str, str, str], ...]:
        """(class, attribute, class of its value or elements) of relationships and their back references."""
        return relations(project)

    def access_mode(self, chain: str) -> str:
        """``Entity.query...`` reads; ``.delete()`` and ``.update()`` of a query, creations and assignments write."""
        if chain == "Entity()":
            return "write"
        head, _, rest = chain.partition(".")
        if not rest:
            return ""
        if rest.endswith("="):
            return "" if rest.startswith("_") else "write"
        links = [link.partition("(")[0].partition("[")[0] for link in rest.split(".")]
        last_called = rest.endswith("()")
        if head == "Entity()":
            if len(links) == 1 and last_called:
                return "write" if links[0] in INSTANCE_WRITES else "read" if links[0] in INSTANCE_READS else ""
            return "" if links[0].startswith("__") else "read"
        if links[0] in ("query", "__table__"):
            return "write" if last_called and QUERY_WRITES.intersection(links[1:]) else "read"
        if len(links) == 1 and last_called:
            return "write" if links[0] in CLASS_WRITES else "read" if links[0] in INSTANCE_READS else ""
        return "read" if links[0][:1].islower() else ""


class _Reading:
    """One file's records."""

    def __init__(self, syntax: PythonSyntax) -> None:
        self._syntax = syntax
        self._found: list[Wiring] = []
        self.relation_bindings: list[Binding] = []

    def _add(self, kind: str, scope: str, line: int, *args: str) -> None:
        self._found.append(Wiring("sqlalchemy", kind, scope, line, args))

    def wirings(self) -> list[Wiring]:
        """All records of the file."""
        naming = self._naming()
        for body in self._syntax.classes:
            self._class(body, naming.get(body.scope, ""))
        for node in self._syntax.assignments:
            right, left = node.child_by_field_name("right"), node.child_by_field_name("left")
            if left is not None and right is not None and right.type == "call" and self._is_table(right):
                self._table(right, self._syntax.scope(node), self._syntax.chain(left))
        for call in self._syntax.calls:
            self._call(call)
        return list(dict.fromkeys(self._found))

    # ---------------------------------------------------------------- models

    def _naming(self) -> dict[str, str]:
        """Class -> how its ``__tablename__`` function makes a name: ``lower``, ``lowers``, ``snake`` ..."""
        found = {}
        for scope, node in self._syntax.functions:
            owner, _, name = scope.rpartition(".")
            if name != "__tablename__":
                continue
            text = self._syntax.text(node)
            style = "lower" if ".lower()" in text and "sub(" not in text else "snake"
            found[owner] = style + ("s" if re.search(r"""\+\s*["']s["']""", text) else "")
        return found

    def _class(self, body: ClassBody, naming: str) -> None:
        table = body.field("__tablename__")
        name = self._syntax.string(table.value) if table is not None else None
        abstract = body.field("__abstract__")
        imperative = body.field("__table__")
        model = "table=True" in body.keywords  # SQLModel: annotations are columns, the name is the class's
        naming = naming or ("lower" if model else "")
        columns = [f for f in body.fields if self._is_column(f) or (model and f.annotation)]
        columns = [f for f in columns if self._last(f.value) not in RELATIONS]
        related = [f for f in body.fields if self._last(f.value) in RELATIONS]
        mapped = model or any(b.rpartition(".")[2] in BASES for b in body.bases)
        if not (table or imperative or abstract or columns or related or naming or mapped):
            return
        inline = ""
        if imperative is not None and imperative.value is not None:
            if imperative.value.type == "call" and self._is_table(imperative.value):
                self._table(imperative.value, body.scope, "__table__")
            inline = self._syntax.chain(imperative.value)
        hidden = abstract.value if abstract is not None else None
        is_abstract = hidden is not None and self._syntax.text(hidden) == "True"
        primary = any(f.value is not None and "primary_key" in self._syntax.text(f.value) for f in columns)
        flags = ["1" if flag else "" for flag in (is_abstract, primary, columns)]
        self._add("model", body.scope, body.line, name or "", flags[0], naming, flags[1], flags[2], inline)
        for field in columns:
            self._column(field.value, body.scope, field.name, field.annotation, field.line)
        for field in related:
            self._relation(body, field)

    def _last(self, node: Node | None) -> str:
        return self._syntax.callee(node).rpartition(".")[2] if node is not None and node.type == "call" else ""

    def _is_column(self, field: Field) -> bool:
        last = self._last(field.value)
        if last in COLUMNS:
            return True
        if last == "Field" and field.annotation:
            return True  # SQLModel
        return last not in RELATIONS and MAPPED.match(field.annotation) is not None

    def _column(self, node: Node | None, scope: str, name: str, annotation: str, line: int) -> None:
        kind = ""
        reference = refers = ""
        if node is not None and node.type == "call":
            given = self._syntax.arguments(node)
            for position, argument in enumerate(given.positional):
                text = self._syntax.string(argument) if position == 0 else None
                if text is not None:
                    name = text
                elif self._last(argument) == "ForeignKey":
                    reference, refers = self._foreign_key(argument)
                elif self._last(argument) in PLAIN and self._last(node) not in PLAIN:  # deferred(Column(...))
                    self._column(argument, scope, name, annotation, line)
                    return
                elif not kind and argument.type in ("identifier", "attribute", "call"):
                    kind = self._syntax.chain(argument).replace("()", "").rpartition(".")[2]
            key = self._syntax.string(given.keywords.get("foreign_key"))
            if key:
                reference, refers = key.rpartition(".")[0] or key, "table"
        if not kind and annotation:
            inner = MAPPED.match(annotation)
            names = NAME.findall(inner.group(1) if inner else annotation)
            kind = next((n for n in names if n not in GENERICS), "")
        self._add("column", scope, line, name, kind, reference, refers)

    def _foreign_key(self, call: Node) -> tuple[str, str]:
        node = self._syntax.arguments(call).get(0, "column")
        text = self._syntax.string(node)
        if text is not None:
            return text.rpartition(".")[0] or text, "table"
        chain = self._syntax.chain(node)
        chain = chain.partition(".c.")[0] if ".c." in chain else chain.rpartition(".")[0]
        return (chain, "object") if chain and "?" not in chain else ("", "")

    def _relation(self, body: ClassBody, field: Field) -> None:
        if field.value is None:
            return
        given = self._syntax.arguments(field.value)
        target = self._target(given.get(0, "argument"))
        if not target and field.annotation:
            names = [n for n in NAME.findall(field.annotation) if n.rpartition(".")[2] not in GENERICS]
            target = names[0] if names else ""
        back = given.keywords.get("backref")
        name = self._syntax.string(back)
        if name is None and back is not None and back.type == "call":
            name = self._syntax.string(self._syntax.arguments(back).get(0, "name"))
        if not target:
            self._add("unresolved", body.scope, field.line, "relationship", self._syntax.text(field.value)[:80])
            return
        self._add("relation", body.scope, field.line, field.name, target, name or "")
        short = target.rpartition(".")[2]
        local = self._syntax.classes_by_scope
        value = target if target.partition(".")[0] in local or short not in local else short
        self.relation_bindings.append(Binding(body.scope, field.name, value, field.line, True, value))
        if name and value in local:
            own = body.scope
            self.relation_bindings.append(Binding(value, name, own, field.line, True, own))

    def _target(self, node: Node | None) -> str:
        if node is not None and node.type == "lambda":
            node = node.child_by_field_name("body")
        text = self._syntax.string(node)
        if text is None:
            chain = self._syntax.chain(node)
            return "" if "?" in chain or "(" in chain else chain
        return text if NAME.fullmatch(text) else ""

    # ---------------------------------------------------------------- Table objects

    def _is_table(self, call: Node) -> bool:
        if self._last(call) != "Table":
            return False
        given = self._syntax.arguments(call)
        return self._syntax.string(given.get(0, "name")) is not None and len(given.positional) > 1

    def _table(self, call: Node, scope: str, variable: str) -> None:
        given = self._syntax.arguments(call)
        name = self._syntax.string(given.get(0, "name")) or ""
        self._add("table", scope, self._syntax.line(call), variable, name)
        for argument in given.positional[1:]:
            if self._last(argument) in COLUMNS:
                self._column(argument, f"{scope}:{variable}", "", "", self._syntax.line(argument))

    # ---------------------------------------------------------------- queries and sessions

    def _call(self, call: Node) -> None:
        callee = self._syntax.callee(call)
        receiver, _, last = callee.rpartition(".")
        if last in READS or last in WRITES:
            self._statement(call, last)
        if last in PERSISTS and receiver and "session" in receiver.lower().rpartition(".")[2] + receiver.lower():
            self._persisted(call, last)
        elif last in ("mapper", "map_imperatively"):
            given = self._syntax.arguments(call)
            if len(given.positional) >= 2:
                self._add("imperative", self._syntax.scope(call), self._syntax.line(call),
                          self._syntax.chain(given.positional[0]), self._syntax.chain(given.positional[1]))  # fmt: skip
        if last in QUERY_WRITES and receiver:
            function = call.child_by_field_name("function")
            inner = function.child_by_field_name("object") if function is not None else None
            model = query_model(self._syntax, inner, self.start, {}) if "query" in receiver else ""
            if model:
                self._add("statement", self._syntax.scope(call), self._syntax.line(call), "write", model)

    def _statement(self, call: Node, last: str) -> None:
        mode = "write" if last in WRITES else "read"
        given = self._syntax.arguments(call)
        several = last in ("query", "select", "with_entities", "load_only")
        for node in given.positional if several else given.positional[:1]:
            for chain in self._classes(node):
                self._add("statement", self._syntax.scope(call), self._syntax.line(call), mode, chain)

    def _classes(self, node: Node) -> Iterable[str]:
        """Chains in an argument that may name a model: itself, a column of it, or inside a function (``func.sum``)."""
        if node.type in ("identifier", "attribute"):
            chain = self._syntax.chain(node)
            if "?" not in chain and "(" not in chain:
                yield chain
        elif node.type in ("list", "tuple"):
            for child in node.named_children[:50]:
                if child.type in ("identifier", "attribute"):
                    yield from self._classes(child)
        elif node.type == "call":
            for child in self._syntax.arguments(node).positional[:10]:
                if child.type == "attribute":
                    yield from self._classes(child)

    def _persisted(self, call: Node, last: str) -> None:
        given = self._syntax.arguments(call)
        node = given.positional[0] if given.positional else None
        if node is None:
            return
        scope, line = self._syntax.scope(call), self._syntax.line(call)
        items = node.named_children if node.type in ("list", "tuple") else [node]
        suffix = "[]" if last in ("add_all", "bulk_save_objects") and node.type not in ("list", "tuple") else ""
        for item in items[:100]:
            chain = self._syntax.chain(item)
            if not chain.startswith("?"):
                self._add("persist", scope, line, chain + suffix)

    def start(self, node: Node) -> str:
        """Where a query starts: ``Order.query``, ``session.query(Order)``, ``session.scalars(select(Order))``."""
        if model := self._first(node):
            return model
        if node.type != "call" or self._syntax.callee(node).rpartition(".")[2] not in RUNS:
            return ""
        given = self._syntax.arguments(node).positional
        runs = bool(given) and given[0].type == "call"
        return query_model(self._syntax, given[0], self._first, {}) if runs else ""

    def _first(self, node: Node) -> str:
        """``Order.query``, ``session.query(Order)``, ``select(Order)``, ``session.get(Order, 1)``."""
        if node.type == "attribute":
            attribute = node.child_by_field_name("attribute")
            if attribute is None or self._syntax.text(attribute) != "query":
                return ""
            return self._model(self._syntax.chain(node.child_by_field_name("object")))
        if node.type != "call":
            return ""
        if self._syntax.callee(node).rpartition(".")[2] not in ROWS:
            return ""
        given = self._syntax.arguments(node).positional
        named = bool(given) and given[0].type in ("identifier", "attribute")
        return self._model(self._syntax.chain(given[0])) if named else ""

    def _model(self, chain: str) -> str:
        return chain if chain.rpartition(".")[2][:1].isupper() and "?" not in chain and "(" not in chain else ""


FRAMEWORK = SqlAlchemy()
