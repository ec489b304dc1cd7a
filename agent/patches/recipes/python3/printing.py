"""The space that a `print` with a comma at its end leaves to the next one.

Before:

    for what in counts:
        print what,
    print

After:

    for what in counts:
        soft_print(what, end=' ')
    soft_print()

Why: Python 2 wrote that space only when something else came on the same line; `end=' '` writes it always.

When not: it is a guess, kept only where more tests pass with it.
"""

# ruff: noqa: ARG001 - every rule takes the same

from __future__ import annotations

import ast

from agent.patches.python_source.module import Edit, Module
from agent.patches.python_source.project import Project
from agent.patches.python_source.rules import Rule
from agent.patches.python_source.snippets import add_snippet

__all__ = ["GUESSES", "RULES"]


_TEXT_CODECS = frozenset("utf-8 utf8 ascii us-ascii latin-1 latin1 iso-8859-1".split())


def _printed(module: Module, project: Project, guarded: frozenset[int]) -> None:
    """``print text.encode("utf-8")``, which shows how the bytes are written in a program now."""
    for call in module.of(ast.Call):
        if not (isinstance(call.func, ast.Name) and call.func.id == "print") or call.lineno in guarded:
            continue
        for arg in call.args:
            if (
                isinstance(arg, ast.Call)
                and isinstance(arg.func, ast.Attribute)
                and arg.func.attr == "encode"
                and arg.args
            ):
                codec = arg.args[0]
                if isinstance(codec, ast.Constant) and str(codec.value).lower() in _TEXT_CODECS and len(arg.args) == 1:
                    module.edits.append(Edit(module.end(arg.func.value), module.end(arg), ""))


def _soft(module: Module, project: Project, guarded: frozenset[int]) -> None:
    calls = [
        call
        for call in module.of(ast.Call)
        if isinstance(call.func, ast.Name) and call.func.id == "print" and call.lineno not in guarded
    ]
    if "print_function" in module.text or "print" in module.bound or not any(map(_leaves_a_space, calls)):
        return
    for call in calls:
        module.replace(call.func, add_snippet(module, "soft_print"))


def _leaves_a_space(call: ast.Call) -> bool:
    ends = (word.value for word in call.keywords if word.arg == "end")
    return any(isinstance(end, ast.Constant) and end.value == " " for end in ends)


RULES = (
    Rule(
        id="python3-printed-text",
        title="Print text, not bytes",
        why="What was encoded to be printed would be shown as a literal of bytes.",
        rewrite=_printed,
    ),
)
GUESSES = (
    Rule(
        id="python3-soft-spaces",
        title="Leave the space behind a print to the next one",
        why="A comma at the end of print left a space that came out only if more was printed on that line.",
        rewrite=_soft,
        guess=True,
    ),
)
