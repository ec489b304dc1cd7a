"""Laravel (and Lumen): routes files to controllers, Eloquent models to tables, and the query builder's tables.

Records: ``route`` (verbs, pattern, controller, action), ``model`` (table, base), ``relation`` (name, kind, model).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import msgspec
from tree_sitter import Node

from agent.domain.code import Dependency, Symbol
from agent.domain.facts import Binding, Column, Entity, FileFacts, TableUse, Wiring
from agent.domain.linking import Linking
from agent.frameworks.php_classes import class_symbol, join_url, method_symbol, route, snake
from agent.frameworks.php_outline import Outline, PhpType, constants, nodes, outline_of, raw, texts

if TYPE_CHECKING:
    from agent.ports import Project

__all__ = ["FRAMEWORK", "Laravel"]

VERBS = frozenset("get post put patch delete options any match".split())
RESOURCE = (
    ("index", "GET", ""), ("create", "GET", "/create"), ("store", "POST", ""), ("show", "GET", "/{}"),
    ("edit", "GET", "/{}/edit"), ("update", "PUT", "/{}"), ("destroy", "DELETE", "/{}"),
)  # fmt: skip
PAGES = frozenset({"create", "edit"})
ROUTERS = re.compile(r"(?:Route|\$router|\$app|\$this->router|\$route|Router)\Z")
GROUPING = frozenset("prefix namespace controller middleware name domain group as where scopeBindings".split())
MODELS = frozenset(
    [
        "Eloquent",
        "Illuminate\\Foundation\\Auth\\User",
        "Illuminate\\Database\\Eloquent\\Relations\\Pivot",
        "Illuminate\\Database\\Eloquent\\Relations\\MorphPivot",
    ]
)
RELATIONS = frozenset("hasOne hasMany belongsTo belongsToMany morphMany morphOne hasManyThrough hasOneThrough".split())
READS = frozenset(
    "all find findOrFail findMany first firstOrFail firstWhere get paginate simplePaginate cursor chunk each pluck value "
    "count sum avg max min exists lists where whereIn whereHas with select query orderBy latest oldest join has "
    "whereBetween whereNull findOrNew firstOrNew fresh refresh load whereDate cursorPaginate withCount".split()
)
WRITES = frozenset(
    "save create update delete insert insertGetId firstOrCreate updateOrCreate forceCreate destroy truncate increment "
    "decrement forceDelete restore push touch saveOrFail insertOrIgnore upsert saveQuietly updateOrInsert "
    "attach detach sync saveMany createMany associate dissociate".split()
)
ROWS = re.compile(
    r"(\\?[A-Z][\w\\]*)(?:\.\w+\(\))*\.(?:find|findOrFail|first|firstOrFail|firstOrNew|firstWhere|create|firstOrCreate|"
    r"updateOrCreate|findOrNew|make|forceCreate|sole|all\(\)\[|get\(\)\[|paginate\(\)\[|cursor\(\)\[)"
    r"(?:\(\)|\])\Z"
)
TABLE = re.compile(r"[A-Za-z_][\w.]{0,80}")


@dataclass(frozen=True, slots=True)
class _Group:
    prefix: str = ""
    namespace: str = ""
    controller: str = ""


class Laravel:
    """See the module's docstring."""

    name = "laravel"
    languages = frozenset({"php"})
    markers = (
        b"Route::",
        b"Illuminate",
        b"Eloquent",
        b"$router->",
        b"DB::",
        b"extends Model",
        b"\\Models\\",
        b"$app->",
    )

    def read(self, path: str, root: Any, source: bytes, facts: FileFacts) -> FileFacts:
        """The facts with routes, models, relations, query-builder tables, and what finders return."""
        if root is None:
            return facts
        outline = outline_of(root)
        wirings: list[Wiring] = []
        if b"Route" in source or b"$router" in source or b"/routes/" in b"/" + path.encode("utf-8", "replace"):
            for statement in outline.statements:
                wirings.extend(_routes(statement, path))
            for declared in outline.types:
                for method in declared.methods:
                    if method.name in ("map", "boot", "register"):
                        wirings.extend(_routes(method.node, ""))
        for declared in outline.types:
            wirings.extend(_model(declared))
        uses = tuple(_query_builder(outline)) if b"DB::" in source or b"->table(" in source else ()
        return msgspec.structs.replace(
            facts,
            wirings=facts.wirings + tuple(wirings),
            table_uses=facts.table_uses + uses,
            bindings=facts.bindings + tuple(_rows(facts)),
        )

    def link(self, project: Project) -> Linking:
        """Routes to controllers, models to tables."""
        routes = list(_linked_routes(project))
        symbols: tuple[Symbol, ...] = tuple(symbol for symbol, _ in routes)
        edges: tuple[Dependency, ...] = tuple(edge for _, edge in routes)
        return Linking(symbols, edges, tuple(_entities(project)))

    def access_mode(self, chain: str) -> str:
        """By the last call that tells: ``Order::where()->delete()`` writes, ``Order::where()->get()`` reads."""
        for link in reversed(chain.split(".")[1:]):
            name = link.partition("(")[0]
            if name in WRITES:
                return "write"
            if name in READS or (name.startswith("where") and "(" in link):
                return "read"
        return ""


