"""One parsed JavaScript or TypeScript file turned into facts, in a single walk over the tree without recursion.

In go the bytes and the tree's root, out comes FileFacts. CommonJS is read into the same terms as ES modules: what
``exports.x = ...`` names is the module's ``x``, and ``module.exports = ...`` is its ``default``, told apart by a
second binding called ``module.exports``. A `require` inside an expression is an import with the alias ``require@N``.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from tree_sitter import Language as Grammar
from tree_sitter import Node

from agent.domain.facts import Binding, Definition, FileFacts, Fragment, Import, Reference
from agent.languages.javascript_chains import (
    TRANSPARENT,
    first_child,
    first_sentence,
    pattern_names,
    plain_chain,
    string_text,
    type_names,
)

__all__ = ["Reader", "handlers_of"]

FUNCTIONS = frozenset({"arrow_function", "function_expression", "generator_function"})
CLASSES = frozenset({"class_declaration", "class", "abstract_class_declaration"})
MEMBERS = frozenset({"member_expression", "subscript_expression"})
COLLECTION_METHODS = frozenset(
    [
        "map",
        "filter",
        "forEach",
        "reduce",
        "reduceRight",
        "find",
        "findIndex",
        "some",
        "every",
        "flatMap",
        "sort",
        "then",
        "catch",
        "finally",
        "from",
        "use",
        "listen",
        "on",
        "once",
        "addEventListener",
        "setTimeout",
        "setInterval",
        "describe",
        "it",
        "test",
    ]
)
SQL = re.compile(
    rb"(?is)^[\"'`\s(]*(?:--[^\n]*\n\s*)?(?:select\b.+?\bfrom\b|insert\s+(?:ignore\s+|or\s+\w+\s+)?into\b|"
    rb"update\s+\S+\s+set\b|delete\s+from\b|create\s+(?:\w+\s+){0,2}(?:table|view)\b|alter\s+table\b|drop\s+table\b|"
    rb"replace\s+into\b|merge\s+into\b|truncate\s+table\b|with\s+(?:recursive\s+)?\w+\s+as\s*\()"
)
ROOT = re.compile(r"[^.(\[]+")
MAX_LINKS = 30


class _Frame:
    """Where the walk is: the definition around it, what ``this`` is, and which file-level names parameters hide."""

    __slots__ = ("anonymous", "decisions", "hidden", "owner", "scope")

    def __init__(
        self, scope: str, owner: str, hidden: frozenset[str], decisions: list[int], anonymous: bool = False
    ) -> None:
        self.scope = scope
        self.owner = owner
        self.hidden = hidden
        self.decisions = decisions
        self.anonymous = anonymous


@dataclass(slots=True)
class _Draft:
    """A definition whose complexity is still being counted."""

    name: str
    kind: str
    line: int
    end_line: int
    doc: str
    returns: str = ""
    decorators: tuple[str, ...] = ()
    decisions: list[int] = field(default_factory=lambda: [0])


class Reader:
    """The walk over one file and what it has found so far."""

    def __init__(self, language: str, source: bytes, root: Node, handlers: Mapping[int, Handler]) -> None:
        self._language = language
        self._source = source
        self._root = root
        self._handlers = handlers
        self._stack: list[tuple[Node, _Frame]] = []
        self._drafts: dict[str, _Draft] = {}
        self._imports: list[Import] = []
        self._references: list[Reference] = []
        self._uses: list[Reference] = []
        self._bindings: list[Binding] = []
        self._fragments: list[Fragment] = []
        self._required: dict[int, str] = {}
        self._docs: dict[int, bytes] = {}  # JSDoc by the row it ends on
        self._decorators: list[str] = []
        self._errors: set[int] = set()
        self._types: set[str] = set()  # type parameters, which are no references
        self._top = self._top_names()

    def facts(self) -> FileFacts:
        """Everything, in source order within each kind."""
        file = _Frame("", "", frozenset(), [0])
        stack, handlers = self._stack, self._handlers
        stack.append((self._root, file))
        while stack:
            node, frame = stack.pop()
            handler = handlers.get(node.kind_id, Reader.descend)
            if handler is not None:
                handler(self, node, frame)
        aliases = self._top | {i.alias for i in self._imports}
        self._references.extend(use for use in self._uses if self._known(use, aliases))
        self._references.sort(key=lambda r: r.line)
        if self._root.has_error and not self._errors:
            self._missing()
        return FileFacts(
            self._language,
            code_lines=sum(1 for line in self._source.splitlines() if line.strip()),
            definitions=tuple(_definition(draft) for draft in self._drafts.values()),
            imports=tuple(self._imports),
            references=tuple(r for r in self._references if not (r.kind == "type" and r.name in self._types)),
            bindings=tuple(self._bindings),
            fragments=tuple(self._fragments),
            error_lines=tuple(sorted(self._errors)),
        )

    def _known(self, use: Reference, aliases: frozenset[str]) -> bool:
        """Whether the file itself says what the name is: an import, or a definition in a scope around the use."""
        name, scope = use.name.partition(".")[0].rstrip("()[]"), use.scope
        if name in aliases or name in self._drafts:
            return True
        while scope:
            if f"{scope}.{name}" in self._drafts:
                return True
            scope = scope.rpartition(".")[0]
        return False

    def _missing(self) -> None:
        """Tokens that the parser made up to go on are no error nodes; found only where a subtree has errors."""
        stack = [self._root]
        while stack:
            node = stack.pop()
            if node.is_missing:
                self._errors.add(node.start_point[0] + 1)
            stack.extend(child for child in node.children if child.has_error or child.is_missing)

    # --- small readers -----------------------------------------------------------------------------------------

    def text(self, node: Node | None) -> str:
        """A node's own text."""
        return "" if node is None else self._source[node.start_byte : node.end_byte].decode("utf-8", "replace")

    def chain(self, node: Node, frame: _Frame) -> str:
        """``a.b(x)?.[0].c`` as ``a.b()[].c``; names hidden by a parameter and all other beginnings become ``?``."""
        plain = plain_chain(node, self._source)
        if plain is not None:
            return f"?{plain}" if plain.partition(".")[0] in frame.hidden else plain
        links: list[str] = []
        suffix = ""
        current: Node | None = node
        while current is not None and len(links) < MAX_LINKS and len(suffix) < 60:
            kind = current.type
            if kind == "member_expression":
                links.append(self.text(current.child_by_field_name("property")) + suffix)
                suffix, current = "", current.child_by_field_name("object")
            elif kind == "call_expression":
                alias = self.required(current, frame)
                if alias:
                    links.append(alias + suffix)
                    return ".".join(reversed(links))
                suffix, current = "()" + suffix, current.child_by_field_name("function")
            elif kind == "new_expression":
                suffix, current = "()" + suffix, current.child_by_field_name("constructor")
            elif kind == "subscript_expression":
                suffix, current = "[]" + suffix, current.child_by_field_name("object")
            elif kind in TRANSPARENT:
                current = first_child(current)
            elif kind in ("identifier", "this", "super", "type_identifier", "nested_identifier"):
                name = self.text(current)
                links.append(("?" if name in frame.hidden else "") + name + suffix)
                return ".".join(reversed(links))
            else:
                break
        links.append("?" + suffix)
        return ".".join(reversed(links))

    def required(self, call: Node, frame: _Frame, name: str = "", alias: str | None = None) -> str:
        """The alias of ``require("x")`` or ``import("x")``, recorded as an import once; ``""`` for other calls."""
        if (known := self._required.get(call.start_byte)) is not None and alias is None:
            return known
        function = call.child_by_field_name("function")
        if function is None or function.end_byte - function.start_byte not in (6, 7):
            return ""
        if self._source[function.start_byte : function.end_byte] not in (b"require", b"import"):
            return ""
        arguments = call.child_by_field_name("arguments")
        literal = first_child(arguments) if arguments is not None else None
        if literal is None or "require" in frame.hidden:
            return ""
        module = string_text(literal, self._source)
        if alias is None:
            alias = f"require@{len(self._imports)}"
        self._required[call.start_byte] = alias
        self._imports.append(Import(module, name, alias, call.start_point[0] + 1, frame.scope))
        return alias

    def define(self, name: str, kind: str, node: Node, frame: _Frame, line: int = 0) -> _Draft:
        """Records a definition below the frame's scope; a second one of the same name is part of the first."""
        full = f"{frame.scope}.{name}" if frame.scope else name
        row = (line or node.start_point[0] + 1) - 1
        if full in self._drafts:
            return self._drafts[full]
        comment = self._docs.get(row - 1) or self._docs.get(row)
        draft = _Draft(full, kind, row + 1, node.end_point[0] + 1, first_sentence(comment) if comment else "")
        self._drafts[full] = draft
        return draft

    def bind(self, scope: str, name: str, value: str, line: int) -> None:
        """Records what a variable holds, when that is a chain."""
        root = ROOT.match(value)
        # ``chain = chain.filter()`` says nothing about chain that its first binding did not say
        if name and not (root and root.group() == name and scope):
            self._bindings.append(Binding(scope, name, "?" if value.startswith("?") else value, line))

    def push(self, nodes: list[Node], frame: _Frame) -> None:
        """Walks these next, in order."""
        self._stack.extend([(node, frame) for node in reversed(nodes)])

    def push_inner(self, node: Node, frame: _Frame) -> None:
        """Walks what a chain carries along: arguments, subscripts, and whatever it starts with."""
        current: Node | None = node
        inner: list[Node] = []
        while current is not None:
            kind = current.type
            if kind == "call_expression":
                if (arguments := current.child_by_field_name("arguments")) is not None:
                    inner.append(arguments)
                function = current.child_by_field_name("function")
                if function is not None and function.type != "import" and current.start_byte not in self._required:
                    self.call(function, frame)
                current = function
            elif kind == "subscript_expression":
                if (index := current.child_by_field_name("index")) is not None:
                    inner.append(index)
                current = current.child_by_field_name("object")
            elif kind == "member_expression":
                current = current.child_by_field_name("object")
            elif kind in TRANSPARENT:
                inner.extend(current.named_children[1:])
                current = first_child(current)
            else:
                if kind not in ("identifier", "this", "super", "import"):
                    inner.append(current)
                break
        self.push(inner[::-1], frame)

    def call(self, function: Node, frame: _Frame) -> None:
        """Records one call."""
        name = self.chain(function, frame)
        self._references.append(Reference(frame.scope, name, "call", function.end_point[0] + 1))

    def _top_names(self) -> frozenset[str]:
        """Names of the file itself: what a parameter may hide and a reference may mean."""
        found: set[str] = set()
        for child in self._root.named_children:
            kind = child.type
            if kind == "export_statement":
                declared = child.child_by_field_name("declaration")
                if declared is None:
                    continue
                child, kind = declared, declared.type
            if kind in ("lexical_declaration", "variable_declaration"):
                for part in child.named_children:
                    name = part.child_by_field_name("name")
                    if name is not None:
                        found.update(n for n, _, _ in pattern_names(name, self._source))
            elif kind == "import_statement":
                found.update(name for _, name in _import_names(child, self._source))
            elif (name := child.child_by_field_name("name")) is not None:
                found.add(self.text(name))
        return frozenset(found)

    # --- definitions -------------------------------------------------------------------------------------------

    def descend(self, node: Node, frame: _Frame) -> None:
        """Nothing of its own: on to the children."""
        children = node.named_children
        if children:
            self._stack.extend([(child, frame) for child in reversed(children)])

    def comment(self, node: Node, frame: _Frame) -> None:  # noqa: ARG002
        """JSDoc is kept until the definition below it comes."""
        raw = self._source[node.start_byte : node.start_byte + 4001]
        if raw.startswith(b"/**"):
            self._docs[node.end_point[0]] = self._source[node.start_byte : min(node.end_byte, node.start_byte + 4001)]

    def error(self, node: Node, frame: _Frame) -> None:
        """What the parser could not place is counted; what it understood inside is still read."""
        self._errors.add(node.start_point[0] + 1)
        self.descend(node, frame)

    def function(self, node: Node, frame: _Frame) -> None:
        """``function f() {}`` and TypeScript's signatures without a body."""
        name = self.text(node.child_by_field_name("name")) or "default"
        self.enter(node, self.define(name, "function", node, frame), frame)

    def enter(self, node: Node, draft: _Draft, frame: _Frame, owner: str = "") -> None:
        """Walks a function's parameters and body in the scope of its definition."""
        if not owner:
            last = draft.name.rpartition(".")[2]
            is_arrow = node.type == "arrow_function"
            owner = frame.owner if is_arrow else (draft.name if last[:1].isupper() else "")
        inner = _Frame(draft.name, owner, frame.hidden, draft.decisions)
        returns = node.child_by_field_name("return_type")
        if returns is not None and not draft.returns:
            draft.returns = type_names(returns, self._source)[0]
        self._body(node, inner)

    def anonymous(self, node: Node, frame: _Frame) -> None:
        """A callback: it has no name of its own, so what it does counts for the definition around it."""
        owner = frame.owner if node.type == "arrow_function" else ""
        self._body(node, _Frame(frame.scope, owner, frame.hidden, frame.decisions, anonymous=True))

    def _body(self, node: Node, inner: _Frame) -> None:
        parts: list[Node] = []
        parameters = node.child_by_field_name("parameters")
        if parameters is not None:
            parts = self._parameters(parameters, inner)
        elif (single := node.child_by_field_name("parameter")) is not None:
            self._hide(inner, {self.text(single)})
        for field_name in ("type_parameters", "return_type"):
            if (part := node.child_by_field_name(field_name)) is not None:
                parts.append(part)
        body = node.child_by_field_name("body")
        if body is not None:
            parts.append(body)
            if body.type != "statement_block" and not inner.anonymous:
                self.bind(inner.scope, "return", self.chain(body, inner), body.start_point[0] + 1)
        self.push(parts, inner)

    def _parameters(self, parameters: Node, inner: _Frame) -> list[Node]:
        """Binds typed parameters, hides what untyped ones shadow; returns what is left to walk."""
        parts: list[Node] = []
        names: set[str] = set()
        for parameter in parameters.named_children:
            line = parameter.start_point[0] + 1
            pattern = parameter.child_by_field_name("pattern") or parameter
            declared = parameter.child_by_field_name("type")
            if declared is not None:
                parts.append(declared)
            if pattern.type == "identifier":
                self._declared(parameter, self.text(pattern), declared, inner, line)
            if (value := parameter.child_by_field_name("value")) is not None:
                parts.append(value)
            parts.extend(child for child in parameter.named_children if child.type == "decorator")
            for name, path, default in pattern_names(pattern, self._source):
                written = "?" if default is None or path else self.chain(default, inner)
                if not written.startswith("?"):
                    self.bind(inner.scope, name, written, line)
                elif declared is None or path:
                    names.add(name)
                if default is not None:
                    parts.append(default)
        self._hide(inner, names)
        return parts

    def _declared(self, parameter: Node, name: str, declared: Node | None, inner: _Frame, line: int) -> None:
        """A parameter with a type; with ``private`` or ``readonly`` it is a field of the class as well."""
        main, element = type_names(declared, self._source) if declared is not None else ("", "")
        if main:
            self._bindings.append(Binding(inner.scope, name, main, line, True, element))
        if any(child.type in ("accessibility_modifier", "readonly") for child in parameter.children):
            owner = inner.scope.rpartition(".")[0]
            self._bindings.append(Binding(owner, name, main or "?", line, bool(main), element))

    def _hide(self, inner: _Frame, names: set[str]) -> None:
        if names:
            inner.hidden = inner.hidden | names

    def klass(self, node: Node, frame: _Frame) -> None:
        """A class declaration, or a class expression that has a name."""
        name = self.text(node.child_by_field_name("name"))
        if name:
            self.enter_class(node, name, frame)
        else:
            self.descend(node, _Frame(frame.scope, "", frame.hidden, frame.decisions, anonymous=True))

    def enter_class(self, node: Node, name: str, frame: _Frame) -> None:
        """Bases, decorators and members of a class."""
        draft = self.define(name, "class", node, frame)
        inner = _Frame(draft.name, draft.name, frame.hidden, draft.decisions)
        decorators = [child for child in node.named_children if child.type == "decorator"]
        draft.decorators = (*self._pending(), *(self._decorator_name(d, frame) for d in decorators))
        for child in node.named_children:
            if child.type == "class_heritage":
                self._heritage(child, inner)
        parts = [part for name in ("type_parameters", "body") if (part := node.child_by_field_name(name)) is not None]
        self.push(decorators, frame)
        self.push(parts, inner)

    def _pending(self) -> tuple[str, ...]:
        found, self._decorators = tuple(self._decorators), []
        return found

    def _decorator_name(self, node: Node, frame: _Frame) -> str:
        inner = first_child(node)
        return self.chain(inner, frame).replace("()", "") if inner is not None else ""

    def decorator(self, node: Node, frame: _Frame) -> None:
        """A decorator is a call of its name."""
        inner = first_child(node)
        if inner is not None and inner.type != "call_expression":
            self._references.append(Reference(frame.scope, self.chain(inner, frame), "call", inner.start_point[0] + 1))
        else:
            self.descend(node, frame)

    def _heritage(self, node: Node, inner: _Frame) -> None:
        """``extends a.B<T> implements C``; the JavaScript grammar has the bare expression."""
        for child in node.named_children:
            bases = child.named_children if child.type in ("extends_clause", "implements_clause") else [child]
            for base in bases:
                self._inherit(base, inner)

    def _inherit(self, base: Node, inner: _Frame) -> None:
        kind = base.type
        if kind == "type_arguments":
            self._stack.append((base, inner))
        elif kind == "generic_type":
            self.push(base.named_children[1:], inner)
            self._inherit_name(self.text(base.child_by_field_name("name")), base, inner)
        elif kind in ("type_identifier", "nested_type_identifier", "nested_identifier"):
            self._inherit_name(self.text(base), base, inner)
        elif kind == "call_expression":
            # mixin(Base, Other): names among the arguments are bases too
            arguments = base.child_by_field_name("arguments")
            for argument in arguments.named_children if arguments is not None else ():
                if argument.type in ("identifier", "member_expression"):
                    self._inherit_name(self.chain(argument, inner), base, inner)
            self._stack.append((base, inner))
        elif kind != "comment":
            self._inherit_name(self.chain(base, inner), base, inner)

    def _inherit_name(self, name: str, node: Node, inner: _Frame) -> None:
        self._references.append(Reference(inner.scope, name, "inherit", node.start_point[0] + 1))

    def interface(self, node: Node, frame: _Frame) -> None:
        """TypeScript interfaces, type aliases, enums and namespaces."""
        kind = {"enum_declaration": "enum", "internal_module": "class"}.get(node.type, "interface")
        name_node = node.child_by_field_name("name")
        if name_node is None or name_node.type == "string":  # declare module "x": somebody else's types
            self.descend(node, frame)
            return
        draft = self.define(self.text(name_node), kind, node, frame)
        inner = _Frame(draft.name, "", frame.hidden, draft.decisions)
        for child in node.named_children:
            if child.type == "extends_type_clause":
                for base in child.named_children:
                    self._inherit(base, inner)
        self.push([part for f in ("type_parameters", "body", "value") if (part := node.child_by_field_name(f))], inner)

    def signature(self, node: Node, frame: _Frame) -> None:
        """A member of an interface or an abstract class: a method, or a field with its type."""
        name = self.text(node.child_by_field_name("name"))
        declared = node.child_by_field_name("type")
        if node.type in ("method_signature", "abstract_method_signature"):
            self.enter(node, self.define(name, "function", node, frame), frame, frame.scope)
        elif declared is not None:
            main, element = type_names(declared, self._source)
            if main and frame.scope:
                line = node.start_point[0] + 1
                self._bindings.append(Binding(frame.scope, name, main, line, True, element))
            self._stack.append((declared, frame))

    def method(self, node: Node, frame: _Frame) -> None:
        """A method of a class, or of an object literal that nothing names."""
        if not frame.owner or frame.anonymous or frame.scope != frame.owner:
            self.anonymous(node, frame)
            return
        name_node = node.child_by_field_name("name")
        if name_node is None or name_node.type == "computed_property_name":
            self.anonymous(node, frame)
            return
        draft = self.define(self.text(name_node).strip("'\""), "function", node, frame)
        draft.decorators = draft.decorators or self._pending()
        self.enter(node, draft, frame, frame.owner)

    def field(self, node: Node, frame: _Frame) -> None:
        """A class field: a method when it holds a function, else a binding."""
        name_node = node.child_by_field_name("property") or node.child_by_field_name("name")
        value, declared = node.child_by_field_name("value"), node.child_by_field_name("type")
        name, line = self.text(name_node), node.start_point[0] + 1
        self._decorators = []
        self.push([child for child in node.named_children if child.type == "decorator"], frame)
        if declared is not None:
            main, element = type_names(declared, self._source)
            if main and frame.owner:
                self._bindings.append(Binding(frame.owner, name, main, line, True, element))
            self._stack.append((declared, frame))
        if value is None:
            return
        if value.type in FUNCTIONS and frame.scope == frame.owner and name:
            self.enter(value, self.define(name, "function", node, frame), frame, frame.owner)
            return
        if declared is None and frame.owner:
            self.bind(frame.owner, name, self.chain(value, frame), line)
        self._stack.append((value, _Frame(frame.scope, frame.owner, frame.hidden, frame.decisions, anonymous=True)))

    # --- variables and assignments -----------------------------------------------------------------------------

    def variable(self, node: Node, frame: _Frame) -> None:
        """``const x = ...``: a definition when it holds a function or class, an import, or a binding."""
        name_node, value = node.child_by_field_name("name"), node.child_by_field_name("value")
        declared = node.child_by_field_name("type")
        if declared is not None and name_node is not None:
            main, element = type_names(declared, self._source)
            if main and name_node.type == "identifier":
                line = node.start_point[0] + 1
                self._bindings.append(Binding(frame.scope, self.text(name_node), main, line, True, element))
            self._stack.append((declared, frame))
        if name_node is None or value is None:
            return
        if name_node.type == "identifier":
            self.name(self.text(name_node), value, node, frame)
        else:
            self._destructure(name_node, value, frame)

    def name(self, name: str, value: Node, node: Node, frame: _Frame) -> None:
        """Gives a value its name: what ``name = value`` defines, imports or binds in that scope."""
        kind = value.type
        if kind in FUNCTIONS:
            self.enter(value, self.define(name, "function", node, frame), frame)
        elif kind in CLASSES:
            self.enter_class(value, name, frame)
        elif kind == "object" and not frame.anonymous and _has_functions(value):
            self.singleton(name, value, node, frame)
        elif kind == "assignment_expression":  # a = b = value
            self._name_chained(name, value, frame)
        elif not self._imported(name, value, frame):
            wrapped = None if frame.scope or frame.anonymous else _wrapped_function(value, self._source)
            if wrapped is not None:
                self.call(value.child_by_field_name("function") or value, frame)
                self.enter(wrapped, self.define(name, "function", node, frame), frame)
                return
            self.bind(frame.scope, name, self.chain(value, frame), node.start_point[0] + 1)
            self._stack.append((value, frame))

    def _name_chained(self, name: str, value: Node, frame: _Frame) -> None:
        """``x = exports = module.exports = value``: what is exported is x, so what x gets later is exported too."""
        line = value.start_point[0] + 1
        inner = _innermost(value)
        if self._exports_whole(value) and inner is not None:
            if inner.type in FUNCTIONS or inner.type in CLASSES:
                self.name(name, inner, value, frame)
            else:
                self.bind(frame.scope, name, self.chain(inner, frame), line)
                self._stack.append((inner, frame))
            for exported in ("default", "module.exports"):
                self.bind("", exported, name, line)
            return
        self._stack.append((value, frame))  # not handled here: such chains may be thousands long
        if inner is not None:
            self.bind(frame.scope, name, self.chain(inner, frame), line)

    def singleton(self, name: str, value: Node, node: Node, frame: _Frame) -> None:
        """An object literal with methods is read as a class that has one instance."""
        draft = self.define(name, "class", node, frame)
        self.members(value, _Frame(draft.name, draft.name, frame.hidden, draft.decisions))

    def members(self, value: Node, frame: _Frame) -> None:
        """The properties of an object literal as members of the frame's scope."""
        for child in value.named_children:
            kind, line = child.type, child.start_point[0] + 1
            if kind == "method_definition":
                name_node = child.child_by_field_name("name")
                if name_node is not None and name_node.type != "computed_property_name":
                    name = self.text(name_node).strip("'\"")
                    self.enter(child, self.define(name, "function", child, frame), frame, frame.owner)
                else:
                    self.anonymous(child, frame)
            elif kind == "pair":
                key, inner = child.child_by_field_name("key"), child.child_by_field_name("value")
                if key is None or inner is None:
                    continue
                if key.type == "computed_property_name":
                    self.push([key, inner], frame)
                elif inner.type == "object":
                    self.bind(frame.scope, self.text(key).strip("'\""), "?", line)
                    self._stack.append((inner, _Frame(frame.scope, frame.owner, frame.hidden, frame.decisions, True)))
                else:
                    self._member(self.text(key).strip("'\""), inner, child, frame)
            elif kind == "shorthand_property_identifier":
                name = self.text(child)
                self._uses.append(Reference(frame.scope, name, "use", line))
                if frame.scope:
                    self._bindings.append(Binding(frame.scope, name, name, line))
            elif kind == "spread_element":
                self._spread(child, frame)

    def _member(self, name: str, value: Node, node: Node, frame: _Frame) -> None:
        if value.type in FUNCTIONS:
            draft = self.define(name, "function", node, frame)
            self.enter(value, draft, frame, frame.owner if value.type != "arrow_function" else "")
        else:
            self.name(name, value, node, frame)

    def _spread(self, node: Node, frame: _Frame) -> None:
        inner = first_child(node)
        if inner is not None and inner.type == "call_expression" and not frame.scope:
            if self.required(inner, frame, "*", ""):
                return
            if inner.start_byte in self._required:
                return
        self.descend(node, frame)

    def _imported(self, name: str, value: Node, frame: _Frame) -> bool:
        """``const x = require("y")``, ``require("y").z`` and ``await import("y")`` bind like an import does."""
        while value.type in ("await_expression", "parenthesized_expression") and (inner := first_child(value)):
            value = inner
        member = ""
        if value.type == "member_expression":
            target = value.child_by_field_name("object")
            member = self.text(value.child_by_field_name("property"))
            while target is not None and target.type in ("await_expression", "parenthesized_expression"):
                target = first_child(target)
            if target is None:
                return False
            value = target
        if value.type != "call_expression":
            return False
        return bool(self.required(value, frame, member, name))

    def _destructure(self, pattern: Node, value: Node, frame: _Frame) -> None:
        names = list(pattern_names(pattern, self._source))
        defaults = [default for _, _, default in names if default is not None]
        self.push(defaults, frame)
        call = value
        while call.type in ("await_expression", "parenthesized_expression") and (inner := first_child(call)):
            call = inner
        line = pattern.start_point[0] + 1
        whole = self.required(call, frame) if call.type == "call_expression" else ""
        if whole:
            self._imports.pop()
            module = self._module_of(call)
            for name, path, _ in names:
                step = path.removeprefix(".")
                if step and "." not in step and "[" not in step:
                    self._imports.append(Import(module, step, name, line, frame.scope))
                else:
                    self._imports.append(Import(module, "", name if path == "..." else "", line, frame.scope))
            if not names:
                self._imports.append(Import(module, "", "", line, frame.scope))
            return
        base = self.chain(value, frame)
        for name, path, _ in names:
            known = path != "..." and not base.startswith("?")
            self._bindings.append(Binding(frame.scope, name, base + path if known else "?", line))
        self._stack.append((value, frame))

    def _module_of(self, call: Node) -> str:
        arguments = call.child_by_field_name("arguments")
        literal = first_child(arguments) if arguments is not None else None
        return string_text(literal, self._source) if literal is not None else ""

    def assignment(self, node: Node, frame: _Frame) -> None:
        """``module.exports = ...``, ``exports.x = ...``, ``F.prototype.m = ...``, ``this.x = ...`` and plain ones."""
        left, right = node.child_by_field_name("left"), node.child_by_field_name("right")
        if left is None or right is None:
            return
        if left.type == "identifier" or left.type not in MEMBERS:
            target = self.text(left) if left.type == "identifier" else ""
            if target == "exports":
                self.export_whole(right, node, frame)
            elif target and right.type == "assignment_expression":
                self._name_chained(target, right, frame)
            elif target and right.type not in FUNCTIONS:
                if not self._imported(target, right, frame):
                    self.bind(frame.scope, target, self.chain(right, frame), node.start_point[0] + 1)
                    self._stack.append((right, frame))
            else:
                self.push([left, right], frame)
            return
        self._assign_member(self.chain(left, frame), left, right, node, frame)

    def _assign_member(self, written: str, left: Node, right: Node, node: Node, frame: _Frame) -> None:
        if written == "module.exports":
            self.export_whole(right, node, frame)
            return
        owner, _, last = written.rpartition(".")
        if owner in ("exports", "module.exports"):
            self._export_member(last, right, node, frame)
            return
        if owner == "this" and frame.owner:
            self._assign_field(last, right, node, frame)
            return
        base = owner.removesuffix(".prototype")
        if owner != base and last and base and "." not in base:
            self._prototype(base)
            self.name(last, right, node, self._at(base, frame))
            return
        if written.endswith(".prototype") and right.type == "object":
            self._prototype(owner)
            self.members(right, self._at(owner, frame))
            return
        if right.type in FUNCTIONS and base in self._top and not frame.scope:
            self.name(last, right, node, self._at(base, frame))
            return
        self.push_inner(left, frame)
        self._stack.append((right, frame))

    def _at(self, owner: str, frame: _Frame) -> _Frame:
        return _Frame(owner, owner, frame.hidden, frame.decisions)

    def _prototype(self, name: str) -> None:
        """A function with a prototype is a class."""
        draft = self._drafts.get(name)
        if draft is not None and draft.kind == "function":
            draft.kind = "class"

    def _assign_field(self, name: str, right: Node, node: Node, frame: _Frame) -> None:
        if right.type in FUNCTIONS:
            self.enter(right, self.define(name, "function", node, self._at(frame.owner, frame)), frame, frame.owner)
            return
        written = self.chain(right, frame)
        if not written.startswith(("?", "this.")) and frame.scope != frame.owner:
            written = f"@{frame.scope}:{written}"  # looked up from the method that assigned it
        self.bind(frame.owner, name, written, node.start_point[0] + 1)
        self._stack.append((right, frame))

    # --- modules -----------------------------------------------------------------------------------------------

    def _exports_whole(self, assignment: Node) -> bool:
        current: Node | None = assignment
        while current is not None and current.type == "assignment_expression":
            left = current.child_by_field_name("left")
            if left is not None and self._source[left.start_byte : left.end_byte] == b"module.exports":
                return True
            current = current.child_by_field_name("right")
        return False

    def export_whole(self, value: Node, node: Node, frame: _Frame) -> None:
        """``module.exports = value`` and ``export = value``: the module is that value."""
        line = node.start_point[0] + 1
        left: Node | None = None
        while value.type == "assignment_expression" and (inner := value.child_by_field_name("right")) is not None:
            left = value.child_by_field_name("left")
            if left is None or self.text(left) not in ("exports", "module.exports"):
                break
            left, value = None, inner
        if left is not None:
            self._stack.append((value, frame))
            written = self.chain(left, frame)
        else:
            written = self._default(value, node, frame)
        for name in ("default", "module.exports"):
            if written != name:
                self._bindings.append(Binding("", name, written, line))

    def _default(self, value: Node, node: Node, frame: _Frame) -> str:
        """Records what a default export defines; returns what ``default`` stands for (``{}`` for an object)."""
        top = _Frame("", "", frame.hidden, frame.decisions)
        if value.type in FUNCTIONS:
            name = self.text(value.child_by_field_name("name")) or "default"
            self.enter(value, self.define(name, "function", node, top), frame)
            return name
        if value.type in CLASSES:
            name = self.text(value.child_by_field_name("name")) or "default"
            self.enter_class(value, name, top)
            return name
        if value.type == "object":
            self.members(value, top)
            return "{}"
        wrapped = _wrapped_function(value, self._source)
        if wrapped is not None and (function := value.child_by_field_name("function")) is not None:
            self.call(function, frame)
            self.enter(wrapped, self.define("default", "function", node, top), frame)
            return "default"
        written = self.chain(value, frame)
        self._stack.append((value, frame))
        return written

    def _export_member(self, name: str, value: Node, node: Node, frame: _Frame) -> None:
        top = _Frame("", "", frame.hidden, frame.decisions)
        if value.type == "assignment_expression":
            self._stack.append((value, frame))
            inner = _innermost(value)
            if inner is not None:
                self.bind("", name, self.chain(inner, frame), node.start_point[0] + 1)
            return
        if self.text(value) == name:
            return  # exports.x = x says nothing new
        self.name(name, value, node, top)

    def importing(self, node: Node, frame: _Frame) -> None:
        """ES imports, and TypeScript's ``import x = require("y")``."""
        line, scope = node.start_point[0] + 1, frame.scope
        source = node.child_by_field_name("source")
        names = list(_import_names(node, self._source))
        if source is None:
            clause = next((c for c in node.named_children if c.type == "import_require_clause"), None)
            source = clause.child_by_field_name("source") if clause is not None else None
            if source is None:
                return
        module = string_text(source, self._source)
        for name, alias in names or [("", "")]:
            self._imports.append(Import(module, name, alias, line, scope))

    def exporting(self, node: Node, frame: _Frame) -> None:
        """Re-exports bind the name they pass on; a default export binds ``default``."""
        line = node.start_point[0] + 1
        source, value = node.child_by_field_name("source"), node.child_by_field_name("value")
        declaration = node.child_by_field_name("declaration")
        tokens = {child.type for child in node.children if not child.is_named}
        decorators = [child for child in node.named_children if child.type == "decorator"]
        self._decorators = [self._decorator_name(d, frame) for d in decorators]
        if source is not None:
            self._reexport(node, string_text(source, self._source), line)
        elif declaration is not None:
            name = self.text(declaration.child_by_field_name("name"))
            if "default" in tokens and name:
                self.bind("", "default", name, line)
            self._stack.append((declaration, frame))
        elif value is not None:
            written = self._default(value, node, frame)
            if written != "default":
                self._bindings.append(Binding("", "default", written, line))
        elif "=" in tokens and (whole := first_child(node)) is not None:
            self.export_whole(whole, node, frame)
        else:
            for name, alias in _specifiers(node, self._source):
                self.bind("", alias, name, line)
                self._uses.append(Reference("", name, "use", line))
        self.push(decorators, frame)

    def _reexport(self, node: Node, module: str, line: int) -> None:
        found = [(name, alias) for name, alias in _specifiers(node, self._source)]
        space = next((c for c in node.named_children if c.type == "namespace_export"), None)
        if space is not None:
            found.append(("", self.text(first_child(space))))
        elif not found:
            found.append(("*", ""))
        for name, alias in found:
            self._imports.append(Import(module, name, alias, line, ""))

    # --- references --------------------------------------------------------------------------------------------

    def calling(self, node: Node, frame: _Frame) -> None:
        """A call, and everything in its chain and arguments."""
        if self.required(node, frame):
            arguments = node.child_by_field_name("arguments")
            self.push(arguments.named_children[1:] if arguments is not None else [], frame)
            return
        if (function := node.child_by_field_name("function")) is not None and self._inherits(node, function, frame):
            return
        self.push_inner(node, frame)

    def _inherits(self, node: Node, function: Node, frame: _Frame) -> bool:
        """``util.inherits(A, B)``, the class of old."""
        if not self._source[function.start_byte : function.end_byte].endswith(b"inherits"):
            return False
        arguments = node.child_by_field_name("arguments")
        names = [self.chain(a, frame) for a in arguments.named_children] if arguments is not None else []
        if len(names) != 2 or names[0] not in self._drafts:
            return False
        self._prototype(names[0])
        self._references.append(Reference(names[0], names[1], "inherit", node.start_point[0] + 1))
        return True

    def creating(self, node: Node, frame: _Frame) -> None:
        """``new T(...)`` calls T."""
        constructor = node.child_by_field_name("constructor")
        if constructor is not None:
            self.call(constructor, frame)
            self.push_inner(constructor, frame)
        parts = [p for f in ("type_arguments", "arguments") if (p := node.child_by_field_name(f)) is not None]
        self.push(parts, frame)

    def using(self, node: Node, frame: _Frame) -> None:
        """A name that is passed on or read; kept when the file itself knows the name."""
        written = self.chain(node, frame)
        if not written.startswith(("?", "this")):
            self._uses.append(Reference(frame.scope, written, "use", node.start_point[0] + 1))
        if node.type in MEMBERS:
            self.push_inner(node, frame)

    def element(self, node: Node, frame: _Frame) -> None:
        """``<Order/>`` uses the component; lower-case elements are HTML."""
        name = node.child_by_field_name("name")
        if name is not None:
            written = self.chain(name, frame)
            if not written[:1].islower() or "." in written:
                self._uses.append(Reference(frame.scope, written, "use", name.start_point[0] + 1))
        self.push([child for child in node.named_children if child != name], frame)

    def typed(self, node: Node, frame: _Frame) -> None:
        """A type that is named somewhere."""
        name = self.text(node)
        if len(name) < 200:
            self._references.append(Reference(frame.scope, name, "type", node.start_point[0] + 1))

    def type_parameter(self, node: Node, frame: _Frame) -> None:
        """``<T extends X>``: T is a placeholder, X a reference."""
        name = node.child_by_field_name("name")
        self._types.add(self.text(name))
        self.push([child for child in node.named_children if child != name], frame)

    def decision(self, node: Node, frame: _Frame) -> None:
        """One more path through the function."""
        frame.decisions[0] += 1
        self.descend(node, frame)

    def looping(self, node: Node, frame: _Frame) -> None:
        """``for (const x of xs)``: x is an element of xs."""
        frame.decisions[0] += 1
        left, right = node.child_by_field_name("left"), node.child_by_field_name("right")
        operator = node.child_by_field_name("operator")
        if left is not None and right is not None and operator is not None and operator.type == "of":
            base = self.chain(right, frame)
            if not base.startswith("?"):
                for name, path, _ in pattern_names(left, self._source):
                    self._bindings.append(Binding(frame.scope, name, f"{base}[]{path}", left.start_point[0] + 1))
        body = node.child_by_field_name("body")
        self.push([part for part in (right, body) if part is not None], frame)

    def returning(self, node: Node, frame: _Frame) -> None:
        """What a named function returns is bound as ``return``."""
        value = first_child(node)
        if value is not None:
            if not frame.anonymous and frame.scope:
                self.bind(frame.scope, "return", self.chain(value, frame), node.start_point[0] + 1)
            self._stack.append((value, frame))

    def binary(self, node: Node, frame: _Frame) -> None:
        """``&&``, ``||`` and ``??`` decide; a ``+`` that starts with a string may be SQL."""
        operator = node.child_by_field_name("operator")
        sign = operator.type if operator is not None else ""
        if sign in ("&&", "||", "??"):
            frame.decisions[0] += 1
        quoted = self._source[node.start_byte : node.start_byte + 1] in (b'"', b"'", b"`")
        if sign == "+" and quoted and self._sql(node, frame):
            return
        self.descend(node, frame)

    def string(self, node: Node, frame: _Frame) -> None:
        """A string that reads like SQL becomes a fragment."""
        if not self._sql(node, frame) and node.type == "template_string":
            self.descend(node, frame)

    def _sql(self, node: Node, frame: _Frame) -> bool:
        if node.end_byte - node.start_byte < 14:
            return False
        raw = self._source[node.start_byte : min(node.end_byte, node.start_byte + 20_000)]
        if not SQL.match(raw):
            return False
        text = string_text(node, self._source)
        self._fragments.append(Fragment("sql", text, node.start_point[0] + 1, frame.scope))
        rest: list[Node] = []
        parts = [node]
        while parts:  # what is filled in is still code
            part = parts.pop()
            if part.type in ("binary_expression", "template_string"):
                parts.extend(reversed(part.named_children))
            elif part.type not in ("string", "string_fragment", "escape_sequence"):
                rest.append(part)
        self.push(rest, frame)
        return True


