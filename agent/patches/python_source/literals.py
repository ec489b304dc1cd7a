"""The parts of a string literal as they are written: adjacent literals are one constant in a tree. A node in, texts out."""

from __future__ import annotations

import ast
import tokenize

from agent.patches.python_source.fixers import old_tokens
from agent.patches.python_source.module import Module

__all__ = ["literal_parts"]


def literal_parts(module: Module, node: ast.Constant) -> list[tuple[int, str]]:
    """(place in the file's bytes, source) of each part; none where they cannot be told apart."""
    source = module.source(node)
    lines = f"({source})".splitlines(keepends=True)
    starts = [0]
    for line in lines:
        starts.append(starts[-1] + len(line))
    found: list[tuple[int, str]] = []
    for token in old_tokens("".join(lines)):
        if token.type == tokenize.STRING:
            at = starts[token.start[0] - 1] + token.start[1] - 1
            found.append((module.start(node) + len(source[:at].encode("utf-8", "surrogatepass")), token.string))
    return found
