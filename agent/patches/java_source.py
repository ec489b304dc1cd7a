"""Java text as a tree that recipes can edit by position: a file's text in, its tree out.

Texts are Latin-1 (each character a byte), so a node's byte offsets are positions in the text.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from agent.languages.java import LANGUAGE
from agent.patches.edits import MOST_BYTES, Edit, Lines, apply_edits, newline_of
from agent.ports import Codebase

__all__ = ["JavaSource", "java_sources", "read_java_source"]


class JavaSource:
    """A file that parses without an error."""

    def __init__(self, path: str, text: str, root: Any) -> None:
        self.path, self.text, self.root = path, text, root
        self.lines = Lines(text)
        self.newline = newline_of(text)

    def said(self, node: Any) -> str:
        return "" if node is None else self.text[node.start_byte : node.end_byte]

    def nodes(self, *kinds: str, under: Any = None) -> Iterator[Any]:
        """Every node of these kinds, parents first, in the order of the text."""
        stack = [self.root if under is None else under]
        while stack:
            node = stack.pop()
            if node.type in kinds:
                yield node
            stack.extend(reversed(node.children))

    def imports(self) -> dict[str, str]:
        """Simple name -> full name of each imported type."""
        found: dict[str, str] = {}
        for node in self.nodes("import_declaration"):
            full = self.said(node).removeprefix("import").strip(" ;\t\r\n")
            if not full.endswith("*") and not full.startswith("static "):
                found[full.rpartition(".")[2]] = full
        return found

    def package(self) -> str:
        for node in self.nodes("package_declaration"):
            return self.said(node).removeprefix("package").strip(" ;\t\r\n")
        return ""

    def import_type(self, full: str) -> list[Edit]:
        """What adds the import where the order of names puts it; nothing when it is there."""
        if self.imports().get(full.rpartition(".")[2]) == full or full.rpartition(".")[0] == self.package():
            return []
        line = f"import {full};{self.newline}"
        there = [n for n in self.nodes("import_declaration") if not self.said(n).startswith("import static")]
        for node in there:
            if self.said(node) > line:
                return [Edit(node.start_byte, node.start_byte, line)]
        if there:
            at = self.lines.start(self.lines.number(there[-1].start_byte) + 1)
            return [Edit(at, at, line)]
        for node in self.nodes("package_declaration"):
            at = self.lines.start(self.lines.number(node.start_byte) + 1)
            return [Edit(at, at, self.newline + line)]
        return [Edit(0, 0, line + self.newline)]

    def edited(self, edits: list[Edit]) -> str | None:
        """The text with these edits; None when it would not parse."""
        after = apply_edits(self.text, edits)
        return after if read_java_source(self.path, after) is not None else None


def read_java_source(path: str, text: str | None) -> JavaSource | None:
    """The file's tree; None for one that is missing, too large or does not parse."""
    if text is None or len(text) > MOST_BYTES:
        return None
    _, root = LANGUAGE.extract(path, text.encode("latin-1", "replace"))
    return None if root is None or root.has_error else JavaSource(path, text, root)


def java_sources(code: Codebase, *words: str) -> Iterator[JavaSource]:
    """Every parsed file that is no test and contains one of the words."""
    for path in code.paths(".java"):
        if code.is_test(path):
            continue
        text = code.text(path)
        if text is None or (words and not any(word in text for word in words)):
            continue
        source = read_java_source(path, text)
        if source is not None:
            yield source
