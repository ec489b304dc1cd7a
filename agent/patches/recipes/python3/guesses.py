"""What is often meant, and only the tests can tell.

Before:

    self.assertEqual(decode("caf\\xe9"), u"caf\\xe9")
    data = open(path).read()
    return text.encode("utf-8")

After, one of:

    self.assertEqual(decode(b"caf\\xe9"), u"caf\\xe9")
    data = open(path, encoding="latin-1").read()
    return text

Why: one `str` was both text and bytes; which of both a place means is not written there. Each of these steps takes one answer
for all places, and is kept, as a whole or for some files, only when more tests pass with it.

When not: without tests; no guess is made then.
"""

# ruff: noqa: ARG001, SIM102 - every rule takes the same; nested questions are asked in their order

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

from agent.patches.python_source.kinds import Kinds
from agent.patches.python_source.literals import literal_parts
from agent.patches.python_source.module import Edit, Module
from agent.patches.python_source.project import Project
from agent.patches.python_source.rules import Rule
from agent.patches.recipes.python3.edges import BYTES_SINKS

__all__ = ["GUESSES", "LITERALS"]

_HIGH = re.compile(r"(?<!\\)(?:\\\\)*\\(?:x[89a-fA-F][0-9a-fA-F]|[23][0-7]{2})")
_TEXT_CODECS = {"utf-8", "utf8", "ascii", "latin-1", "iso-8859-1", "UTF-8", "us-ascii", "latin1", "UTF8"}


def _literals(module: Module, guarded: frozenset[int]) -> Iterator[tuple[int, str]]:
    """String literals that held bytes in Python 2: their places and how they are written, each part on its own."""
    if "unicode_literals" in module.text:
        return
    for node in module.of(ast.Constant):
        if not isinstance(node.value, str) or node.lineno in guarded or node.value.isascii():
            continue
        if not isinstance(module.parents.get(node), ast.JoinedStr | ast.Expr):
            yield from literal_parts(module, node)


def _high_literals(module: Module, project: Project, guarded: frozenset[int]) -> None:
    for node in module.of(ast.Constant):
        if not isinstance(node.value, str) or node.value.isascii() or node.lineno in guarded:
            continue
        if "unicode_literals" in module.text or isinstance(module.parents.get(node), ast.JoinedStr | ast.Expr):
            continue
        parts = literal_parts(module, node)
        plain = all(source[:1] in "'\"rR" and source.isascii() for _, source in parts)
        if plain and any(_HIGH.search(source) for _, source in parts):
            for place, _ in parts:
                module.insert(place, "b")


def _utf8_literals(module: Module, project: Project, guarded: frozenset[int]) -> None:
    """``'\\xc3\\xa9'``, which were the bytes of a text in UTF-8, as that text."""
    for place, source in _literals(module, guarded):
        if source[:1] not in "'\"" or not _HIGH.search(source):
            continue
        text = _RUN.sub(_as_text, source)
        if text != source:
            module.edits.append(Edit(place, place + len(source.encode()), text))


_RUN = re.compile(r"(?:\\x[89a-fA-F][0-9a-fA-F])+")


def _as_text(found: re.Match[str]) -> str:
    data = bytes(int(part, 16) for part in found.group().split("\\x")[1:])
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError:
        return found.group()
    if "\ufeff" in text:  # a byte order mark is looked for byte by byte
        return found.group()
    return "".join(f"\\x{ord(c):02x}" if ord(c) < 256 else f"\\u{ord(c):04x}" if ord(c) < 65536 else c for c in text)


def _no_encode(module: Module, project: Project, guarded: frozenset[int]) -> None:
    """Text stays text: ``encode`` to the usual encodings was the way to a native string."""
    for call in module.of(ast.Call):
        func = call.func
        if not isinstance(func, ast.Attribute) or func.attr != "encode" or call.lineno in guarded:
            continue
        first = call.args[0] if call.args else None
        if first is not None and not (isinstance(first, ast.Constant) and first.value in _TEXT_CODECS):
            if not isinstance(first, ast.Name | ast.Attribute):
                continue
        outer = module.parents.get(call)
        if isinstance(outer, ast.Attribute) or (isinstance(outer, ast.Call) and _wants_bytes(module, outer)):
            continue
        if _sent_later(module, outer):
            continue
        lossy = len(call.args) > 1 or any(word.arg == "errors" for word in call.keywords)
        if lossy and first is not None:  # what the encoding lacks is replaced in text, too
            module.insert(module.end(call), f".decode({module.source(first)})")
        else:
            module.edits.append(Edit(module.end(func.value), module.end(call), ""))


