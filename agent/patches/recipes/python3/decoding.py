"""`decode` and the codecs that are none of text.

Before:

    name = "caf\\xc3\\xa9".decode("utf-8")
    title = data.decode("latin-1")
    key = digest.encode("hex")

After:

    name = b"caf\\xc3\\xa9".decode("utf-8")
    title = to_text(data, "latin-1")
    key = binascii.hexlify(digest).decode("ascii")

Why: text has no `decode`, and `hex`, `base64`, `zlib`, `rot13` and `string_escape` are no encodings of text. What may be bytes
or text already is decoded by a small function that takes both.

When not: where the value is certainly bytes; then `decode` stays.
"""

# ruff: noqa: ARG001, SIM102 - every rule takes the same; nested questions are asked in their order

from __future__ import annotations

import ast
import re

from agent.patches.python_source.kinds import Kinds
from agent.patches.python_source.module import Edit, Module
from agent.patches.python_source.project import Project
from agent.patches.python_source.rules import Rule
from agent.patches.python_source.snippets import add_snippet

__all__ = ["RULES"]

_CODECS = {"hex", "base64", "zlib", "bz2", "rot13", "rot_13", "string_escape", "string-escape", "unicode_escape",
           "unicode-escape", "quopri", "idna", "punycode", "raw_unicode_escape", "hex_codec", "base64_codec"}  # fmt: skip
_ENCODES = {
    "hex": "binascii.hexlify({bytes}).decode('ascii')",
    "base64": "base64.encodebytes({bytes}).decode('ascii')",
    "zlib": "zlib.compress({bytes})",
    "bz2": "bz2.compress({bytes})",
    "rot13": "codecs.encode({text}, 'rot13')",
    "string_escape": "{text}.encode('unicode_escape').decode('ascii')",
    "unicode_escape": "{text}.encode('unicode_escape').decode('ascii')",
    "raw_unicode_escape": "{text}.encode('raw_unicode_escape').decode('latin-1')",
    "quopri": "quopri.encodestring({bytes}).decode('ascii')",
    "idna": "{text}.encode('idna').decode('ascii')",
    "punycode": "{text}.encode('punycode').decode('ascii')",
}
_DECODES = {
    "hex": "binascii.unhexlify({text})",
    "base64": "base64.decodebytes({bytes})",
    "zlib": "zlib.decompress({text})",
    "bz2": "bz2.decompress({text})",
    "rot13": "codecs.decode({text}, 'rot13')",
    "string_escape": "{text}.encode('latin-1', 'backslashreplace').decode('unicode_escape')",
    "unicode_escape": "{text}.encode('latin-1', 'backslashreplace').decode('unicode_escape')",
    "raw_unicode_escape": "{text}.encode('raw_unicode_escape').decode('raw_unicode_escape')",
    "quopri": "quopri.decodestring({bytes})",
    "idna": "{bytes}.decode('idna')",
    "punycode": "{bytes}.decode('punycode')",
}
_IMPORTS = ("binascii", "base64", "zlib", "bz2", "codecs", "quopri")
_ESCAPED = re.compile(r"\\(?:x[89a-fA-F][0-9a-fA-F]|[23][0-7]{2})")


def _decode(module: Module, project: Project, guarded: frozenset[int]) -> None:
    kinds = Kinds(module)
    for call in module.of(ast.Call):
        if call.lineno in guarded or _tried(module, call):
            continue
        func = call.func
        if isinstance(func, ast.Attribute) and func.attr in {"encode", "decode"} and not _module(module, func.value):
            codec = _codec(call)
            if codec in _CODECS:
                _special(module, kinds, call, func, codec)
            elif func.attr == "decode" and "decode" not in project.words:
                _plain(module, kinds, call, func.value)
        elif isinstance(func, ast.Name) and func.id == "str" and len(call.args) in (2, 3) and not call.keywords:
            if kinds.of(call.args[0]) != "bytes":
                module.replace(func, add_snippet(module, "to_text"))
        elif isinstance(func, ast.Name) and func.id == "str" and len(call.args) == 1 and call.keywords:
            if {word.arg for word in call.keywords} <= {"encoding", "errors"} and kinds.of(call.args[0]) != "bytes":
                module.replace(func, add_snippet(module, "to_text"))


def _module(module: Module, node: ast.AST) -> bool:
    """``json.decode``, ``codecs.encode``: a function of a module, not of a value."""
    return isinstance(node, ast.Name) and node.id in module.all_imports


def _tried(module: Module, call: ast.Call) -> bool:
    """A ``decode`` whose AttributeError the program itself waits for."""
    for outer in module.up(call):
        if isinstance(outer, ast.Try):
            names = {n.id for h in outer.handlers if h.type for n in ast.walk(h.type) if isinstance(n, ast.Name)}
            return "AttributeError" in names
    return False


def _codec(call: ast.Call) -> str:
    first = call.args[0] if call.args else next((w.value for w in call.keywords if w.arg == "encoding"), None)
    name = first.value if isinstance(first, ast.Constant) and isinstance(first.value, str) else ""
    return name.lower().removesuffix("_codec").replace("rot_13", "rot13").replace("-escape", "_escape")


def _special(module: Module, kinds: Kinds, call: ast.Call, func: ast.Attribute, codec: str) -> None:
    table = _ENCODES if func.attr == "encode" else _DECODES
    pattern = table.get(codec)
    if pattern is None:
        return
    kind = kinds.of(func.value)
    if codec in {"unicode_escape", "raw_unicode_escape", "idna", "punycode"}:
        outer = module.parents.get(call)
        if isinstance(outer, ast.Attribute) and outer.attr == "decode":
            return  # done already
        if func.attr == "decode" and kind == "bytes":
            return
    text = module.source(func.value)
    operand = (
        text
        if isinstance(func.value, ast.Name | ast.Attribute | ast.Call | ast.Subscript | ast.Constant)
        else f"({text})"
    )
    as_bytes = text if kind == "bytes" else f"{add_snippet(module, 'to_bytes')}({text})" if "{bytes}" in pattern else ""
    module.replace(call, pattern.format(text=operand, bytes=as_bytes))
    used = pattern.partition(".")[0]
    if used in _IMPORTS:
        module.add_import(f"import {used}")


