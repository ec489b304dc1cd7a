"""BMS: mapsets, their maps and fields, from the assembler macros DFHMSD, DFHMDI and DFHMDF.

A mapset's module ID is ``template:`` and its label (``template:COSGN00``), which is how programs and CSD definitions name
it. Maps and named fields are kept as ``bms`` records; `agent.frameworks.cics` turns maps into templates.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, Any

from agent.domain.facts import FileFacts, Import, Wiring
from agent.languages.cobol import unique_names

if TYPE_CHECKING:
    from agent.ports import Layout, Project

__all__ = ["LANGUAGE", "Bms"]

MAX_BYTES = 2_000_000
MAX_STATEMENT = 4_000
MACRO = re.compile(
    r"(?P<label>[^\s*]{0,30})\s+(?P<macro>DFHMSD|DFHMDI|DFHMDF)(?:\s+(?P<operands>.*))?\Z", re.IGNORECASE | re.DOTALL
)
OPERAND = re.compile(
    r"(?<![\w'])(LENGTH|POS|SIZE|TYPE|ATTRB|INITIAL)=(\([^()]{0,200}\)|'[^']{0,200}'?|[^,\s]{1,40})", re.IGNORECASE
)


class Bms:
    """The `Language` of mapset sources. Records: ``map`` (name, size), ``field`` (map, name, position, length)."""

    name = "bms"
    suffixes = (".bms",)
    receiver_names: frozenset[str] = frozenset()
    super_names: frozenset[str] = frozenset()
    implicit_receiver = False
    builtins: frozenset[str] = frozenset()

    def extract(self, path: str, source: bytes) -> tuple[FileFacts, Any]:  # noqa: ARG002
        """Facts of one file. Never raises on any bytes."""
        if len(source) > MAX_BYTES:
            return FileFacts(self.name, failure=f"larger than {MAX_BYTES:,} bytes"), None
        text = source.decode("utf-8", "replace").replace("\0", " ")
        mapset, records = "", []
        current = ""
        for line, label, macro, operands in _macros(text):
            found = {key.upper(): value for key, value in OPERAND.findall(operands)}
            if macro == "DFHMSD" and found.get("TYPE", "").upper() != "FINAL":
                mapset = mapset or label
            elif macro == "DFHMDI" and label:
                current = label
                records.append(Wiring("bms", "map", "", line, (label, found.get("SIZE", "").strip("()"))))
            elif macro == "DFHMDF" and label and current:
                position, length = found.get("POS", "").strip("()"), found.get("LENGTH", "")
                records.append(Wiring("bms", "field", "", line, (current, label, position, length)))
        lines = sum(1 for row in text.split("\n") if row.strip() and not row.startswith("*"))
        return FileFacts(self.name, package=mapset, code_lines=lines, wirings=tuple(records)), None

    def name_modules(self, layout: Layout) -> Mapping[str, str]:
        """``template:`` and the mapset's label, else the file's name."""
        return unique_names(
            (path, "template:" + (layout.facts(path).package or PurePosixPath(path).name.partition(".")[0].upper()))
            for path in layout.files(self.name)
        )

    def unit_kind(self) -> str:
        """A mapset."""
        return "module"

    def symbol_id(self, module: str, scope: str) -> str:
        """``template:COSGN00`` and ``COSGN0A`` give ``template:COSGN00.COSGN0A``."""
        return f"{module}.{scope}" if scope else module

    def resolve_import(self, imported: Import, path: str, project: Project) -> Sequence[tuple[str, str, str]]:  # noqa: ARG002
        """Maps import nothing."""
        return ()

    def implicit_names(self, path: str, project: Project) -> Mapping[str, str]:  # noqa: ARG002
        """Nothing."""
        return {}


def _macros(text: str) -> Iterator[tuple[int, str, str, str]]:
    """(line, label, macro, operands); a character in column 72 continues a statement at column 16 of the next line."""
    pending, start = "", 0
    for number, raw in enumerate(text.split("\n"), 1):
        line = raw.rstrip("\r").expandtabs(8)[:80]
        if not pending and (line.startswith(("*", ".*")) or not line.strip()):
            continue
        start = start if pending else number
        pending += line[15:71] if pending and len(line) > 15 else line[:71]
        if line[71:72].strip() and len(pending) < MAX_STATEMENT:
            pending = pending.rstrip() if pending.rstrip().endswith(",") else pending
            continue
        match = MACRO.match(pending)
        pending = ""
        if match is not None:
            yield start, match.group("label").upper(), match.group("macro").upper(), match.group("operands") or ""


LANGUAGE = Bms()
