"""CICS: transactions, program control, files and maps, from EXEC CICS commands and resource definitions.

A transaction is a route (``route:CICS CC00``) that its program handles, a map a template (``template:COSGN00.COSGN0A``)
that programs send. Files are the datasets that the definitions give them, else ``table:`` and the file's name.
LINK and XCTL become references of the program, so that they resolve and count as CALL does.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import msgspec

from agent.domain.code import AmbiguousReference, Dependency, Symbol
from agent.domain.facts import FileFacts, Reference, Wiring
from agent.domain.linking import Linking
from agent.frameworks.cobol_values import CopybookValues, operand
from agent.frameworks.jcl_datasets import dataset_id

if TYPE_CHECKING:
    from agent.ports import Project

__all__ = ["FRAMEWORK", "Cics"]

MAX_COMMAND = 4_000
OPTION = re.compile(
    r"(?<![\w-])([A-Za-z][A-Za-z0-9-]{0,30})\s?\(\s?((?:[^()'\"]|'[^']{0,80}'|\"[^\"]{0,80}\"|\([^()]{0,80}\)){0,160})\)"
)
FILE_MODES = {
    "READ": "read", "STARTBR": "read", "READNEXT": "read", "READPREV": "read", "RESETBR": "read",
    "WRITE": "write", "REWRITE": "write", "DELETE": "write",
}  # fmt: skip
HANDLED = frozenset({"ABEND", "CONDITION", "AID"})


class Cics:
    """Records: ``use`` (file, map or transid, what is done, operands), ``symbolic map`` (names of a copybook's structures)."""

    name = "cics"
    languages = frozenset({"cobol"})
    markers: tuple[bytes, ...] = ()

    def read(self, path: str, root: Any, source: bytes, facts: FileFacts) -> FileFacts:  # noqa: ARG002
        """The facts with program control as references, and with files, maps and transactions as records."""
        if root is None:
            return facts
        references: list[Reference] = []
        records: list[Wiring] = []
        for block in root.blocks:
            if block.kind == "CICS":
                _command(root, block, references, records)
        if not root.name:
            names = tuple(i.name for i in root.items if i.level == 1 and i.name[-1:] in "IO")[:200]
            records.extend([Wiring(self.name, "symbolic map", "", 1, names)] if names else [])
        if not references and not records:
            return facts
        return msgspec.structs.replace(
            facts,
            references=facts.references + tuple(dict.fromkeys(references)),
            wirings=facts.wirings + tuple(records),
        )

    def link(self, project: Project) -> Linking:
        """Routes, templates and tables, and the edges between them and the programs."""
        linker = _Linker(project)
        linker.definitions()
        linker.maps()
        for path, wiring in project.wirings(self.name, "use"):
            linker.use(path, wiring)
        return Linking(
            symbols=tuple(linker.symbols[key] for key in sorted(linker.symbols)),
            dependencies=tuple(linker.edges),
            ambiguous=tuple(linker.ambiguous),
            unresolved=tuple(linker.unresolved),
        )

    def access_mode(self, chain: str) -> str:  # noqa: ARG002
        """CICS has no entities."""
        return ""


def _command(scan: Any, block: Any, references: list[Reference], records: list[Wiring]) -> None:
    """One EXEC CICS command: its first words say what is done."""
    text = " ".join(block.text[:MAX_COMMAND].split())
    words = [*re.findall(r"[A-Za-z0-9-]+", text[:80].upper())[:2], "", ""]
    verb, second = words[0], words[1]
    options = {key.upper(): value for key, value in reversed(OPTION.findall(text))}

    def record(kind: str, mode: str, *operands: str) -> None:
        known = [operand(each, scan) for each in operands]
        if any(each[1] == "open" and len(each) == 2 and each[0] in scan.defined for each in known):
            unknown(f"{kind} of {verb}")
        given = tuple(part for each in known for part in (str(len(each)), *each))
        records.append(Wiring("cics", "use", block.scope, block.line, (kind, mode, *given)))

    def unknown(what: str) -> None:
        records.append(Wiring("cics", "unresolved", block.scope, block.line, (what,)))

    if verb in ("LINK", "XCTL", "LOAD") and "PROGRAM" in options:
        given = operand(options["PROGRAM"], scan)
        name = f"'{given[0]}'" if given[1] == "literal" else given[0]
        references.append(Reference(block.scope, name or "?", "call", block.line))
        if given[1] == "open" and scan.has_unknown(given[0]):
            unknown(f"program of {verb}")
    elif verb == "HANDLE" and second in HANDLED:
        targets = [v for k, v in options.items() if k not in ("PROGRAM", "RESP", "RESP2") and v.strip()]
        references.extend(Reference(block.scope, v.strip().upper(), "call", block.line) for v in sorted(targets))
    elif verb in ("START", "RETURN") and "TRANSID" in options:
        record("transid", verb.lower(), options["TRANSID"])
    elif verb in FILE_MODES and second not in ("QUEUE", "TD", "TS"):
        file = options.get("FILE") or options.get("DATASET")
        if file:
            record("file", FILE_MODES[verb], file)
    elif verb in ("SEND", "RECEIVE") and "MAP" in options:
        record("map", verb.lower(), options["MAP"], options.get("MAPSET") or options["MAP"])


class _Linker:
    """Collects symbols and edges; lives for one linking."""

    def __init__(self, project: Project) -> None:
        self._project = project
        self._values = CopybookValues(project)
        self.symbols: dict[str, Symbol] = {}
        self.edges: list[Dependency] = []
        self.ambiguous: list[AmbiguousReference] = []
        self.unresolved: list[tuple[str, str]] = []
        self._transactions: set[str] = set()
        self._files: dict[str, str] = {}  # file name -> table ID
        self._maps: dict[str, dict[str, str]] = {}  # mapset -> map -> symbol ID
        self._programs = {
            name: name for name in project.module_ids("cobol") if not name.startswith("COPY:") and "@" not in name
        }

    # ---------------------------------------------------------------- what is defined

    def definitions(self) -> None:
        """The CSD: transactions to programs, files to datasets, mapsets."""
        for path, wiring in self._project.wirings("cics", "transaction"):
            name, program = wiring.args
            route = f"route:CICS {name}"
            self._transactions.add(name)
            self._add(Symbol(route, "route", path, wiring.line, wiring.line, "cobol"))
            if program in self._programs:
                self.edges.append(Dependency(route, program, "handle", path, wiring.line))
        for path, wiring in self._project.wirings("cics", "file"):
            name, dataset = wiring.args
            table = dataset_id(dataset or name)
            self._files.setdefault(name, table)
            self._add(Symbol(table, "table", path, wiring.line, wiring.line, "cobol"))
            self.edges.append(Dependency(self._project.symbol_at(path, ""), table, "declare", path, wiring.line))
        for kind, prefix in (("program", ""), ("mapset", "template:")):
            for path, wiring in self._project.wirings("cics", kind):
                target = prefix + wiring.args[0]
                if target in self._programs or self._project.path_of_module(target):
                    source = self._project.symbol_at(path, "")
                    self.edges.append(Dependency(source, target, "use", path, wiring.line))
        for path, wiring in self._project.wirings("jcl", "cics file"):
            if wiring.args[0] in self._files:
                source = self._project.symbol_at(path, wiring.scope)
                self.edges.append(Dependency(source, self._files[wiring.args[0]], "use", path, wiring.line))

    def maps(self) -> None:
        """BMS: maps as templates in their mapset, and the copybooks that are generated from them."""
        fields: dict[tuple[str, str], int] = {}
        for path, wiring in self._project.wirings("bms", "field"):
            key = (path, wiring.args[0])
            fields[key] = fields.get(key, 0) + 1
        for path, wiring in self._project.wirings("bms", "map"):
            name, size = wiring.args
            mapset = self._project.symbol_at(path, "")
            symbol = f"{mapset}.{name}"
            doc = f"Screen of {size.replace(',', ' by ') or 'unknown size'} with {fields.get((path, name), 0)} named fields."
            self._add(Symbol(symbol, "template", path, wiring.line, wiring.line, "bms", mapset, doc=doc))
            self.edges.append(Dependency(mapset, symbol, "use", path, wiring.line))
            self._maps.setdefault(mapset.removeprefix("template:"), {})[name] = symbol
        for path, wiring in self._project.wirings("cics", "symbolic map"):
            copybook = self._project.symbol_at(path, "")
            for name, symbol in self._maps.get(copybook.removeprefix("COPY:"), {}).items():
                if f"{name}I" in wiring.args or f"{name}O" in wiring.args:
                    self.edges.append(Dependency(copybook, symbol, "use", path, wiring.line))

    def _add(self, symbol: Symbol) -> None:
        self.symbols.setdefault(symbol.id, symbol)

    # ---------------------------------------------------------------- what is used

    def use(self, path: str, wiring: Wiring) -> None:
        """One command with its operands."""
        kind, mode, *rest = wiring.args
        operands: list[tuple[str, ...]] = []
        while rest:
            size = int(rest[0])
            operands.append(tuple(rest[1 : 1 + size]))
            rest = rest[1 + size :]
        source = self._project.symbol_at(path, wiring.scope)
        found = list(self._targets(path, wiring.line, kind, mode, operands))
        for target, edge, resolution in found:
            self.edges.append(Dependency(source, target, edge, path, wiring.line, resolution))
        if not found:
            self._leave(source, path, wiring.line, kind, operands)

    def _leave(self, source: str, path: str, line: int, kind: str, operands: list[tuple[str, ...]]) -> None:
        """No edge: several values fit, or none is known. What was counted when the program was read is not counted again."""
        given = operands[0] if kind != "map" else operands[1]
        known = {"transid": self._transactions, "file": self._files}.get(kind, self._maps)
        literals, fitting = self._values.candidates(path, given, known) if given[1] != "literal" else ([], [])
        if len(fitting) > 1 or (len(literals) > 1 and kind != "transid"):
            names = tuple(sorted(set(fitting or literals)))
            candidates = tuple(self._candidate(kind, name) for name in names)
            self.ambiguous.append(AmbiguousReference(source, given[0], "use", path, line, candidates))
        elif given[1] == "literal":
            self.unresolved.append((path, f"{kind} of CICS that nothing here defines"))

    def _candidate(self, kind: str, name: str) -> str:
        if kind == "transid":
            return f"route:CICS {name}"
        return self._files.get(name) or dataset_id(name) if kind == "file" else f"template:{name}"

    def _targets(
        self, path: str, line: int, kind: str, mode: str, operands: list[tuple[str, ...]]
    ) -> Iterator[tuple[str, str, str]]:
        if kind == "transid":
            name, resolution = self._values.choose(path, operands[0], self._transactions)
            if name in self._transactions:
                yield f"route:CICS {name}", "call", resolution
        elif kind == "file":
            name, resolution = self._values.choose(path, operands[0], self._files)
            if not name:
                name, resolution = self._values.choose(path, operands[0])
            if name:
                table = self._files.get(name) or dataset_id(name)
                self._add(Symbol(table, "table", path, line, line, "cobol"))
                yield table, mode, resolution
        else:
            yield from self._map(path, line, mode, operands)

    def _map(self, path: str, line: int, mode: str, operands: list[tuple[str, ...]]) -> Iterator[tuple[str, str, str]]:
        """SEND shows a map, RECEIVE uses it; a map that is not in the repository is a template of its name."""
        edge = "render" if mode == "send" else "use"
        mapset, sure = self._values.choose(path, operands[1], self._maps)
        known = self._maps.get(mapset, {})
        name, how = self._values.choose(path, operands[0], known)
        resolution = "exact" if sure == how == "exact" else "inferred"
        if name in known:
            yield known[name], edge, resolution
        elif mapset in self._maps:
            yield f"template:{mapset}", edge, "inferred"
        elif mapset and name:
            target = f"template:{mapset}.{name}"
            self._add(Symbol(target, "template", path, line, line, "bms"))
            yield target, edge, resolution


FRAMEWORK = Cics()
