"""What kind of value an expression surely gives, from what stands near: a node in, ``number``, ``text``, ``bytes`` or nothing out."""

from __future__ import annotations

from typing import Any

from agent.patches.javascript_modules import Modules
from agent.patches.javascript_source import Script

__all__ = ["kind_of"]

_TEXT_METHODS = frozenset(
    "toString toLowerCase toUpperCase trim substr substring replace join toFixed padStart padEnd repeat toISOString charAt".split()
)
_TEXT_CALLS = frozenset(
    {
        "JSON.stringify",
        "String",
        "encodeURIComponent",
        "decodeURIComponent",
        "querystring.stringify",
        "util.format",
        "path.join",
    }
)
_NUMBER_CALLS = frozenset(
    {
        "parseInt",
        "parseFloat",
        "Number",
        "Buffer.byteLength",
        "Math.max",
        "Math.min",
        "Math.ceil",
        "Math.floor",
        "Math.round",
    }
)
_MOST_DEEP = 6


def kind_of(node: Any, modules: Modules, script: Script, deep: int = 0) -> str:
    """A name counts for what it is bound to, once and for all; parameters say nothing."""
    kind = node.type
    if deep > _MOST_DEEP:
        return ""
    if kind in ("string", "template_string"):
        return "text"
    if kind == "number":
        return "number"
    if kind == "array":
        return "bytes"
    if kind == "parenthesized_expression" and node.named_child_count == 1:
        return kind_of(node.named_children[0], modules, script, deep + 1)
    if kind == "member_expression":
        return "number" if script.said(node.child_by_field_name("property")) == "length" else ""
    if kind == "unary_expression":
        return "number" if node.children[0].type in ("-", "+", "~") else ""
    if kind == "binary_expression":
        return _operation(node, modules, script, deep)
    if kind == "ternary_expression":
        both = [
            kind_of(node.child_by_field_name(name), modules, script, deep + 1)
            for name in ("consequence", "alternative")
        ]
        return both[0] if both[0] == both[1] else ""
    if kind == "call_expression":
        return _call(node, modules, script)
    return _name(node, modules, script, deep) if kind == "identifier" else ""


def _operation(node: Any, modules: Modules, script: Script, deep: int) -> str:
    operator = node.child_by_field_name("operator").type
    if operator in ("-", "*", "/", "%", "|", "&", "<<", ">>", ">>>"):
        return "number"
    if operator != "+":
        return ""
    kinds = [kind_of(node.child_by_field_name(name), modules, script, deep + 1) for name in ("left", "right")]
    if "text" in kinds:
        return "text"
    return "number" if kinds == ["number", "number"] else ""


def _call(node: Any, modules: Modules, script: Script) -> str:
    function = node.child_by_field_name("function")
    dotted = modules.dotted(function)
    if dotted in _TEXT_CALLS:
        return "text"
    if dotted in _NUMBER_CALLS:
        return "number"
    if function.type == "member_expression" and script.said(function.child_by_field_name("property")) in _TEXT_METHODS:
        return "text"
    return ""


def _name(node: Any, modules: Modules, script: Script, deep: int) -> str:
    binding = modules.binding(node)
    if binding is None or len(binding.declarations) != 1 or any(r.writes for r in binding.references):
        return ""
    one = binding.declarations[0]
    if one.kind not in ("var", "let", "const") or one.whole.type != "variable_declarator":
        return ""
    value = one.whole.child_by_field_name("value")
    named = one.whole.child_by_field_name("name").type == "identifier"
    return kind_of(value, modules, script, deep + 1) if value is not None and named else ""
