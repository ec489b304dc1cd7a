"""Symfony and Doctrine: routes, entities, repositories, entity-manager operations and DQL.

Reads attributes (PHP 8) and annotations (``/** @Route("/x") */``) alike.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import msgspec

from agent.domain.code import Dependency, Symbol
from agent.domain.facts import Column, Entity, FileFacts, Fragment, TableUse, Wiring
from agent.domain.linking import Linking
from agent.frameworks.php_classes import class_symbol, join_url, route, snake
from agent.frameworks.php_outline import Member, Note, Outline, PhpType, find, nodes, outline_of, raw, texts
from agent.frameworks.php_sql import strings_of

if TYPE_CHECKING:
    from agent.ports import Project

__all__ = ["FRAMEWORK", "Symfony"]

VERBS = {"Get": "GET", "Post": "POST", "Put": "PUT", "Delete": "DELETE", "Patch": "PATCH"}
TO_ONE = ("ManyToOne", "OneToOne")
TO_MANY = ("OneToMany", "ManyToMany")
FINDERS = re.compile(r"(?:find\w*|count\w*|matching|createQueryBuilder|getReference)\Z")
MANAGER = re.compile(
    r"(?i)(?:\w*em|\w*manager|\w*doctrine\w*|\w*om|getManager|getEntityManager|getDoctrine)(?:\(\))?\Z"
)
OPERATIONS = {"persist": "write", "remove": "write", "merge": "write", "refresh": "read", "lock": "read"}
BY_CLASS = frozenset(
    {"find", "getReference", "getRepository", "from", "update", "delete", "select", "leftJoin", "join"}
)
SETTER = re.compile(r"Entity\(\)\.(?:set[A-Z]\w*|add[A-Z]\w*|remove[A-Z]\w*)\(\)\Z|Entity\(\)\.\$\w+=\Z")
DQL = re.compile(
    r"(?i)\A\s*(select\b[\s\S]{1,2000}?\bfrom|update|delete(?:\s+from)?)\s+([\w\\:]{2,200})\s+(?:as\s+)?\w+"
)
DQL_JOIN = re.compile(r"(?i)\bjoin\s+([\w\\]{2,200})\s+(?:as\s+)?\w+")
GENERIC = re.compile(r"@(?:template-)?extends\s{1,5}[\w\\]{1,100}<\s{0,3}([\w\\]{1,150})")


class Symfony:
    """Records: ``route``, ``entity``, ``repository``, ``operation``, ``dql``."""

    name = "symfony"
    languages = frozenset({"php"})
    markers = (b"Route", b"ORM", b"Doctrine", b"doctrine", b"getRepository", b"ntityManager", b"@Entity", b"->persist(")

    def read(self, path: str, root: Any, source: bytes, facts: FileFacts) -> FileFacts:  # noqa: ARG002
        """The facts with routes, entities, repositories and what is done with them."""
        if root is None:
            return facts
        outline = outline_of(root)
        entities: list[Entity] = []
        wirings: list[Wiring] = []
        for declared in outline.types:
            wirings.extend(_routes(declared))
            wirings.extend(_repository(declared))
            entity = _entity(declared)
            if entity is not None:
                entities.append(entity)
                wirings.append(_mapping(declared, entity))
                wirings.extend(_join_tables(declared))
        wirings.extend(_operations(outline))
        wirings.extend(_dql(outline))
        fragments = tuple(_native(facts.fragments, wirings))
        return msgspec.structs.replace(
            facts,
            entities=facts.entities + tuple(entities),
            wirings=facts.wirings + tuple(wirings),
            fragments=fragments,
        )

    def link(self, project: Project) -> Linking:
        """Routes to handlers; tables of entities, repositories and operations."""
        routes = [
            route(verb, join_url(*w.args[1:]), path, w.line, project.symbol_at(path, w.scope))
            for path, w in project.wirings(self.name, "route")
            for verb in w.args[0].split("|")
        ]
        tables = _Tables(project)
        symbols: tuple[Symbol, ...] = tuple(symbol for symbol, _ in routes)
        edges: tuple[Dependency, ...] = tuple(edge for _, edge in routes)
        return Linking(symbols, edges, tuple(tables.entities()), tuple(dict.fromkeys(tables.uses())))

    def access_mode(self, chain: str) -> str:
        """A change to an entity's state is written at the next flush; reading a loaded entity reads nothing more."""
        return "write" if SETTER.match(chain) else ""


