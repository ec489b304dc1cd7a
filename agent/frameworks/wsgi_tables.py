"""Dispatch tables: lists, tuples and dictionaries of a Python file that pair URL patterns with what handles them.

A syntax tree in, ``route`` records out: (methods, pattern, handlers that may be meant, resolution). A table is one when its file
goes through it, hands it to a dispatcher, or by its name.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import islice
from typing import NamedTuple

from tree_sitter import Node

from agent.domain.facts import FileFacts, Wiring
from agent.frameworks.python_syntax import PythonSyntax, origin
from agent.frameworks.wsgi_patterns import VERBS, is_pattern, url_pattern

__all__ = ["OTHERS", "joined", "read_tables"]

NAMES = re.compile(
    r"(?i)_{0,2}(?:\w+_)?(?:urls?|urlconf|url_?map|url_?patterns?|routes?|routing|router|route_?map|handlers|dispatch(?:er|_table|_map)?|views|pages|mappings?)(?:_list|_table)?\Z"
)
DISPATCHERS = frozenset(
    {
        "WSGIApplication",
        "Application",
        "application",
        "RequestHandler",
        "Router",
        "Dispatcher",
        "Mapper",
        "auto_application",
    }
)
ROWS = frozenset({"url", "URLSpec", "Route", "Rule", "HandlerRule", "PathRoute", "SimpleRoute", "URL"})
COMPILERS = frozenset({"compile", "regex", "re_compile"})
DISPATCHING = re.compile(
    rb"\.(?:match|search|fullmatch)\(|PATH_INFO|path_info|\b(?:self|req|request)\.(?:path|url|uri)\b"
)
CONSTANT = re.compile(r"[A-Z][A-Z0-9_]*\Z")
REFERENCE = re.compile(r"[A-Za-z_]\w*(?:\.[A-Za-z_]\w*){0,6}\Z")
OTHERS = ("django", "flask", "fastapi", "starlette", "quart", "sanic")
MAX_ROWS = 3_000
MAX_SEARCHES = 40


class Row(NamedTuple):
    """One line of a table."""

    methods: tuple[str, ...]
    pattern: str
    handler: str
    line: int


def joined(*parts: str) -> str:
    """Candidates or methods as one argument of a record."""
    return ",".join(dict.fromkeys(part for part in parts if part))


def read_tables(syntax: PythonSyntax, facts: FileFacts) -> Iterator[Wiring]:
    """The routes of all tables of the file."""
    by_name = any(
        i.module in ("web", "webapp2") or i.module.startswith("google.appengine.ext.webapp") for i in facts.imports
    )
    handed = _handed(syntax, facts)
    searched = 0
    for name, node, scope in _displays(syntax):
        rows = list(islice(_rows(syntax, node, by_name), MAX_ROWS))
        given = node.id in handed or name in handed
        if not rows or not (given or any(row.pattern.startswith(("/", "^")) for row in rows)):
            continue
        searched += not given  # each search goes through the whole file
        gone_through = not given and searched <= MAX_SEARCHES and _gone_through(syntax, name)
        if not (given or gone_through or NAMES.match(name.rpartition(".")[2])):
            continue
        resolution = "exact" if given or gone_through else "inferred"
        for row in rows:
            if row.pattern == "" and not given:
                continue
            args = (joined(*row.methods), url_pattern(row.pattern), row.handler, resolution)
            yield Wiring("wsgi", "route", scope, row.line, args)


def _displays(syntax: PythonSyntax) -> Iterator[tuple[str, Node, str]]:
    """(name, list or tuple or dictionary, scope) of assignments, additions and arguments of dispatchers."""
    for node in [*syntax.assignments, *syntax.augmented]:
        left, right = node.child_by_field_name("left"), node.child_by_field_name("right")
        if left is not None and right is not None:
            for part in _parts(right):
                yield syntax.chain(left), part, syntax.scope(node)
    for call in syntax.calls:
        callee = syntax.callee(call)
        last = callee.rpartition(".")[2]
        if last in DISPATCHERS:
            given = syntax.arguments(call)
            for argument in [
                *given.positional[:1],
                *(v for k, v in given.keywords.items() if k in ("handlers", "routes")),
            ]:
                for part in _parts(argument):
                    yield "", part, syntax.scope(call)
        elif last in ("extend", "add_handlers") and "." in callee:
            for argument in syntax.arguments(call).positional[:2]:
                for part in _parts(argument):
                    yield callee.rpartition(".")[0], part, syntax.scope(call)


def _parts(node: Node) -> list[Node]:
    """The displays of ``a + [...] + [...]``."""
    found: list[Node] = []
    todo = [node]
    while todo and len(found) < 50:
        current = todo.pop()
        if current.type in ("list", "tuple", "dictionary"):
            found.append(current)
        elif current.type in ("binary_operator", "parenthesized_expression"):
            todo.extend(reversed(current.named_children))
    return found


def _handed(syntax: PythonSyntax, facts: FileFacts) -> set[int | str]:
    """Names and displays that a known dispatcher of another library gets."""
    found: set[int | str] = set()
    for call in syntax.calls:
        callee = syntax.callee(call)
        if callee.rpartition(".")[2] not in DISPATCHERS:
            continue
        source = origin(facts, callee).partition(".")[0]
        known = source in ("web", "webapp2", "webapp", "google", "tornado", "cyclone", "selector")
        given = syntax.arguments(call)
        for argument in [*given.positional[:1], *(v for k, v in given.keywords.items() if k in ("handlers", "routes"))]:
            if known or argument.type in ("list", "tuple"):
                found.update(part.id for part in _parts(argument))
                found.add(syntax.chain(argument))
    found.discard("?")
    return found


def _gone_through(syntax: PythonSyntax, name: str) -> bool:
    """Whether the file loops over the table or maps it where it matches paths, or looks a path up in it."""
    short = name.rpartition(".")[2]
    if not short.isidentifier():
        return False
    escaped = re.escape(short.encode())
    looked_up = rb"\b" + escaped + rb"(?:\.(?:get|has_key)\(|\[)[^\])\n]{0,60}(?:path|PATH_INFO|url|uri)"
    if re.search(looked_up, syntax.source):
        return True
    looped = (
        rb"\bin[ \t]+(?:\w{1,30}\.){0,3}"
        + escaped
        + rb"\b|\b(?:map|iter|filter|enumerate)\((?:[^\n]{0,200},)?[ \t]*(?:\w{1,30}\.){0,3}"
        + escaped
    )
    return DISPATCHING.search(syntax.source) is not None and re.search(looped + rb"\b", syntax.source) is not None


def _rows(syntax: PythonSyntax, node: Node, by_name: bool) -> Iterator[Row]:
    children = [c for c in node.named_children if c.type != "comment"]
    if node.type == "dictionary":
        for pair in children:
            key, value = pair.child_by_field_name("key"), pair.child_by_field_name("value")
            if key is not None and value is not None:
                yield from _row(syntax, [*_items(key), *_items(value)], syntax.line(pair), by_name)
        return
    flat = by_name and len(children) > 1 and all(c.type in ("string", "identifier", "attribute") for c in children)
    if flat and children[0].type == "string":  # web.py: "/", "index", "/items/(.*)", "Items"
        for first, second in zip(children[::2], children[1::2], strict=False):
            yield from _row(syntax, [first, second], syntax.line(first), by_name)
        return
    for child in children:
        if child.type in ("tuple", "list"):
            yield from _row(syntax, _items(child), syntax.line(child), by_name)
        elif child.type == "call" and syntax.callee(child).rpartition(".")[2] in ROWS:
            given = syntax.arguments(child)
            extra = [v for k, v in given.keywords.items() if k in ("handler", "endpoint", "methods", "view")]
            yield from _row(syntax, [*given.positional[:2], *extra], syntax.line(child), by_name or bool(extra))


def _items(node: Node) -> list[Node]:
    """A tuple's or list's elements; any other node alone."""
    return [c for c in node.named_children if c.type != "comment"] if node.type in ("tuple", "list") else [node]


def _row(syntax: PythonSyntax, items: list[Node], line: int, by_name: bool) -> Iterator[Row]:
    methods: list[str] = []
    pattern: str | None = None
    for item in items[:8]:
        text = _pattern(syntax, item)
        if text is not None and text.upper() in VERBS:
            methods.append(text.upper())
        elif text is not None and pattern is None:
            if not is_pattern(text) and text:
                return
            pattern = text
        elif item.type in ("list", "tuple"):
            methods.extend(m.upper() for m in syntax.strings(item) or () if m.upper() in VERBS)
        elif pattern is not None and item.type == "dictionary":  # ("/x", {"GET": show, "POST": save})
            for verb, value in syntax.dictionary(item):
                if verb.upper() in VERBS and (handler := _handler(syntax, value, by_name)):
                    yield Row((verb.upper(),), pattern, handler, syntax.line(value))
            return
        elif pattern is not None and (handler := _handler(syntax, item, by_name)):
            methods.extend(_later_methods(syntax, items, item))
            yield Row(tuple(methods), pattern, handler, line)
            return


def _later_methods(syntax: PythonSyntax, items: list[Node], handler: Node) -> Iterator[str]:
    """``("/x", show, "GET")`` and ``("/x", show, ["GET", "POST"])``."""
    for item in items[items.index(handler) + 1 : 8]:
        for text in syntax.strings(item) or () if item.type in ("string", "list", "tuple") else ():
            if text.upper() in VERBS:
                yield text.upper()


def _pattern(syntax: PythonSyntax, item: Node) -> str | None:
    """A string, or ``re.compile(string)``."""
    if item.type == "call" and syntax.callee(item).rpartition(".")[2] in COMPILERS:
        given = syntax.arguments(item).positional
        return syntax.string(given[0]) if given else None
    return syntax.string(item) if item.type in ("string", "concatenated_string", "parenthesized_expression") else None


def _handler(syntax: PythonSyntax, item: Node, by_name: bool) -> str:
    """The callable's chain; a name in a string where the dispatcher looks it up, ``""`` for anything else."""
    if item.type in ("string", "concatenated_string"):
        text = (syntax.string(item) or "").replace(":", ".")
        return text if by_name and REFERENCE.match(text) else ""
    if item.type == "call":  # login_required(show), Items(), View.as_view()
        callee = syntax.callee(item).removesuffix(".as_view")
        inner = [a for a in syntax.arguments(item).positional if a.type in ("identifier", "attribute")]
        return joined(*(chain for chain in [*map(syntax.chain, inner), callee] if REFERENCE.match(chain)))
    chain = syntax.chain(item) if item.type in ("identifier", "attribute") else ""
    return chain if REFERENCE.match(chain) and not (CONSTANT.match(chain) and len(chain) > 1) else ""