Handler = Callable[[Reader, Node, _Frame], None] | None

HANDLERS: Mapping[str, Handler] = {
    **dict.fromkeys(("function_declaration", "generator_function_declaration", "function_signature"), Reader.function),
    **dict.fromkeys(FUNCTIONS, Reader.anonymous),
    **dict.fromkeys(CLASSES, Reader.klass),
    **dict.fromkeys(
        ("interface_declaration", "type_alias_declaration", "enum_declaration", "internal_module"), Reader.interface
    ),
    **dict.fromkeys(("method_signature", "abstract_method_signature", "property_signature"), Reader.signature),
    **dict.fromkeys(("field_definition", "public_field_definition"), Reader.field),
    **dict.fromkeys(("if_statement", "while_statement", "do_statement", "for_statement"), Reader.decision),
    **dict.fromkeys(("ternary_expression", "switch_case", "catch_clause"), Reader.decision),
    **dict.fromkeys(
        ("member_expression", "subscript_expression", "identifier", "shorthand_property_identifier"), Reader.using
    ),
    **dict.fromkeys(("jsx_opening_element", "jsx_self_closing_element"), Reader.element),
    **dict.fromkeys(("type_identifier", "nested_type_identifier"), Reader.typed),
    **dict.fromkeys(("string", "template_string"), Reader.string),
    **dict.fromkeys(
        [
            "property_identifier",
            "private_property_identifier",
            "string_fragment",
            "number",
            "regex",
            "true",
            "false",
            "null",
            "undefined",
            "this",
            "super",
            "empty_statement",
            "jsx_text",
            "statement_identifier",
            "predefined_type",
            "jsx_closing_element",
            "hash_bang_line",
            "object_pattern",
            "array_pattern",
            "escape_sequence",
            "break_statement",
            "continue_statement",
            "literal_type",
            "import",
        ]
    ),
    "assignment_expression": Reader.assignment,
    "binary_expression": Reader.binary,
    "call_expression": Reader.calling,
    "comment": Reader.comment,
    "decorator": Reader.decorator,
    "export_statement": Reader.exporting,
    "for_in_statement": Reader.looping,
    "import_statement": Reader.importing,
    "method_definition": Reader.method,
    "new_expression": Reader.creating,
    "return_statement": Reader.returning,
    "type_parameter": Reader.type_parameter,
    "variable_declarator": Reader.variable,
}
ERROR_KIND = 65535


