"""End on SIGTERM: finish what is under way, then stop, in servers and workers that start by themselves.

A platform stops a process with SIGTERM and kills it some seconds later. The first process of a container that has no handler
does not even notice the signal: every deployment waits, and cuts requests off.

Before
------
    app.listen(config.port);

After
-----
    var server = app.listen(config.port);
    process.once('SIGTERM', function () {
      server.close();
    });

Why
---
Node's server stops accepting, answers what it has begun, and the process ends by itself, since its timers no longer hold it up.
Where a pool of connections or a timer in another file would keep it alive, that is named as left to do. Python programs leave as at Ctrl-C, so that ``finally`` and
``atexit`` run. Spring Boot 2.3 to 3.3 waits for running requests once ``server.shutdown=graceful`` is set (3.4 does so by
itself).

When not
--------
When something in front (gunicorn, uWSGI, a process manager) starts the program and passes signals on in its own way.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Sequence
from typing import Any

from agent.domain.patch import Left, Proposal
from agent.domain.verdict import FileChange
from agent.patches.edits import Edit, apply_edits, change, left, newline_of
from agent.patches.javascript_source import Script, read_script, walk
from agent.patches.python_tree import PythonSource, dotted, is_main_guard, parse_python, python_sources
from agent.ports import Codebase

__all__ = ["RECIPE"]

_SERVES = frozenset("serve_forever start_consuming run_forever consume_forever".split())
_BOOT = re.compile(
    r"<artifactId>spring-boot-starter-parent</artifactId>\s*<version>(\d+)\.(\d+)|org\.springframework\.boot['\"]\)?\s+version\s+['\"](\d+)\.(\d+)"
)
_POOLS = re.compile(
    r'"(pg|mysql2?|mariadb|mongoose|mongodb|redis|ioredis|amqplib|kafkajs|kafka-node|sequelize|knex|bull|bullmq|mssql|oracledb|nats)"\s*:'
)
_TIMER = re.compile(r"\bsetInterval\(")


class GracefulStop:
    """One patch a program."""

    id = "cloud-graceful-stop"
    title = "Stop on SIGTERM"
    languages = frozenset({"python", "javascript", "java"})
    default = False  # how a process ends is behaviour

    def propose(self, code: Codebase) -> Sequence[Proposal]:
        scripts, todo = _scripts(code)
        held = [self._left(todo)] if todo else []
        return held + [
            Proposal(
                recipe=self.id,
                title="Let requests end before Spring Boot stops"
                if changed.path.endswith(".properties")
                else f"Stop {changed.path.rpartition('/')[2][:46]} on SIGTERM",
                why="A platform asks a process to end with SIGTERM and kills it some seconds later: what is under way is finished "
                "before, and the next deployment does not wait.",
                changes=(changed,),
            )
            for changed in [*_programs(code), *scripts, *_spring(code)]
        ]

    def _left(self, todo: Sequence[Left]) -> Proposal:
        return Proposal(
            recipe=self.id,
            title="Servers that something else keeps alive",
            why="After its server is closed a process ends once nothing else keeps it alive.",
            left=tuple(todo),
        )


def _programs(code: Codebase) -> Iterator[FileChange]:
    for source in python_sources(code, "__main__"):
        if re.search(r"\bSIGTERM\b|\bsignal\.signal\(", source.text):
            continue
        for guard in source.tree.body:
            if not isinstance(guard, ast.If) or not is_main_guard(guard) or not _stays(source, guard):
                continue
            if guard.body[0].lineno == guard.lineno:
                continue
            at = source.lines.start(guard.body[0].lineno)
            pad = source.lines.indent(guard.body[0].lineno)
            line = f"{pad}signal.signal(signal.SIGTERM, signal.default_int_handler)  # as Ctrl-C: finally blocks run{source.newline}"
            edits = [*source.import_modules("signal"), Edit(at, at, line)]
            after = apply_edits(source.text, edits)
            if parse_python(source.path, after) and not source.uses("signal"):
                yield change(source.path, source.text, after)
                break


def _stays(source: PythonSource, guard: ast.If) -> bool:
    """Whether what the program starts does not end by itself: a server, a consumer, an endless loop."""
    functions = {s.name: s for s in source.tree.body if isinstance(s, ast.FunctionDef)}
    bodies: list[ast.AST] = [guard]
    for node in ast.walk(guard):
        if isinstance(node, ast.Call) and dotted(node.func) in functions:
            bodies.append(functions[dotted(node.func)])
    for body in bodies:
        for node in ast.walk(body):
            if isinstance(node, ast.While) and isinstance(node.test, ast.Constant) and node.test.value:
                return not any(isinstance(n, (ast.Break, ast.Return)) for n in ast.walk(node))
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
                name = dotted(node.func)
                serves = node.func.attr in _SERVES or (name.endswith(("app.run", "application.run", "socketio.run")))
                if serves and not name.startswith(("uvicorn.", "hypercorn.")):
                    return True
    return False


def _scripts(code: Codebase) -> tuple[list[FileChange], list[Left]]:
    changes: list[FileChange] = []
    todo: list[Left] = []
    paths = [p for p in code.paths(".js", ".cjs", ".mjs") if not code.is_test(p)]
    pools = _POOLS.search(code.text("package.json") or "")
    for path in paths:
        text = code.text(path) or ""
        if ".listen(" not in text or re.search(r"SIGTERM|terminus|server\.close", text):
            continue
        script = read_script(path, text)
        found = list(_listens(script)) if script is not None else []
        if script is None or len(found) != 1:
            continue
        statement, name = found[0]
        timers = [
            p
            for p in paths
            if p != path and _TIMER.search(code.text(p) or "") and "document." not in (code.text(p) or "")
        ]
        if pools or timers:
            what = f"the connections of {pools[1]}" if pools else f"the timer in {timers[0]}"
            line = statement.start_point[0] + 1
            todo.append(
                left(path, line, f"on SIGTERM close this server, then {what}, which would keep the process alive")
            )
            continue
        after = apply_edits(text, _closing(script, statement, name))
        if read_script(path, after) is not None:
            changes.append(change(path, text, after))
    return changes, todo


def _listens(script: Script) -> Iterator[tuple[Any, str]]:
    """(statement, variable or empty) of ``app.listen(...)`` that stands as a statement or is bound to a variable."""
    stack = [script.root]
    while stack:
        node = stack.pop()
        stack.extend(reversed(node.children))
        if node.type == "expression_statement" and node.named_children:
            call = node.named_children[0]
            if call.type == "call_expression" and script.said(call.child_by_field_name("function")) in (
                "app.listen",
                "server.listen",
            ):
                owner = script.said(call.child_by_field_name("function")).partition(".")[0]
                yield node, "server" if owner == "server" else ""
        elif node.type in ("lexical_declaration", "variable_declaration") and len(node.named_children) == 1:
            value = node.named_children[0].child_by_field_name("value")
            name = node.named_children[0].child_by_field_name("name")
            if value is None or value.type != "call_expression" or name is None:
                continue
            if script.said(value.child_by_field_name("function")) == "app.listen":
                yield node, script.said(name)


def _closing(script: Script, statement: Any, name: str) -> list[Edit]:
    text = script.text
    arrow = "=>" in text
    word = "const" if arrow or re.search(r"^\s*const ", text, re.M) else "var"
    stop = ";" if script.said(statement).endswith(";") else ""
    quote = '"' if text.count('"') > text.count("'") else "'"
    start = text.rfind("\n", 0, statement.start_byte) + 1
    pad = text[start : statement.start_byte] if not text[start : statement.start_byte].strip() else ""
    step = "\t" if "\n\t" in text else ("  " if re.search(r"^  \S", text, re.M) else "    ")
    head = "() =>" if arrow else "function ()"
    edits: list[Edit] = []
    if not name:
        name = "server"
        if any(n.type == "identifier" and script.said(n) == name for n in walk(script.root)):
            name = "listening"
        edits.append(Edit(statement.start_byte, statement.start_byte, f"{word} {name} = "))
    lines = [
        "",
        f"{pad}process.once({quote}SIGTERM{quote}, {head} {{",
        f"{pad}{step}{name}.close(){stop}",
        f"{pad}}}){stop}",
    ]
    for node in walk(script.root):  # a timer would keep the process alive
        if node.type == "expression_statement" and script.said(node).startswith("setInterval("):
            call = node.named_children[0]
            edits.append(Edit(call.end_byte, call.end_byte, ".unref()"))
    edits.append(Edit(statement.end_byte, statement.end_byte, newline_of(text).join(lines)))
    return edits


def _spring(code: Codebase) -> Iterator[FileChange]:
    builds = [code.text(p) or "" for p in code.paths("pom.xml", "build.gradle")]
    versions = [(int(a or c), int(b or d)) for text in builds for a, b, c, d in _BOOT.findall(text)]
    if not versions or not all((2, 3) <= version < (3, 4) for version in versions):
        return
    for path in code.paths("/application.properties"):
        text = code.text(path) or ""
        if code.is_test(path) or "server.shutdown" in text or not path.endswith("resources/application.properties"):
            continue
        end = newline_of(text)
        lead = "" if not text or text.endswith(("\n", "\r")) else end
        yield change(path, text, f"{text}{lead}server.shutdown=graceful{end}")


RECIPE = GracefulStop()
