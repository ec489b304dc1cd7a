"""One document a symbol: its weighted words and its place, made from the graph and the files' text.

In go a DependencyGraph and a way to read a file, out come documents in the graph's order. A document's digest changes
exactly when the symbol, its outgoing edges or its own text do, so an index need write no more than that.
"""

from __future__ import annotations

import hashlib
import re
from collections import Counter
from collections.abc import Callable, Sequence

import msgspec

from agent.domain.code import Dependency, DependencyGraph, Symbol
from agent.index.tokens import words

__all__ = ["Document", "build_documents", "graph_digest"]

NAME, CONTAINER, PATH, DOC, BODY = 5, 2, 1, 2, 1  # found on docstring queries; see docs/decisions/0004-embeddings.md
MAX_LINES = 1500
MAX_CHARS = 100_000
PASSAGE = 1000  # characters
NOT_WORDS = re.compile(r"[^A-Za-z0-9]+")
TYPES = frozenset({"class", "interface", "enum"})
ENCODER = msgspec.msgpack.Encoder()


class Document(msgspec.Struct, frozen=True):
    """What is searched for one symbol: ``words`` with their weighted frequency, ``passage`` in their order for embedders that
    read whole texts, and what the store shows as text."""

    id: str
    digest: str
    text: str
    words: dict[str, int]
    role: str
    passage: str = ""


def build_documents(graph: DependencyGraph, text_of: Callable[[str], str]) -> list[Document]:
    """Documents of all symbols. ``text_of`` answers ``""`` for a file that cannot be read."""
    lines: dict[str, list[str]] = {}
    inner: dict[str, list[Symbol]] = {}
    for symbol in graph.symbols:
        if symbol.container:
            inner.setdefault(symbol.container, []).append(symbol)
    documents: list[Document] = []
    for symbol in sorted(graph.symbols, key=lambda s: s.path):
        if symbol.path not in lines:
            lines.clear()  # in path order one file at a time is enough
            lines[symbol.path] = text_of(symbol.path).split("\n")
        body = _body(symbol, lines[symbol.path], inner.get(symbol.id, ()))
        documents.append(_document(symbol, graph.outgoing.get(symbol.id, ()), body))
    documents.sort(key=lambda d: d.id)
    return documents


def graph_digest(graph: DependencyGraph) -> str:
    """A fingerprint of everything in the graph."""
    return hashlib.blake2b(ENCODER.encode(graph), digest_size=16).hexdigest()


def _body(symbol: Symbol, lines: list[str], inner: Sequence[Symbol]) -> str:
    """A function's own lines; of a type or module only what its members do not cover."""
    if symbol.kind not in TYPES and symbol.kind not in ("function", "module"):
        return ""
    first, last = symbol.line - 1, min(symbol.end_line, symbol.line - 1 + MAX_LINES)
    if symbol.kind == "function":
        return "\n".join(lines[first:last])[:MAX_CHARS]
    if symbol.kind == "module":
        last = min(len(lines), MAX_LINES)
    kept = bytearray(b"\1" * max(0, min(last, len(lines)) - first))
    for member in inner:
        start, end = max(0, member.line - 1 - first), max(0, member.end_line - first)
        kept[start:end] = bytes(len(kept[start:end]))
    return "\n".join(line for line, keep in zip(lines[first:last], kept, strict=False) if keep)[:MAX_CHARS]


def _document(symbol: Symbol, edges: Sequence[Dependency], body: str) -> Document:
    counts: Counter[str] = Counter(words(body))
    for text, weight in (
        (symbol.name, NAME),
        (_short(symbol.container), CONTAINER),
        (symbol.path.rpartition(".")[0], PATH),
        (symbol.doc, DOC),
        (_neighbours(symbol, edges), PATH),
    ):
        for word in words(text):
            counts[word] += weight
    digest = hashlib.blake2b(ENCODER.encode((symbol, edges)), digest_size=16)
    digest.update(body.encode("utf-8", "replace"))
    head = f"{symbol.kind} {symbol.id}\n{symbol.path}:{symbol.line}"
    text = f"{head}\n{symbol.doc}" if symbol.doc else head
    return Document(symbol.id, digest.hexdigest(), text, dict(counts), symbol.role, _passage(symbol, body))


def _passage(symbol: Symbol, body: str) -> str:
    """Name, container, documentation and the beginning of the body as plain words; a transformer reads no more anyway."""
    names = (" ".join(words(symbol.name)), " ".join(words(_short(symbol.container))), symbol.doc)
    return ". ".join([*filter(None, names), NOT_WORDS.sub(" ", body[: 2 * PASSAGE]).strip()])[:PASSAGE]


def _short(identifier: str) -> str:
    return identifier.replace("#", ".").replace("/", ".").rpartition(".")[2]


def _neighbours(symbol: Symbol, edges: Sequence[Dependency]) -> str:
    """A route is also found by what handles it, code by the tables it touches."""
    kinds = ("handle",) if symbol.kind == "route" else ("read", "write", "declare", "render")
    return " ".join(sorted({_short(edge.target.rpartition(":")[2]) for edge in edges if edge.kind in kinds}))
