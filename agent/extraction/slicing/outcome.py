"""The slice as files, and what was kept and left out, each piece with its reason. A selection in, a slice out."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from agent.extraction.slicing.modules import Module
from agent.extraction.slicing.program import Cut, Program
from agent.extraction.slicing.selection import Selection
from agent.extraction.slicing.stubs import STUB_SOURCES, stub_module_name
from agent.extraction.slicing.writing import Cutting, cut_module, plan_cut

__all__ = ["Piece", "Slice", "put_together"]


@dataclass(frozen=True, order=True)
class Piece:
    """A symbol, template or file and what became of it: kept, stub or removed. ``lines`` are the monolith's."""

    path: str
    line: int
    symbol: str
    what: str
    lines: int
    reason: str


@dataclass(frozen=True)
class Slice:
    """``files``: path -> content. ``lines`` and ``lines_of`` count the program's own Python, kept and of the monolith:
    without tests, migrations and build configuration, stubs included. ``templates`` and ``templates_of`` count theirs."""

    service: str
    framework: str
    files: Mapping[str, bytes]
    pieces: tuple[Piece, ...]
    lines: int
    lines_of: int
    templates: int
    templates_of: int
    dynamic: tuple[tuple[str, int, str], ...]

    @property
    def share(self) -> float:
        """Of the monolith's lines, how many are in the slice."""
        return self.lines / self.lines_of if self.lines_of else 0.0


_MANIFESTS = frozenset({"staticfiles.json", "manifest.json", "rev-manifest.json", "webpack-stats.json", "assets.json"})
_HASHED = re.compile(r"[.\-][0-9a-f]{8,64}\.(?=[A-Za-z0-9]{1,6}$)")
_NEVER = ("docs/", ".github/", ".vscode/", "tests/", "test/")


def put_together(program: Program, cut: Cut, chosen: Selection) -> Slice:
    """Write every module, template and file of a selection."""
    stub = stub_module_name({m.split(".")[0] for m in program.modules})
    files: dict[str, bytes] = {}
    pieces: list[Piece] = []
    counted = total = 0
    roots: set[str] = set()
    for module in program.modules.values():
        total += module.lines if module.role == "code" else 0
        if module.id not in chosen.modules:
            pieces.append(
                Piece(module.path, 1, module.id, "removed", module.lines, "nothing that the service needs imports it")
            )
            continue
        cutting = plan_cut(module, chosen, [m for m in program.modules if m.startswith(module.id + ".")])
        text = cut_module(module, cutting, stub)
        files[module.path] = (
            program.read(module.path) if cutting.whole or module.tree is None else text.encode("utf-8", "replace")
        )
        counted += _line_count(text) if module.role == "code" else 0
        if cutting.stubs:
            roots.add(module.root)
        pieces.extend(_pieces(module, cutting, chosen))
        if module.tree is None:
            pieces.append(
                Piece(module.path, 1, module.id, "kept", module.lines, "it cannot be read, so it is taken whole")
            )
    for root in sorted(roots):
        source = STUB_SOURCES[program.framework]
        files[f"{root}{stub}.py"] = source.encode()
        counted += _line_count(source)
    _add_files(program, chosen, files, pieces)
    known = [(n, p, program.read(p).decode("utf-8", "replace")) for n, p in sorted(program.templates.items())]
    return Slice(
        cut.service, program.framework, dict(sorted(files.items())), tuple(sorted(pieces)), counted, total,
        sum(_line_count(t) for n, _, t in known if n in chosen.templates), sum(_line_count(t) for _, _, t in known),
        tuple(sorted(chosen.dynamic)),
    )  # fmt: skip


def _add_files(program: Program, chosen: Selection, files: dict[str, bytes], pieces: list[Piece]) -> None:
    by_path = {path: name for name, path in program.templates.items()}
    named = {_plain_name(path) for path in chosen.files}
    packages = {m.path.rpartition("/")[0] for m in program.modules.values() if m.id in chosen.modules and m.package}
    for path, role in program.files.items():
        if path in by_path:
            reason = chosen.templates.get(by_path[path], "")
        else:
            reason = chosen.files.get(path, "") or _needed(path, role, packages)
            if not reason and _HASHED.search(path) and _plain_name(path) in named:
                reason = "another name of a file that is kept"
        lines = program.read(path).count(b"\n") if path in by_path else 0
        if reason:
            files[path] = program.read(path)
        if reason or path in by_path or role in ("style", "code"):
            why = reason or "nothing that is kept names it"
            pieces.append(Piece(path, 0, by_path.get(path, path), "kept" if reason else "removed", lines, why))


def _plain_name(path: str) -> str:
    """Without the hash that a build puts into a static file's name."""
    return _HASHED.sub(".", path)


def _needed(path: str, role: str, packages: set[str]) -> str:
    """Files that no code names and that the program is built or translated with."""
    if role == "config" and not path.startswith(_NEVER):
        return "builds or configures the program"
    if path.rpartition("/")[2] in _MANIFESTS:
        return "says what static files are called"
    before, mark, _ = f"/{path}".partition("/LC_MESSAGES/")
    if mark:
        owner = before.strip("/").rpartition("/")[0].rpartition("/")[0]  # of locale/<language>
        if not owner or any(one == owner or one.startswith(f"{owner}/") for one in packages):
            return "a translation of what is kept"
    return ""


def _line_count(text: str) -> int:
    return text.count("\n") + (bool(text) and not text.endswith("\n"))


def _pieces(module: Module, cutting: Cutting, chosen: Selection) -> Iterator[Piece]:
    for statement in module.statements:
        what = cutting.statements[statement.index]
        if statement.kind in ("fixed", "import") and what == "keep":
            continue
        first, last = statement.lines
        symbol = f"{module.id}.{statement.names[0]}" if statement.names else module.id
        lines = last - first + 1
        if what == "keep":
            reason = chosen.statements.get((module.id, statement.index), "all that it uses is there")
            yield Piece(module.path, first, symbol, "kept", lines, reason)
        elif what == "stub":
            yield Piece(module.path, first, symbol, "stub", lines, f"served by {cutting.stubs[symbol]}")
        else:
            yield Piece(module.path, first, symbol, "removed", lines, "nothing that the service needs reaches it")
        yield from _members(module, statement.node, cutting.members.get(statement.index, frozenset()), symbol)
    tops = {f"{module.id}.{s.names[0]}" for s in module.statements if s.kind == "definition"}
    for symbol, owner in sorted(cutting.stubs.items()):
        if symbol not in tops:
            yield Piece(module.path, 0, symbol, "stub", 0, f"served by {owner}")


def _members(module: Module, node: ast.stmt, gone: frozenset[str], symbol: str) -> Iterator[Piece]:
    for method in node.body if isinstance(node, ast.ClassDef) else ():
        if isinstance(method, (ast.FunctionDef, ast.AsyncFunctionDef)) and method.name in gone:
            lines = (method.end_lineno or method.lineno) - method.lineno + 1 + len(method.decorator_list)
            yield Piece(
                module.path, method.lineno, f"{symbol}.{method.name}", "removed", lines, "nothing kept mentions it"
            )
