"""Calls of Node API that newer releases no longer have, or warn of, become their successors.

Before
------
    var sys = require('sys');
    var head = new Buffer(4);
    var body = new Buffer(text, 'utf8');
    if (util.isArray(rows)) util.puts(rows.length);

After
-----
    var sys = require('util');
    var head = Buffer.alloc(4);
    var body = Buffer.from(text, 'utf8');
    if (Array.isArray(rows)) console.log(rows.length);

Why
---
``util.isArray`` and its kin, ``util.puts`` and ``sys`` are gone from today's Node; ``new Buffer(n)`` warns at every start, and
filled with whatever the sender chose when a number came where a text was meant.

When not
--------
For code that still has to run on Node before 6. ``new Buffer(x)`` stays, and is listed, where nothing near shows whether x
is a number, a text or bytes: guessing wrong would throw. Listed and never changed: ``domain``, ``crypto.createCipher`` (its
files have to be read once more), ``process.binding``, ``fs.exists`` (no error for its callback), ``url.parse``, calls of ``fs``
without the callback that Node now insists on. Tests are left as they are.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Any

from agent.domain.inventory import Location
from agent.domain.patch import Left, Proposal
from agent.domain.verdict import FileChange
from agent.patches.edits import Edit
from agent.patches.javascript_modules import Modules, required
from agent.patches.javascript_scopes import Scopes, read_scopes
from agent.patches.javascript_source import edited, line_of, scripts
from agent.patches.javascript_values import kind_of
from agent.patches.small_parts import in_small_parts
from agent.ports import Codebase

__all__ = ["RECIPE", "NodeRemovedApis"]

# The same function under another name
_RENAMED = {
    "util.isArray": "Array.isArray",
    "util.isBuffer": "Buffer.isBuffer",
    "util.print": "process.stdout.write",
    "util._extend": "Object.assign",
}
_MEMBERS = {
    "util.isRegExp": "types.isRegExp",
    "util.isDate": "types.isDate",
    "path._makeLong": "toNamespacedPath",
    "os.tmpDir": "tmpdir",
    "os.getNetworkInterfaces": "networkInterfaces",
}
_ONE_ARGUMENT = {"util.puts": "console.log", "util.debug": "console.error", "util.error": "console.error"}
_TYPES = {"isBoolean": "boolean", "isNumber": "number", "isString": "string", "isSymbol": "symbol",
          "isUndefined": "undefined", "isFunction": "function"}  # fmt: skip
_LISTED = {
    "process.binding": "process.binding reaches into Node itself and goes away",
    "crypto.createCipher": "crypto.createCipher left Node 22: createCipheriv takes a key and an initialization vector, and what was encrypted has to be read with the old one",
    "crypto.createDecipher": "crypto.createDecipher left Node 22: see createDecipheriv",
    "fs.exists": "fs.exists gives its callback no error: fs.access or fs.stat do",
    "url.parse": "url.parse is lenient in ways that were security holes: new URL() throws where it guessed",
    "util.inherits": "util.inherits is the class of old: class ... extends",
    "util.isError": "util.isError left Node 23: value instanceof Error",
    "util.isObject": "util.isObject left Node 23: value !== null && typeof value === 'object'",
    "util.isPrimitive": "util.isPrimitive left Node 23",
    "util.log": "util.log left Node 23: console.log with a time of your own",
    "http.createClient": "http.createClient left Node long ago: http.request",
    "tls.createSecurePair": "tls.createSecurePair left Node: tls.TLSSocket",
    "process.EventEmitter": "process.EventEmitter left Node: require('events')",
}
_MODULES = {"domain": "domains are deprecated: errors of asynchronous work go to promises or AsyncLocalStorage",
            "punycode": "the module punycode is deprecated: use the package of that name"}  # fmt: skip
_INSIST = frozenset(
    "readFile writeFile appendFile unlink mkdir rmdir readdir stat lstat rename chmod close open copyFile symlink".split()
)
_SPEAKS = re.compile(r"\bBuffer\s{0,9}\(|require\(|\bGLOBAL\b|process\.(?:binding|EventEmitter)")
_SIMPLE = frozenset(
    {"identifier", "member_expression", "call_expression", "this", "subscript_expression", "parenthesized_expression"}
)
_LOOSE = frozenset(
    {
        "arguments",
        "parenthesized_expression",
        "return_statement",
        "variable_declarator",
        "expression_statement",
        "pair",
        "array",
    }
)


class NodeRemovedApis:
    """One proposal a file; where there are very many files, one a folder."""

    id = "node-removed-apis"
    title = "Replace Node API that newer releases no longer have"
    languages = frozenset({"javascript"})
    default = True

    def propose(self, code: Codebase) -> Sequence[Proposal]:
        changes: list[FileChange] = []
        left: list[Left] = []
        for script in scripts(code, _SPEAKS):
            after = edited(script, _Rewriting(read_scopes(script), left).edits())
            if after != script.text:
                changes.append(FileChange(path=script.path, before=script.text, after=after))
        why = "Newer releases of Node warn of this API or no longer have it; its successors do the same."
        return in_small_parts(self.id, "Replace outdated Node API", why, changes, left)


class _Rewriting:
    def __init__(self, scopes: Scopes, left: list[Left]) -> None:
        self._scopes, self._script = scopes, scopes.script
        self._modules = Modules(scopes)
        self._left = left

    def edits(self) -> Iterator[Edit]:
        for reference in self._scopes.free.get("require", ()):
            yield from self._require(reference.node.parent)
        for reference in self._scopes.free.get("GLOBAL", ()):
            yield Edit(reference.node.start_byte, reference.node.end_byte, "global")
        for reference in self._scopes.free.get("root", ()):
            self._note(reference.node, "the global root is deprecated: globalThis")
        for dotted, node in self._modules.uses():
            yield from self._use(_as_util(dotted), node)

    def _require(self, call: Any) -> Iterator[Edit]:
        module = required(self._scopes, call) if call.type == "call_expression" else ""
        if module == "sys":
            text = call.child_by_field_name("arguments").named_children[0]
            yield Edit(text.start_byte + 1, text.end_byte - 1, "util")
        elif module in _MODULES:
            self._note(call, _MODULES[module])

    def _use(self, dotted: str, node: Any) -> Iterator[Edit]:
        call = node.parent if _is_called(node) else None
        name = dotted.rpartition(".")[2]
        if node.type not in ("identifier", "member_expression"):
            return  # {isArray}: a name and a key at once
        if dotted in ("Buffer", "buffer.Buffer"):
            yield from self._buffer(node)
        elif dotted in _RENAMED:
            if dotted not in ("util.print", "util._extend") or (
                call is not None and _count(call) == (1 if name == "print" else 2)
            ):
                yield Edit(node.start_byte, node.end_byte, _RENAMED[dotted])
        elif dotted in _MEMBERS and node.type == "member_expression":
            member = node.child_by_field_name("property")
            yield Edit(member.start_byte, member.end_byte, _MEMBERS[dotted])
        elif dotted in _ONE_ARGUMENT and call is not None and _count(call) == 1:
            yield Edit(node.start_byte, node.end_byte, _ONE_ARGUMENT[dotted])
        elif (
            dotted.startswith("util.is")
            and (name in _TYPES or name in ("isNull", "isNullOrUndefined"))
            and call is not None
        ):
            yield from self._type_test(name, call)
        elif dotted in _LISTED:
            self._note(node, _LISTED[dotted])
        elif dotted.startswith("fs.") and name in _INSIST and call is not None:
            self._without_callback(dotted, call)

    def _buffer(self, node: Any) -> Iterator[Edit]:
        parent = node.parent
        is_new = parent.type == "new_expression" and parent.child_by_field_name("constructor").id == node.id
        if not is_new and not _is_called(node):
            return
        arguments = parent.child_by_field_name("arguments")
        values = [] if arguments is None else [child for child in arguments.named_children if child.type != "comment"]
        if not values:
            return
        kind = (
            "text"
            if len(values) == 2 and kind_of(values[1], self._modules, self._script) == "text"
            else kind_of(values[0], self._modules, self._script)
        )
        if not kind or (kind == "number" and len(values) > 1):
            self._note(
                parent,
                "new Buffer() is deprecated: Buffer.from() for a text or bytes, Buffer.alloc() for a size; nothing here says which",
            )
            return
        made = "alloc" if kind == "number" else "from"
        yield Edit(parent.start_byte, node.end_byte, f"{self._script.said(node)}.{made}")

    def _type_test(self, name: str, call: Any) -> Iterator[Edit]:
        arguments = call.child_by_field_name("arguments")
        if _count(call) != 1:
            return
        value = arguments.named_children[0]
        said = self._script.said(value)
        said = said if value.type in _SIMPLE else f"({said})"
        test = (
            f"typeof {said} === '{_TYPES[name]}'"
            if name in _TYPES
            else f"{said} {'===' if name == 'isNull' else '=='} null"
        )
        parent = call.parent
        bare = parent.type in _LOOSE or (
            parent.type == "binary_expression" and parent.child_by_field_name("operator").type in ("&&", "||")
        )
        yield Edit(call.start_byte, call.end_byte, test if bare else f"({test})")

    def _without_callback(self, dotted: str, call: Any) -> None:
        arguments = call.child_by_field_name("arguments").named_children
        plain = ("string", "number", "object", "template_string", "binary_expression", "true", "false")
        if arguments and arguments[-1].type in plain and call.parent.type == "expression_statement":
            self._note(call, f"{dotted} without a callback throws since Node 10")

    def _note(self, node: Any, text: str) -> None:
        self._left.append(Left(where=Location(path=self._script.path, line=line_of(node)), text=text))


def _as_util(dotted: str) -> str:
    return f"util.{dotted[4:]}" if dotted.startswith("sys.") else dotted


def _is_called(node: Any) -> bool:
    parent = node.parent
    return bool(
        parent is not None and parent.type == "call_expression" and parent.child_by_field_name("function").id == node.id
    )


def _count(call: Any) -> int:
    arguments = call.child_by_field_name("arguments")
    if arguments is None or any(child.type == "spread_element" for child in arguments.named_children):
        return -1
    return len([child for child in arguments.named_children if child.type != "comment"])


RECIPE = NodeRemovedApis()
