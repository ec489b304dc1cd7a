"""Flask (and Quart): apps, blueprints and their registration, routes, class-based views, resources, url_for.

Decorators and registration calls of each file in; ``route:GET /orders/<int:id>`` symbols, one a method, with edges to
their handlers out, and the edges of ``url_for`` from code and templates.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import msgspec
from tree_sitter import Node

from agent.domain.facts import FileFacts, Wiring
from agent.domain.linking import Linking
from agent.frameworks.flask_linking import HTTP_METHODS, link_flask
from agent.frameworks.python_syntax import PythonSyntax, origin, python_syntax
from agent.ports import Project

__all__ = ["FRAMEWORK", "Flask"]

OBJECTS = {
    "Flask": "app", "Quart": "app", "APIFlask": "app", "OpenAPI": "app", "Blueprint": "blueprint",
    "APIBlueprint": "blueprint", "Api": "api", "Namespace": "namespace",
}  # fmt: skip
LIBRARIES = ("flask", "quart", "apiflask")
HOOKS = frozenset({
    "before_request", "after_request", "teardown_request", "before_app_request", "after_app_request",
    "teardown_app_request", "before_first_request", "before_app_first_request", "errorhandler", "app_errorhandler",
    "context_processor", "app_context_processor", "teardown_appcontext", "register_error_handler",
    "url_value_preprocessor", "url_defaults", "template_filter", "app_template_filter", "template_global",
    "app_template_global", "shell_context_processor", "user_loader", "request_loader", "unauthorized_handler",
})  # fmt: skip
NONE = "\0"  # an argument that was not given; an empty prefix is something else


class Flask:
    """The `Framework` of Flask applications."""

    name = "flask"
    languages = frozenset({"python"})
    markers = (
        b"flask", b"Blueprint", b".route(", b"add_url_rule", b"register_blueprint", b"url_for", b"add_resource",
        b"errorhandler", b"before_request", b"before_app_request", b"context_processor", b"MethodView", b"quart",
    )  # fmt: skip

    def read(self, path: str, root: Any, source: bytes, facts: FileFacts) -> FileFacts:  # noqa: ARG002
        """Objects, routes, registrations, hooks and endpoints named by code, as records."""
        if root is None:
            return facts
        found = _Reading(python_syntax(root, source), facts).wirings()
        return msgspec.structs.replace(facts, wirings=(*facts.wirings, *found)) if found else facts

    def link(self, project: Project) -> Linking:
        """Routes with their full paths, their handlers, and what leads to them."""
        return link_flask(project)

    def access_mode(self, chain: str) -> str:  # noqa: ARG002
        """Flask declares no entities."""
        return ""


class _Reading:
    """One file's records."""

    def __init__(self, syntax: PythonSyntax, facts: FileFacts) -> None:
        self._syntax = syntax
        self._facts = facts
        self._found: list[Wiring] = []
        imported = " ".join(f" {i.module}" for i in facts.imports)
        self._flask = any(f" {library}" in imported for library in LIBRARIES)

    def _add(self, kind: str, scope: str, line: int, *args: str) -> None:
        self._found.append(Wiring("flask", kind, scope, line, args))

    def wirings(self) -> tuple[Wiring, ...]:
        """All records, in the order of the file."""
        self._objects()
        for decorated in self._syntax.decorated:
            receiver, dot, last = decorated.name.rpartition(".")
            if not dot:
                continue
            if last == "route" or (last in HTTP_METHODS and decorated.call is not None):
                self._decorated_route(receiver, last, decorated.call, decorated.scope, decorated.target, decorated.line)
            elif last in HOOKS:
                self._add("hook", decorated.scope, decorated.line, receiver, last, "@" + decorated.target)
        for call in self._syntax.calls:
            self._call(call)
        for body in self._syntax.classes:
            methods = body.field("methods")
            allowed = self._syntax.strings(methods.value) if methods is not None else None
            if allowed:
                self._add("methods", body.scope, body.line, _joined(allowed))
        self._found.sort(key=lambda wiring: wiring.line)
        return tuple(dict.fromkeys(self._found))

    def _objects(self) -> None:
        for node in self._syntax.assignments:
            left, right = node.child_by_field_name("left"), node.child_by_field_name("right")
            if left is None or right is None or right.type != "call":
                continue
            callee = self._syntax.callee(right)
            kind = OBJECTS.get(callee.rpartition(".")[2], "")
            if not kind or (kind != "blueprint" and not origin(self._facts, callee).startswith(LIBRARIES)):
                continue
            given = self._syntax.arguments(right)
            name = self._syntax.string(given.get(0, "name")) or ""
            prefix = self._prefix(given.keywords.get("url_prefix") or given.keywords.get("prefix"))
            if kind == "namespace":
                prefix = self._prefix(given.keywords.get("path"))
            holder = self._syntax.chain(given.positional[0]) if kind == "api" and given.positional else ""
            self._add("object", self._syntax.scope(node), self._syntax.line(node), self._syntax.chain(left), kind,
                      name or holder, prefix)  # fmt: skip

    def _prefix(self, node: Node | None) -> str:
        """A constant prefix, NONE when not given, ``?`` when it is computed."""
        if node is None or node.type == "none":
            return NONE
        value = self._syntax.string(node)
        return "?" if value is None else value

    def _decorated_route(self, receiver: str, last: str, call: Node | None, scope: str, target: str, line: int) -> None:
        if call is None:
            return
        given = self._syntax.arguments(call)
        rule, wrapped = self._rule_text(given.get(0, "rule"))
        if rule is None:
            if given.get(0, "rule") is not None:
                self._unresolved("route", scope, line, call)
            return
        if last != "route" and not rule.startswith("/") and rule:
            return  # `.get("key")` of something else; a rule starts with a slash
        methods = [last.upper()] if last != "route" else self._methods(given.keywords.get("methods"))
        endpoint = self._syntax.string(given.keywords.get("endpoint")) or ""
        weak = wrapped or ("" if last == "route" or self._flask else "weak")
        self._add("route", scope, line, receiver, rule, _joined(methods), "@" + target, endpoint, weak)
        for extra in given.positional[1:]:  # flask-restx: @api.route("/a", "/b")
            more = self._syntax.string(extra)
            if more is not None and more.startswith("/"):
                self._add("route", scope, line, receiver, more, _joined(methods), "@" + target, endpoint, weak)

    def _rule_text(self, node: Node | None) -> tuple[str | None, str]:
        """(rule, mark): a constant; or a constant inside a function of the application's own, hence only inferred."""
        rule = self._syntax.string(node)
        if rule is None and node is not None and node.type == "call":
            given = self._syntax.arguments(node)
            inner = self._syntax.string(given.positional[0]) if len(given.positional) == 1 else None
            if inner is not None and inner.startswith("/"):
                return inner, "inferred"
        return rule, ""

    def _methods(self, node: Node | None) -> list[str]:
        values = self._syntax.strings(node) if node is not None else []
        return ["?"] if values is None else [value.upper() for value in values]

    def _unresolved(self, what: str, scope: str, line: int, node: Node) -> None:
        self._add("unresolved", scope, line, what, self._syntax.text(node)[:80])

    def _call(self, call: Node) -> None:
        name = self._syntax.callee(call)
        receiver, dot, last = name.rpartition(".")
        if last == "url_for":
            self._endpoint(call)
        elif not dot:
            return
        elif last == "add_url_rule":
            self._rule(call, receiver)
        elif last in ("register_blueprint", "add_namespace", "register_api"):
            self._registration(call, receiver, last)
        elif last.startswith("add_") and last.endswith("resource"):
            self._resource(call, receiver, last)
        elif last == "init_app" and call.child_by_field_name("arguments") is not None:
            given = self._syntax.arguments(call)
            if given.positional:
                self._add("init", self._syntax.scope(call), self._syntax.line(call), receiver,
                          self._syntax.chain(given.positional[0]))  # fmt: skip
        elif last in HOOKS and call.id not in self._syntax.decorator_calls:
            given = self._syntax.arguments(call)
            handler = given.positional[-1] if given.positional else given.keywords.get("f")
            if handler is not None and handler.type in ("identifier", "attribute"):
                self._add("hook", self._syntax.scope(call), self._syntax.line(call), receiver, last,
                          self._syntax.chain(handler))  # fmt: skip

    def _endpoint(self, call: Node) -> None:
        given = self._syntax.arguments(call)
        node = given.get(0, "endpoint")
        scope, line = self._syntax.scope(call), self._syntax.line(call)
        endpoint = self._syntax.string(node)
        if endpoint is not None:
            self._add("endpoint", scope, line, endpoint)
        elif node is not None:
            self._unresolved("url_for", scope, line, node)

    def _rule(self, call: Node, receiver: str) -> None:
        given = self._syntax.arguments(call)
        scope, line = self._syntax.scope(call), self._syntax.line(call)
        rule, mark = self._rule_text(given.get(0, "rule"))
        if rule is None:
            self._unresolved("add_url_rule", scope, line, call)
            return
        view = given.get(2, "view_func")
        handler, named = self._view(view) if view is not None else ("", "")
        endpoint = self._syntax.string(given.get(1, "endpoint")) or named
        methods = self._methods(given.keywords.get("methods"))
        self._add("route", scope, line, receiver, rule, _joined(methods), handler, endpoint, mark)

    def _view(self, node: Node) -> tuple[str, str]:
        """(the view's chain, the endpoint it brings): ``Orders.as_view("orders")``, wrapped or held in a variable."""
        if node.type == "identifier":
            value = self._assigned(node)
            node = value if value is not None else node
        for _ in range(3):  # login_required(view), csrf.exempt(Orders.as_view("orders"))
            if node.type != "call" or self._syntax.callee(node).endswith(".as_view"):
                break
            given = self._syntax.arguments(node)
            if not given.positional:
                break
            node = given.positional[0]
        if node.type == "call" and self._syntax.callee(node).endswith(".as_view"):
            given = self._syntax.arguments(node)
            named = self._syntax.string(given.get(0, "name")) or ""
            return self._syntax.callee(node).removesuffix(".as_view"), named
        return (self._syntax.chain(node), "") if node.type in ("identifier", "attribute") else ("?", "")

    def _assigned(self, node: Node) -> Node | None:
        """The value last assigned to that name in the same scope, when it is a call of ``as_view``."""
        name, scope = self._syntax.text(node), self._syntax.scope(node)
        for assignment in reversed(self._syntax.assigned.get(name, ())[-50:]):
            right = assignment.child_by_field_name("right")
            if right is None or right.type != "call":
                continue
            if assignment.start_byte < node.start_byte and self._syntax.scope(assignment) in (scope, ""):
                return right
        return None

    def _registration(self, call: Node, receiver: str, last: str) -> None:
        given = self._syntax.arguments(call)
        node = given.get(0, "blueprint")
        if node is None:
            return
        prefix = given.keywords.get("url_prefix") or given.get(1, "path") if last == "add_namespace" else (
            given.keywords.get("url_prefix")
        )  # fmt: skip
        named = self._syntax.string(given.keywords.get("name")) or NONE
        scope, line = self._syntax.scope(call), self._syntax.line(call)
        for chain in self._registered(node):
            self._add("register", scope, line, receiver, chain, self._prefix(prefix), named)

    def _registered(self, node: Node) -> Iterable[str]:
        """The blueprint, or all of a list that a loop runs over (``for bp in (a, b): app.register_blueprint(bp)``)."""
        chain = self._syntax.chain(node)
        loop = self._syntax.loop_around(node)
        if loop is None:
            return [chain]
        left, right = loop.child_by_field_name("left"), loop.child_by_field_name("right")
        if left is None or right is None or self._syntax.text(left) != chain.partition(".")[0]:
            return [chain]
        if right.type == "identifier":
            right = self._syntax.constants.get(self._syntax.text(right), right)
        rest = chain.partition(".")[1] + chain.partition(".")[2]
        if right.type not in ("list", "tuple", "set"):
            return [chain]
        items = [item for item in right.named_children if item.type in ("identifier", "attribute")]
        return [self._syntax.chain(item) + rest for item in items]

    def _resource(self, call: Node, receiver: str, last: str) -> None:
        given = self._syntax.arguments(call)
        scope, line = self._syntax.scope(call), self._syntax.line(call)
        if not given.positional:
            return
        resource = self._syntax.chain(given.positional[0])
        endpoint = self._syntax.string(given.keywords.get("endpoint")) or resource.rpartition(".")[2].lower()
        mark = "resource" if last == "add_resource" else "inferred"  # an application's own kind of Api
        for node in given.positional[1:]:
            rule = self._syntax.string(node)
            if rule is None:
                self._unresolved("add_resource", scope, line, node)
            else:
                self._add("route", scope, line, receiver, rule, "", resource, endpoint, mark)


def _joined(methods: Iterable[str]) -> str:
    return ",".join(dict.fromkeys(method.upper() for method in methods))


FRAMEWORK = Flask()