# ---- routes --------------------------------------------------------------------------------------------------------


def _routes(top: Node, path: str) -> Iterator[Wiring]:
    """Route definitions below a node, with what the groups around them add."""
    start = _Group("api" if path.endswith("routes/api.php") else "")
    todo: list[tuple[Node, _Group]] = [(top, start)]
    while todo:
        node, group = todo.pop()
        if node.type in ("scoped_call_expression", "member_call_expression"):
            calls = _calls(node)
            if calls is not None:
                inner = replace(group)
                for name, call in calls:
                    if name in GROUPING:
                        inner = _grouped(inner, name, call)
                body = next((call for name, call in calls if name == "group"), None)
                if body is not None:
                    todo.extend((c, inner) for c in _arguments(body)[::-1])
                    continue
                for name, call in calls:
                    yield from _route(name, call, inner)
                continue
        todo.extend((c, group) for c in node.named_children[::-1])


def _calls(node: Node) -> list[tuple[str, Node]] | None:
    """``Route::prefix('a')->get(...)`` as its calls from the left; None when it does not start at a router."""
    found: list[tuple[str, Node]] = []
    current: Node | None = node
    for _ in range(40):
        if current is None:
            return None
        if current.type == "member_call_expression":
            found.append((raw(current.child_by_field_name("name"), 60), current))
            current = current.child_by_field_name("object")
            if current is not None and ROUTERS.match(raw(current, 40)):
                return found[::-1]
        elif current.type == "scoped_call_expression":
            found.append((raw(current.child_by_field_name("name"), 60), current))
            scope = raw(current.child_by_field_name("scope"), 200).rpartition("\\")[2]
            return found[::-1] if ROUTERS.match(scope) else None
        else:
            return None
    return None


def _arguments(call: Node) -> list[Node]:
    held = call.child_by_field_name("arguments")
    values = []
    for argument in held.named_children if held is not None else ():
        if argument.type == "argument" and argument.named_child_count:
            values.append(argument.named_child(argument.named_child_count - 1))
    return values


def _grouped(group: _Group, name: str, call: Node) -> _Group:
    given = _arguments(call)
    if name == "prefix" and given:
        return replace(group, prefix=join_url(group.prefix, *texts(given[0])))
    if name == "namespace" and given:
        return replace(group, namespace="\\".join(p for p in (group.namespace, *texts(given[0])) if p))
    if name == "controller" and given:
        return replace(group, controller=(*texts(given[0]), "")[0])
    if name == "group" and given and given[0].type == "array_creation_expression":
        for element in given[0].named_children:
            if element.named_child_count == 2:
                key = (*texts(element.named_child(0)), "")[0]
                value = (*texts(element.named_child(1)), "")[0]
                if key == "prefix":
                    group = replace(group, prefix=join_url(group.prefix, value))
                elif key == "namespace":
                    group = replace(group, namespace="\\".join(p for p in (group.namespace, value) if p))
    return group


def _route(name: str, call: Node, group: _Group) -> Iterator[Wiring]:
    given = _arguments(call)
    line = call.start_point[0] + 1
    if name in ("resource", "apiResource", "resources", "apiResources") and given:
        yield from _resources(name, given, group, line)
        return
    if name not in VERBS or len(given) < 2:
        return
    verbs = "|".join(v.upper() for v in texts(given[0])) if name == "match" else name.upper()
    at = 1 if name == "match" else 0
    if len(given) <= at + 1:
        return
    controller, action = _handler(given[at + 1], group)
    for pattern in texts(given[at]) or ("{}",):
        yield Wiring("laravel", "route", "", line, (verbs, join_url(group.prefix, pattern), controller, action))