def _sent_later(module: Module, outer: ast.AST | None) -> bool:
    """Whether the bytes get a name under which they go to what takes bytes."""
    if not (isinstance(outer, ast.Assign) and isinstance(outer.targets[0], ast.Name)):
        return False
    name, scope = outer.targets[0].id, module.function_of(outer) or module.tree
    return any(
        isinstance(node, ast.Call)
        and any(isinstance(arg, ast.Name) and arg.id == name for arg in node.args)
        and module.meaning(node.func) in BYTES_SINKS
        for node in ast.walk(scope)
    )


def _wants_bytes(module: Module, call: ast.Call) -> bool:
    name = module.meaning(call.func)
    return (
        name.startswith(
            ("hashlib.", "hmac.", "base64.", "zlib.", "binascii.", "struct.", "array.", "to_", "io.BytesIO")
        )
        or name in BYTES_SINKS
        or name.endswith((".send", ".sendall", ".update", ".sendto"))
    )


def _latin_files(module: Module, project: Project, guarded: frozenset[int]) -> None:
    """Text files byte by byte, as Python 2 read them."""
    for call in module.of(ast.Call):
        if module.meaning(call.func) != "open" or call.lineno in guarded or len(call.args) > 2:
            continue
        mode = call.args[1] if len(call.args) > 1 else None
        named = {word.arg for word in call.keywords}
        if named & {"encoding", "mode", None} or any(isinstance(arg, ast.Starred) for arg in call.args):
            continue
        if mode is not None and not (
            isinstance(mode, ast.Constant) and isinstance(mode.value, str) and "b" not in mode.value
        ):
            continue
        module.insert(module.end(call) - 1, ', encoding="latin-1"')


def _binary_files(module: Module, project: Project, guarded: frozenset[int]) -> None:
    for call in module.of(ast.Call):
        if module.meaning(call.func) != "open" or call.lineno in guarded or call.keywords or not call.args:
            continue
        if len(call.args) == 1 and not isinstance(call.args[0], ast.Starred):
            module.insert(module.end(call) - 1, ', "rb"')
        elif len(call.args) == 2 and isinstance(call.args[1], ast.Constant):
            mode = call.args[1].value
            if isinstance(mode, str) and "b" not in mode:
                module.replace(call.args[1], f'"{mode.replace("U", "")}b"')


def _text_files(module: Module, project: Project, guarded: frozenset[int]) -> None:
    if {"pickle", "marshal", "struct", "zlib", "zipfile"} & set(module.all_imports.values()):
        return
    for call in module.of(ast.Call):
        if module.meaning(call.func) not in {"open", "gzip.open", "bz2.open"} or len(call.args) != 2 or call.keywords:
            continue
        mode = call.args[1]
        if isinstance(mode, ast.Constant) and isinstance(mode.value, str) and "b" in mode.value:
            text = mode.value.replace("b", "") + ("t" if module.meaning(call.func) != "open" else "")
            module.replace(mode, f'"{text}"')


def _text_answers(module: Module, project: Project, guarded: frozenset[int]) -> None:
    """What comes from the network or from compression, as text."""
    kinds = Kinds(module)
    for call in module.of(ast.Call):
        func = call.func
        outer = module.parents.get(call)
        if isinstance(outer, ast.Attribute) and outer.attr == "decode":
            continue
        if isinstance(func, ast.Attribute) and func.attr in {"read", "recv", "readline"} and kinds.of(call) == "bytes":
            if kinds.of(func.value) in {"binary file", "socket"}:
                module.insert(module.end(call), '.decode("utf-8")')
        elif module.meaning(func) in {
            "base64.b64decode",
            "base64.decodebytes",
            "zlib.decompress",
            "binascii.unhexlify",
        } or _decoded_payload(func, call):
            module.insert(module.end(call), '.decode("utf-8")')