# ---- one file ------------------------------------------------------------------------------------------------------


def _routes(declared: PhpType) -> Iterator[Wiring]:
    own = find(declared.notes, "Route")
    prefixes = (own.all("0", "path") if own is not None else ()) or ("",)
    for method in declared.methods:
        yield from _method_routes(method, prefixes, own)
    invoked = any(m.name == "__invoke" and not find(m.notes, "Route", *VERBS) for m in declared.methods)
    if own is not None and invoked and own.first("0", "path"):
        yield Wiring("symfony", "route", f"{declared.name}.__invoke", own.line, (_verbs(own), own.first("0", "path")))


def _method_routes(method: Member, prefixes: tuple[str, ...], own: Note | None) -> Iterator[Wiring]:
    restricted = find(method.notes, "Method")
    for note in method.notes:
        if note.name != "Route" and not (note.name in VERBS and note.first("0", "path").startswith("/")):
            continue
        verbs = VERBS.get(note.name) or _verbs(note)
        if verbs == "ANY" and restricted is not None:
            verbs = "|".join(v.upper() for v in restricted.all("0", "methods")) or verbs
        if verbs == "ANY" and own is not None:
            verbs = _verbs(own)
        for prefix in prefixes:
            for pattern in note.all("0", "path") or ("",):
                yield Wiring("symfony", "route", method.scope, note.line, (verbs, prefix, pattern))


def _verbs(note: Note) -> str:
    found = [v.upper() for v in note.all("methods", "3")]
    return "|".join(v for v in found if v.isalpha()) or "ANY"


def _entity(declared: PhpType) -> Entity | None:
    """A mapped class; the table's name is empty when the naming strategy gives it."""
    if find(declared.notes, "Entity") is None:
        return None
    table = find(declared.notes, "Table")
    columns: list[Column] = []
    for member in declared.properties:
        column = _column(member)
        if column is not None:
            columns.append(column)
    return Entity(
        declared.name, _plain(table.first("name", "0") if table else ""), declared.line, tuple(columns), "symfony"
    )


def _column(member: Member) -> Column | None:
    """A property as a column; collections and inverse sides have none."""
    one, joined, plain = find(member.notes, *TO_ONE), find(member.notes, "JoinColumn"), find(member.notes, "Column")
    if one is not None and not one.first("mappedBy"):
        name = joined.first("name") if joined is not None else ""
        return Column(name or f"{snake(member.name)}_id", "", member.line, _target(member, one))
    if plain is not None:
        name = plain.first("name") or ("" if _is_type(plain.first("0")) else plain.first("0"))
        return Column(_plain(name) or snake(member.name), plain.first("type"), member.line)
    return None


def _is_type(name: str) -> bool:
    return name in ("string", "integer", "int", "boolean", "datetime", "text", "float", "decimal", "json", "date")


def _target(member: Member, relation: Note) -> str:
    return relation.first("targetEntity", "0") or member.type.lstrip("?").partition("|")[0]


def _mapping(declared: PhpType, entity: Entity) -> Wiring:
    note = find(declared.notes, "Entity")
    repository = note.first("repositoryClass") if note is not None else ""
    return Wiring("symfony", "entity", declared.name, declared.line, (entity.table, repository))


def _join_tables(declared: PhpType) -> Iterator[Wiring]:
    for member in declared.properties:
        many = find(member.notes, "ManyToMany")
        if many is not None and not many.first("mappedBy"):
            table = find(member.notes, "JoinTable")
            name = _plain(table.first("name", "0")) if table is not None else ""
            yield Wiring("symfony", "join_table", declared.name, member.line, (name, _target(member, many)))


