"""Binary data that a program handles as native strings, kept in text byte for byte.

Before:

    head = struct.pack(">2sH", "TL", len(body))
    open(path, "wb").write(head + zlib.compress(body))

After:

    head = struct.pack(">2sH", b"TL", len(body)).decode("latin-1")
    open(path, "w", encoding="latin-1", newline="").write(head + zlib.compress(to_bytes(body, "latin-1")).decode("latin-1"))

Why: where binary data is put together with text, cut, compared and shown, all of it was one kind of string. Latin-1 maps each
byte to the character of the same number and back, so such code goes on unchanged; PEP 3333 settles WSGI in the same way.

When not: where bytes stay among bytes. It is a guess, kept only where more tests pass with it.
"""

# ruff: noqa: ARG001 - every rule takes the same

from __future__ import annotations

import ast
import re

from agent.patches.python_source.kinds import Kinds
from agent.patches.python_source.literals import literal_parts
from agent.patches.python_source.module import Edit, Module, dotted
from agent.patches.python_source.project import Project
from agent.patches.python_source.rules import Rule
from agent.patches.python_source.snippets import add_snippet
from agent.patches.recipes.python3.edges import BYTES_SINKS, constant_text, made_by

__all__ = ["GUESSES"]

_SOURCES = frozenset(
    [
        "struct.pack",
        "os.urandom",
        "os.read",
        "zlib.compress",
        "zlib.decompress",
        "bz2.compress",
        "bz2.decompress",
        "pickle.dumps",
        "marshal.dumps",
        "base64.b64decode",
        "base64.decodebytes",
        "base64.urlsafe_b64decode",
        "base64.standard_b64decode",
        "base64.b32decode",
        "base64.b16decode",
        "binascii.unhexlify",
        "binascii.a2b_base64",
        "binascii.a2b_hex",
        "socket.inet_aton",
    ]
)
_BINARY = frozenset(["struct.pack", "struct.unpack", "struct.unpack_from", "struct.Struct", "array.array"])
_READS = frozenset(["read", "getvalue", "readline", "recv"])
_SENDS = frozenset(["write", "send", "sendall"])
_LATIN = "'latin-1'"
_LATIN_MODE = ", encoding='latin-1', newline=''"
# takes a file of bytes as an argument
_NEED_BINARY = re.compile(
    r"^(?:pickle|marshal|zipfile|tarfile|gzip|zlib|wave|shelve|PIL|Image|plistlib|imghdr|mmap|array)\b"
)


def _data_as_text(module: Module, project: Project, guarded: frozenset[int]) -> None:
    for call in module.of(ast.Call):
        if module.meaning(call.func) == "open" and call.lineno not in guarded:
            _open(module, call)
    if module.edits:  # what is read and written there is text from now on
        return
    kinds = Kinds(module)
    binary = any(module.meaning(node.func) in _BINARY for node in module.of(ast.Call))
    for call in module.of(ast.Call):
        if call.lineno in guarded:
            continue
        name = module.meaning(call.func)
        places = BYTES_SINKS.get(name, ())
        if not binary and name.startswith(("hashlib.", "hmac.")):
            places = ()  # of text rather than of data
        for place in places:
            if place < len(call.args):
                _take(module, kinds, call.args[place])
        if name == "array.array" and len(call.args) > 1 and constant_text(module, call.args[0]) in {"b", "B"}:
            _take(module, kinds, call.args[1])
        if name in _SOURCES or _packs(module, call):
            _give(module, call)
        if isinstance(call.func, ast.Attribute):
            _method(module, kinds, call, call.func, binary=binary)
        if name in {"struct.unpack", "struct.unpack_from"} or _packs(module, call, "unpack", "unpack_from"):
            _unpacked(module, call)
    for literal in module.of(ast.Constant) if module.edits else ():
        if isinstance(literal.value, bytes) and literal.lineno not in guarded:
            _plain(module, literal)