def _plain(module: Module, kinds: Kinds, call: ast.Call, value: ast.expr) -> None:
    kind = kinds.of(value)
    if isinstance(value, ast.Constant) and isinstance(value.value, str):
        source = module.source(value)
        if source[:1] in "'\"" and (_ESCAPED.search(source) or source.isascii()):
            module.insert(module.start(value), "b")
        elif source[:1] in "'\"rR":
            module.edits.append(Edit(module.end(value), module.end(call), ""))
        return
    if kind in {"bytes", "binary file"}:
        return
    if kind == "text" and not call.keywords and not isinstance(value, ast.Name):
        module.edits.append(Edit(module.end(value), module.end(call), ""))
        return
    arguments = ", ".join(module.source(arg) for arg in [*call.args, *call.keywords])
    inner = module.source(value)
    if isinstance(value, ast.BinOp | ast.IfExp | ast.BoolOp) or "\n" in inner:
        inner = inner if inner.startswith("(") else f"{inner}"
    start = module.start(call)
    if module.data[start : start + 1] == b"(" and not inner.startswith("("):
        inner = f"({inner})"
    name = add_snippet(module, "to_text")
    module.replace(call, f"{name}({inner}{', ' + arguments if arguments else ''})")


def _checks(module: Module, project: Project, guarded: frozenset[int]) -> None:
    """``isinstance(x, str)`` that asks for bytes: the branch decodes x, or a test for text came before it."""
    for node in module.of(ast.If):
        if node.lineno in guarded:
            continue
        _nested(module, node)
        seen: set[str] = set()
        branch: ast.stmt | None = node
        if isinstance(module.parents.get(node), ast.If) and node in module.parents[node].orelse:  # type: ignore[attr-defined]
            continue
        while isinstance(branch, ast.If):
            for check in ast.walk(branch.test):
                name = _asks_for_text(check)
                if not name:
                    continue
                kind = check.args[1]  # type: ignore[attr-defined]
                if (name in seen and not isinstance(module.parents.get(check), ast.UnaryOp)) or (
                    _decodes(branch.body, name) and not isinstance(module.parents.get(check), ast.UnaryOp)
                ):
                    module.replace(kind, "bytes")
            positive = branch.test
            name = _asks_for_text(positive)
            if name:
                seen.add(name)
            branch = branch.orelse[0] if len(branch.orelse) == 1 else None


def _native(module: Module, project: Project, guarded: frozenset[int]) -> None:
    """``if isinstance(x, unicode): x = x.encode(...)`` made a native string of x; so does the way back now."""
    for node in module.of(ast.If):
        name = _asks_for_text(node.test)
        if (
            not name
            or node.orelse
            or len(node.body) != 1
            or node.lineno in guarded
            or ("." in name and "self" not in name)
        ):
            continue
        statement = node.body[0]
        if not isinstance(statement, ast.Assign) or ast.unparse(statement.targets[0]) != name:
            continue
        call = statement.value
        if not (isinstance(call, ast.Call) and isinstance(call.func, ast.Attribute) and call.func.attr == "encode"):
            continue
        if ast.unparse(call.func.value) != name or _codec(call) in _CODECS:
            continue
        module.replace(node.test.args[1], "bytes")  # type: ignore[attr-defined]
        end = module.end(call.func)
        module.edits.append(Edit(end - len("encode"), end, "decode"))


def _nested(module: Module, node: ast.If) -> None:
    """A second question for text where the first one was denied asks for bytes."""
    test, inside = node.test, node.orelse
    if isinstance(test, ast.UnaryOp) and isinstance(test.op, ast.Not):
        test, inside = test.operand, node.body
    name = _asks_for_text(test)
    for statement in inside if name else ():
        for check in ast.walk(statement):
            if _asks_for_text(check) == name:
                module.replace(check.args[1], "bytes")  # type: ignore[attr-defined]


def _asks_for_text(node: ast.AST) -> str:
    """``isinstance(x, str)`` -> ``x``."""
    if (
        isinstance(node, ast.Call)
        and isinstance(node.func, ast.Name)
        and node.func.id == "isinstance"
        and len(node.args) == 2
    ):
        kind = node.args[1]
        if isinstance(kind, ast.Name) and kind.id == "str":
            return ast.unparse(node.args[0])
    return ""


def _decodes(body: list[ast.stmt], name: str) -> bool:
    for statement in body:
        for node in ast.walk(statement):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "decode":
                if ast.unparse(node.func.value) == name:
                    return True
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in {"str", "to_text"}:
                if len(node.args) > 1 and ast.unparse(node.args[0]) == name:
                    return True
    return False


RULES = (
    Rule(
        id="python3-native-text",
        title="Make native strings text",
        why="Text that was encoded at once became a native string, which is text in Python 3.",
        rewrite=_native,
    ),
    Rule(
        id="python3-bytes-checks",
        title="Ask for bytes where bytes are meant",
        why="isinstance(x, str) meant bytes in Python 2: where the branch decodes x, it still does.",
        rewrite=_checks,
    ),
    Rule(
        id="python3-decoding",
        title="Decode bytes only",
        why="Text has no decode in Python 3, and codecs such as hex are none of text.",
        rewrite=_decode,
    ),
)
