"""The slice as files: a choice in, modules cut by byte ranges out; comments and formatting of what stays are untouched."""

from __future__ import annotations

import json
import posixpath
from collections.abc import Iterator

from agent.extraction.slicing import Piece, Slice
from agent.extraction.slicing_node.closure import Chosen
from agent.extraction.slicing_node.modules import Module, Statement
from agent.extraction.slicing_node.program import NodeProgram

__all__ = ["STUBS", "write_slice"]

STUBS = "figwright_elsewhere.js"
_STUB_SOURCE = """\
// Routes that other services answer keep their address here, and say whose they are.
'use strict';
module.exports = function (owner) {
  return function (req, res) {
    res.statusCode = 501;
    res.setHeader('Content-Type', 'text/plain; charset=utf-8');
    res.end('served by ' + owner);
  };
};
"""
_NEVER = ("docs/", ".github/", ".vscode/", "test/", "tests/")
_MANIFESTS = frozenset(
    {
        "package.json",
        "package-lock.json",
        "npm-shrinkwrap.json",
        "yarn.lock",
        ".npmrc",
        ".nvmrc",
        ".babelrc",
        "tsconfig.json",
    }
)
_Edit = tuple[int, int, bytes]


def write_slice(program: NodeProgram, service: str, chosen: Chosen, nobody: str = "nobody") -> Slice:
    """``nobody`` is named by a stub of a route that is the service's own."""
    files: dict[str, bytes] = {}
    pieces: list[Piece] = []
    counted = 0
    folder = _home(program)
    stub = posixpath.join(folder, STUBS)
    for path, module in program.modules.items():
        if path not in chosen.modules:
            why = "nothing that the service needs loads it"
            pieces.append(Piece(path, 1, path, "removed", module.lines, why))
            continue
        text, found = _cut(module, chosen, stub, nobody)
        files[path] = text
        pieces += found
        counted += _lines(text) if module.role == "code" else 0
    if any(path in chosen.modules for path in chosen.stubs):
        files[stub] = _STUB_SOURCE.encode()
        counted += _lines(files[stub])
    pages = pages_of = 0
    for path, role in program.files.items():
        reason = chosen.files.get(path, "") or _needed(path, role)
        if reason:
            files[path] = program.read(path)
        lines = _lines(program.read(path)) if role == "template" else 0
        pages += lines if reason else 0
        pages_of += lines
        pieces.append(
            Piece(path, 0, path, "kept" if reason else "removed", lines, reason or "nothing that is kept names it")
        )
    return Slice(
        service, "express", dict(sorted(files.items())), tuple(sorted(pieces)), counted, program.lines_of, pages, pages_of,
        tuple(sorted(chosen.dynamic)),
    )  # fmt: skip


def _home(program: NodeProgram) -> str:
    """The folder of the package that registers the routes."""
    manifests = sorted(path.rpartition("/")[0] for path in program.files if path.rpartition("/")[2] == "package.json")
    first = next(iter(sorted(program.registered)), "")
    return max((one for one in manifests if not one or first.startswith(f"{one}/")), key=len, default="")


def _needed(path: str, role: str) -> str:
    name = path.rpartition("/")[2]
    if name in _MANIFESTS or (role == "config" and not path.startswith(_NEVER)):
        return "builds or configures the program"
    return ""


def _lines(content: bytes) -> int:
    return content.count(b"\n") + (bool(content) and not content.endswith(b"\n"))


def _cut(module: Module, chosen: Chosen, stub: str, nobody: str) -> tuple[bytes, list[Piece]]:
    edits: list[_Edit] = []
    pieces: list[Piece] = []
    if module.path in chosen.whole or not module.cuttable:
        pieces.append(Piece(module.path, 1, module.path, "kept", module.lines, chosen.whole.get(module.path, "")))
    else:
        for statement in module.statements:
            why = chosen.statements.get((module.path, statement.index), "")
            if statement.kind in ("definition", "export", "attached"):
                pieces.append(_piece(module, statement, why))
            if not why:
                edits.append((*_whole_lines(module, statement), b""))
            else:
                edits += _parts(module, statement, chosen, pieces)
    for one in chosen.stubs.get(module.path, ()):
        if any(start <= one.start and one.end <= end for start, end, _ in edits):
            continue
        owner = next((name for name in one.owners if name), nobody)
        edits.append((one.start, one.end, _call(module.path, stub, owner)))
        for route in one.routes:
            pieces.append(Piece(module.path, one.line, route.removeprefix("route:"), "stub", 0, f"served by {owner}"))
    return _applied(module.source, edits), pieces


def _call(path: str, stub: str, owner: str) -> bytes:
    place = posixpath.relpath(stub.removesuffix(".js"), posixpath.dirname(path) or ".")
    place = place if place.startswith(".") else f"./{place}"
    return f"require('{place}')({json.dumps(owner)})".replace('"', "'").encode()


def _piece(module: Module, statement: Statement, why: str) -> Piece:
    first, last = statement.lines
    exported = next((one.name for one in module.exports if one.index == statement.index), "")
    name = statement.names[0] if statement.names else exported
    what = "kept" if why else "removed"
    reason = why or "nothing that the service needs reaches it"
    return Piece(module.path, first, f"{module.path}#{name}" if name else module.path, what, last - first + 1, reason)


def _parts(module: Module, statement: Statement, chosen: Chosen, pieces: list[Piece]) -> Iterator[_Edit]:
    """Properties of an object that is given out: those that nobody asked for go, with the comma behind them."""
    kept = chosen.parts.get((module.path, statement.index), {})
    for export in module.exports:
        if not export.part or export.index != statement.index:
            continue
        node = export.node
        why = kept.get(export.name, "")
        lines = node.end_point[0] - node.start_point[0] + 1
        symbol = f"{module.path}#{export.name}"
        reason = why or "nothing that the service needs reaches it"
        pieces.append(Piece(module.path, node.start_point[0] + 1, symbol, "kept" if why else "removed", lines, reason))
        if not why:
            end = node.end_byte
            after = node.next_sibling
            if after is not None and after.type == ",":
                end = after.end_byte
            start = node.start_byte
            line = module.source.rfind(b"\n", 0, start) + 1
            if not module.source[line:start].strip() and module.source[end : end + 1] == b"\n":
                start, end = line, end + 1
            yield start, end, b""


def _whole_lines(module: Module, statement: Statement) -> tuple[int, int]:
    """From the start of its first line to the end of its last, where nothing else stands on them."""
    source, start, end = module.source, statement.start, statement.end
    line = source.rfind(b"\n", 0, start) + 1
    if source[line:start].strip():
        return start, end
    stop = source.find(b"\n", end)
    stop = len(source) if stop < 0 else stop + 1
    rest = source[end:stop].strip().lstrip(b";").strip()
    if rest and not rest.startswith(b"//"):
        return start, end
    if source[stop : stop + 1] == b"\n" and (line == 0 or source[max(0, line - 2) : line] == b"\n\n"):
        stop += 1  # one of the two blank lines that would meet
    return line, stop


def _applied(source: bytes, edits: list[_Edit]) -> bytes:
    pieces, at = [], 0
    for start, end, text in sorted(edits):
        if start < at:
            continue
        pieces += [source[at:start], text]
        at = end
    return b"".join([*pieces, source[at:]])
