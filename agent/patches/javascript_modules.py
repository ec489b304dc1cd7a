"""Which names of a JavaScript file stand for a Node module or a part of one: scopes in, dotted names (``fs.exists``) out."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from agent.patches.javascript_scopes import Binding, Scopes

__all__ = ["Modules", "required"]

_MOST_DEEP = 10


class Modules:
    """Answers what an expression is: ``fs.exists`` for a member of what ``require('fs')`` gave, ``Buffer`` for the global."""

    def __init__(self, scopes: Scopes) -> None:
        self._scopes = scopes
        self._script = scopes.script
        self._free = {r.node.start_byte for found in scopes.free.values() for r in found}
        self._dotted = {
            id(binding): name
            for scope in scopes.every
            for binding in scope.names.values()
            if (name := self._bound(binding))
        }
        self._owner: dict[int, Binding] = {
            reference.node.start_byte: binding
            for scope in scopes.every
            for binding in scope.names.values()
            for reference in binding.references
        }

    def uses(self) -> Iterator[tuple[str, Any]]:
        """(dotted name, node) of every use of a module's member, of a name taken out of a module, and of a global."""
        seen: set[int] = set()
        for node in self._starts():
            dotted = self.dotted(node)
            parent = node.parent
            while dotted and parent is not None and parent.type == "member_expression" and _is_object(parent, node):
                node, parent = parent, parent.parent
                dotted = self.dotted(node)
            if dotted and node.start_byte not in seen:
                seen.add(node.start_byte)
                yield dotted, node

    def dotted(self, node: Any, deep: int = 0) -> str:
        """What the expression is in dotted words; empty when that is not known."""
        kind = node.type
        if deep > _MOST_DEEP:
            return ""
        if kind in ("identifier", "shorthand_property_identifier"):
            if node.start_byte in self._free:
                return self._script.said(node)
            binding = self._owner.get(node.start_byte)
            return self._dotted.get(id(binding), "") if binding is not None else ""
        if kind == "member_expression":
            owner = self.dotted(node.child_by_field_name("object"), deep + 1)
            return f"{owner}.{self._script.said(node.child_by_field_name('property'))}" if owner else ""
        if kind == "call_expression":
            return required(self._scopes, node)
        if kind == "parenthesized_expression" and node.named_child_count == 1:
            return self.dotted(node.named_children[0], deep + 1)
        return ""

    def name_of(self, module: str) -> str:
        """A name at the top of the file that stands for this module; empty when there is none."""
        for name, binding in sorted(self._scopes.program.names.items()):
            if self._dotted.get(id(binding)) == module:
                return name
        return ""

    def binding(self, node: Any) -> Binding | None:
        """What a name that is used here is bound to."""
        return self._owner.get(node.start_byte)

    def _starts(self) -> Sequence[Any]:
        """Names that mean something, and calls of ``require``, in the order of the text."""
        found = [r.node for group in self._scopes.free.values() for r in group]
        found += [
            r.node.parent for r in self._scopes.free.get("require", ()) if r.node.parent.type == "call_expression"
        ]
        for scope in self._scopes.every:
            for binding in scope.names.values():
                if id(binding) in self._dotted:
                    found += [reference.node for reference in binding.references]
        return sorted(found, key=lambda node: (int(node.start_byte), -int(node.end_byte)))

    def _bound(self, binding: Binding) -> str:
        if len(binding.declarations) != 1 or any(reference.writes for reference in binding.references):
            return ""
        one = binding.declarations[0]
        if one.kind not in ("var", "let", "const") or one.whole.type != "variable_declarator":
            return ""
        value = one.whole.child_by_field_name("value")
        if value is None:
            return ""
        base = self._required_chain(value)
        pattern = one.whole.child_by_field_name("name")
        if not base or pattern.type == "identifier":
            return base
        if pattern.type != "object_pattern" or one.name.parent.parent.id not in (
            pattern.id,
            getattr(pattern.parent, "id", 0),
        ):
            return ""
        key = one.name.parent.child_by_field_name("key") if one.name.parent.type == "pair_pattern" else one.name
        return f"{base}.{self._script.said(key)}"

    def _required_chain(self, node: Any, deep: int = 0) -> str:
        if node.type == "member_expression" and deep < _MOST_DEEP:
            base = self._required_chain(node.child_by_field_name("object"), deep + 1)
            return f"{base}.{self._script.said(node.child_by_field_name('property'))}" if base else ""
        return required(self._scopes, node) if node.type == "call_expression" else ""


def required(scopes: Scopes, node: Any) -> str:
    """``fs`` for ``require('fs')`` and ``require('node:fs')``, where ``require`` is Node's own; empty for all else."""
    function, arguments = node.child_by_field_name("function"), node.child_by_field_name("arguments")
    if function is None or function.type != "identifier" or arguments is None or arguments.named_child_count != 1:
        return ""
    script, text = scopes.script, arguments.named_children[0]
    ours = any(r.node.start_byte == function.start_byte for r in scopes.free.get("require", ()))
    if not ours or text.type != "string":
        return ""
    return script.said(text)[1:-1].removeprefix("node:")


def _is_object(member: Any, node: Any) -> bool:
    return bool(member.child_by_field_name("object").id == node.id)
