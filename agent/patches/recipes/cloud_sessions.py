"""Name what a process keeps for its users in its own memory: sessions, baskets, locks. Nothing is changed.

The second replica does not know them, and a restart forgets them. Where they should go is a decision, not a rewrite.

Before
------
    BASKETS = {}
    app.use(session({ secret: secret }));

After
-----
The places, each with its options: a signed cookie for little, a store that all replicas share (Redis, the database) for
more, session affinity at the load balancer until then.

Why
---
It decides whether there may be more than one replica, and whether a deployment logs everybody out.

When not
--------
When one replica is enough and losing the sessions at a restart is accepted.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Sequence

from agent.domain.patch import Left, Proposal
from agent.patches.edits import Lines, left
from agent.patches.python_tree import PythonSource, dotted, python_sources, text_of
from agent.ports import Codebase

__all__ = ["RECIPE"]

_NAME = re.compile(
    r"session|cart|basket|seen|online|logged|login|token|lock|draft|wizard|pending|visitor|counter", re.I
)
_CHANGES = frozenset("append add update setdefault pop clear remove discard extend insert popitem".split())
_OPTIONS = "; options: a signed cookie for little, a store that all replicas share, session affinity until then"
_SCRIPT = re.compile(r"^(?:var|let|const)\s+(\w+)\s*=\s*(?:\{\}|\[\]|new Map\(\)|Object\.create\(null\))", re.M)
_EXPRESS = re.compile(r"\bsession\(\{(?P<options>[^}]{0,600})")


class Sessions:
    """One list of places."""

    id = "cloud-sessions"
    title = "Name what lives in one process's memory"
    languages = frozenset({"python", "javascript", "java"})
    default = True

    def propose(self, code: Codebase) -> Sequence[Proposal]:
        found = sorted(
            [*_python(code), *_scripts(code), *_java(code)], key=lambda item: (item.where.path, item.where.line)
        )
        if not found:
            return ()
        return [
            Proposal(
                recipe=self.id,
                title="Users' state in the memory of one process",
                why="A second replica does not know it, and a restart forgets it: where it goes is a decision.",
                left=tuple(found),
            )
        ]


def _python(code: Codebase) -> Iterator[Left]:
    for source in python_sources(code):
        changed = _changed_names(source)
        for statement in source.tree.body:
            if not (isinstance(statement, ast.Assign) and isinstance(statement.targets[0], ast.Name)):
                continue
            name, value = statement.targets[0].id, statement.value
            said = text_of(value) or ""
            if name == "SESSION_ENGINE" and said.endswith((".file", ".cache")):
                yield left(source.path, statement.lineno, f"sessions are kept in {said.rpartition('.')[2]}{_OPTIONS}")
            elif name == "SESSION_TYPE" and said in ("filesystem", "cachelib"):
                yield left(source.path, statement.lineno, f"sessions are kept in the {said}{_OPTIONS}")
            elif _NAME.search(name) and name in changed and _is_container(value):
                yield left(source.path, statement.lineno, f"{name} is kept in the memory of this process{_OPTIONS}")


def _is_container(value: ast.expr) -> bool:
    if isinstance(value, ast.Call):
        return (
            dotted(value.func).rpartition(".")[2]
            in ("dict", "list", "set", "defaultdict", "OrderedDict", "Counter", "deque")
            and not value.keywords
        )
    return isinstance(value, (ast.Dict, ast.List, ast.Set)) and not (
        getattr(value, "keys", None) or getattr(value, "elts", None)
    )


def _changed_names(source: PythonSource) -> set[str]:
    """Names of which functions change an entry."""
    found: set[str] = set()
    for function in (n for n in source.walk() if isinstance(n, (ast.FunctionDef, ast.AsyncFunctionDef))):
        for node in ast.walk(function):
            if isinstance(node, ast.Subscript) and isinstance(node.ctx, (ast.Store, ast.Del)):
                found.add(dotted(node.value))
            elif isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in _CHANGES:
                found.add(dotted(node.func.value))
    return found


def _scripts(code: Codebase) -> Iterator[Left]:
    for path in code.paths(".js", ".cjs", ".mjs"):
        text = code.text(path) or ""
        if code.is_test(path) or len(text) > 500_000 or "document." in text:
            continue
        lines = Lines(text)
        if "express-session" in text:
            for found in _EXPRESS.finditer(text):
                if "store" not in found["options"]:
                    yield left(
                        path, lines.number(found.start()), f"sessions are kept in the memory of this process{_OPTIONS}"
                    )
        for found in _SCRIPT.finditer(text):
            name = found[1]
            if _NAME.search(name) and re.search(
                rf"\b{re.escape(name)}(?:\[[^\]\n]{{1,80}}\]\s*=[^=]|\.set\(|\.push\()", text
            ):
                yield left(path, lines.number(found.start()), f"{name} is kept in the memory of this process{_OPTIONS}")


def _java(code: Codebase) -> Iterator[Left]:
    settled = any("<distributable" in (code.text(p) or "") for p in code.paths("web.xml")) or any(
        "spring-session" in (code.text(p) or "") for p in code.paths("pom.xml", "build.gradle")
    )
    if settled:
        return
    places = [
        (path, number)
        for path in code.paths(".java", ".jsp")
        if not code.is_test(path)
        for number, line in enumerate((code.text(path) or "").splitlines(), 1)
        if len(line) < 400 and re.search(r"\b\w*[sS]es(?:sion)?\w*(?:\(\w*\))?\.setAttribute\(", line)
    ]
    if places:
        more = f", and {len(places) - 1} more places" if len(places) > 1 else ""
        yield left(*places[0], f"objects are put into the HTTP session of this server{more}{_OPTIONS}")


RECIPE = Sessions()
