"""COBOL programs and copybooks: paragraphs, PERFORM, CALL by literal and through data items, COPY.

A program's module ID is its PROGRAM-ID in upper case (``CBACT01C``), a paragraph or section is ``CBACT01C.1000-MAIN``; a
copybook is ``COPY:`` and its member name (``COPY:CVACT01Y``). Where a name occurs twice the second file's has its path
behind it (``CBACT01C@old/CBACT01C.cbl``). The syntax tree that frameworks get is the file's `Scan`.

In references a program keeps its quotes (``'CBSTM03B'``), so that it is not taken for a paragraph or a data item.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, Any

from agent.domain.facts import Binding, Definition, FileFacts, Import, Reference, Wiring
from agent.languages.cobol_lines import MAX_BYTES
from agent.languages.cobol_names import PROGRAMS, is_system_copybook
from agent.languages.cobol_scan import PROGRAM, Jump, Paragraph, Scan
from agent.languages.cobol_walk import scan_cobol

if TYPE_CHECKING:
    from agent.ports import Layout, Project

__all__ = ["LANGUAGE", "Cobol", "nearest", "programs_of", "unique_names"]

UNKNOWN = "<set elsewhere>"
THROUGH = 60  # procedures between PERFORM a THRU b
STRUCTURE = re.compile(r"(?i)\bPROGRAM\s*\(\s*([A-Z0-9][\w-]{0,40})")


class Cobol:
    """The `Language` of programs, copybooks and DCLGEN members."""

    name = "cobol"
    suffixes = (".cbl", ".cob", ".cpy", ".cobol", ".ccp", ".pco", ".dcl", ".dclgen")
    receiver_names: frozenset[str] = frozenset()
    super_names: frozenset[str] = frozenset()
    implicit_receiver = False
    builtins = frozenset({UNKNOWN, *(f"'{name}'" for name in PROGRAMS)})

    def extract(self, path: str, source: bytes) -> tuple[FileFacts, Any]:  # noqa: ARG002
        """Facts of one file, and its `Scan`."""
        if len(source) > MAX_BYTES:
            return FileFacts(self.name, failure=f"larger than {MAX_BYTES:,} bytes"), None
        scan = scan_cobol(source)
        facts = FileFacts(
            self.name,
            package=scan.name,
            code_lines=len(scan.text.rows),
            definitions=tuple(_definitions(scan)),
            imports=tuple(Import(c.member, c.library, "*", c.line) for c in scan.copies),
            references=tuple(dict.fromkeys(_references(scan))),
            bindings=tuple(_bindings(scan)),
            wirings=tuple(_wirings(scan)),
            error_lines=tuple(sorted(set(scan.text.errors))),
        )
        return facts, scan

    def name_modules(self, layout: Layout) -> Mapping[str, str]:
        """Programs by their PROGRAM-ID, all else by member name."""
        return unique_names(
            (path, layout.facts(path).package or f"COPY:{_member(path)}") for path in layout.files(self.name)
        )

    def unit_kind(self) -> str:
        """A program is a unit."""
        return "module"

    def symbol_id(self, module: str, scope: str) -> str:
        """``CBACT01C`` and ``1000-MAIN`` give ``CBACT01C.1000-MAIN``."""
        return f"{module}.{scope}" if scope else module

    def resolve_import(self, imported: Import, path: str, project: Project) -> Sequence[tuple[str, str, str]]:
        """COPY and INCLUDE by member name, the nearest file first; a map's copybook may exist as BMS source only."""
        member = imported.module
        found = nearest(path, self._members(project).get(member, ()))
        if found:
            return [("*", project.modules()[found], "exact")]
        if is_system_copybook(member):
            return [("", f"external:{member}", "")]
        if f"template:{member}" in project.module_ids("bms"):
            return [("", f"template:{member}", "inferred")]  # generated from the mapset when it is assembled
        return [("", "unresolved:copybook is not in the repository", "")]

    def implicit_names(self, path: str, project: Project) -> Mapping[str, str]:  # noqa: ARG002
        """Every program, in quotes: CALL finds them all."""
        if self._known is None or self._known[0] is not project:
            self._known = (project, {f"'{name}'": symbol for name, symbol in programs_of(project).items()})
        return self._known[1]

    def _members(self, project: Project) -> Mapping[str, Sequence[str]]:
        if self._books is None or self._books[0] is not project:
            found: dict[str, list[str]] = {}
            for path in project.files(self.name):
                found.setdefault(_member(path), []).append(path)
            self._books = (project, found)
        return self._books[1]

    _known: tuple[object, dict[str, str]] | None = None
    _books: tuple[object, dict[str, list[str]]] | None = None


def _member(path: str) -> str:
    return PurePosixPath(path).name.partition(".")[0].upper()