def _handler(node: Node, group: _Group) -> tuple[str, str]:
    """``[OrderController::class, 'show']``, ``'OrderController@show'``, ``['uses' => ...]``, ``X::class``, a closure."""
    if node.type in ("anonymous_function", "arrow_function"):
        return "", ""
    named = texts(node)
    if node.type == "array_creation_expression":
        pairs = [c for c in node.named_children if c.named_child_count == 2]
        if pairs:
            uses = [c.named_child(1) for c in pairs if texts(c.named_child(0)) == ("uses",)]
            return _handler(uses[0], group) if uses and uses[0].type == "string" else ("", "")
        return (named[0], named[1]) if len(named) == 2 else ("", "")
    if not named:
        return "", ""
    text = named[0].replace("\\\\", "\\")
    if "@" in text:
        controller, _, action = text.partition("@")
        return "\\".join(p for p in (group.namespace, controller) if p), action
    if node.type == "string" and group.controller:
        return group.controller, text
    return text, "__invoke"


def _resources(name: str, given: list[Node], group: _Group, line: int) -> Iterator[Wiring]:
    pairs: list[tuple[str, str]] = []
    if name.endswith("s"):
        for element in given[0].named_children if given[0].type == "array_creation_expression" else ():
            if element.named_child_count == 2:
                pairs.append(((*texts(element.named_child(0)), "")[0], (*texts(element.named_child(1)), "")[0]))
    elif len(given) > 1:
        pairs.append(((*texts(given[0]), "")[0], (*texts(given[1]), "")[0].replace("\\\\", "\\")))
    for resource, controller in pairs:
        if not resource or not controller:
            continue
        full = "\\".join(p for p in (group.namespace, controller) if p) if "\\" not in controller else controller
        parts = resource.strip("/").split(".")
        base = "/".join(f"{part}/{{{_singular(part)}}}" for part in parts[:-1])
        last = parts[-1]
        for action, verb, ending in RESOURCE:
            if name.startswith("api") and action in PAGES:
                continue
            one = ending.replace("{}", "{" + _singular(last).replace("-", "_") + "}")
            pattern = join_url(group.prefix, base, last + one)
            yield Wiring("laravel", "route", "", line, (verb, pattern, full, action, "resource"))


def _singular(word: str) -> str:
    last = word.rpartition("/")[2]
    if last.endswith("ies"):
        return last[:-3] + "y"
    return last[:-2] if last.endswith(("sses", "xes", "ches", "shes")) else last.removesuffix("s")


def _linked_routes(project: Project) -> Iterator[tuple[Symbol, Dependency]]:
    for path, wiring in project.wirings("laravel", "route"):
        verbs, pattern, controller, action = wiring.args[:4]
        handler = project.symbol_at(path, wiring.scope)
        if controller:
            names = (controller, f"App\\Http\\Controllers\\{controller}", f"App\\Controllers\\{controller}")
            owner = next((s for s in (class_symbol(project, path, n) for n in names) if s), "")
            if not owner:
                continue
            handler = method_symbol(project, owner, action)
            if len(wiring.args) > 4 and handler == owner:
                continue  # a resource's action that the controller does not have
        for verb in verbs.split("|"):
            yield route(verb, pattern, path, wiring.line, handler)


# ---- models --------------------------------------------------------------------------------------------------------


def _model(declared: PhpType) -> Iterator[Wiring]:
    if not declared.base or declared.kind != "class":
        return
    own = constants(declared)
    table = next((own.get(t, t) for p in declared.properties if p.name == "table" for t in texts(p.value)), "")
    yield Wiring("laravel", "model", declared.name, declared.line, (table, declared.base))
    for method in declared.methods:
        for call in nodes(method.node, "member_call_expression"):
            called = raw(call.child_by_field_name("name"), 40)
            if called in RELATIONS and raw(call.child_by_field_name("object"), 10) == "$this":
                given = [texts(a) for a in _arguments(call)]
                if given and given[0]:
                    second = given[1][0] if len(given) > 1 and given[1] else ""
                    line = call.start_point[0] + 1
                    yield Wiring("laravel", "relation", declared.name, line, (method.name, called, given[0][0], second))