def _repository(declared: PhpType) -> Iterator[Wiring]:
    """A class that serves one entity: it says so to its base class's constructor, or in its documentation."""
    if not declared.name.endswith("Repository") and "Repository" not in declared.base:
        return
    entity = ""
    for method in declared.methods:
        if method.name == "__construct":
            for call in nodes(method.node, "scoped_call_expression"):
                given = texts(call.child_by_field_name("arguments"))
                entity = entity or next((g for g in given if re.match(r"[A-Z\\]", g)), "")
    documented = GENERIC.search(declared.doc[:4000])
    yield Wiring(
        "symfony", "repository", declared.name, declared.line, (entity or (documented[1] if documented else ""),)
    )


def _operations(outline: Outline) -> Iterator[Wiring]:
    """``$em->persist($order)``, ``$em->find(Order::class, 1)``, ``$em->getRepository(Order::class)->findAll()``."""
    for scope, body in outline.bodies():
        for call in nodes(body, "member_call_expression", "nullsafe_member_call_expression"):
            called = raw(call.child_by_field_name("name"), 60)
            if called not in OPERATIONS and called not in BY_CLASS:
                continue
            arguments = call.child_by_field_name("arguments")
            first = arguments.named_child(0) if arguments is not None and arguments.named_child_count else None
            value = first.named_child(0) if first is not None and first.named_child_count else None
            if value is None:
                continue
            at = call.start_point[0] + 1
            if called in OPERATIONS:
                receiver = re.split(r"->|::", "".join(raw(call.child_by_field_name("object"), 300).split()))[-1]
                chain = _argument(value)
                if chain and MANAGER.match(receiver.lstrip("$")):
                    yield Wiring("symfony", "operation", scope, at, (called, chain))
            else:
                named = texts(value) if value.type in ("class_constant_access_expression", "string") else ()
                if len(named) == 1 and re.match(r"[A-Z\\]", named[0]):
                    mode = "write" if called in ("update", "delete") else "read"
                    yield Wiring("symfony", "by_class", scope, at, (named[0], mode))


def _argument(value: Any) -> str:
    """A variable, ``$this->order`` or ``new Order`` as a chain."""
    if value.type == "variable_name":
        text = raw(value)
        return "this" if text == "$this" else text
    if value.type == "object_creation_expression" and value.named_child_count:
        first = value.named_child(0)
        return raw(first) + "()" if first.type in ("name", "qualified_name") else ""
    if value.type == "member_access_expression":
        inner, name = value.child_by_field_name("object"), value.child_by_field_name("name")
        if raw(inner) == "$this" and name is not None:
            return f"this.${raw(name)}"
    return ""


def _dql(outline: Outline) -> Iterator[Wiring]:
    for scope, line, text in strings_of(outline):
        match = DQL.match(text[:5000])
        if match is not None and (":" in match[2] or "\\" in match[2] or match[2][:1].isupper()):
            mode = "read" if match[1][:1] in "sS" else "write"
            yield Wiring("symfony", "dql", scope, line, (match[2], mode))
            for joined in DQL_JOIN.findall(text[:5000]):
                if "\\" in joined:
                    yield Wiring("symfony", "dql", scope, line, (joined, "read"))


def _native(fragments: tuple[Fragment, ...], wirings: list[Wiring]) -> Iterator[Fragment]:
    """Object queries are no SQL: their names are those of classes."""
    objects = {(w.scope, w.line) for w in wirings if w.kind == "dql" and ("\\" in w.args[0] or ":" in w.args[0])}
    for fragment in fragments:
        if (fragment.scope, fragment.line) not in objects:
            yield fragment


def _plain(name: str) -> str:
    return "" if "{}" in name else name.strip('`"[] ')


# ---- the project ---------------------------------------------------------------------------------------------------


