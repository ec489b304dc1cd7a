"""The dependency graph in a chromadb collection on disk, and the search table beside it.

In go a graph and its files' bytes, out come ranked symbols and the graph itself. Every symbol is one document whose
metadata holds its place and its outgoing edges as JSON, so that any chromadb client can read the whole graph.

What lies in the folder: ``chroma/`` the collection, ``search.npz`` what a search needs (so that it need not import
chromadb), ``manifest.msgpack`` what the other two hold. The manifest is removed first and written last: a run that was
killed leaves none, and the next one compares with what the collection really has.
"""

from __future__ import annotations

import contextlib
import json
import os
import shutil
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import msgspec

from agent.domain.code import AmbiguousReference, Dependency, DependencyGraph, ResolutionCount, Symbol
from agent.errors import IndexUnusableError
from agent.index.documents import Document, build_documents, graph_digest
from agent.index.tokens import VERSION as TOKENS_VERSION
from agent.ports import Contextual

if TYPE_CHECKING:
    from agent.index.ranking import SearchTable
    from agent.ports import Embedder

__all__ = ["ChromaIndex", "graph_of"]

FORMAT = 1
COLLECTION = "symbols"
ABOUT = "figwright:graph"  # the record of what the graph holds beside symbols and edges
WAIT_SECONDS = 600.0
REWRITE_SHARE = 0.05  # vectors of unchanged symbols are renewed once this share has changed since they were written
FLUSH = 1000


class _Manifest(msgspec.Struct, frozen=True):
    """What a finished store holds. ``vectors`` counts the symbols whose vectors are of an older corpus."""

    format: int
    tokens: int
    embedder: str
    key: str
    graph: str
    digests: dict[str, str]
    drift: int = 0


