"""Parsing that always ends: a parser and any bytes in, a syntax tree or None out; and where a tree holds errors."""

from __future__ import annotations

from tree_sitter import Node, Parser

__all__ = ["MAX_BYTES", "error_lines", "parse", "unreadable"]

MAX_BYTES = 2_000_000
MAX_STEPS = 2_000_000  # of tree-sitter's progress reports; 2 MB of ordinary source take 50,000
CHUNK = 1 << 10  # a node's text is read back in these pieces, so large ones make every short text cost a large copy


def unreadable(source: bytes) -> str:
    """Why a file is not even given to a parser; ``""`` when it is."""
    if len(source) > MAX_BYTES:
        return f"larger than {MAX_BYTES:,} bytes"
    if source.startswith((b"\xff\xfe", b"\xfe\xff")):
        return "UTF-16, not UTF-8 text"
    return ""


def parse(parser: Parser, source: bytes) -> Node | None:
    """The root of the tree; None when the parser gave up after a number of steps, the same on every machine."""
    steps = 0

    def too_long(_offset: int, _error: bool) -> bool:
        nonlocal steps
        steps += 1
        return steps > MAX_STEPS

    try:
        tree = parser.parse(lambda at, _: source[at : at + CHUNK], progress_callback=too_long)
    except ValueError:
        parser.reset()
        return None
    return tree.root_node


def error_lines(root: Node) -> tuple[int, ...]:
    """Lines that hold a syntax error itself: tokens that fit nowhere, or the place where one is missing."""
    lines: set[int] = set()
    todo = [root] if root.has_error else []
    while todo:
        node = todo.pop()
        for child in node.children:
            if child.is_missing:
                lines.add(child.start_point[0] + 1)
            elif child.is_error:
                lines.add(child.start_point[0] + 1)
                todo.append(child)
            elif child.has_error:
                todo.append(child)
            elif node.is_error and not child.named_child_count:
                lines.update(range(child.start_point[0] + 1, child.end_point[0] + 2))
        if node.is_error and not node.child_count:
            lines.update(range(node.start_point[0] + 1, node.end_point[0] + 2))
    return tuple(sorted(lines))
