"""Files in memory, which hold either bytes or text.

Before:

    image = StringIO(urllib2.urlopen(url).read())
    archive = zipfile.ZipFile(StringIO(data))

After:

    image = io.BytesIO(urllib.request.urlopen(url).read())
    archive = zipfile.ZipFile(io.BytesIO(data))

Why: `StringIO` took both; `io.StringIO` takes text only.

When not: where text is read or written.
"""

# ruff: noqa: ARG001 - every rule takes the same; nested questions are asked in their order

from __future__ import annotations

import ast

from agent.patches.python_source.kinds import Kinds
from agent.patches.python_source.module import Module
from agent.patches.python_source.project import Project
from agent.patches.python_source.rules import Rule
from agent.patches.python_source.snippets import add_snippet

__all__ = ["GUESSES", "RULES"]

_READS_BYTES = frozenset(
    [
        "zipfile.ZipFile",
        "tarfile.open",
        "gzip.GzipFile",
        "pickle.load",
        "pickle.dump",
        "pickle.Unpickler",
        "pickle.Pickler",
        "marshal.load",
        "PIL.Image.open",
        "Image.open",
    ]
)


def _memory(module: Module, project: Project, guarded: frozenset[int]) -> None:
    kinds = Kinds(module)
    for call in module.of(ast.Call):
        if module.meaning(call.func) != "io.StringIO" or call.lineno in guarded:
            continue
        kind = kinds.of(call.args[0]) if call.args else ""
        if kind == "bytes" or (not kind and _read_as_bytes(module, call)):
            _binary(module, call)


def _binary(module: Module, call: ast.Call) -> None:
    if isinstance(call.func, ast.Attribute):
        module.replace(call.func, f"{module.source(call.func.value)}.BytesIO")
    else:
        module.replace(call.func, "BytesIO")
        module.add_import("from io import BytesIO")


def _read_as_bytes(module: Module, call: ast.Call) -> bool:
    outer = module.parents.get(call)
    if isinstance(outer, ast.Call) and module.meaning(outer.func) in _READS_BYTES:
        return True
    if isinstance(outer, ast.keyword):
        holder = module.parents.get(outer)
        return isinstance(holder, ast.Call) and module.meaning(holder.func) in _READS_BYTES
    if not isinstance(outer, ast.Assign) or not isinstance(outer.targets[0], ast.Name):
        return False
    name = outer.targets[0].id
    scope = module.function_of(call) or module.tree
    return any(
        isinstance(node, ast.Call)
        and module.meaning(node.func) in _READS_BYTES
        and any(isinstance(arg, ast.Name) and arg.id == name for arg in [*node.args, *(w.value for w in node.keywords)])
        for node in ast.walk(scope)
    )


def _either(module: Module, project: Project, guarded: frozenset[int]) -> None:
    kinds = Kinds(module)
    for call in module.of(ast.Call):
        if module.meaning(call.func) == "io.StringIO" and len(call.args) == 1 and not kinds.of(call.args[0]):
            module.replace(call.func, add_snippet(module, "memory_file"))


def _all_bytes(module: Module, project: Project, guarded: frozenset[int]) -> None:
    for call in module.of(ast.Call):
        if module.meaning(call.func) == "io.StringIO" and not call.args:
            _binary(module, call)


RULES = (
    Rule(
        id="python3-memory-files",
        title="Keep bytes in BytesIO",
        why="StringIO takes text only in Python 3.",
        rewrite=_memory,
    ),
    Rule(
        id="python3-memory-files-of-either",
        title="Keep bytes in BytesIO and text in StringIO, as they come",
        why="StringIO took both in Python 2; whether this is text is known when the program runs.",
        rewrite=_either,
    ),
)
GUESSES = (
    Rule(
        id="python3-memory-files-of-bytes",
        title="Take files in memory for files of bytes",
        why="What is written here may be bytes; StringIO takes text only in Python 3.",
        rewrite=_all_bytes,
        guess=True,
    ),
)