class ChromaIndex:
    """The `CodeIndex` of one repository, in one folder. ``rebuilt`` tells why an existing one was dropped.

    Without an ``embedder`` the static vectors are opened when they are first needed.
    """

    def __init__(self, folder: Path, embedder: Embedder | None = None) -> None:
        self.rebuilt = ""
        self._folder = folder
        self._manifest_path = folder / "manifest.msgpack"
        self._table_path = folder / "search.npz"
        self._chroma_path = folder / "chroma"
        self._embedder = embedder
        self._table: SearchTable | None = None

    @property
    def embedder(self) -> Embedder:
        """The vectors in use; loading them is cheap but imports numpy."""
        if self._embedder is None:
            from agent.adapters.code_embedder import open_embedder

            self._embedder = open_embedder()
        return self._embedder

    def is_current(self, key: str) -> bool:
        """Whether a finished store was written under this key (a fingerprint of the graph and its files)."""
        manifest = self._manifest()
        return bool(key) and manifest is not None and manifest.key == key and self._complete()

    def store(self, graph: DependencyGraph, read: Callable[[str], bytes], key: str = "") -> Mapping[str, int]:
        """Writes what changed since the last call; returns counts: written, deleted, kept.

        ``read`` gives a file's bytes and may raise OSError. A second process waits until the first is done.
        """
        with self._locked():
            manifest = self._manifest()
            fingerprint = graph_digest(graph)
            documents = build_documents(graph, lambda path: _text(read, path))
            digests = {d.id: d.digest for d in documents}
            if manifest and self._complete() and manifest.graph == fingerprint and manifest.digests == digests:
                if manifest.key != key:
                    self._finish(msgspec.structs.replace(manifest, key=key))
                return {"written": 0, "deleted": 0, "kept": len(documents)}
            try:
                return self._write(graph, documents, digests, manifest, key, fingerprint)
            except (OSError, MemoryError, KeyboardInterrupt):
                raise
            except BaseException as error:  # chromadb's core panics with an exception of its own
                if isinstance(error, (SystemExit, GeneratorExit)):
                    raise
                self._drop(f"the index was damaged ({type(error).__name__}) and is rebuilt")
                return self._again(graph, documents, digests, key, fingerprint)

    def load(self) -> DependencyGraph:
        """The graph as stored, equal to what was stored."""
        try:
            with self._locked(), self._collection() as collection:
                return graph_of(collection.get(include=["metadatas"]))
        except (OSError, IndexUnusableError):
            raise
        except Exception as error:
            why = f"the index in {self._folder} cannot be read ({type(error).__name__})"
            raise IndexUnusableError(f"{why}: delete that folder and run figwright plan again.") from error

    def search(self, query: str, limit: int = 10) -> Sequence[tuple[str, float]]:
        """(symbol ID, score) best first; empty when nothing matches. Imports numpy, not chromadb."""
        if self._table is None:
            from agent.index.ranking import load_table

            self._table = load_table(self._table_path)
        if self._table is None:
            raise IndexUnusableError(
                f"the index in {self._folder} cannot be read: run figwright plan on the repository again."
            )
        return self._table.rank(query, limit, self.embedder)

    # ---------------------------------------------------------------- writing

    def _write(
        self, graph: DependencyGraph, documents: list[Document], digests: dict[str, str],
        manifest: _Manifest | None, key: str, fingerprint: str,
    ) -> Mapping[str, int]:  # fmt: skip
        from agent.index.ranking import build_table

        table = build_table(documents, self.embedder, self._known(digests, manifest))
        self._manifest_path.unlink(missing_ok=True)
        with self._collection() as collection:
            known = manifest.digests if manifest else _digests(collection)
            changed = [n for n, d in enumerate(documents) if known.get(d.id) != d.digest]
            drift = (manifest.drift if manifest else 0) + len(changed)
            if drift > REWRITE_SHARE * len(documents):
                rows, drift = list(range(len(documents))), 0
            else:
                rows = changed
            gone = sorted(set(known) - set(digests))
            _delete(collection, gone)
            _upsert(collection, graph, documents, rows, table.vectors)
            _describe(collection, graph, self.embedder.dimensions)
        table.save(self._table_path)
        self._table = table
        self._finish(_Manifest(FORMAT, TOKENS_VERSION, self.embedder.name, key, fingerprint, digests, drift))
        return {"written": len(changed), "deleted": len(gone), "kept": len(documents) - len(changed)}

    def _known(self, digests: Mapping[str, str], manifest: _Manifest | None) -> dict[str, Any]:
        """The vectors of unchanged documents, for an embedder that takes long over each."""
        from agent.index.ranking import load_table

        table = load_table(self._table_path) if manifest and isinstance(self.embedder, Contextual) else None
        if table is None or manifest is None:
            return {}
        old = zip(table.ids, table.vectors, strict=True)
        return {name: vector for name, vector in old if manifest.digests.get(name) == digests.get(name)}

    def _again(
        self, graph: DependencyGraph, documents: list[Document], digests: dict[str, str], key: str, fingerprint: str
    ) -> Mapping[str, int]:
        try:
            return self._write(graph, documents, digests, None, key, fingerprint)
        except OSError:
            raise
        except Exception as error:
            raise IndexUnusableError(
                f"the index in {self._folder} cannot be written ({error}): free space, or delete that folder, and try again."
            ) from error

    def _finish(self, manifest: _Manifest) -> None:
        temporary = self._manifest_path.with_suffix(".part")
        with temporary.open("wb") as file:
            file.write(msgspec.msgpack.encode(manifest))
            file.flush()
            os.fsync(file.fileno())
        temporary.replace(self._manifest_path)

    def _manifest(self) -> _Manifest | None:
        """What the last finished store left; None when there is none of this format, embedder and tokenisation."""
        try:
            manifest = msgspec.msgpack.decode(self._manifest_path.read_bytes(), type=_Manifest)
        except (OSError, msgspec.DecodeError):
            return None
        wanted = (FORMAT, TOKENS_VERSION)
        return (
            manifest
            if (manifest.format, manifest.tokens) == wanted and manifest.embedder == self.embedder.name
            else None
        )

    def _complete(self) -> bool:
        return self._table_path.is_file() and (self._chroma_path / "chroma.sqlite3").is_file()

    # ---------------------------------------------------------------- the collection

    @contextlib.contextmanager
    def _locked(self) -> Iterator[None]:
        """One process at a time; a lock dies with its process, so a killed run blocks nobody."""
        from filelock import FileLock, Timeout

        self._folder.mkdir(parents=True, exist_ok=True)
        try:
            with FileLock(self._folder / "lock", timeout=WAIT_SECONDS):
                yield
        except Timeout:
            raise IndexUnusableError(
                f"another figwright has been writing the index in {self._folder} for {WAIT_SECONDS:.0f} s: wait, or stop it."
            ) from None

    @contextlib.contextmanager
    def _collection(self) -> Iterator[Any]:
        """The open collection; a folder of another format is emptied first."""
        marker = self._folder / "format"
        written = marker.read_text("utf-8") if marker.is_file() else ""
        expected = f"{FORMAT} {TOKENS_VERSION} {self.embedder.name}\n"
        if self._chroma_path.exists() and written != expected:
            self._drop("the index was written by another version and is rebuilt")
        import chromadb
        from chromadb.config import Settings

        client = chromadb.PersistentClient(str(self._chroma_path), settings=Settings(anonymized_telemetry=False))
        try:
            # embedding_function=None: the default one would download a model on first use.
            yield client.get_or_create_collection(
                COLLECTION, embedding_function=None, configuration={"hnsw": {"space": "cosine"}},
                metadata={"format": FORMAT, "embedder": self.embedder.name, "tokens": TOKENS_VERSION},
            )  # fmt: skip
            marker.write_text(expected, "utf-8")
        finally:
            client.close()

    def _drop(self, why: str) -> None:
        self.rebuilt = why
        self._manifest_path.unlink(missing_ok=True)
        if self._chroma_path.exists():
            shutil.rmtree(self._chroma_path)
        import chromadb

        # chromadb keeps open systems by path within a process; the old one must not answer for the new folder.
        chromadb.api.client.SharedSystemClient.clear_system_cache()