def handlers_of(grammar: Grammar) -> Mapping[int, Handler]:
    """The handlers by the grammar's numbers (several numbers may share a name)."""
    found: dict[int, Handler] = {ERROR_KIND: Reader.error}
    for number in range(grammar.node_kind_count):
        name = grammar.node_kind_for_id(number) or ""
        if name in HANDLERS and grammar.node_kind_is_named(number):
            found[number] = HANDLERS[name]
    return found


def _definition(draft: _Draft) -> Definition:
    return Definition(
        draft.name, draft.kind, draft.line, draft.end_line, draft.doc, draft.returns, draft.decorators,
        1 + draft.decisions[0],
    )  # fmt: skip


def _has_functions(value: Node) -> bool:
    for child in value.named_children:
        if child.type == "method_definition":
            return True
        if child.type == "pair" and (inner := child.child_by_field_name("value")) and inner.type in FUNCTIONS:
            return True
    return False


def _innermost(assignment: Node) -> Node | None:
    current: Node | None = assignment
    while current is not None and current.type == "assignment_expression":
        current = current.child_by_field_name("right")
    return current


def _wrapped_function(value: Node, source: bytes) -> Node | None:
    """The function in ``wrap(async (req, res) => ...)``, unless the callee is known to run its callback at once."""
    if value.type != "call_expression":
        return None
    function, arguments = value.child_by_field_name("function"), value.child_by_field_name("arguments")
    first = first_child(arguments) if arguments is not None else None
    if function is None or first is None or first.type not in FUNCTIONS:
        return None
    name = source[function.start_byte : function.end_byte].rpartition(b".")[2].decode("utf-8", "replace")
    return None if name in COLLECTION_METHODS or not name.isidentifier() else first


