"""One Python module's syntax tree in, its `FileFacts` out: definitions, imports, references, bindings, SQL in strings.

One compiled tree-sitter query per file; everything is placed in its scope by byte position, so the tree is never
walked in Python.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections import Counter
from operator import attrgetter

from tree_sitter import Node, Query, QueryCursor

from agent.domain.facts import Binding, Definition, FileFacts, Fragment, Import, Reference, Wiring
from agent.languages.chains import first_child, is_plain, node_text, python_chain, python_text
from agent.languages.python_grammar import (
    ALIASED_IMPORT,
    ASSIGNMENT,
    ATTRIBUTE,
    BOOLEAN,
    CALL,
    CLASS,
    CONDITIONAL,
    DECORATED,
    DECORATOR,
    DEFAULT_PARAMETER,
    DOTTED_NAME,
    EXPRESSION_STATEMENT,
    F_ALIAS,
    F_ARGUMENTS,
    F_BODY,
    F_LEFT,
    F_MODULE_NAME,
    F_NAME,
    F_RETURN_TYPE,
    F_RIGHT,
    F_SUPERCLASSES,
    F_TYPE,
    FUNCTION,
    GRAMMAR,
    IDENTIFIER,
    NAMES,
    PATTERNS,
    SPLATS,
    STRING,
    SUBSCRIPT,
    WILDCARD_IMPORT,
)

__all__ = ["read_python"]

QUERY = Query(
    GRAMMAR,
    """
    (function_definition) @function
    (class_definition) @class
    (import_statement) @import
    (import_from_statement) @from
    (call function: (_) @called)
    (assignment) @assignment
    (augmented_assignment left: (attribute) @assigned)
    (parameters [(identifier) (default_parameter) (list_splat_pattern) (dictionary_splat_pattern)] @untyped)
    (typed_parameter type: (type) @parameter)
    (typed_default_parameter type: (type) @parameter)
    (function_definition return_type: (type) @returns)
    (return_statement (_) @return)
    (decorator (_) @decorator)
    (with_item value: (as_pattern) @with)
    [(argument_list) (list) (tuple)] @listed
    (keyword_argument value: [(identifier) (attribute)] @use)
    (pair value: [(identifier) (attribute)] @use)
    (except_clause [(identifier) (attribute)] @use)
    (for_statement) @for
    (for_in_clause) @for
    [(print_statement) (exec_statement)] @python2
    [(if_statement) (elif_clause) (for_statement) (while_statement) (except_clause) (boolean_operator)
     (conditional_expression) (case_clause) (if_clause) (for_in_clause)] @decision
    (ERROR) @error
    """,
)
STRINGS = Query(GRAMMAR, "(string) @string")
SQL = re.compile(
    rb"(?is)\b(?:select\b.{1,4000}?\bfrom|insert\s+(?:ignore\s+|or\s+\w+\s+)?into|update\s+\S+\s+set|delete\s+from|"
    rb"create\s+(?:table|view)|replace\s+into|merge\s+into|truncate\s+table)\b"
)
SQL_WORDS = (b"select", b"insert", b"update", b"truncate")
SQL_PHRASES = re.compile(rb"delete\s|create\s+table|replace\s+into|merge\s+into")
DOTTED = re.compile(r"[A-Za-z_]\w*(?:\.[A-Za-z_]\w*)*")
COLLECTIONS = frozenset(
    [
        "list",
        "List",
        "set",
        "Set",
        "frozenset",
        "Sequence",
        "Iterable",
        "Iterator",
        "Collection",
        "tuple",
        "Tuple",
        "QuerySet",
        "Query",
        "Mapped",
        "deque",
        "AsyncIterator",
        "Generator",
    ]
)
WRAPPERS = frozenset({"Optional", "Annotated", "Type", "type", "ClassVar", "Final", "Awaitable", "Mapped"})


starts_at = attrgetter("start_byte")
ends_at = attrgetter("end_byte")
line_of = attrgetter("line")


def read_python(root: Node, source: bytes) -> FileFacts:
    """The facts of one module."""
    return _Reader(source, root).facts()


def _in_source_order(nodes: list[Node]) -> list[Node]:
    """By place, the outer node before the inner one that starts with it.

    captures() answers in the order of memory addresses, another one in each run.
    """
    nodes.sort(key=ends_at, reverse=True)
    nodes.sort(key=starts_at)
    return nodes


class _Reader:
    """Turns one parsed module into facts; lives for one file."""

    def __init__(self, source: bytes, root: Node) -> None:
        self._source = source
        self._text = source.decode("latin-1")  # one character a byte: places in the tree are places in it
        self._root = root
        captured = QueryCursor(QUERY).captures(root)
        self._captured: dict[str, list[Node]] = {name: _in_source_order(nodes) for name, nodes in captured.items()}
        self._edges: list[int] = []  # byte positions where the scope changes ...
        self._scopes: list[str] = []  # ... and the scope from there on
        self._classes: set[str] = set()
        self._plain: set[str] = set()  # texts that are chains as they stand

    def facts(self) -> FileFacts:
        """Everything, in source order within each kind."""
        definitions = self._definitions()
        imports = self._imports()
        references = self._calls()
        bindings: list[Binding] = []
        self._assignments(references, bindings)
        self._types(references, bindings)
        self._uses(references, {d.name for d in definitions if "." not in d.name} | {i.alias for i in imports})
        references.sort(key=line_of)
        source = self._source
        errors = self._captured.get("error", [])
        return FileFacts(
            "python",
            code_lines=sum(map(bool, map(bytes.strip, source.splitlines()))),
            definitions=tuple(definitions),
            imports=tuple(imports),
            references=tuple(references),
            bindings=tuple(bindings),
            fragments=tuple(self._fragments()) if _may_hold_sql(source) else (),
            wirings=(Wiring("python", "python2", "", 1),) if "python2" in self._captured else (),
            error_lines=tuple(sorted({node.start_point[0] + 1 for node in errors})),
        )

    def _of(self, node: Node) -> str:
        return node_text(node, self._text)

    def _chain(self, node: Node) -> str:
        raw = self._text[node.start_byte : node.end_byte]
        if raw in self._plain:
            return raw
        if len(raw) < 200 and is_plain(raw):
            self._plain.add(raw)
            return raw
        return python_chain(node, self._text)

    def _scope(self, node: Node) -> str:
        return self._scopes[bisect_right(self._edges, node.start_byte) - 1]

    def _class_of(self, scope: str) -> str:
        """The innermost class around a scope, ``""`` outside of classes."""
        while scope and scope not in self._classes:
            scope = scope.rpartition(".")[0]
        return scope

    def _definitions(self) -> list[Definition]:
        nodes = _in_source_order(self._captured.get("function", []) + self._captured.get("class", []))
        stack: list[tuple[int, str]] = []
        edges, scopes = [0], [""]
        found: list[tuple[str, Node]] = []
        for node in nodes:
            start = node.start_byte
            while stack and stack[-1][0] <= start:
                edges.append(stack.pop()[0])
                scopes.append(stack[-1][1] if stack else "")
            name_node = node.child_by_field_id(F_NAME)
            if name_node is None:
                continue
            name = self._of(name_node)
            full = f"{stack[-1][1]}.{name}" if stack else name
            stack.append((node.end_byte, full))
            edges.append(start)
            scopes.append(full)
            found.append((full, node))
            if node.kind_id == CLASS:
                self._classes.add(full)
        while stack:
            edges.append(stack.pop()[0])
            scopes.append(stack[-1][1] if stack else "")
        self._edges, self._scopes = edges, scopes
        decisions = Counter(map(self._scope, self._captured.get("decision", [])))
        return [self._definition(name, node, decisions[name]) for name, node in found]

    def _definition(self, name: str, node: Node, decisions: int) -> Definition:
        body = node.child_by_field_id(F_BODY)
        doc = ""
        if body is not None and (first := first_child(body)) is not None:
            if first.kind_id == EXPRESSION_STATEMENT:
                first = first_child(first) or first
            if first.kind_id == STRING:
                doc = _first_sentence(python_text(first, self._text))
        decorators: tuple[str, ...] = ()
        if "decorator" in self._captured:
            parent = node.parent
            if parent is not None and parent.kind_id == DECORATED:
                decorators = tuple(
                    self._chain(inner).replace("()", "")
                    for child in parent.named_children
                    if child.kind_id == DECORATOR and (inner := first_child(child)) is not None
                )
        returns, kind = "", "class"
        if node.kind_id == FUNCTION:
            kind = "function"
            if "returns" in self._captured and (declared := node.child_by_field_id(F_RETURN_TYPE)) is not None:
                returns = _main_type(self._of(declared))[0]
        line = node.start_point[0] + 1
        return Definition(name, kind, line, node.end_point[0] + 1, doc, returns, decorators, 1 + decisions)

    def _imports(self) -> list[Import]:
        found: list[Import] = []
        for node in self._captured.get("import", []):
            line, scope = node.start_point[0] + 1, self._scope(node)
            for child in node.named_children:
                module, alias = self._aliased(child)
                found.append(Import(module, "", alias or module.partition(".")[0], line, scope))
        for node in self._captured.get("from", []):
            scope = self._scope(node)
            source_node = node.child_by_field_id(F_MODULE_NAME)
            if source_node is None:
                continue
            module = "".join(self._of(source_node).split())
            for child in node.named_children[1:]:
                kind = child.kind_id
                if kind == WILDCARD_IMPORT:
                    found.append(Import(module, "*", "", node.start_point[0] + 1, scope))
                elif kind in (DOTTED_NAME, ALIASED_IMPORT):
                    name, alias = self._aliased(child)
                    found.append(Import(module, name, alias or name, child.start_point[0] + 1, scope))
        found.sort(key=line_of)
        return found

    def _aliased(self, node: Node) -> tuple[str, str]:
        if node.kind_id == ALIASED_IMPORT:
            name, alias = node.child_by_field_id(F_NAME), node.child_by_field_id(F_ALIAS)
            return (self._of(name) if name else "", self._of(alias) if alias else "")
        return self._of(node), ""

    def _calls(self) -> list[Reference]:
        text, plain, chain = self._text, self._plain, self._chain
        edges, scopes = self._edges, self._scopes
        references: list[Reference] = []
        for node in self._captured.get("called", []):
            start = node.start_byte
            name = text[start : node.end_byte]
            if name not in plain:
                name = chain(node)
            scope = scopes[bisect_right(edges, start) - 1]
            references.append(Reference(scope, name, "call", node.end_point[0] + 1))
        for node in self._captured.get("decorator", []):
            if node.kind_id != CALL:
                references.append(Reference(self._scope(node), chain(node), "call", node.start_point[0] + 1))
        for node in self._captured.get("class", []):
            bases = node.child_by_field_id(F_SUPERCLASSES)
            if bases is not None:
                self._bases(bases, self._scope(node), references)
        return references

    def _bases(self, bases: Node, name: str, references: list[Reference]) -> None:
        for base in bases.named_children:
            if base.kind_id in (IDENTIFIER, ATTRIBUTE, SUBSCRIPT):
                written = self._chain(base).replace("[]", "")
                references.append(Reference(name, written, "inherit", base.start_point[0] + 1))
            elif base.kind_id == CALL and (arguments := base.child_by_field_id(F_ARGUMENTS)) is not None:
                # with_metaclass(Meta, Base), namedtuple("X", ...): names among the arguments are bases too
                references.extend(
                    Reference(name, self._chain(argument), "inherit", base.start_point[0] + 1)
                    for argument in arguments.named_children
                    if argument.kind_id in NAMES
                )

    def _assignments(self, references: list[Reference], bindings: list[Binding]) -> None:
        chain, scope_of = self._chain, self._scope
        for node in self._captured.get("assignment", []):
            left, right = node.child_by_field_id(F_LEFT), node.child_by_field_id(F_RIGHT)
            if left is not None:
                self._bind(left, right, node.child_by_field_id(F_TYPE), scope_of(node), references, bindings)
        for node in self._captured.get("assigned", []):
            references.append(Reference(scope_of(node), chain(node), "assign", node.start_point[0] + 1))
        for node in self._captured.get("with", []):
            value, alias = first_child(node), node.child_by_field_id(F_ALIAS)
            if value is not None and alias is not None:
                bindings.append(Binding(scope_of(node), self._of(alias), chain(value), node.start_point[0] + 1))
        for node in self._captured.get("return", []):
            value_text = chain(node)
            if not value_text.startswith("?"):
                bindings.append(Binding(scope_of(node), "return", value_text, node.start_point[0] + 1))
        for node in self._captured.get("untyped", []):
            kind = node.kind_id
            named: Node | None = node
            if kind != IDENTIFIER:
                named = node.child_by_field_id(F_NAME) if kind == DEFAULT_PARAMETER else node
                if kind in SPLATS:
                    named = first_child(node)
            name = self._of(named) if named is not None else ""
            if name not in ("self", "cls", ""):
                bindings.append(Binding(scope_of(node), name, "?", node.start_point[0] + 1))
        for node in self._captured.get("for", []):
            left, right = node.child_by_field_id(F_LEFT), node.child_by_field_id(F_RIGHT)
            line = node.start_point[0] + 1
            if left is not None and right is not None and left.kind_id == IDENTIFIER:
                value_text = chain(right)
                value_text = "?" if value_text.startswith("?") else value_text + "[]"
                bindings.append(Binding(scope_of(node), self._of(left), value_text, line))
            elif left is not None:
                self._unpack(left, scope_of(node), line, bindings)

    def _bind(
        self, left: Node, right: Node | None, declared: Node | None, scope: str,
        references: list[Reference], bindings: list[Binding],
    ) -> None:  # fmt: skip
        line = left.start_point[0] + 1
        kind = left.kind_id
        if kind == IDENTIFIER:
            target, name = scope, self._of(left)
        elif kind == ATTRIBUTE:
            written = self._chain(left)
            references.append(Reference(scope, written, "assign", line))
            receiver, _, name = written.partition(".")
            owner = self._class_of(scope)
            if receiver not in ("self", "cls") or "." in name or not owner:
                return
            target = owner
        else:
            self._unpack(left, scope, line, bindings)
            return
        if declared is not None:
            main, element = _main_type(self._of(declared))
            if main:
                bindings.append(Binding(target, name, main, line, True, element))
                return
        if right is None:
            return
        while right.kind_id == ASSIGNMENT and (inner := right.child_by_field_id(F_RIGHT)) is not None:
            right = inner  # a = b = value
        for value in _alternatives(right):
            written = self._chain(value)
            # A field assigned from a method's own parameter or local is looked up from that method.
            in_method = target != scope and not written.startswith(("self.", "cls.", "?"))
            bindings.append(Binding(target, name, f"@{scope}:{written}" if in_method else written, line))

    def _unpack(self, left: Node, scope: str, line: int, bindings: list[Binding]) -> None:
        """``a, b = pair()`` binds both to something unknown, so that neither is taken for a global."""
        for child in left.named_children if left.kind_id in PATTERNS else ():
            if child.kind_id == IDENTIFIER:
                bindings.append(Binding(scope, self._of(child), "?", line))

    def _types(self, references: list[Reference], bindings: list[Binding]) -> None:
        for node in self._captured.get("parameter", []):
            parent = node.parent
            written = self._of(node)
            line, scope = node.start_point[0] + 1, self._scope(node)
            self._type_names(written, scope, line, references)
            name_node = None if parent is None else (parent.child_by_field_id(F_NAME) or first_child(parent))
            main, element = _main_type(written)
            if name_node is not None and main and name_node.kind_id == IDENTIFIER:
                bindings.append(Binding(scope, self._of(name_node), main, line, True, element))
        for node in self._captured.get("returns", []):
            self._type_names(self._of(node), self._scope(node), node.start_point[0] + 1, references)
        for node in self._captured.get("assignment", []):
            if (declared := node.child_by_field_id(F_TYPE)) is not None:
                self._type_names(self._of(declared), self._scope(node), node.start_point[0] + 1, references)

    def _type_names(self, written: str, scope: str, line: int, references: list[Reference]) -> None:
        references.extend(Reference(scope, name, "type", line) for name in DOTTED.findall(written) if name != "None")

    def _uses(self, references: list[Reference], known: set[str]) -> None:
        """Names handed on as values. Lists are captured whole: a pattern with children is quadratic on deep nesting."""
        nodes = self._captured.get("use", [])
        for listed in self._captured.get("listed", []):
            nodes.extend([child for child in listed.named_children if child.kind_id in NAMES])
        text, edges, scopes = self._text, self._edges, self._scopes
        for node in nodes:
            start = node.start_byte
            written = text[start : node.end_byte]
            if node.kind_id == IDENTIFIER:
                if not written.isascii():
                    written = self._of(node)
                first = written
            else:
                written = self._chain(node)
                first = written.partition(".")[0].rstrip("()[]")
            if first in known:
                scope = scopes[bisect_right(edges, start) - 1]
                references.append(Reference(scope, written, "use", node.start_point[0] + 1))

    def _fragments(self) -> list[Fragment]:
        found: list[Fragment] = []
        done = -1
        for node in _in_source_order(QueryCursor(STRINGS).captures(self._root).get("string", [])):
            if node.start_byte < done:
                continue
            whole = node
            while (parent := whole.parent) is not None and (
                parent.type == "concatenated_string"
                or (parent.type == "binary_operator" and parent.child_count > 1 and parent.children[1].type in "+%")
                or parent.type == "parenthesized_expression"
            ):
                whole = parent
            done = whole.end_byte
            if whole.end_byte - whole.start_byte < 12 or not SQL.search(self._source[whole.start_byte : done]):
                continue
            if whole.parent and whole.parent.kind_id == EXPRESSION_STATEMENT:
                continue
            text = python_text(whole, self._text)
            found.append(Fragment("sql", text, whole.start_point[0] + 1, self._scope(whole)))
        return found


def _may_hold_sql(source: bytes) -> bool:
    lowered = source.lower()
    return any(word in lowered for word in SQL_WORDS) or SQL_PHRASES.search(lowered) is not None


def _alternatives(value: Node) -> list[Node]:
    """The values an expression may have: both arms of ``a or b`` and of ``a if c else b``."""
    if value.kind_id == BOOLEAN:
        return [
            part for part in (value.child_by_field_id(F_LEFT), value.child_by_field_id(F_RIGHT)) if part is not None
        ]
    if value.kind_id == CONDITIONAL and value.named_child_count == 3:
        return value.named_children[::2]
    return [value]


def _main_type(written: str) -> tuple[str, str]:
    """(type, element) of an annotation: ``Optional[Order]`` is Order, ``list[Order]`` is list of Order."""
    written = written.strip().strip("\"'")
    options = [part.strip() for part in written.split("|")] if "[" not in written.partition("|")[0] else [written]
    options = [part for part in options if part != "None"]
    if not options:
        return "", ""
    main = options[0].strip("\"' ")
    match = re.match(r"([\w.]+)\s*\[\s*[\"']?([\w.]+)", main)
    if not match:
        return (main if re.fullmatch(r"[\w.]+", main) else "", "")
    outer, inner = match.groups()
    short = outer.rpartition(".")[2]
    if short in WRAPPERS and short not in COLLECTIONS:
        return _main_type(main[main.index("[") + 1 : -1])
    if short == "Mapped":
        return _main_type(main[main.index("[") + 1 : -1])
    return outer, inner if short in COLLECTIONS else ""


def _first_sentence(text: str) -> str:
    paragraph = text.strip().split("\n\n", 1)[0]
    flat = " ".join(paragraph.split())
    end = re.search(r"[.!?](?:\s|$)", flat)
    return flat[: end.start() + 1 if end else None][:300]
