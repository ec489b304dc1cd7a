"""What one CommonJS file requires and exports, and what that is as an ES module: a file's scopes in, edits or problems out.

What cannot be said in an ES module stays with ``createRequire``, which loads CommonJS and JSON but no ES module: so all
requires of the package's own files have to become imports, and everything else may.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

from agent.domain.patch import Left
from agent.patches.edits import left
from agent.patches.javascript_scopes import Scopes
from agent.patches.javascript_source import FUNCTIONS, Script, line_of, walk

__all__ = ["CommonJs", "Require", "is_builtin", "read_commonjs"]

_BUILTIN = frozenset(
    """assert async_hooks buffer child_process cluster console constants crypto dgram diagnostics_channel dns domain events fs
    http http2 https inspector module net os path perf_hooks process punycode querystring readline repl stream string_decoder
    timers tls trace_events tty url util v8 vm wasi worker_threads zlib""".split()
)
_DECLARATIONS = frozenset({"variable_declaration", "lexical_declaration"})
_EFFECTS = frozenset({"call_expression", "new_expression", "update_expression", "await_expression", "yield_expression"})
_RESERVED = frozenset(
    """arguments await break case catch class const continue debugger default delete do else enum eval export extends false
    finally for function if implements import in instanceof interface let new null package private protected public return
    static super switch this throw true try typeof undefined var void while with yield""".split()
)
_NAME = re.compile(r"[A-Za-z_$][\w$]*")


@dataclass(eq=False)
class Require:
    """``require('x')``: ``target`` is the file of this package that it means, ``declaration`` the top-level statement that
    consists of it (None elsewhere), ``declarator`` the part of it."""

    call: Any
    specifier: str
    target: str
    declaration: Any = None
    declarator: Any = None


@dataclass(eq=False)
class CommonJs:
    """``whole`` are assignments to ``module.exports``, ``named`` those to ``exports.x``; ``reads`` other uses of exports."""

    script: Script
    scopes: Scopes
    requires: list[Require] = field(default_factory=list)
    whole: list[Any] = field(default_factory=list)
    named: dict[str, Any] = field(default_factory=dict)
    reads: list[tuple[str, Any]] = field(default_factory=list)
    loose: list[Any] = field(default_factory=list)  # ``exports`` itself, or a second assignment
    mains: list[Any] = field(default_factory=list)  # ``require.main === module``
    keeps: list[Any] = field(default_factory=list)  # ``require.resolve`` and the like
    problems: list[Left] = field(default_factory=list)

    @property
    def is_commonjs(self) -> bool:
        return bool({"require", "module", "exports", "__dirname", "__filename"} & self.scopes.free.keys())

    def can_be_named(self) -> bool:
        """Whether ``exports.x = ...`` can become ``export const x = ...``: each once, at the top, its name free in the file."""
        if self.whole or self.loose or not self.named:
            return False
        taken = {name for scope in self.scopes.every for name in scope.names} | self.scopes.free.keys()
        if any(name in taken or name in _RESERVED or not _NAME.fullmatch(name) for name in self.named):
            return False
        if any(name not in self.named for name, _ in self.reads):
            return False
        return not any(one.type == "this" for node in self.named.values() for one in walk(node))

    def hoists(self, require: Require) -> bool:
        """Whether an import, which runs before everything else, comes at the same time as this require does."""
        first = min(_effects(self), default=1 << 60)
        return is_builtin(require.specifier) or bool(require.call.start_byte < first)


def read_commonjs(script: Script, scopes: Scopes, resolve: Callable[[str, str], str | None]) -> CommonJs:
    """``resolve`` says which file a relative specifier means, "" for none of ours (JSON), None for one that is not there."""
    found = CommonJs(script, scopes)

    def problem(node: Any, text: str) -> None:
        found.problems.append(left(script.path, line_of(node), text))

    for reference in scopes.free.get("require", ()):
        _read_require(found, reference.node, resolve, problem)
    for name in ("module", "exports"):
        for reference in scopes.free.get(name, ()):
            _read_export(found, reference.node, name, problem)
    _read_strictness(found, problem)
    return found


def _read_require(
    found: CommonJs, node: Any, resolve: Callable[[str, str], str | None], problem: Callable[[Any, str], None]
) -> None:
    script, parent = found.script, node.parent
    if parent.type == "member_expression":
        member = script.said(parent.child_by_field_name("property"))
        test = parent.parent
        if (
            member == "main"
            and test.type == "binary_expression"
            and script.said(test).split()
            in (
                ["require.main", "===", "module"],
                ["require.main", "==", "module"],
            )
        ):
            found.mains.append(test)
        elif member == "resolve":
            found.keeps.append(parent)
        else:
            problem(node, f"require.{member} has no counterpart in ES modules")
        return
    arguments = parent.child_by_field_name("arguments") if parent.type == "call_expression" else None
    if arguments is None or arguments.named_child_count != 1:
        problem(node, "require is passed on or called in an unusual way")
        return
    text = arguments.named_children[0]
    if text.type != "string":
        problem(node, "what is required is only known when it runs: import() gives a promise")
        return
    specifier = script.said(text)[1:-1]
    target = resolve(script.path, specifier) if specifier.startswith(".") else ""
    if target is None:
        problem(node, f"{specifier} leads to no file here")
        return
    require = Require(parent, specifier, target)
    _place(require)
    found.requires.append(require)


def _place(require: Require) -> None:
    """Finds the top-level statement that consists of the require, if it does."""
    node = require.call.parent
    if node.type == "expression_statement" and node.parent.type == "program":
        require.declaration = node
    elif (
        node.type == "variable_declarator"
        and node.parent.type in _DECLARATIONS
        and node.parent.parent.type == "program"
    ):
        name = node.child_by_field_name("name")
        if name.type == "identifier" or (name.type == "object_pattern" and _is_flat(name)):
            require.declaration, require.declarator = node.parent, node


def _is_flat(pattern: Any) -> bool:
    kinds = ("shorthand_property_identifier_pattern", "pair_pattern")
    return all(
        one.type in kinds and (one.type != "pair_pattern" or one.child_by_field_name("value").type == "identifier")
        for one in pattern.named_children
    )


def _read_export(found: CommonJs, node: Any, name: str, problem: Callable[[Any, str], None]) -> None:
    script = found.script
    if name == "module":
        if any(main.start_byte <= node.start_byte < main.end_byte for main in found.mains):
            return
        node = node.parent
        if node.type != "member_expression" or script.said(node.child_by_field_name("property")) != "exports":
            problem(node, "module is used for more than its exports")
            return
    parent = node.parent
    if _is_assigned(node):
        if name == "module" and parent.parent.type == "expression_statement" and parent.parent.parent.type == "program":
            found.whole.append(parent)
        else:
            problem(node, "the exports are given another value in the middle")
        return
    if parent.type != "member_expression" or parent.child_by_field_name("object").id != node.id:
        found.loose.append(node)
        return
    member = script.said(parent.child_by_field_name("property"))
    assignment = parent.parent
    at_top = assignment.parent is not None and assignment.parent.type == "expression_statement"
    if _is_assigned(parent) and at_top and assignment.parent.parent.type == "program" and member not in found.named:
        found.named[member] = assignment
    elif _is_assigned(parent) or parent.parent.type in ("update_expression", "augmented_assignment_expression"):
        found.loose.append(parent)
    else:
        found.reads.append((member, parent))


def _is_assigned(node: Any) -> bool:
    parent = node.parent
    return bool(parent.type == "assignment_expression" and parent.child_by_field_name("left").id == node.id)


def _read_strictness(found: CommonJs, problem: Callable[[Any, str], None]) -> None:
    """ES modules are strict, and their top level is no function."""
    for name, references in sorted(found.scopes.free.items()):
        for reference in references:
            if reference.writes and name not in ("module", "exports"):
                problem(reference.node, f"{name} is assigned and declared nowhere, which throws in an ES module")
    stack = [found.script.root]
    while stack:
        node = stack.pop()
        if node.type == "return_statement":
            problem(node, "return at the top of a module")
        elif node.type == "this":
            problem(node, "this at the top of a module is undefined in an ES module")
        elif node.type == "identifier" and found.script.said(node) == "arguments":
            problem(node, "the top of a module has no arguments in an ES module")
        stack.extend(
            child
            for child in node.children
            if child.type not in FUNCTIONS - {"arrow_function"} and child.type != "class_body"
        )
    for node in walk(found.script.root):
        if node.type == "with_statement":
            problem(node, "with is not allowed in an ES module")
        elif node.type == "member_expression" and found.script.said(node) == "arguments.callee":
            problem(node, "arguments.callee is not allowed in an ES module")
        elif node.type == "number" and re.fullmatch(r"0\d+", found.script.said(node)):
            problem(node, "a number with a leading zero is not allowed in an ES module")


def _effects(found: CommonJs) -> Iterator[int]:
    """Where a top-level statement starts that may do something other than declare, require or export."""

    def exports(node: Any) -> bool:
        return node.id in {one.id for one in (*found.whole, *found.named.values())}

    own = {require.declaration.start_byte for require in found.requires if require.declaration is not None}
    for statement in found.script.root.named_children:
        if statement.start_byte not in own and _has_effect(statement, exports):
            yield int(statement.start_byte)


def _has_effect(statement: Any, exports: Callable[[Any], bool]) -> bool:
    if statement.type in ("if_statement", "for_statement", "while_statement", "try_statement", "throw_statement"):
        return True
    stack = [statement]
    while stack:
        node = stack.pop()
        if node.type in _EFFECTS or (node.type == "assignment_expression" and not exports(node)):
            return True
        stack.extend(child for child in node.children if child.type not in FUNCTIONS)
    return False


def is_builtin(specifier: str) -> bool:
    return specifier.startswith("node:") or specifier.partition("/")[0] in _BUILTIN