def _plain(module: Module, literal: ast.Constant) -> None:
    """A literal of bytes as text, but where it goes straight to what takes bytes."""
    outer = module.parents.get(literal)
    if isinstance(outer, ast.Attribute) and outer.attr in {"decode", "hex"}:
        return
    if isinstance(outer, ast.Call):
        name = module.meaning(outer.func)
        packs = name == "struct.pack" or _packs(module, outer)
        if packs or any(outer.args[n : n + 1] == [literal] for n in BYTES_SINKS.get(name, ())):
            return
    for start, source in literal_parts(module, literal):
        if source[:1] in "bB":
            module.edits.append(Edit(start, start + 1, ""))


def _method(module: Module, kinds: Kinds, call: ast.Call, func: ast.Attribute, *, binary: bool) -> None:
    owner = kinds.of(func.value)
    if (
        func.attr in _READS and owner in {"binary file", "socket"} and not _from_network(module, kinds, func.value)
    ) or (func.attr == "tobytes" and not call.args):
        _give(module, call)
    elif func.attr in _SENDS and owner in {"binary file", "socket"} and call.args:
        _take(module, kinds, call.args[0])
    elif func.attr == "write" and owner == "text file" and call.args:
        _unwrapped(module, call.args[0])
    elif func.attr == "update" and owner == "hash" and call.args and binary:
        _take(module, kinds, call.args[0])
    if _packs(module, call) or module.meaning(func) == "struct.pack":
        for value in call.args:
            _lengthened(module, value)


def _from_network(module: Module, kinds: Kinds, file: ast.expr) -> bool:
    """What a server sends is text in some encoding, mostly."""
    return "urlopen" in module.source(file) or (isinstance(file, ast.Name) and "urlopen(" in module.text)


def _packs(module: Module, call: ast.Call, *names: str) -> bool:
    func = call.func
    if not isinstance(func, ast.Attribute) or func.attr not in (names or ("pack",)):
        return False
    made = made_by(module, func.value)
    return made is not None and module.meaning(made.func) == "struct.Struct"


def _take(module: Module, kinds: Kinds, node: ast.expr) -> None:
    """An argument that must be bytes, of text that holds them."""
    if _lengthened(module, node) or isinstance(node, ast.Constant | ast.Starred | ast.List):
        return
    if isinstance(node, ast.Call):
        called = dotted(node.func).rpartition(".")[2]
        if isinstance(node.func, ast.Attribute) and node.func.attr == "encode":
            if node.args and _holds_bytes(module, node.func.value) and module.source(node.args[0]) != _LATIN:
                module.replace(node.args[0], _LATIN)
            return
        if module.meaning(node.func) in _SOURCES or called in {"digest", "tobytes"}:
            return
    if kinds.of(node) in {"list", "int", "none"}:
        return
    module.wrap(node, f"{add_snippet(module, 'to_bytes')}(", f", {_LATIN})")


def _holds_bytes(module: Module, node: ast.expr) -> bool:
    """Whether a text was put together from bytes that came out as text."""
    made = [node]
    if isinstance(node, ast.Name):
        scope = module.function_of(node) or module.tree
        assigned = (one for one in ast.walk(scope) if isinstance(one, ast.Assign | ast.AugAssign))
        made += [one.value for one in assigned if node.id in ast.unparse(one).partition("=")[0].split()]
    return any(f".decode({_LATIN})" in module.source(value) for value in made)


def _lengthened(module: Module, node: ast.expr) -> bool:
    """``to_bytes(x)`` with the encoding that maps characters to bytes."""
    found = isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id.startswith("to_bytes")
    if found and len(node.args) == 1 and not node.keywords:  # type: ignore[attr-defined]
        module.insert(module.end(node) - 1, f", {_LATIN}")
    return found


def _unwrapped(module: Module, node: ast.expr) -> None:
    """``to_bytes(x)``, where text is written now."""
    if (
        isinstance(node, ast.Call)
        and isinstance(node.func, ast.Name)
        and node.func.id.startswith("to_bytes")
        and node.args
    ):
        module.replace(node, module.source(node.args[0]))


