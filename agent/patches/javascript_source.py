"""JavaScript text as a tree that recipes can edit by position: a file's text in, its tree, or a changed text, out.

Texts are Latin-1 (each character a byte), so a node's byte offsets are positions in the text.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from agent.languages.javascript import LANGUAGES
from agent.patches.edits import MOST_BYTES, Edit, apply_edits
from agent.ports import Codebase

__all__ = [
    "FUNCTIONS",
    "HOISTED",
    "SUFFIXES",
    "Script",
    "edited",
    "line_of",
    "read_script",
    "scripts",
    "targets",
    "walk",
]

_JAVASCRIPT = next(language for language in LANGUAGES if language.name == "javascript")
SUFFIXES = (".js", ".cjs", ".mjs", ".jsx")
HOISTED = frozenset({"function_declaration", "generator_function_declaration"})
FUNCTIONS = HOISTED | {
    "function_expression", "generator_function", "arrow_function", "method_definition", "class_static_block",
}  # fmt: skip
_LONGEST_LINE = 5_000  # a longer one was not written by hand


@dataclass(frozen=True)
class Script:
    """A file that parses without an error."""

    path: str
    text: str
    root: Any

    def said(self, node: Any) -> str:
        """The node's text."""
        return self.text[node.start_byte : node.end_byte]


def read_script(path: str, text: str | None) -> Script | None:
    """The file's tree; None for one that is missing, too large, minified or does not parse."""
    if text is None or len(text) > MOST_BYTES or any(len(line) > _LONGEST_LINE for line in text.split("\n")):
        return None
    _, root = _JAVASCRIPT.extract(path, text.encode("latin-1"))
    return None if root is None or root.has_error else Script(path, text, root)


def scripts(code: Codebase, speaks: re.Pattern[str]) -> Iterator[Script]:
    """The files that are no tests, say something that the pattern finds, and parse."""
    for path in code.paths(*SUFFIXES):
        text = code.text(path)
        if text is not None and not code.is_test(path) and speaks.search(text) is not None:
            script = read_script(path, text)
            if script is not None:
                yield script


def edited(script: Script, edits: Iterable[Edit]) -> str:
    """The text with all edits made; as it was when the result would not parse."""
    text = apply_edits(script.text, edits)
    return text if text == script.text or read_script(script.path, text) is not None else script.text


def walk(root: Any) -> Iterator[Any]:
    """Every node, parents first, in the order of the text; without recursion."""
    stack = [root]
    while stack:
        node = stack.pop()
        yield node
        stack.extend(reversed(node.children))


def targets(pattern: Any) -> Iterator[Any]:
    """The names that a pattern binds or assigns to: ``{a, b: [c = 1], ...d}`` gives a, c and d."""
    stack = [pattern]
    while stack:
        node = stack.pop()
        if node is None:
            continue
        kind = node.type
        if kind in ("identifier", "shorthand_property_identifier_pattern"):
            yield node
        elif kind == "pair_pattern":
            stack.append(node.child_by_field_name("value"))
        elif kind in ("assignment_pattern", "object_assignment_pattern"):
            stack.append(node.child_by_field_name("left"))
        elif kind in (
            "object_pattern",
            "array_pattern",
            "rest_pattern",
            "parenthesized_expression",
            "formal_parameters",
        ):
            stack.extend(reversed(node.named_children))


def line_of(node: Any) -> int:
    """The line, from 1, that the node starts on."""
    return int(node.start_point[0]) + 1