class _Tables:
    """Names of tables first, then everything that is found by them."""

    def __init__(self, project: Project) -> None:
        self._project = project
        self._records = [(p, w, project.symbol_at(p, w.scope)) for p, w in project.wirings("symfony", "entity")]
        self._snake = any(
            i.module.startswith(("Symfony\\", "App\\")) for p in project.files("php") for i in project.facts(p).imports
        )
        self._tables: dict[str, str] = {}
        self._short: dict[str, list[str]] = {}
        for _, wiring, symbol in self._records:
            self._tables[symbol] = wiring.args[0] or self._default(wiring.scope)
            self._short.setdefault(wiring.scope, []).append(symbol)
        self._repositories = self._find_repositories()

    def _default(self, name: str) -> str:
        """Doctrine takes the class's name; Symfony configures its underscore strategy."""
        return snake(name) if self._snake else name

    def _find_repositories(self) -> dict[str, str]:
        """repository's ID -> its entity's table."""
        found: dict[str, str] = {}
        for path, wiring, symbol in self._records:
            repository = class_symbol(self._project, path, wiring.args[1])
            if repository:
                found[repository] = self._tables[symbol]
        for path, wiring in self._project.wirings("symfony", "repository"):
            entity = class_symbol(self._project, path, wiring.args[0]) if wiring.args[0] else ""
            if entity in self._tables:
                found.setdefault(self._project.symbol_at(path, wiring.scope), self._tables[entity])
        return found

    def entities(self) -> Iterator[tuple[str, Entity]]:
        for path, wiring, symbol in self._records:
            own = next((e for e in self._project.facts(path).entities if e.type_name == wiring.scope), None)
            columns = tuple(
                msgspec.structs.replace(c, references=self._reference(path, c.references)) if c.references else c
                for c in (own.columns if own is not None else ())
            )
            yield path, Entity(wiring.scope, self._tables[symbol], wiring.line, columns, "symfony")
        for path, wiring in self._project.wirings("symfony", "join_table"):
            owner = self._tables.get(self._project.symbol_at(path, wiring.scope), "")
            other = self._reference(path, wiring.args[1])
            name = wiring.args[0] or (f"{owner}_{other}" if owner and other else "")
            if name:
                columns = tuple(Column(f"{t}_id", "", wiring.line, t) for t in (owner, other) if t)
                yield path, Entity("", name, wiring.line, columns, "symfony")

    def _reference(self, path: str, written: str) -> str:
        return self._tables.get(class_symbol(self._project, path, written), "")

    def uses(self) -> Iterator[tuple[str, TableUse]]:
        project = self._project
        for path, wiring in project.wirings("symfony", "operation"):
            found = project.resolve(path, wiring.scope, wiring.args[1])
            table = self._table(found.target)
            if table:
                sure = "exact" if found.resolution == "exact" else "inferred"
                yield path, TableUse(wiring.scope, table, OPERATIONS[wiring.args[0]], wiring.line, sure)
        for kind in ("by_class", "dql"):
            for path, wiring in project.wirings("symfony", kind):
                table = self._tables.get(self._named(path, wiring.args[0]), "")
                if table:
                    yield path, TableUse(wiring.scope, table, wiring.args[1], wiring.line)
        if self._repositories:
            yield from self._finders()

    def _named(self, path: str, written: str) -> str:
        """A class by its name, or by the old ``AppBundle:Order`` notation when one entity has that name."""
        if ":" in written:
            short = self._short.get(written.rpartition(":")[2].rpartition("\\")[2], [])
            return short[0] if len(short) == 1 else ""
        return class_symbol(self._project, path, written)

    def _table(self, symbol: str) -> str:
        for kind in (symbol, *self._project.ancestors(symbol)) if symbol else ():
            if kind in self._tables:
                return self._tables[kind]
        return ""

    def _finders(self) -> Iterator[tuple[str, TableUse]]:
        """Calls of the finders that a repository inherits, by whoever calls them."""
        project = self._project
        for path in project.files("php"):
            for reference in project.facts(path).references:
                receiver, _, called = reference.name.rpartition(".")
                if reference.kind != "call" or not receiver or not FINDERS.match(called):
                    continue
                owner = project.resolve(path, reference.scope, receiver).target
                table = next((self._repositories[k] for k in self._line(owner) if k in self._repositories), "")
                if table:
                    yield path, TableUse(reference.scope, table, "read", reference.line)

    def _line(self, symbol: str) -> tuple[str, ...]:
        return (symbol, *self._project.ancestors(symbol)) if symbol else ()


FRAMEWORK = Symfony()