def _give(module: Module, call: ast.Call) -> None:
    """Bytes that come out, as text that holds them, but where they are decoded or go straight to what takes bytes."""
    outer = module.parents.get(call)
    if isinstance(outer, ast.Attribute) and outer.attr in {"decode", "hex"}:
        return
    if isinstance(outer, ast.Call) and call in outer.args:
        name = module.meaning(outer.func)
        if name.startswith("to_") or name in {"array.array", "bytearray", "bytes", "isinstance", "str"}:
            return
        places = BYTES_SINKS.get(name, ())
        if any(place < len(outer.args) and outer.args[place] is call for place in places):
            return
    module.insert(module.end(call), f".decode({_LATIN})")


def _unpacked(module: Module, call: ast.Call) -> None:
    outer = module.parents.get(call)
    if isinstance(outer, ast.Call) and dotted(outer.func).startswith("texts"):
        return
    made = made_by(module, call.func.value) if isinstance(call.func, ast.Attribute) else None
    struct = made is not None and module.meaning(made.func) == "struct.Struct"
    form = made.args[0] if struct and made is not None and made.args else call.args[0] if call.args else None
    text = constant_text(module, form) if form is not None else None
    if text is None or re.search("[spc]", text):
        module.wrap(call, f"{add_snippet(module, 'texts')}(", ")")


def _open(module: Module, call: ast.Call) -> None:
    mode = call.args[1] if len(call.args) == 2 else None
    if call.keywords or not (isinstance(mode, ast.Constant) and isinstance(mode.value, str) and "b" in mode.value):
        return
    if _is_binary(module, call):
        return
    module.replace(mode, repr(mode.value.replace("b", "")))
    module.insert(module.end(call) - 1, _LATIN_MODE)


def _is_binary(module: Module, call: ast.Call) -> bool:
    """Whether the file goes to what reads bytes, or is read from its end."""
    outer = module.parents.get(call)
    if isinstance(outer, ast.Call) and call in outer.args:
        return bool(_NEED_BINARY.match(module.meaning(outer.func)))
    target = outer.targets[0] if isinstance(outer, ast.Assign) else None
    if isinstance(outer, ast.withitem):
        target = outer.optional_vars
    if target is None:
        return False
    name = ast.unparse(target)
    scope = module.class_of(call) if name.startswith("self.") else module.function_of(call)
    for node in ast.walk(scope or module.tree):
        if not isinstance(node, ast.Call):
            continue
        given = [*node.args, *(word.value for word in node.keywords)]
        if _NEED_BINARY.match(module.meaning(node.func)) and any(ast.unparse(arg) == name for arg in given):
            return True
        seeks = isinstance(node.func, ast.Attribute) and node.func.attr == "seek" and len(node.args) > 1
        if seeks and ast.unparse(node.func.value) == name:  # type: ignore[attr-defined]
            return True
    return False


def _text_of_bytes(module: Module, project: Project, guarded: frozenset[int]) -> None:
    """``str(x)`` of bytes gave them as they are, and gives how they are written now."""
    kinds = Kinds(module)
    caught = {node.name for node in module.of(ast.ExceptHandler) if node.name}
    for call in module.of(ast.Call):
        if not (isinstance(call.func, ast.Name) and call.func.id == "str" and len(call.args) == 1):
            continue
        arg = call.args[0]
        if call.lineno in guarded or call.keywords or "str" in module.bound or kinds.of(arg):
            continue
        if isinstance(arg, ast.Attribute | ast.Subscript | ast.Call | ast.Name) and ast.unparse(arg) not in caught:
            module.replace(call.func, add_snippet(module, "native_str"))


GUESSES = (
    Rule(
        id="python3-bytes-as-text",
        title="Keep binary data in text, byte for byte",
        why="It was one kind of string with the text that it is put together with and compared to.",
        rewrite=_data_as_text,
        guess=True,
    ),
    Rule(
        id="python3-text-of-bytes",
        title="Take the text of bytes for what they hold",
        why="str(x) of bytes gave them in Python 2; in Python 3 it gives how they would be written in a program.",
        rewrite=_text_of_bytes,
        guess=True,
    ),
)
