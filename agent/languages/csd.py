"""CICS resource definitions (CSD): transactions, programs, files and mapsets, from DEFINE commands.

The file's module ID is its path. Every definition becomes a ``cics`` record that `agent.frameworks.cics` links:
``transaction`` (name, program), ``program`` (name), ``file`` (name, dataset), ``mapset`` (name), and ``other``
(type, name) for what nothing is linked to yet.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from agent.domain.facts import FileFacts, Import, Wiring

if TYPE_CHECKING:
    from agent.ports import Layout, Project

__all__ = ["LANGUAGE", "Csd", "definitions_of"]

MAX_BYTES = 5_000_000
MAX_DEFINITION = 8_000
DEFINE = re.compile(r"(?i)(?<![\w(])DEF(?:INE)?\s{1,20}([A-Z]\w{1,19})\s{0,9}\(\s{0,9}([^()\s]{1,60})\s{0,9}\)")
ATTRIBUTE = re.compile(r"(?i)(?<![\w(])([A-Z]\w{1,19})\(\s{0,9}([^()]{0,200}?)\s{0,9}\)")


class Csd:
    """The `Language` of DFHCSDUP input and extracts."""

    name = "cics definitions"
    suffixes = (".csd",)
    receiver_names: frozenset[str] = frozenset()
    super_names: frozenset[str] = frozenset()
    implicit_receiver = False
    builtins: frozenset[str] = frozenset()

    def extract(self, path: str, source: bytes) -> tuple[FileFacts, Any]:  # noqa: ARG002
        """Facts of one file. Never raises on any bytes."""
        if len(source) > MAX_BYTES:
            return FileFacts(self.name, failure=f"larger than {MAX_BYTES:,} bytes"), None
        text = source.decode("utf-8", "replace").replace("\0", " ")
        lines = sum(1 for row in text.split("\n") if row.strip() and not row.startswith("*"))
        return FileFacts(self.name, code_lines=lines, wirings=tuple(definitions_of(text))), None

    def name_modules(self, layout: Layout) -> Mapping[str, str]:
        """A file is its path."""
        return {path: path for path in layout.files(self.name)}

    def unit_kind(self) -> str:
        """The file."""
        return "module"

    def symbol_id(self, module: str, scope: str) -> str:
        """``csd/ORDERS.csd#NAME``."""
        return f"{module}#{scope}" if scope else module

    def resolve_import(self, imported: Import, path: str, project: Project) -> Sequence[tuple[str, str, str]]:  # noqa: ARG002
        """Definitions import nothing."""
        return ()

    def implicit_names(self, path: str, project: Project) -> Mapping[str, str]:  # noqa: ARG002
        """Nothing."""
        return {}


def definitions_of(text: str) -> Iterator[Wiring]:
    """The DEFINE commands of a text as ``cics`` records; an asterisk in column 1 makes a line a comment."""
    text = "\n".join("" if row.startswith("*") else row.rstrip("\r")[:200] for row in text.split("\n"))
    found = list(DEFINE.finditer(text))
    line, counted = 1, 0
    for match, following in zip(found, [*found[1:], None], strict=False):
        line += text.count("\n", counted, match.start())
        counted = match.start()
        kind, name = match.group(1).upper(), match.group(2).upper()
        body = text[match.end() : following.start() if following else len(text)][:MAX_DEFINITION]
        attributes: dict[str, str] = {}
        for key, value in ATTRIBUTE.findall(body):
            attributes.setdefault(key.upper(), value.strip().upper())
        if kind in ("TRANSACTION", "TRAN", "TRANS"):
            yield Wiring(
                "cics",
                "transaction",
                "",
                line,
                (name, attributes.get("PROGRAM", "") or attributes.get("REMOTENAME", "")),
            )
        elif kind in ("PROGRAM", "PROG", "MAPSET", "MAP"):
            yield Wiring("cics", "program" if kind.startswith("PROG") else "mapset", "", line, (name,))
        elif kind == "FILE":
            yield Wiring("cics", "file", "", line, (name, attributes.get("DSNAME", "")))
        else:
            yield Wiring("cics", "other", "", line, (kind, name))


LANGUAGE = Csd()
