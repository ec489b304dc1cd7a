"""What JavaScript names stand for: variables, assignments, CommonJS and ES exports and imports."""

from __future__ import annotations

from tree_sitter import Node

from agent.domain.facts import Binding, Import, Reference
from agent.languages.javascript_chains import first_child, pattern_names, string_text, type_names
from agent.languages.javascript_definitions import Definitions
from agent.languages.javascript_walk import CLASSES, FUNCTIONS, MEMBERS, Frame, import_names, named_specifiers

__all__ = ["Values"]

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


class Values(Definitions):
    """Reads what is given a name; ``exports.x = ...`` gives the module's ``x`` its value."""

    def variable(self, node: Node, frame: Frame) -> None:
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

    def name(self, name: str, value: Node, node: Node, frame: Frame) -> None:
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

    def _name_chained(self, name: str, value: Node, frame: Frame) -> None:
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

    def singleton(self, name: str, value: Node, node: Node, frame: Frame) -> None:
        """An object literal with methods is read as a class that has one instance."""
        draft = self.define(name, "class", node, frame)
        self.members(value, Frame(draft.name, draft.name, frame.hidden, draft.decisions))

    def members(self, value: Node, frame: Frame) -> None:
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
                    self._stack.append((inner, Frame(frame.scope, frame.owner, frame.hidden, frame.decisions, True)))
                else:
                    self._member(self.text(key).strip("'\""), inner, child, frame)
            elif kind == "shorthand_property_identifier":
                name = self.text(child)
                self._uses.append(Reference(frame.scope, name, "use", line))
                if frame.scope:
                    self._bindings.append(Binding(frame.scope, name, name, line))
            elif kind == "spread_element":
                self._spread(child, frame)

    def _member(self, name: str, value: Node, node: Node, frame: Frame) -> None:
        if value.type in FUNCTIONS:
            draft = self.define(name, "function", node, frame)
            self.enter(value, draft, frame, frame.owner if value.type != "arrow_function" else "")
        else:
            self.name(name, value, node, frame)

    def _spread(self, node: Node, frame: Frame) -> None:
        inner = first_child(node)
        if inner is not None and inner.type == "call_expression" and not frame.scope:
            if self.required(inner, frame, "*", ""):
                return
            if inner.start_byte in self._required:
                return
        self.descend(node, frame)

    def _imported(self, name: str, value: Node, frame: Frame) -> bool:
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

    def _destructure(self, pattern: Node, value: Node, frame: Frame) -> None:
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

    def assignment(self, node: Node, frame: Frame) -> None:
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

    def _assign_member(self, written: str, left: Node, right: Node, node: Node, frame: Frame) -> None:
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

    def _at(self, owner: str, frame: Frame) -> Frame:
        return Frame(owner, owner, frame.hidden, frame.decisions)

    def _prototype(self, name: str) -> None:
        """A function with a prototype is a class."""
        draft = self._drafts.get(name)
        if draft is not None and draft.kind == "function":
            draft.kind = "class"

    def _assign_field(self, name: str, right: Node, node: Node, frame: Frame) -> None:
        if right.type in FUNCTIONS:
            self.enter(right, self.define(name, "function", node, self._at(frame.owner, frame)), frame, frame.owner)
            return
        written = self.chain(right, frame)
        if not written.startswith(("?", "this.")) and frame.scope != frame.owner:
            written = f"@{frame.scope}:{written}"  # looked up from the method that assigned it
        self.bind(frame.owner, name, written, node.start_point[0] + 1)
        self._stack.append((right, frame))

    def _exports_whole(self, assignment: Node) -> bool:
        current: Node | None = assignment
        while current is not None and current.type == "assignment_expression":
            left = current.child_by_field_name("left")
            if left is not None and self._source[left.start_byte : left.end_byte] == b"module.exports":
                return True
            current = current.child_by_field_name("right")
        return False

    def export_whole(self, value: Node, node: Node, frame: Frame) -> None:
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

    def _default(self, value: Node, node: Node, frame: Frame) -> str:
        """Records what a default export defines; returns what ``default`` stands for (``{}`` for an object)."""
        top = Frame("", "", frame.hidden, frame.decisions)
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

    def _export_member(self, name: str, value: Node, node: Node, frame: Frame) -> None:
        top = Frame("", "", frame.hidden, frame.decisions)
        if value.type == "assignment_expression":
            self._stack.append((value, frame))
            inner = _innermost(value)
            if inner is not None:
                self.bind("", name, self.chain(inner, frame), node.start_point[0] + 1)
            return
        if self.text(value) == name:
            return  # exports.x = x says nothing new
        self._exported.add(name)
        self.name(name, value, node, top)

    def importing(self, node: Node, frame: Frame) -> None:
        """ES imports, and TypeScript's ``import x = require("y")``."""
        line, scope = node.start_point[0] + 1, frame.scope
        source = node.child_by_field_name("source")
        names = list(import_names(node, self._source))
        if source is None:
            clause = next((c for c in node.named_children if c.type == "import_require_clause"), None)
            source = clause.child_by_field_name("source") if clause is not None else None
            if source is None:
                return
        module = string_text(source, self._source)
        for name, alias in names or [("", "")]:
            self._imports.append(Import(module, name, alias, line, scope))

    def exporting(self, node: Node, frame: Frame) -> None:
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
            for name, alias in specifiers(node, self._source):
                self.bind("", alias, name, line)
                self._uses.append(Reference("", name, "use", line))
        self.push(decorators, frame)

    def _reexport(self, node: Node, module: str, line: int) -> None:
        found = [(name, alias) for name, alias in specifiers(node, self._source)]
        space = next((c for c in node.named_children if c.type == "namespace_export"), None)
        if space is not None:
            found.append(("", self.text(first_child(space))))
        elif not found:
            found.append(("*", ""))
        for name, alias in found:
            self._imports.append(Import(module, name, alias, line, ""))


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


def specifiers(node: Node, source: bytes) -> list[tuple[str, str]]:
    clause = next((child for child in node.named_children if child.type == "export_clause"), None)
    return named_specifiers(clause, "export_specifier", source) if clause is not None else []
