"""What an error of Node.js says is missing, and what the monolith ran: printed text or lines in, demands for the next round out."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping

from agent.extraction.slicing import Demand, Slice
from agent.extraction.slicing_node.modules import Module, references, resolve
from agent.extraction.slicing_node.program import NodeProgram

__all__ = ["read_node_demands", "witnessed_node_demands"]

_FRAME = re.compile(r"/repo/([^\s():]{1,400}\.[cm]?[jt]sx?):(\d+)")
_MISSING = re.compile(r"Cannot find module '([^'\n]{1,300})'")
_STACK = re.compile(r"Require stack:\n- /repo/([^\n]{1,400})")
_UNDEFINED = re.compile(r"ReferenceError: ([A-Za-z_$][\w$]{0,200}) is not defined")
_TYPE = re.compile(
    r"TypeError: ([^\n]{0,300}? is not a (?:function|constructor)|Cannot read propert[^\n]{0,200}|Class extends value[^\n]{0,100}|"
    r"[^\n]{0,200} requires? (?:a )?(?:callback|middleware|handler)[^\n]{0,200}|argument handler must be a function)"
    r"|Error: (?:Route\.\w+\(\) requires[^\n]{0,200}|Router\.use\(\) requires[^\n]{0,200})"
)
_VIEW = re.compile(r"Failed to lookup view \"([^\"\n]{1,300})\"")
_FILE = re.compile(r"ENOENT[^\n]{0,100} '/repo/([^'\n]{1,300})'")


def read_node_demands(program: NodeProgram, printed: str) -> tuple[Demand, ...]:
    """Everything in the text that something which was left out would mend, in order."""
    text = printed[-200_000:]
    found: list[Demand] = []
    for match in _MISSING.finditer(text):
        found += _missing(program, match, text)
    for match in _UNDEFINED.finditer(text):
        for module in _frames(program, text[match.end() :]):
            found.append(Demand("name", match.group(1), module.path, match.group(0)))
    for match in _TYPE.finditer(text):
        for module in _frames(program, text[match.end() :]):
            found += _said(program, module, match.group(0))
    for match in _VIEW.finditer(text):
        found += [
            Demand("file", path, reason=match.group(0)) for path in program.files if _is_page(path, match.group(1))
        ]
    for match in _FILE.finditer(text):
        place = match.group(1)
        found += [
            Demand("file", path, reason=match.group(0))
            for path in program.files
            if path == place or path.startswith(f"{place}/")
        ]
    return tuple(dict.fromkeys(found))


def _missing(program: NodeProgram, match: re.Match[str], text: str) -> Iterator[Demand]:
    stack = _STACK.search(text, match.end(), match.end() + 3000)
    paths = [stack.group(1)] if stack else [module.path for module in _frames(program, text[match.end() :])]
    for path in paths:
        target = resolve(path, match.group(1), program.known)
        if target:
            yield Demand("module", target, reason=match.group(0))


def _frames(program: NodeProgram, text: str) -> Iterator[Module]:
    """The module of the program that the stack which follows names first. Its lines are the slice's, so they say nothing here."""
    match = _FRAME.search(text[:6000])
    if match and match.group(1) in program.modules:
        yield program.modules[match.group(1)]


def _said(program: NodeProgram, module: Module, reason: str) -> Iterator[Demand]:
    """What the message names, as far as it leads to another module."""
    words = set(re.findall(r"[A-Za-z_$][\w$]*", reason))
    found = list(references(module, module.root, program.known, ()))
    named = [one for one in found if one.kind == "export" and one.name in words]
    for one in named:
        yield Demand("name", one.name, one.module, reason)
    imported = {resolve(module.path, to, program.known) for name, (to, _) in module.imports.items() if name in words}
    for path in sorted(imported - {""}) if not named else ():
        yield Demand("whole", path, reason=reason)


def _is_page(path: str, view: str) -> bool:
    stem = path.rpartition(".")[0]
    return path.endswith(view) or stem == view or stem.endswith(f"/{view}")


def witnessed_node_demands(program: NodeProgram, made: Slice, ran: Mapping[str, Collection[int]]) -> tuple[Demand, ...]:
    """For each statement whose inner lines ran in the monolith and which the slice leaves out: that it be kept."""
    gone = {(piece.path, piece.line) for piece in made.pieces if piece.what == "removed"}
    reason = "the monolith ran it for a request that the slice answered otherwise"
    found: list[Demand] = []
    for path, module in program.modules.items():
        lines = ran.get(path, ())
        if lines and path not in made.files:
            found.append(Demand("module", path, reason=reason))
        for export in module.exports:
            node = export.node if export.part else module.statements[export.index].node
            if _inside(node.start_point[0] + 1, node.end_point[0] + 1, lines) and (
                (path, node.start_point[0] + 1) in gone or path not in made.files
            ):
                found.append(Demand("name", export.name, path, reason))
        for statement in module.statements:
            if statement.names and (path, statement.lines[0]) in gone and _inside(*statement.lines, lines):
                found.append(Demand("name", statement.names[0], path, reason))
    return tuple(dict.fromkeys(found))


def _inside(first: int, last: int, lines: Collection[int]) -> bool:
    """Whether a line of its body ran: the first line alone is run by the module that defines it."""
    return any(first < line <= last or (first == last == line) for line in lines)