def _import_names(node: Node, source: bytes) -> list[tuple[str, str]]:
    """(imported name, alias) of an import statement; ``""`` stands for the whole module."""

    def text(part: Node | None) -> str:
        return source[part.start_byte : part.end_byte].decode("utf-8", "replace") if part is not None else ""

    found: list[tuple[str, str]] = []
    for clause in node.named_children:
        if clause.type == "import_require_clause":
            found.append(("", text(first_child(clause))))
        if clause.type != "import_clause":
            continue
        for part in clause.named_children:
            if part.type == "identifier":
                found.append(("default", text(part)))
            elif part.type == "namespace_import":
                found.append(("", text(first_child(part))))
            elif part.type == "named_imports":
                found.extend(_named(part, "import_specifier", source))
    return found


def _specifiers(node: Node, source: bytes) -> list[tuple[str, str]]:
    clause = next((child for child in node.named_children if child.type == "export_clause"), None)
    return _named(clause, "export_specifier", source) if clause is not None else []


def _named(clause: Node, kind: str, source: bytes) -> list[tuple[str, str]]:
    found: list[tuple[str, str]] = []
    for child in clause.named_children:
        name, alias = child.child_by_field_name("name"), child.child_by_field_name("alias")
        if child.type == kind and name is not None:
            written = source[name.start_byte : name.end_byte].decode("utf-8", "replace")
            local = source[alias.start_byte : alias.end_byte].decode("utf-8", "replace") if alias else written
            found.append((written, local))
    return found
