"""A promise made by hand around a call of ``fs`` becomes the call of ``fs.promises`` that it imitates.

Before
------
    function load(file) {
      return new Promise(function (resolve, reject) {
        fs.readFile(file, 'utf8', function (err, text) {
          if (err) return reject(err);
          resolve(text);
        });
      });
    }

After
-----
    function load(file) {
      return fs.promises.readFile(file, 'utf8');
    }

Why
---
Node has had these promises since version 10. Five lines less to get wrong: a promise made by hand that forgets one branch
waits for ever.

When not
--------
Only what is provably the same is changed: one call, whose callback does nothing but reject with its error or resolve with
its value. Callbacks as such are part of what a function promises to its callers, in this repository and outside of it;
where three or more of them are nested, the place is listed, and moving it is for people or a model. Tests are left as they are.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Any

from agent.domain.inventory import Location
from agent.domain.patch import Left, Proposal
from agent.domain.verdict import FileChange
from agent.patches.edits import Edit
from agent.patches.javascript_modules import Modules
from agent.patches.javascript_scopes import read_scopes
from agent.patches.javascript_source import Script, edited, line_of, scripts, walk
from agent.patches.small_parts import in_small_parts
from agent.ports import Codebase

__all__ = ["RECIPE", "NodeCallbacksToPromises"]

_WITH_VALUE = frozenset("readFile readdir stat lstat readlink realpath mkdtemp".split())
_WITHOUT = frozenset(
    "writeFile appendFile unlink rmdir rename chmod chown copyFile access truncate utimes symlink link".split()
)
_FUNCTIONS = frozenset({"function_expression", "arrow_function"})
_SPEAKS = re.compile(r"new Promise\b|function ?\( ?(?:err|error|e)\b|\((?:err|error|e)\b[^()\n]{0,80}\) ?=>")
_ERRORS = frozenset({"err", "error", "e", "er"})
_DEEP = 3


class NodeCallbacksToPromises:
    """One proposal a file; where there are very many files, one a folder."""

    id = "node-callbacks-to-promises"
    title = "Use Node's own promises"
    languages = frozenset({"javascript"})
    default = True

    def propose(self, code: Codebase) -> Sequence[Proposal]:
        changes: list[FileChange] = []
        left: list[Left] = []
        for script in scripts(code, _SPEAKS):
            after = edited(script, _edits(script, Modules(read_scopes(script))))
            if after != script.text:
                changes.append(FileChange(path=script.path, before=script.text, after=after))
            left += _nested(script)
        why = "The promises made by hand did what fs.promises does; nothing else changes."
        return in_small_parts(self.id, "Use Node's own promises", why, changes, left)


def _edits(script: Script, modules: Modules) -> Iterator[Edit]:
    for node in walk(script.root):
        if node.type == "new_expression" and modules.dotted(node.child_by_field_name("constructor")) == "Promise":
            new = _imitated(script, modules, node)
            if new:
                yield Edit(node.start_byte, node.end_byte, new)


def _imitated(script: Script, modules: Modules, promise: Any) -> str:
    executor = _only(_plain(promise.child_by_field_name("arguments")))
    names = _parameters(script, executor)
    call = _only_call(executor) if len(names) == 2 else None
    if call is None:
        return ""
    function, arguments = call.child_by_field_name("function"), _plain(call.child_by_field_name("arguments"))
    module, _, method = modules.dotted(function).partition(".")
    if module != "fs" or function.type != "member_expression" or method not in _WITH_VALUE | _WITHOUT or not arguments:
        return ""
    callback = arguments[-1]
    given = _parameters(script, callback)
    if not given or not _settles(script, callback, names, given, with_value=method in _WITH_VALUE):
        return ""
    if any(
        script.said(one) in names for argument in arguments[:-1] for one in walk(argument) if one.type == "identifier"
    ):
        return ""
    owner = script.said(function.child_by_field_name("object"))
    if len(arguments) < 2 or arguments[-2].end_byte > callback.start_byte:
        return ""
    return f"{owner}.promises.{method}({script.text[arguments[0].start_byte : arguments[-2].end_byte]})"


def _settles(script: Script, callback: Any, names: Sequence[str], given: Sequence[str], *, with_value: bool) -> bool:
    """Whether the callback rejects with its error, else resolves with its value, and does nothing else."""
    resolve, reject = names
    error, value = given[0], given[1] if len(given) > 1 else ""
    said = " ".join(_tokens(script, callback.child_by_field_name("body")))
    no, yes = f"{reject} ( {error} )", f"{resolve} ( {value} )" if with_value else f"{resolve} ( )"
    if with_value and not value:
        return False
    return said in {
        f"{{ if ( {error} ) {no} else {yes} }}",
        f"{{ if ( {error} ) {{ {no} }} else {{ {yes} }} }}",
        f"{{ if ( {error} ) return {no} {yes} }}",
        f"{{ if ( {error} ) return {no} return {yes} }}",
        f"{{ if ( {error} ) {{ return {no} }} {yes} }}",
        f"{{ if ( {error} ) {{ {no} return }} {yes} }}",
        f"{{ if ( {error} ) {{ return {no} }} return {yes} }}",
        f"{{ {error} ? {no} : {yes} }}",
        f"{error} ? {no} : {yes}",
        f"( {error} ? {no} : {yes} )",
    }


def _tokens(script: Script, node: Any) -> Iterator[str]:
    """The words of a piece of code; semicolons say nothing, and a comment is kept so that nothing with one is the same."""
    for one in walk(node) if node is not None else ():
        if one.child_count == 0 and one.type != ";":
            yield script.said(one)


def _parameters(script: Script, function: Any) -> Sequence[str]:
    if function is None or function.type not in _FUNCTIONS or any(child.type == "async" for child in function.children):
        return ()
    alone, parameters = function.child_by_field_name("parameter"), function.child_by_field_name("parameters")
    if alone is not None and alone.type == "identifier":
        return [script.said(alone)]
    if parameters is None or any(one.type != "identifier" for one in parameters.named_children):
        return ()
    return [script.said(one) for one in parameters.named_children]


def _only_call(function: Any) -> Any:
    """The one call that a function consists of."""
    body = function.child_by_field_name("body")
    if body.type == "statement_block":
        statement = _only(body.named_children)
        if statement is None or statement.type not in ("expression_statement", "return_statement"):
            return None
        body = _only(statement.named_children)
    return body if body is not None and body.type == "call_expression" else None


def _only(nodes: Sequence[Any]) -> Any:
    return nodes[0] if len(nodes) == 1 else None


def _plain(arguments: Any) -> Sequence[Any]:
    """The arguments; none when one of them is a comment or a spread, which would get lost or is several."""
    if arguments is None or any(one.type in ("comment", "spread_element") for one in arguments.named_children):
        return ()
    return tuple(arguments.named_children)


def _nested(script: Script) -> Iterator[Left]:
    """Outermost callbacks that take an error and have two more such callbacks inside each other in them."""
    depths: dict[int, int] = {}
    outermost: dict[int, Any] = {}
    for node in walk(script.root):
        if node.type in _FUNCTIONS and node.parent.type == "arguments" and _ERRORS & set(_parameters(script, node)[:1]):
            around = node.parent
            while around is not None and around.id not in depths:
                around = around.parent
            depths[node.id] = depths[around.id] + 1 if around is not None else 1
            outermost[node.id] = outermost[around.id] if around is not None else node
    deepest: dict[int, int] = {}
    for key, depth in depths.items():
        start = int(outermost[key].start_byte)
        deepest[start] = max(deepest.get(start, 0), depth)
    for node in sorted({n.start_byte: n for n in outermost.values()}.values(), key=lambda n: int(n.start_byte)):
        if deepest[node.start_byte] >= _DEEP:
            text = f"callbacks {deepest[node.start_byte]} deep: async functions would read from top to bottom"
            yield Left(where=Location(path=script.path, line=line_of(node)), text=text)


RECIPE = NodeCallbacksToPromises()