def unique_names(named: Iterable[tuple[str, str]]) -> dict[str, str]:
    """path -> ID; of several files with one name the first keeps it, the others have their path behind it."""
    found: dict[str, str] = {}
    taken: set[str] = set()
    for path, name in sorted(named):
        found[path] = f"{name}@{path}" if name in taken else name
        taken.add(name)
    return found


def nearest(path: str, candidates: Sequence[str]) -> str:
    """Of several files the one that shares the most folders with ``path``, then the least deep; ``""`` when there is none."""
    folders = path.split("/")[:-1]

    def distance(other: str) -> tuple[int, int, str]:
        same = 0
        for ours, theirs in zip(folders, other.split("/")[:-1], strict=False):
            if ours != theirs:
                break
            same += 1
        return -same, other.count("/"), other

    return min(candidates, key=distance, default="")


def programs_of(project: Project) -> Mapping[str, str]:
    """Program name -> symbol ID: main programs first, then contained ones and ENTRY points."""
    found = {name: name for name in project.module_ids("cobol") if not name.startswith("COPY:") and "@" not in name}
    for path, wiring in project.wirings("cobol", "program"):
        found.setdefault(wiring.args[0], project.symbol_at(path, wiring.scope))
    return found


# ---------------------------------------------------------------- facts


def _definitions(scan: Scan) -> Iterator[Definition]:
    seen: set[str] = set()
    for p in scan.paragraphs:
        if p.scope not in seen:
            seen.add(p.scope)
            yield Definition(p.scope, "function", p.line, max(p.line, p.end), p.doc, complexity=p.complexity)


def _references(scan: Scan) -> Iterator[Reference]:
    for call in scan.calls:
        yield Reference(call.scope, f"'{call.target}'" if call.literal else call.target, "call", call.line)
    by_name: dict[str, list[int]] = {}
    for place, paragraph in enumerate(scan.paragraphs):
        by_name.setdefault(paragraph.name, []).append(place)
    sections = {p.scope: p.section or (p.name if p.kind == "section" else "") for p in scan.paragraphs}
    for jump in scan.jumps:
        yield from _jump(scan.paragraphs, by_name, sections, jump)


def _jump(
    paragraphs: list[Paragraph], by_name: Mapping[str, list[int]], sections: Mapping[str, str], jump: Jump
) -> Iterator[Reference]:
    """PERFORM a THRU b runs all that lies between; a name may mean the paragraph of its own section."""
    here = jump.section or sections.get(jump.scope, "")
    outer = jump.scope.rpartition(".")[0]
    start = _place(paragraphs, by_name.get(jump.target, ()), here, outer)
    if start is None:
        if not jump.target.isdigit():
            yield Reference(jump.scope, jump.target, "call", jump.line)
        return
    last = _place(paragraphs, by_name.get(jump.last, ()), here, outer) if jump.last else start
    if jump.last and last is None:
        yield Reference(jump.scope, jump.last, "call", jump.line)
    end = start if last is None or last < start else min(last, start + THROUGH)
    for place in range(start, end + 1):
        yield Reference(jump.scope, paragraphs[place].scope.rpartition(".")[2], "call", jump.line)


def _place(paragraphs: list[Paragraph], places: Sequence[int], section: str, outer: str) -> int | None:
    """The paragraph of the same program, of its own section if that has one of the name."""
    fitting = [
        p for p in places[:200] if paragraphs[p].scope.rpartition(".")[0] == outer or paragraphs[p].scope == outer
    ]
    own = [p for p in fitting if section and paragraphs[p].section == section]
    return next(iter(own or fitting or places), None)


def _bindings(scan: Scan) -> Iterator[Binding]:
    """What the items hold that programs are called through: literals as programs, other items by their names."""
    wanted = {call.target for call in scan.calls if not call.literal}
    for block in scan.blocks:
        if block.kind == "CICS":
            wanted.update(name.upper() for name in STRUCTURE.findall(block.text[:4000]))
    if not scan.name:
        wanted.update(scan.values)  # a copybook's items are used by others
    for item in sorted(wanted):
        literals, closed = scan.literals(item)
        line = next((i.line for i in scan.items if i.name == item), 1) if item in scan.defined else 1
        names = [literal for literal in literals if PROGRAM.match(literal)]
        for literal in names:
            yield Binding("", item, f"'{literal}'", line)
        for source in scan.moves.get(item, ()) if not names else ():
            yield Binding("", item, source, line)
        if names and not closed:
            yield Binding("", item, UNKNOWN, line)


def _wirings(scan: Scan) -> Iterator[Wiring]:
    for name, scope, line in scan.programs:
        yield Wiring("cobol", "program", scope, line, (name,))
    if not scan.name:
        for item, literals in scan.values.items():
            for literal in literals:
                yield Wiring("cobol", "value", "", 1, (item, literal))
    for call in scan.calls:
        if not call.literal and scan.has_unknown(call.target):
            yield Wiring("cobol", "unresolved", call.scope, call.line, ("program of a CALL",))


LANGUAGE = Cobol()