def _text(read: Callable[[str], bytes], path: str) -> str:
    try:
        return read(path).decode("utf-8", "replace")
    except OSError:
        return ""


def _digests(collection: Any) -> dict[str, str]:
    """Content hashes of what a collection really holds, after a run that did not finish."""
    stored = collection.get(include=["metadatas"])
    pairs = zip(stored["ids"], stored["metadatas"], strict=True)
    return {name: str((metadata or {}).get("hash", "")) for name, metadata in pairs if name != ABOUT}


def _delete(collection: Any, names: Sequence[str]) -> None:
    for start in range(0, len(names), FLUSH):
        collection.delete(ids=list(names[start : start + FLUSH]))


def _upsert(
    collection: Any, graph: DependencyGraph, documents: Sequence[Document], rows: Sequence[int], vectors: Any
) -> None:
    for start in range(0, len(rows), FLUSH):
        part = rows[start : start + FLUSH]
        collection.upsert(
            ids=[documents[row].id for row in part],
            embeddings=vectors[list(part)],
            documents=[documents[row].text for row in part],
            metadatas=[_metadata(graph, documents[row]) for row in part],
        )


def _metadata(graph: DependencyGraph, document: Document) -> dict[str, Any]:
    """A symbol and its outgoing edges; ``edges`` is a JSON list of [kind, target, path, line, resolution]."""
    symbol = graph.by_id[document.id]
    edges = [[d.kind, d.target, d.path, d.line, d.resolution] for d in graph.outgoing.get(symbol.id, ())]
    return {
        "kind": symbol.kind, "path": symbol.path, "line": symbol.line, "end_line": symbol.end_line,
        "language": symbol.language, "container": symbol.container, "unit": symbol.unit, "doc": symbol.doc,
        "decorators": json.dumps(symbol.decorators), "complexity": symbol.complexity, "role": symbol.role,
        "hash": document.digest, "edges": json.dumps(edges, separators=(",", ":")),
    }  # fmt: skip


def _describe(collection: Any, graph: DependencyGraph, dimensions: int) -> None:
    """What belongs to no symbol: ambiguous references, counts, failures."""
    rest = msgspec.to_builtins((graph.ambiguous, graph.counts, graph.failures, graph.error_lines))
    vector = [1.0] + [0.0] * (dimensions - 1)
    metadata = {"kind": "graph", "rest": json.dumps(rest, separators=(",", ":"))}
    collection.upsert(
        ids=[ABOUT], embeddings=[vector], documents=["figwright's dependency graph"], metadatas=[metadata]
    )


def graph_of(stored: Mapping[str, Any]) -> DependencyGraph:
    """The graph in what ``collection.get(include=["metadatas"])`` answers, in canonical order."""
    symbols: list[Symbol] = []
    dependencies: list[Dependency] = []
    rest: list[Any] = [[], [], [], []]
    for name, metadata in zip(stored["ids"], stored["metadatas"], strict=True):
        if name == ABOUT:
            rest = json.loads(metadata["rest"])
            continue
        symbols.append(
            Symbol(
                name, metadata["kind"], metadata["path"], metadata["line"], metadata["end_line"], metadata["language"],
                metadata["container"], metadata["unit"], metadata["doc"], tuple(json.loads(metadata["decorators"])),
                metadata["complexity"], metadata["role"],
            )
        )  # fmt: skip
        dependencies.extend(
            Dependency(name, target, kind, path, line, resolution)
            for kind, target, path, line, resolution in json.loads(metadata["edges"])
        )
    symbols.sort(key=lambda s: s.id)
    dependencies.sort(key=lambda d: (d.source, d.target, d.kind, d.path, d.line))
    return DependencyGraph(
        tuple(symbols),
        tuple(dependencies),
        msgspec.convert(rest[0], tuple[AmbiguousReference, ...]),
        msgspec.convert(rest[1], tuple[ResolutionCount, ...]),
        msgspec.convert(rest[2], tuple[tuple[str, str], ...]),
        msgspec.convert(rest[3], tuple[tuple[str, int, int], ...]),
    )
