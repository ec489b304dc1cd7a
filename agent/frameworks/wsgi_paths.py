"""Programs that compare the request's path themselves: ``if environ["PATH_INFO"] == "/items": return items(environ)``.

A syntax tree in, ``route`` records out: also of ``do_GET`` and its like in classes of the standard library's HTTP server.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from tree_sitter import Node, Query, QueryCursor

from agent.domain.facts import Wiring
from agent.frameworks.python_syntax import GRAMMAR, PythonSyntax
from agent.frameworks.wsgi_patterns import VERBS, is_pattern, url_pattern
from agent.frameworks.wsgi_tables import joined

__all__ = ["read_paths"]

CONDITIONS = Query(GRAMMAR, "(comparison_operator) @compared (call) @called")
PATH = re.compile(
    r"""(?:PATH_INFO|path_info|REQUEST_URI)\b|\Aself\.path\b|\burlparse\(self\.path\)|\burlsplit\(self\.path\)"""
)
METHOD = re.compile(r"""REQUEST_METHOD|\b(?:request_)?method\b|\bcommand\b""")
DO = re.compile(r"do_([A-Z]{3,8})\Z")
SERVERS = ("RequestHandler", "HTTPRequestHandler")
BRANCHES = ("if_statement", "elif_clause")
BETWEEN = frozenset({"boolean_operator", "parenthesized_expression", "named_expression"})
MAX_CLIMB = 30
MAX_CALLS = 6


def read_paths(syntax: PythonSyntax, root: Node) -> Iterator[Wiring]:
    """Routes by comparison, and one for each ``do_`` method that compares nothing."""
    if b"PATH_INFO" not in syntax.source and b"path_info" not in syntax.source and b"def do_" not in syntax.source:
        return
    reading = _Reading(syntax)
    captured = QueryCursor(CONDITIONS).captures(root)
    nodes = [*captured.get("compared", []), *captured.get("called", [])]
    compared: set[str] = set()
    for node in sorted(nodes, key=lambda n: (n.start_byte, -n.end_byte)):
        for wiring in reading.condition(node):
            compared.add(wiring.scope)
            yield wiring
    for scope, function in syntax.functions:
        owner, _, name = scope.rpartition(".")
        verb = DO.match(name)
        body = syntax.classes_by_scope.get(owner)
        silent = verb and verb[1] in VERBS and body is not None and scope not in compared
        if verb and body is not None and silent and any(base.endswith(SERVERS) for base in body.bases):
            line = syntax.line(function)
            yield Wiring("wsgi", "route", scope, line, (verb[1], "/*", "@" + scope, "inferred"))


class _Reading:
    """One file's comparisons."""

    def __init__(self, syntax: PythonSyntax) -> None:
        self._syntax = syntax
        self._paths: dict[tuple[str, str], bool] = {}

    def condition(self, node: Node) -> Iterator[Wiring]:
        """The routes of ``path == "/x"``, ``path in ("/a", "/b")``, ``path.startswith("/x")``, ``re.match("^/x", path)``."""
        scope = self._syntax.scope(node)
        if not scope:
            return
        patterns, resolution = (
            self._compared(node, scope) if node.type == "comparison_operator" else self._matched(node, scope)
        )
        patterns = [p for p in patterns if is_pattern(p)]
        branch = self._branch(node) if patterns else None
        if branch is None:
            return
        verb = DO.match(scope.rpartition(".")[2])
        methods = self._methods(branch) or ([verb[1]] if verb and verb[1] in VERBS else [])
        handlers = joined(*self._handlers(branch), "@" + scope)
        for pattern in patterns:
            yield Wiring(
                "wsgi", "route", scope, self._syntax.line(node), (joined(*methods), pattern, handlers, resolution)
            )

    def _compared(self, node: Node, scope: str) -> tuple[list[str], str]:
        children = node.children
        if len(children) != 3 or children[1].type not in ("==", "in"):
            return [], ""
        left, operator, right = children
        if operator.type == "==" and self._is_path(right, scope):
            left, right = right, left
        if not self._is_path(left, scope):
            return [], ""
        texts = self._syntax.strings(right) if operator.type == "in" and right.type != "string" else None
        if operator.type == "==":
            text = self._syntax.string(right)
            texts = [text] if text is not None else []
        return [text.rstrip("/") or "/" for text in texts or () if text], "exact"

    def _matched(self, call: Node, scope: str) -> tuple[list[str], str]:
        callee = self._syntax.callee(call)
        last = callee.rpartition(".")[2]
        if last not in ("startswith", "match", "search", "fullmatch"):
            return [], ""
        given = self._syntax.arguments(call).positional
        function = call.child_by_field_name("function")
        held = function.child_by_field_name("object") if function is not None else None
        if last == "startswith" and held is not None and given and self._is_path(held, scope):
            texts = self._syntax.strings(given[0]) or []
            return [text.rstrip("/") + "/*" for text in texts if text.startswith("/") and text != "/"], "inferred"
        if last != "startswith" and len(given) > 1 and self._is_path(given[1], scope):
            text = self._syntax.string(given[0])
            return ([url_pattern(text)], "exact") if text is not None and is_pattern(text) else ([], "")
        return [], ""

    def _is_path(self, node: Node, scope: str) -> bool:
        """Whether an expression is the request's path, or a variable that was made of it in the same function."""
        if node.end_byte - node.start_byte > 200:
            return False
        text = self._syntax.text(node)
        if PATH.search(text):
            return True
        if node.type != "identifier":
            return text.startswith("self.path")
        key = (scope, text)
        if key not in self._paths:
            self._paths[key] = any(
                self._syntax.scope(assignment) == scope
                and (right := assignment.child_by_field_name("right")) is not None
                and right.end_byte - right.start_byte < 300
                and PATH.search(self._syntax.text(right)) is not None
                for assignment in self._syntax.assigned.get(text, ())[:40]
            )
        return self._paths[key]

    def _branch(self, node: Node) -> Node | None:
        """The ``if`` or ``elif`` whose condition this is part of."""
        inner, current = node, node.parent
        for _ in range(MAX_CLIMB):
            if current is None:
                return None
            if current.type in BRANCHES:
                condition = current.child_by_field_name("condition")
                return current if condition is not None and condition.id == inner.id else None
            if current.type not in BETWEEN:
                return None
            inner, current = current, current.parent
        return None

    def _methods(self, branch: Node) -> list[str]:
        """``... and environ["REQUEST_METHOD"] == "POST"`` in the same condition."""
        condition = branch.child_by_field_name("condition")
        text = self._syntax.text(condition)[:600] if condition is not None else ""
        return [verb for verb in VERBS if re.search(rf"[\"']{verb}[\"']", text)] if METHOD.search(text) else []

    def _handlers(self, branch: Node) -> list[str]:
        """What the branch returns or calls, first what it returns."""
        body = branch.child_by_field_name("consequence")
        returned: list[str] = []
        called: list[str] = []
        todo = [body] if body is not None else []
        while todo and len(called) < MAX_CALLS:
            node = todo.pop()
            if node.type in (*BRANCHES, "else_clause", "function_definition", "class_definition"):
                continue
            if node.type == "call":
                chain = self._syntax.callee(node)
                if "?" not in chain and "(" not in chain and "[" not in chain:
                    above = node.parent
                    (returned if above is not None and above.type == "return_statement" else called).append(chain)
            elif node.type == "assignment":
                right = node.child_by_field_name("right")
                if right is not None and right.type in ("identifier", "attribute"):
                    returned.append(self._syntax.chain(right))
            todo.extend(reversed(node.named_children))
        return [*returned, *called]
