"""The fixers of fissix on one text: Python 2 in, the same program in the syntax of Python 3 out."""

from __future__ import annotations

import contextlib
import io
import logging
import re
import tokenize as tokens
import warnings
from collections.abc import Collection, Mapping
from functools import lru_cache
from typing import Any

__all__ = ["reads_python2", "refactor"]

logging.getLogger("RefactoringTool").setLevel(logging.CRITICAL)
logging.getLogger("lib2to3").setLevel(logging.CRITICAL)
_PRINT_FUNCTION = re.compile(r"^from __future__ import .*\bprint_function\b", re.MULTILINE)


@lru_cache(maxsize=16)
def _tool(names: tuple[str, ...], old: bool) -> Any:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        from fissix import refactor as fissix

        prefix = "fissix.fixes.fix_"
        tool = fissix.RefactoringTool([name if "." in name else prefix + name for name in names])
        from fissix import pygram

    if not old:  # print(x, file=log) is none of the statement's grammar
        tool.grammar = tool.driver.grammar = pygram.python_grammar_no_print_and_exec_statement
    guarded: dict[str, set[int]] = {}
    for fixer in (*tool.pre_order, *tool.post_order):
        name = type(fixer).__module__.rpartition(".fix_")[2]
        fixer.match = _outside(fixer.match, guarded.setdefault(name, set()))
        fixer.warning = lambda *_, **__: None
        fixer.cannot_convert = lambda *_, **__: None
    return tool, guarded


def _outside(match: Any, guarded: set[int]) -> Any:
    def matches(node: Any) -> Any:
        return False if guarded and node.get_lineno() in guarded else match(node)

    return matches


def refactor(
    text: str,
    names: Collection[str],
    guarded: Collection[int] = (),
    own: Mapping[str, Collection[int]] | None = None,
    *,
    old: bool = True,
) -> str:
    """The text after these fixers; as it was when they cannot read it. No fixer touches ``guarded`` lines, and none the
    lines that ``own`` has under its name. ``old``: print and exec are statements."""
    tool, lines_of = _tool(tuple(names), old)
    for name, lines in lines_of.items():
        lines.clear()
        lines.update(guarded, (own or {}).get(name, ()))
    ended = text.endswith("\n")
    try:
        tree = tool.refactor_string(text if ended else text + "\n", "module")
    except Exception:  # noqa: BLE001 - the fixers raise anything on source that is not Python
        return text
    if tree is None or not tree.was_changed:
        return text
    out = str(tree)
    return out if ended else out[:-1]


def reads_python2(text: str) -> bool:
    """Whether the grammar of Python 2 accepts what that of Python 3 may not."""
    if len(text) > 4_000_000 or "\0" in text:
        return False
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        from fissix import pygram, pytree
        from fissix.pgen2 import driver
    grammar = pygram.python_grammar_no_print_statement if _PRINT_FUNCTION.search(text) else pygram.python_grammar
    try:
        driver.Driver(grammar, convert=pytree.convert).parse_string(text if text.endswith("\n") else text + "\n")
    except Exception:  # noqa: BLE001 - a grammar error, a token error, an indentation error, deep recursion
        return False
    return True


def old_tokens(text: str) -> list[tokens.TokenInfo]:
    """The tokens of a text in either Python, as far as they can be read."""
    found: list[tokens.TokenInfo] = []
    with contextlib.suppress(tokens.TokenError, SyntaxError, IndentationError):
        found.extend(tokens.generate_tokens(io.StringIO(text).readline))
    return found
