"""What a JavaScript or TypeScript file defines: functions, classes, their members, interfaces and enums."""

from __future__ import annotations

from tree_sitter import Node

from agent.domain.facts import Binding, Reference
from agent.languages.javascript_chains import first_child, pattern_names, type_names
from agent.languages.javascript_walk import FUNCTIONS, Draft, Frame, Walk

__all__ = ["Definitions"]


class Definitions(Walk):
    """Reads definitions; a function's body is walked in the scope of its name."""

    def function(self, node: Node, frame: Frame) -> None:
        """``function f() {}`` and TypeScript's signatures without a body."""
        name = self.text(node.child_by_field_name("name")) or "default"
        self.enter(node, self.define(name, "function", node, frame), frame)

    def enter(self, node: Node, draft: Draft, frame: Frame, owner: str = "") -> None:
        """Walks a function's parameters and body in the scope of its definition."""
        if not owner:
            last = draft.name.rpartition(".")[2]
            is_arrow = node.type == "arrow_function"
            owner = frame.owner if is_arrow else (draft.name if last[:1].isupper() else "")
        inner = Frame(draft.name, owner, frame.hidden, draft.decisions)
        returns = node.child_by_field_name("return_type")
        if returns is not None and not draft.returns:
            draft.returns = type_names(returns, self._source)[0]
        self._body(node, inner)

    def anonymous(self, node: Node, frame: Frame) -> None:
        """A callback: it has no name of its own, so what it does counts for the definition around it."""
        owner = frame.owner if node.type == "arrow_function" else ""
        self._body(node, Frame(frame.scope, owner, frame.hidden, frame.decisions, anonymous=True))

    def _body(self, node: Node, inner: Frame) -> None:
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

    def _parameters(self, parameters: Node, inner: Frame) -> list[Node]:
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

    def _declared(self, parameter: Node, name: str, declared: Node | None, inner: Frame, line: int) -> None:
        """A parameter with a type; with ``private`` or ``readonly`` it is a field of the class as well."""
        main, element = type_names(declared, self._source) if declared is not None else ("", "")
        if main:
            self._bindings.append(Binding(inner.scope, name, main, line, True, element))
        if any(child.type in ("accessibility_modifier", "readonly") for child in parameter.children):
            owner = inner.scope.rpartition(".")[0]
            self._bindings.append(Binding(owner, name, main or "?", line, bool(main), element))

    def _hide(self, inner: Frame, names: set[str]) -> None:
        if names:
            inner.hidden = inner.hidden | names

    def klass(self, node: Node, frame: Frame) -> None:
        """A class declaration, or a class expression that has a name."""
        name = self.text(node.child_by_field_name("name"))
        if name:
            self.enter_class(node, name, frame)
        else:
            self.descend(node, Frame(frame.scope, "", frame.hidden, frame.decisions, anonymous=True))

    def enter_class(self, node: Node, name: str, frame: Frame) -> None:
        """Bases, decorators and members of a class."""
        draft = self.define(name, "class", node, frame)
        inner = Frame(draft.name, draft.name, frame.hidden, draft.decisions)
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

    def _decorator_name(self, node: Node, frame: Frame) -> str:
        inner = first_child(node)
        return self.chain(inner, frame).replace("()", "") if inner is not None else ""

    def decorator(self, node: Node, frame: Frame) -> None:
        """A decorator is a call of its name."""
        inner = first_child(node)
        if inner is not None and inner.type != "call_expression":
            self._references.append(Reference(frame.scope, self.chain(inner, frame), "call", inner.start_point[0] + 1))
        else:
            self.descend(node, frame)

    def _heritage(self, node: Node, inner: Frame) -> None:
        """``extends a.B<T> implements C``; the JavaScript grammar has the bare expression."""
        for child in node.named_children:
            bases = child.named_children if child.type in ("extends_clause", "implements_clause") else [child]
            for base in bases:
                self._inherit(base, inner)

    def _inherit(self, base: Node, inner: Frame) -> None:
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

    def _inherit_name(self, name: str, node: Node, inner: Frame) -> None:
        self._references.append(Reference(inner.scope, name, "inherit", node.start_point[0] + 1))

    def interface(self, node: Node, frame: Frame) -> None:
        """TypeScript interfaces, type aliases, enums and namespaces."""
        kind = {"enum_declaration": "enum", "internal_module": "class"}.get(node.type, "interface")
        name_node = node.child_by_field_name("name")
        if name_node is None or name_node.type == "string":  # declare module "x": somebody else's types
            self.descend(node, frame)
            return
        draft = self.define(self.text(name_node), kind, node, frame)
        inner = Frame(draft.name, "", frame.hidden, draft.decisions)
        for child in node.named_children:
            if child.type == "extends_type_clause":
                for base in child.named_children:
                    self._inherit(base, inner)
        self.push([part for f in ("type_parameters", "body", "value") if (part := node.child_by_field_name(f))], inner)

    def signature(self, node: Node, frame: Frame) -> None:
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

    def method(self, node: Node, frame: Frame) -> None:
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

    def field(self, node: Node, frame: Frame) -> None:
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
        self._stack.append((value, Frame(frame.scope, frame.owner, frame.hidden, frame.decisions, anonymous=True)))
