"""COBOL batch: all programs of the repository under GnuCOBOL, in one image; CICS programs stay where they are."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from agent.containers.tree import Tree, label, line_of
from agent.domain.container import Deployable
from agent.domain.environment import Reason
from agent.domain.inventory import Inventory, Location

__all__ = ["CobolPrograms", "find_cobol", "read_programs"]

_CICS = re.compile(r"(?i)\bEXEC\s+(?:CICS|SQL|DLI)\b")
_USING = re.compile(r"(?is)\bPROCEDURE\s+DIVISION\s+USING\b")
_ENTRY = re.compile(r"(?i)\bPROGRAM-ID\s*\.\s*['\"]?([\w-]{1,40})")


@dataclass(frozen=True)
class CobolPrograms:
    """``main`` are run, ``called`` are loaded by others; ``left`` need a monitor or a precompiler that GnuCOBOL has not."""

    main: tuple[str, ...]
    called: tuple[str, ...]
    left: tuple[str, ...]
    copybooks: tuple[str, ...]
    options: tuple[str, ...]
    options_from: Location | None


def read_programs(tree: Tree) -> CobolPrograms:
    """Which sources are programs, and how the repository itself compiles them."""
    main: list[str] = []
    called: list[str] = []
    left: list[str] = []
    fixed = True
    for path in tree.code("cobol"):
        text = tree.text(path)
        if not _ENTRY.search(text):
            continue
        if _CICS.search(text):
            left.append(path)
        else:
            (called if _USING.search(text) else main).append(path)
            fixed = fixed and not re.search(r"(?im)^\s{0,6}(?:identification|program-id)\b", text)
    books = sorted({p.rpartition("/")[0] for p in tree.paths if p.lower().endswith((".cpy", ".copy")) and tree.runs(p)})
    options, place = _options(tree)
    return CobolPrograms(
        tuple(main),
        tuple(called),
        tuple(left),
        tuple(books),
        options or (("-std=ibm", "-fixed") if fixed else ("-free",)),
        place,
    )


def _options(tree: Tree) -> tuple[tuple[str, ...], Location | None]:
    """The dialect that the repository's own scripts compile with."""
    for path in tree.paths:
        if not path.endswith((".sh", "Makefile", ".mk")):
            continue
        text = tree.text(path)
        for found in re.finditer(r"(?m)\bcobc\b[^\n#]{0,300}", text):
            words = re.findall(r"(?<!\S)(-std=[\w-]+|-fixed|-free|-f[a-z-]+=?[\w-]*|-conf=[\w./-]+)(?!\S)", found[0])
            if words:
                return tuple(dict.fromkeys(words)), Location(path=path, line=line_of(text, found.start()))
    return (), None


def find_cobol(inventory: Inventory, tree: Tree) -> Iterator[Deployable]:
    """One batch deployable for the whole load library."""
    programs = read_programs(tree)
    if not programs.main:
        return
    jobs = [entry for entry in inventory.entry_points if entry.kind == "batch"]
    count = len(programs.main)
    why = [
        Reason(
            text=f"{count} batch programs and {len(programs.called)} subprograms in COBOL, compiled into one load library",
            where=tuple(Location(path=path) for path in programs.main[:3]),
        )
    ]
    if jobs:
        names = ", ".join(entry.name for entry in jobs[:12])
        why.append(
            Reason(
                text=f"{len(jobs)} jobs in JCL start them ({names}); the JCL itself is not translated",
                where=(jobs[0].evidence,),
            )
        )
    if programs.left:
        text = f"left out: {len(programs.left)} programs with EXEC CICS, SQL or DLI, which GnuCOBOL cannot compile"
        why.append(Reason(text=text, where=tuple(Location(path=path) for path in programs.left[:3])))
    if programs.options_from:
        text = f"dialect as the repository compiles it: {' '.join(programs.options)}"
        why.append(Reason(text=text, where=(programs.options_from,)))
    yield Deployable(
        name=label(inventory.name), kind="batch", why=tuple(why), language="cobol", runtime="gnucobol", version="4",
        command=("ls", "/app/load"),
    )  # fmt: skip