def _entities(project: Project) -> Iterator[tuple[str, Entity]]:
    models: dict[str, tuple[str, Wiring, str]] = {}
    candidates = {
        project.symbol_at(path, w.scope): (path, w, w.args[0]) for path, w in project.wirings("laravel", "model")
    }
    roots = {symbol for symbol, (path, wiring, _) in candidates.items() if _is_base(project, path, wiring.args[1])}
    for symbol, candidate in candidates.items():
        if symbol in roots or any(base in roots for base in project.ancestors(symbol)):
            models[symbol] = candidate
    for symbol, (path, wiring, named) in list(models.items()):
        inherited = next((models[b][2] for b in project.ancestors(symbol) if b in models and models[b][2]), "")
        models[symbol] = (path, wiring, named or inherited or plural(snake(wiring.scope)))
    columns: dict[str, list[Column]] = {}
    joins: list[tuple[str, Entity]] = []
    for path, wiring in project.wirings("laravel", "relation"):
        owner = project.symbol_at(path, wiring.scope)
        other = class_symbol(project, path, wiring.args[2].replace("\\\\", "\\"))
        if owner not in models or other not in models:
            continue
        name, kind, _, given = wiring.args
        if kind == "belongsTo":
            column = Column(given or f"{snake(name)}_id", "", wiring.line, models[other][2])
            columns.setdefault(owner, []).append(column)
        elif kind == "belongsToMany":
            ends = (models[owner][1].scope, models[other][1].scope)
            table = given or "_".join(sorted(snake(end) for end in ends))
            keys = tuple(
                Column(f"{snake(m)}_id", "", wiring.line, models[s][2])
                for m, s in zip(ends, (owner, other), strict=True)
            )
            joins.append((path, Entity("", table, wiring.line, keys, "laravel")))
    for symbol, (path, wiring, table) in models.items():
        yield path, Entity(wiring.scope, table, wiring.line, tuple(columns.get(symbol, ())), "laravel")
    yield from joins


def _is_base(project: Project, path: str, written: str) -> bool:
    """Whether a base class is Eloquent's own, by the file's imports."""
    full = written.lstrip("\\")
    if "\\" not in full:
        imported = next((i for i in project.facts(path).imports if i.alias == full), None)
        full = f"{imported.module}\\{imported.name}".strip("\\") if imported is not None else full
    return full in MODELS or full.endswith("Eloquent\\Model")


IRREGULAR = {"person": "people", "child": "children", "man": "men", "woman": "women", "datum": "data", "news": "news"}


def plural(name: str) -> str:
    """Laravel's own default: the last word of a snake-case name in the plural."""
    head, separator, word = name.rpartition("_")
    if word in IRREGULAR:
        many = IRREGULAR[word]
    elif word.endswith("y") and word[-2:-1] not in "aeiou":
        many = word[:-1] + "ies"
    elif word.endswith(("s", "x", "z", "ch", "sh")):
        many = word + "es"
    else:
        many = word + "s"
    return head + separator + many


def _rows(facts: FileFacts) -> Iterator[Binding]:
    """``$order = Order::find(1)`` holds an ``Order`` when the class is one of the models' namespace."""
    models = {i.alias for i in facts.imports if _is_model(i.module)}
    if _is_model(facts.package):
        models.update(d.name for d in facts.definitions if d.kind == "class")
    for binding in facts.bindings:
        found = ROWS.match(binding.value.rpartition(":")[2]) if "." in binding.value and not binding.declared else None
        if found is not None and found[1] in models:
            yield Binding(binding.scope, binding.name, f"{found[1]}()", binding.line)


def _is_model(namespace: str) -> bool:
    return namespace == "App" or namespace.rpartition("\\")[2] in ("Models", "Model", "Entities")


def _query_builder(outline: Outline) -> Iterator[TableUse]:
    """``DB::table('orders')->where(...)->update(...)``."""
    for scope, body in outline.bodies():
        todo: list[tuple[Node, str]] = [(body, "")]
        while todo:
            node, outer = todo.pop()
            called = ""
            if node.type in ("scoped_call_expression", "member_call_expression"):
                called = raw(node.child_by_field_name("name"), 60)
                if called in ("table", "join", "leftJoin", "from", "rightJoin") and (called == "table" or outer):
                    given = _arguments(node)
                    named = texts(given[0]) if given and given[0].type in ("string", "encapsed_string") else ()
                    found = TABLE.match(named[0]) if named else None
                    receiver = raw(node.child_by_field_name("scope") or node.child_by_field_name("object"), 400)
                    if found is not None and ("DB" in receiver or "db" in receiver) and "Schema" not in receiver:
                        mode = "write" if called == "table" and outer in WRITES else "read"
                        yield TableUse(scope, found[0], mode, node.start_point[0] + 1)
            inner = node.child_by_field_name("object") if called else None
            for child in node.named_children[::-1]:
                # The last call of a chain says what is done: it is the outermost one.
                last = (outer if outer in WRITES else called) if inner is not None and child.id == inner.id else ""
                todo.append((child, last))


FRAMEWORK = Laravel()
