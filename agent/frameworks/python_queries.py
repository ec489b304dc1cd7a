"""Variables that hold rows: follows ORM queries through the assignments and loops of a function.

A file's syntax and a test for where a query starts in; typed bindings out, so that ``order = Order.query.first()`` and
``for order in session.query(Order)`` let ``order.status = "NEW"`` be seen as what it is.
"""

from __future__ import annotations

from collections.abc import Callable

from tree_sitter import Node

from agent.domain.facts import Binding
from agent.frameworks.python_syntax import PythonSyntax

__all__ = ["query_model", "row_bindings"]

# Methods of a query whose result is no row of its model.
SCALARS = frozenset({
    "count", "exists", "scalar", "values", "values_list", "aggregate", "sum", "min", "max", "delete", "update",
    "explain", "dates", "datetimes", "in_bulk", "as_manager", "bulk_update", "with_entities", "add_columns",
    "acount", "aexists", "adelete", "aupdate", "aaggregate", "contains", "mappings", "subquery", "label", "statement",
})  # fmt: skip
PLAIN_LINKS = frozenset({"items", "query", "objects", "object_list", "c"})
TUPLES = frozenset({"get_or_create", "update_or_create", "aget_or_create", "aupdate_or_create"})
MAX_LINKS = 40

Start = Callable[[Node], str]
"""The model's chain when a query of it starts at that node (``Order.query``, ``session.query(Order)``), else ``""``."""


def query_model(syntax: PythonSyntax, node: Node | None, start: Start, known: dict[str, str]) -> str:
    """The chain of the model whose rows an expression yields; ``""`` when it is no such query."""
    called = False
    for _ in range(MAX_LINKS):
        if node is None:
            return ""
        model = start(node)
        if model:
            return model
        kind = node.type
        if kind == "call":
            called, node = True, node.child_by_field_name("function")
        elif kind == "attribute":
            attribute = node.child_by_field_name("attribute")
            name = syntax.text(attribute) if attribute is not None else ""
            if name in SCALARS or (not called and name not in PLAIN_LINKS):
                return ""
            called, node = False, node.child_by_field_name("object")
        elif kind == "subscript":
            called, node = False, node.child_by_field_name("value")
        elif kind in ("parenthesized_expression", "await") and node.named_child_count:
            node = node.named_child(0)
        elif kind == "identifier":
            return known.get(syntax.text(node), "") if not called else ""
        else:
            return ""
    return ""


def row_bindings(syntax: PythonSyntax, start: Start) -> list[Binding]:
    """Typed bindings of the variables, loop variables and results that hold rows or queries of a model."""
    known: dict[str, dict[str, str]] = {}
    found: list[Binding] = []

    def bind(target: Node | None, value: Node | None, at: Node, first_of_tuple: bool) -> None:
        scope = syntax.scope(at)
        here = known.setdefault(scope, {})
        model = query_model(syntax, value, start, here)
        if target is not None and target.type == "pattern_list" and first_of_tuple and target.named_child_count:
            target = target.named_child(0) if model and _last_call(syntax, value) in TUPLES else None
        if target is None or target.type != "identifier":
            return
        name = syntax.text(target)
        if model:
            here[name] = model
            found.append(Binding(scope, name, model, syntax.line(at), True, model))
        else:
            here.pop(name, None)

    steps: list[tuple[int, Node]] = [(n.start_byte, n) for n in (*syntax.assignments, *syntax.loops, *syntax.returns)]
    for _, node in sorted(steps, key=lambda step: step[0]):
        if node.type == "return_statement":
            scope = syntax.scope(node)
            value = node.named_child(0) if node.named_child_count else None
            if model := query_model(syntax, value, start, known.get(scope, {})):
                found.append(Binding(scope, "return", f"{model}()", syntax.line(node)))
        else:
            left, right = node.child_by_field_name("left"), node.child_by_field_name("right")
            bind(left, right, node, node.type == "assignment")
    return found


def _last_call(syntax: PythonSyntax, node: Node | None) -> str:
    return syntax.callee(node).rpartition(".")[2] if node is not None and node.type == "call" else ""
