"""Files' edges from an earlier build, each with all that it was taken from: used again while none of that has changed.

A row stands on its own: it names the files that were looked into and the digests of what was seen there, the IDs that
led nowhere, the member names that were asked for, and what is shared by all. Where any of it differs, or is not known,
the file is read anew; the rows need not be of one build, and two processes may write them.
"""

from __future__ import annotations

import contextlib
from collections.abc import Container, Mapping

import msgspec
from msgspec import Struct

from agent.domain.facts import Binding
from agent.graph.calls import Calls, CallSite, find_calls
from agent.graph.catalogue import Reads
from agent.graph.file_edges import FileEdges
from agent.graph.outline import CERTIFIED, digest, inside_of, outline_of
from agent.graph.resolver import Resolver
from agent.ports import Language, Memo

__all__ = ["Remembered"]

BATCH = 500


class Row(Struct, frozen=True, array_like=True, gc=False):
    """One file's edges and what they depend on."""

    state: bytes  # the file itself, its calls, and what is shared by all files
    outlines: dict[str, bytes]
    absent: tuple[str, ...]  # IDs that no file defined
    present: tuple[str, ...]  # IDs that no file defined, but a framework or a module's name
    members: dict[str, bytes]
    inside: tuple[tuple[str, str, bytes], ...]
    edges: FileEdges


DECODER = msgspec.msgpack.Decoder(Row)
SITES = msgspec.msgpack.Decoder(list[CallSite])
ENCODER = msgspec.msgpack.Encoder()


class Remembered:
    """The rows of one build. ``keys`` are the digests of files' facts, ``code`` that of the code that reads them."""

    def __init__(self, memo: Memo, keys: Mapping[str, str], code: str) -> None:
        self._memo = memo
        self._keys = keys
        self._code = code[:16]
        self._rows: dict[str, Row] = {}
        self._fresh: dict[str, bytes] = {}
        self._outlines: dict[str, bytes] = {}
        self._insides: dict[str, dict[str, list[Binding]]] = {}
        self._members: dict[str, bytes] = {}
        self.reused = 0

    def find_calls(self, project: Resolver, language: Language) -> Calls:
        """The precise layer, from an earlier build where no file of the language has changed since."""
        facts = project.all_facts()
        own = [(path, self._keys.get(path, path), facts[path].failure) for path in project.files(language.name)]
        flags = project.has_wiring(language.name, "python2")
        key = f"calls:{self._code}:{language.name}"
        state = digest((own, sorted(project.module_ids(language.name).items()), flags))
        stored = self._memo.get(key)
        if stored is not None and stored[: len(state)] == state:
            with contextlib.suppress(msgspec.DecodeError):
                return Calls.of_sites(SITES.decode(memoryview(stored)[len(state) :]))
        calls = find_calls(facts, project, language)
        self._memo.put(key, state + ENCODER.encode(list(calls)))
        return calls

    def begin(self, project: Resolver, symbols: Container[str], shared: object) -> None:
        """Look at this build's state: names resolved by ``project``, ``shared`` what every file's edges depend on."""
        self._project = project
        self._symbols = symbols
        facts = project.all_facts()
        self._outlines = {path: file.outline or outline_of(file) for path, file in facts.items()}
        self._shared = digest((project.shared(), shared))
        self._everything = digest((self._shared, sorted(self._keys.items()), project.surroundings()))
        wanted = [self._row_key(path) for path in sorted(facts)]
        for key, stored in self._memo.get_many(wanted).items():
            try:
                self._rows[key] = DECODER.decode(stored)
            except msgspec.DecodeError:
                continue

    def _row_key(self, path: str) -> str:
        return f"edges:{self._code}:{path}"

    def _state(self, path: str, calls: bytes) -> bytes:
        file = self._project.all_facts()[path]
        common = self._shared if file.language in CERTIFIED else self._everything
        # A reader that crashed once may not crash again: its file's key is then the same, what was read is not.
        return digest((self._keys.get(path, ""), file.failure, calls, common))

    def find(self, path: str, calls: bytes) -> FileEdges | None:
        """The file's edges, if nothing that they depend on has changed."""
        row = self._rows.get(self._row_key(path))
        if row is None or path not in self._keys or row.state != self._state(path, calls):
            return None
        known = self._outlines
        if any(known.get(other, b"") != seen for other, seen in row.outlines.items()):
            return None
        definitions, symbols = self._project.definitions(), self._symbols
        if any(i in definitions or i in symbols for i in row.absent):
            return None
        if any(i in definitions or i not in symbols for i in row.present):
            return None
        if any(self._members_of(name) != seen for name, seen in row.members.items()):
            return None
        if any(self._inside(other, scope) != seen for other, scope, seen in row.inside):
            return None
        self.reused += 1
        return row.edges

    def keep(self, path: str, calls: bytes, reads: Reads, edges: FileEdges) -> None:
        """Remember what was just read for a file."""
        if path not in self._keys:
            return
        project = self._project
        row = Row(
            self._state(path, calls),
            {other: self._outlines.get(other, b"") for other in sorted(reads.paths)},
            tuple(sorted(i for i in reads.missing if i not in self._symbols)),
            tuple(sorted(i for i in reads.missing if i in self._symbols)),
            {name: self._members_of(name) for name in sorted(reads.members)},
            tuple(
                (other, scope, self._inside(other, scope))
                for other, scope in sorted(reads.inside)
                if other != path and not project.is_type_scope(other, scope)
            ),
            edges,
        )
        self._fresh[self._row_key(path)] = ENCODER.encode(row)
        if len(self._fresh) >= BATCH:
            self.save()

    def save(self) -> None:
        """Write what was kept."""
        if self._fresh:
            self._memo.put_many(self._fresh)
            self._fresh = {}

    def _members_of(self, name: str) -> bytes:
        if name not in self._members:
            self._members[name] = digest(list(self._project.members_named(name)))
        return self._members[name]

    def _inside(self, path: str, scope: str) -> bytes:
        scopes = self._insides.get(path)
        if scopes is None:
            scopes = self._insides[path] = {}
            file = self._project.all_facts().get(path)
            for binding in file.bindings if file else ():
                scopes.setdefault(binding.scope, []).append(binding)
        return inside_of(scopes.get(scope, ()))