def _decoded_payload(func: ast.expr, call: ast.Call) -> bool:
    """``message.get_payload(decode=True)``."""
    return (
        isinstance(func, ast.Attribute)
        and func.attr == "get_payload"
        and any(
            word.arg == "decode" and isinstance(word.value, ast.Constant) and word.value.value for word in call.keywords
        )
    )


def _ordinals(module: Module, project: Project, guarded: frozenset[int]) -> None:
    """``ord`` of an element of bytes, which is a number already."""
    from agent.patches.python_source.snippets import add_snippet

    for call in module.of(ast.Call):
        if (
            isinstance(call.func, ast.Name)
            and call.func.id == "ord"
            and len(call.args) == 1
            and call.lineno not in guarded
        ):
            module.replace(call.func, add_snippet(module, "byte_ord"))


def _delegates(module: Module, project: Project, guarded: frozenset[int]) -> None:
    """Special methods of a class without bases were found by its ``__getattr__``."""
    for owner in module.of(ast.ClassDef):
        methods = {one.name: one for one in owner.body if isinstance(one, ast.FunctionDef)}
        getter = methods.get("__getattr__")
        if getter is None or owner.bases or getter.lineno in guarded or getter.decorator_list:
            continue
        before = module.between(module.line_start(getter.lineno), module.start(getter))
        if before.strip():
            continue
        new = module.newline
        body = getter.body[0]
        inner = module.between(module.line_start(body.lineno), module.start(body))
        inner = inner if not inner.strip() and len(inner) > len(before) else before + "    "
        text = "".join(
            f'def {name}(self, *args, **kwargs):{new}{inner}return self.__getattr__("{name}")(*args, **kwargs){new}{new}{before}'
            for name in ("__call__", "__getitem__", "__setitem__", "__delitem__", "__contains__", "__iter__")
            if name not in methods
        )
        if text:
            module.insert(module.start(getter), text)


def _text_throughout(module: Module, project: Project, guarded: frozenset[int]) -> None:
    _no_encode(module, project, guarded)
    _utf8_literals(module, project, guarded)


LITERALS = (
    Rule(
        "python3-text-throughout",
        "Handle text as text, and write literals of UTF-8 bytes as theirs",
        "A native string held the bytes of a text; now it holds the text, which needs no encoding.",
        _text_throughout,
        guess=True,
    ),
    Rule(
        "python3-no-encode",
        "Keep text as text",
        "Encoded text was a native string in Python 2; text is one in Python 3.",
        _no_encode,
        guess=True,
    ),
    Rule(
        "python3-utf8-literals",
        "Take literals of UTF-8 bytes for their text",
        "A native string held the bytes of a text; now it holds the text.",
        _utf8_literals,
        guess=True,
    ),
)
GUESSES = (
    Rule(
        "python3-text-answers",
        "Take what comes from outside for text",
        "What is read here is handled as text.",
        _text_answers,
        guess=True,
    ),
    Rule(
        "python3-high-literals",
        "Take literals with high bytes for bytes",
        "Escapes above \\x7f in a native string were bytes.",
        _high_literals,
        guess=True,
    ),
    Rule(
        "python3-latin-files",
        "Read text files byte by byte",
        "Python 2 read files of any encoding; one byte was one character.",
        _latin_files,
        guess=True,
    ),
    Rule(
        "python3-binary-files",
        "Open files for bytes",
        "What is read here is handled as bytes.",
        _binary_files,
        guess=True,
    ),
    Rule("python3-text-files", "Open files for text", "What is read here is handled as text.", _text_files, guess=True),
    Rule(
        "python3-ordinals",
        "Take elements of bytes for numbers",
        "An element of bytes is a number in Python 3.",
        _ordinals,
        guess=True,
    ),
    Rule(
        "python3-delegated-methods",
        "Delegate special methods explicitly",
        "Python 3 looks for special methods on the class only, never by __getattr__.",
        _delegates,
        guess=True,
    ),
)
