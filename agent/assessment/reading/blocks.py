"""Loops and functions as spans of lines, by braces or by indentation: masked source in, spans out."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from agent.assessment.reading.calls import closing
from agent.assessment.reading.masking import Source

__all__ = ["Block", "braced", "enclosing", "functions", "loops"]

MOST_BLOCK = 200_000
_INDENTED = frozenset({"python"})
_BRACED = frozenset({"java", "javascript", "typescript", "php", "csharp", "go", "c", "c++", "perl"})


@dataclass(frozen=True)
class Block:
    """``start`` and ``end`` are offsets of the body (its head left out), ``head`` of the head; ``name`` a function's name."""

    head: int
    start: int
    end: int
    name: str = ""


_PY_LOOP = re.compile(r"^([ \t]*)(?:async[ \t]+)?(?:for|while)\b[^\n]*", re.MULTILINE)
_PY_DEF = re.compile(r"^([ \t]*)(?:async[ \t]+)?def[ \t]+(\w+)", re.MULTILINE)
_LOOP = re.compile(r"\b(?:for|foreach|while)\b\s*(?:await\s*|my\s*\$\w+\s*)?\(")
_GO_LOOP = re.compile(r"\bfor\b[^{}\n]*\{")
_EACH = re.compile(r"\.(?:forEach|map|each|flatMap)\s*\(\s*(?:async\s*)?(?:function\b|\(?[\w, {}\[\]]*\)?\s*(?:=>|->))")
_DEF = re.compile(
    r"\bfunction\b\s*&?\s*(\w*)\s*\(|\bfunc\s+(?:\([^)\n]*\)\s*)?(\w+)\s*\("
    r"|(?:^|[;{}\n])[ \t]*(?:(?:public|private|protected|static|final|async|override|virtual|synchronized|abstract|export|default)\s+){0,6}"
    r"(?:[\w.<>\[\],?]+\s+){0,3}(\w+)\s*\([^;{}()\n]*(?:\([^()\n]*\)[^;{}()\n]*){0,6}\)\s*(?:throws\s+[\w.,\s]{1,200})?\{"
)
_NOT_NAMES = frozenset(
    "if for while switch catch return else do try synchronized foreach using lock with elseif function".split()
)


def loops(source: Source) -> list[Block]:
    """Bodies of loops, in order."""
    if source.language in _INDENTED:
        return [
            b
            for b in (
                _indented(source, m.start(), len(m.group(1).expandtabs()), m.end())
                for m in _PY_LOOP.finditer(source.code)
            )
            if b
        ]
    if source.language not in _BRACED:
        return []
    found = []
    if source.language == "go":
        heads: Iterator[tuple[int, int]] = ((m.start(), m.end() - 1) for m in _GO_LOOP.finditer(source.code))
    else:
        heads = ((m.start(), closing(source.code, m.end() - 1)[0] + 1) for m in _LOOP.finditer(source.code))
    for start, after in heads:
        block = braced(source.code, start, after)
        if block:
            found.append(block)
    if source.language in ("javascript", "typescript"):
        for m in _EACH.finditer(source.code):
            opening = source.code.find("(", m.start())
            found.append(Block(m.start(), m.end(), closing(source.code, opening)[0]))
    return sorted(found, key=lambda b: b.head)


def functions(source: Source) -> list[Block]:
    """Bodies of named functions, in order of their heads."""
    if source.language in _INDENTED:
        found = []
        for m in _PY_DEF.finditer(source.code):
            block = _indented(source, m.start(), len(m.group(1).expandtabs()), m.end())
            if block:
                found.append(Block(block.head, block.start, block.end, m.group(2)))
        return found
    if source.language not in _BRACED:
        return []
    found = []
    for m in _DEF.finditer(source.code):
        name = m.group(1) or m.group(2) or m.group(3) or _given_name(source, m.start())
        if name in _NOT_NAMES:
            continue
        opening = source.code.find("{", m.end() - 1, m.end() + 400)
        block = braced(source.code, m.start(), opening) if opening >= 0 else None
        if block:
            found.append(Block(block.head, block.start, block.end, name))
    return found


def enclosing(blocks: list[Block], offset: int) -> Block | None:
    """The innermost block that holds an offset."""
    inside = [b for b in blocks if b.head <= offset <= b.end]
    return max(inside, key=lambda b: b.head) if inside else None


_GIVEN_NAME = re.compile(r"([\w$]+)[\"']?\s*[:=]\s*(?:async\s+)?\Z")


def _given_name(source: Source, start: int) -> str:
    """The name that a function without one is given: `exports.token = function`, `token: function`."""
    found = _GIVEN_NAME.search(source.code, max(0, start - 80), start)
    return found.group(1) if found else ""


_BRACE = re.compile(r"[{}]")


def braced(code: str, head: int, after: int) -> Block | None:
    """The block that follows ``after``: braces, or one statement up to its semicolon; PHP's colon form up to its end word."""
    at = after
    while at < len(code) and code[at].isspace():
        at += 1
    if at >= len(code):
        return None
    if code[at] == ":":
        ending = re.compile(r"\bend(?:for|foreach|while)\b").search(code, at, at + MOST_BLOCK)
        return Block(head, at, ending.start()) if ending else None
    if code[at] != "{":
        end = code.find(";", at)
        return Block(head, at, end) if at < end < at + 2000 and code[at] != ";" else None
    depth = 0
    for found in _BRACE.finditer(code, at, at + MOST_BLOCK):
        depth += 1 if found.group() == "{" else -1
        if depth == 0:
            return Block(head, at, found.start())
    return None


def _indented(source: Source, head: int, indent: int, at: int) -> Block | None:
    """The lines after a head that are indented more than it; the head may span lines up to the colon."""
    code = source.code
    line = source.line(at)
    depth = 0
    start, end = source.line_span(source.line(head))
    for _ in range(40):
        text = code[start:end]
        depth += sum(text.count(c) for c in "([{") - sum(text.count(c) for c in ")]}")
        if depth <= 0:
            break
        line += 1
        start, end = source.line_span(line)
    body_start, last, first = end, end, True
    while True:
        line += 1
        start, end = source.line_span(line)
        if (start, end) == (0, 0) or start >= len(code):
            break
        text = code[start:end]
        bare = text.lstrip()
        if not bare:
            continue
        if len(text.expandtabs()) - len(bare.expandtabs()) <= indent:
            break
        last, first = end, False
    return None if first else Block(head, body_start, last)
