"""What rules look at: a changed file's statements as plain text, before and after, with the function that each is in."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from agent.domain.verdict import FileChange
from agent.ports import Language
from agent.validation.changes import changed_lines
from agent.validation.syntax import FUNCTIONS, Syntax, Token, read_syntax, walk

__all__ = ["ChangedFile", "Hit", "Line", "Version", "read_changed_file"]

WORD = re.compile(r"\w")
LINE_COMMENT = re.compile(r"(^|\s)(#|//|--|;).*$")
MOST_LINE = 4_000  # characters of one statement that a pattern is run over


@dataclass(frozen=True, slots=True)
class Line:
    """One statement on one line, however it was spread; strings stand in it in single quotes, comments do not."""

    number: int
    text: str
    function: str


@dataclass(frozen=True, slots=True)
class Hit:
    """Where a rule speaks. Hits of one ``kind`` are counted by function before and after: what only moved is no news."""

    line: int
    function: str
    text: str
    kind: str = ""


@dataclass(frozen=True)
class Version:
    """One version of a file. ``syntax`` is None where no parser reads it: then its lines are taken as they stand."""

    path: str
    text: str
    syntax: Syntax | None

    @cached_property
    def statements(self) -> tuple[Line, ...]:
        return tuple(self._parsed(self.syntax) if self.syntax else self._plain())

    @cached_property
    def functions(self) -> Mapping[int, str]:
        """Start of a function -> its name, methods without their class; a nameless one has its outer one's."""
        found: dict[int, str] = {-1: ""}
        if self.syntax is None:
            return found
        outer: list[tuple[int, str]] = []
        for node in walk(self.syntax.root):
            while outer and outer[-1][0] <= node.start_byte:
                outer.pop()
            if node.type in FUNCTIONS and node.is_named:
                name = node.child_by_field_name("name")
                said = self.slice(name) if name is not None else (outer[-1][1] if outer else "")
                found[node.start_byte] = said
                outer.append((node.end_byte, said))
        return found

    def slice(self, node: Any) -> str:
        return self.text[node.start_byte : node.end_byte]

    def nodes(self, *kinds: str) -> Iterator[Any]:
        if self.syntax is not None:
            yield from (node for node in walk(self.syntax.root) if node.type in kinds)

    def function_at(self, position: int) -> str:
        inside = [start for start in self.functions if 0 <= start <= position]
        return self.functions[max(inside)] if inside else ""

    def line_at(self, node: Any) -> int:
        return int(node.start_point[0]) + 1

    def _parsed(self, syntax: Syntax) -> Iterator[Line]:
        groups: dict[int, list[Token]] = {}
        for token in syntax.tokens:
            if token.kind != "mark":
                groups.setdefault(token.statement, []).append(token)
        for tokens in groups.values():
            first = tokens[0]
            yield Line(first.line, _joined(tokens)[:MOST_LINE], self.functions.get(first.function, ""))

    def _plain(self) -> Iterator[Line]:
        for number, line in enumerate(self.text.split("\n"), 1):
            text = LINE_COMMENT.sub("", line[:MOST_LINE]).strip().replace('"', "'")
            if text:
                yield Line(number, text, "")


@dataclass(frozen=True)
class ChangedFile:
    """``lines`` are those of the new text that are new or other than before; ``test`` when a fixer migrates a test."""

    change: FileChange
    before: Version
    after: Version
    lines: frozenset[int] = field(default=frozenset())
    test: bool = False

    @property
    def path(self) -> str:
        return self.change.path


def read_changed_file(change: FileChange, languages: Mapping[str, Language], *, test: bool = False) -> ChangedFile:
    """Both versions parsed where that is possible."""
    before, after = change.before or "", change.after or ""
    return ChangedFile(
        change,
        Version(change.path, before, read_syntax(change.path, before, languages) if before else None),
        Version(change.path, after, read_syntax(change.path, after, languages) if after else None),
        frozenset(changed_lines(change)),
        test,
    )


def _joined(tokens: Sequence[Token]) -> str:
    parts: list[str] = []
    for token in tokens:
        text = _quoted(token.text) if token.kind in ("string", "docstring") else token.text
        if parts and WORD.match(text) and WORD.match(parts[-1][-1:]):
            parts.append(" ")
        parts.append(text)
    return "".join(parts)


def _quoted(text: str) -> str:
    match = re.fullmatch(r"(?s)[a-zA-Z@$]{0,2}(\"\"\"|'''|\"|'|`)(.*)\1", text)
    return f"'{match.group(2)}'" if match else text
