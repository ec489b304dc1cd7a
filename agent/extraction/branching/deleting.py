"""What can go once a service answers for itself: a program whose callers go through the seam in, the files without it out.

The slice read backwards: everything outside of the service is kept whole, and with it all that it reaches; what is left of
the service's own code, and was in the slice, is what moved.
"""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from agent.extraction.slicing.closure import select
from agent.extraction.slicing.modules import Module, read_module
from agent.extraction.slicing.outcome import Slice
from agent.extraction.slicing.program import Program
from agent.extraction.slicing.roots import find_roots
from agent.extraction.slicing.selection import Demand, Selection
from agent.extraction.slicing.stubs import STUB_SOURCES, stub_module_name
from agent.extraction.slicing.writing import Cutting, cut_module, plan_cut

__all__ = ["Deletion", "delete_moved", "with_files"]


@dataclass(frozen=True)
class Deletion:
    """``files``: path -> content, None for a file that goes. ``symbols`` are what goes, ``stubs`` the handlers that become stubs;
    ``lines`` counts what is gone of the program's own Python, net of stubs."""

    files: Mapping[str, bytes | None]
    symbols: tuple[str, ...]
    stubs: tuple[str, ...]
    lines: int


def with_files(program: Program, files: Mapping[str, bytes], added: Mapping[str, str] | None = None) -> Program:
    """The program with these contents over its own. ``added``: module ID -> path, of modules that are new."""
    modules: dict[str, Module] = {}
    for module in program.modules.values():
        changed = module.path in files
        modules[module.id] = read_module(module.id, module.path, files[module.path], module.role) if changed else module
    for name, path in (added or {}).items():
        modules[name] = read_module(name, path, files[path], "code")
    known = {path for path in files if path not in {module.path for module in modules.values()}}
    return replace(
        program,
        modules=dict(sorted(modules.items())),
        tables={name: tuple(_moved(program, modules, places)) for name, places in program.tables.items()},
        classes=_classes(modules.values()),
        files={**program.files, **dict.fromkeys(sorted(known), "data")},
        read=lambda path: files[path] if path in files else program.read(path),
    )


def _moved(
    program: Program, modules: Mapping[str, Module], places: Iterable[tuple[str, int]]
) -> Iterator[tuple[str, int]]:
    """The same statements where an edit has put them: an import that was split moves what comes after it."""
    for module, index in places:
        names = program.modules[module].statements[index].names
        for found in modules[module].bound.get(names[0], ())[-1:] if names else ():
            yield module, found


def _classes(modules: Iterable[Module]) -> dict[str, tuple[tuple[str, int], ...]]:
    found: dict[str, list[tuple[str, int]]] = {}
    for module in modules:
        for statement in module.statements:
            if isinstance(statement.node, ast.ClassDef):
                found.setdefault(statement.node.name, []).append((module.id, statement.index))
    return {name: tuple(places) for name, places in found.items()}


def delete_moved(
    program: Program, homes: Mapping[str, str], service: str, made: Slice, entries: Sequence[str],
    demands: Sequence[Demand] = (),
) -> Deletion:  # fmt: skip
    """``program`` goes through the seam and has no local side any more; ``made`` is the slice."""
    rest = replace(program, handlers={symbol: "" if owner else service for symbol, owner in program.handlers.items()})
    own = [m for m in rest.modules.values() if homes.get(m.id) == service and m.role == "code" and m.tree is not None]
    kept = {piece.symbol for piece in made.pieces if piece.what != "removed"}
    roots = [*find_roots(rest, entries), *_outside(rest, {m.id for m in own}), *_staying(rest, own, kept), *demands]
    chosen = select(rest, roots)
    stub = stub_module_name({m.split(".")[0] for m in rest.modules})
    files: dict[str, bytes | None] = {}
    symbols: list[str] = []
    stubs: set[str] = set()
    lines, stubbed = 0, set()
    for module in own:
        inner = [m for m in rest.modules if m.startswith(module.id + ".")]
        if module.id not in chosen.modules and not any(m in chosen.modules for m in inner):
            files[module.path] = None
            symbols.append(module.id)
            lines += module.lines
            continue
        if module.id not in chosen.modules:
            continue
        cutting = plan_cut(module, chosen, inner)
        text = cut_module(module, cutting, stub)
        if text == module.text:
            continue
        files[module.path] = text.encode("utf-8", "replace")
        lines += module.lines - text.count("\n")
        symbols += _gone(module, cutting)
        stubs |= set(cutting.stubs)
        if cutting.stubs:
            stubbed.add(module.root)
    for root in sorted(stubbed):
        files[f"{root}{stub}.py"] = STUB_SOURCES[rest.framework].encode()
    for path in _templates(program, chosen, made):
        files[path] = None
    return Deletion(dict(sorted(files.items())), tuple(sorted(symbols)), tuple(sorted(stubs)), lines)


def _outside(program: Program, own: set[str]) -> Iterator[Demand]:
    """Everything that is not the service's stays as it is, whether a route reaches it or not: jobs, commands, scripts."""
    for module in program.modules.values():
        if module.id not in own:
            yield Demand("whole", module.id, reason="it is not the service's")


def _staying(program: Program, own: Sequence[Module], kept: set[str]) -> Iterator[Demand]:
    """Of the service's own code: what the slice does not have (jobs, commands), and what declares tables, which stay shared."""
    declaring = {place for places in program.tables.values() for place in places}
    for module in own:
        for statement in module.statements:
            if statement.kind not in ("definition", "assignment"):
                continue
            for name in statement.names[:1]:
                if f"{module.id}.{name}" not in kept:
                    yield Demand("name", name, module.id, "it is no part of the slice: a job or a command may need it")
                elif (module.id, statement.index) in declaring:
                    yield Demand("name", name, module.id, "it declares a table, and tables are shared at this rung")


def _gone(module: Module, cutting: Cutting) -> list[str]:
    found = []
    for statement in module.statements:
        if statement.kind in ("definition", "assignment") and cutting.statements[statement.index] == "drop":
            found += [f"{module.id}.{name}" for name in statement.names[:1]]
        if statement.names:
            members = cutting.members.get(statement.index, frozenset())
            found += [f"{module.id}.{statement.names[0]}.{name}" for name in sorted(members)]
    return found


def _templates(program: Program, chosen: Selection, made: Slice) -> list[str]:
    """Templates that the slice has, and nothing that stays renders."""
    return [
        path for name, path in sorted(program.templates.items()) if path in made.files and name not in chosen.templates
    ]
