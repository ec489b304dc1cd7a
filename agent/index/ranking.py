"""Search over documents: BM25 leads, vectors help where words differ: static ones by word, weighted by the corpus's IDF, or
a transformer's, of whole passages.

In go documents and an `Embedder`, out comes a table that answers questions with numpy alone and fits in one file. The
cosine is computed against every document, so nothing is missed as an approximate neighbour search would.
"""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from agent.index.tokens import stem, words
from agent.ports import Contextual

if TYPE_CHECKING:
    from agent.index.documents import Document
    from agent.ports import Embedder

__all__ = ["SearchTable", "build_table", "load_table"]

K1, B = 2.0, 0.75
ROLES = {"code": 1.0, "test": 0.6, "migration": 0.7, "generated": 0.6}
Array = np.ndarray[Any, Any]


@dataclass(frozen=True)
class SearchTable:
    """BM25 scores by word (compressed columns) and a unit vector for each document."""

    ids: tuple[str, ...]
    vocabulary: dict[str, int]  # by stem
    scores: Array  # float32, one for each posting
    documents: Array  # int32, the posting's document
    starts: Array  # int64, where a word's postings start
    idf: Array  # float32 by word
    centre: Array  # float32, the mean word vector, taken off every word
    vectors: Array  # float32 (documents, dimensions)
    factors: Array  # float32, by the document's role

    def rank(self, question: str, limit: int, embedder: Embedder) -> list[tuple[str, float]]:
        """(symbol ID, score between 0 and 1) best first, ties by ID; empty when nothing matches."""
        asked = list(dict.fromkeys(words(question)))
        if not asked or not self.ids:
            return []
        lexical = self._lexical(asked)
        near = (
            embedder.embed_texts([question])[0] if isinstance(embedder, Contextual) else self._vector(asked, embedder)
        )
        cosine = np.maximum(self.vectors @ near, 0.0)
        best, nearest = float(lexical.max()), float(cosine.max())
        fused = (1 - embedder.share) * lexical / best if best > 0 else np.zeros(len(self.ids), np.float32)
        if nearest > 0:
            fused = fused + embedder.share * cosine / nearest
        fused = np.where((lexical > 0) | self._close(near, embedder), fused * self.factors, 0.0)
        count = min(len(self.ids), max(limit * 4, 50))
        candidates = np.argpartition(-fused, count - 1)[:count]
        ranked = sorted((-round(float(fused[i]), 6), self.ids[i]) for i in candidates if fused[i] > 0)
        return [(identifier, -score) for score, identifier in ranked[:limit]]

    def _close(self, near: Array, embedder: Embedder) -> Array:
        """Which documents mean something near, whatever the words."""
        documents, asked = self.vectors[:, : embedder.meaning], near[: embedder.meaning]
        lengths = np.linalg.norm(documents, axis=1) * np.linalg.norm(asked)
        return np.asarray(documents @ asked >= embedder.close * np.where(lengths > 0, lengths, np.inf))

    def _lexical(self, asked: Sequence[str]) -> Array:
        total = np.zeros(len(self.ids), np.float32)
        for word in dict.fromkeys(map(stem, asked)):
            number = self.vocabulary.get(word)
            if number is not None:
                start, end = self.starts[number], self.starts[number + 1]
                total[self.documents[start:end]] += self.scores[start:end]
        return total

    def _vector(self, asked: Sequence[str], embedder: Embedder) -> Array:
        """The question's unit vector; a word the corpus does not have weighs half as much as its rarest."""
        rarest = float(self.idf.max()) if len(self.idf) else 1.0
        numbers = [self.vocabulary.get(stem(word)) for word in asked]
        weights = np.array([rarest / 2 if number is None else self.idf[number] for number in numbers], np.float32)
        total = weights @ (embedder.embed([[word] for word in asked]) - self.centre)
        length = float(np.linalg.norm(total))
        return np.asarray(total / length if length > 0 else total, np.float32)

    def save(self, path: Path) -> None:
        """One file, written whole or not at all."""
        names = json.dumps({"ids": self.ids, "vocabulary": list(self.vocabulary)}).encode()
        temporary = path.with_suffix(".part")
        with temporary.open("wb") as file:
            np.savez(
                file, names=np.frombuffer(names, np.uint8), scores=self.scores, documents=self.documents,
                starts=self.starts, idf=self.idf, centre=self.centre, vectors=self.vectors, factors=self.factors,
            )  # fmt: skip
        temporary.replace(path)


def load_table(path: Path) -> SearchTable | None:
    """The table in a file; None when there is none or it is damaged."""
    try:
        with path.open("rb") as file, np.load(io.BytesIO(file.read()), allow_pickle=False) as arrays:
            stored = {name: arrays[name] for name in arrays.files}
        names = json.loads(stored.pop("names").tobytes())
        vocabulary = {word: number for number, word in enumerate(names["vocabulary"])}
        return SearchTable(ids=tuple(names["ids"]), vocabulary=vocabulary, **stored)
    except (OSError, ValueError, KeyError, TypeError, EOFError, zipfile.BadZipFile):
        return None


def build_table(
    documents: Sequence[Document], embedder: Embedder, known: Mapping[str, Array] | None = None
) -> SearchTable:
    """Everything derived from the documents' words; the same documents always give the same table.

    ``known`` are the vectors of passages, by document, that a transformer need not read again.
    """
    stems = {word: stem(word) for word in sorted({word for document in documents for word in document.words})}
    vocabulary = {word: number for number, word in enumerate(sorted(set(stems.values())))}
    numbers = {word: vocabulary[root] for word, root in stems.items()}
    scores, postings, starts = _bm25(documents, vocabulary, numbers)
    count, frequency = len(documents), np.diff(starts)
    idf = np.log1p((count - frequency + 0.5) / (frequency + 0.5)).astype(np.float32)
    centre, table = _vectors(documents, embedder, stems, idf, numbers, known or {})
    factors = np.array([ROLES.get(document.role, 1.0) for document in documents], np.float32)
    ids = tuple(document.id for document in documents)
    return SearchTable(ids, vocabulary, scores, postings, starts, idf, centre, table, factors)


def _vectors(
    documents: Sequence[Document],
    embedder: Embedder,
    stems: dict[str, str],
    idf: Array,
    numbers: dict[str, int],
    known: Mapping[str, Array],
) -> tuple[Array, Array]:
    """(the mean word vector, a unit vector for each document)."""
    if isinstance(embedder, Contextual):
        table = np.zeros((len(documents), embedder.dimensions), np.float32)
        fresh = [row for row, document in enumerate(documents) if document.id not in known]
        table[fresh] = embedder.embed_texts([documents[row].passage for row in fresh])
        for row, document in enumerate(documents):
            if document.id in known:
                table[row] = known[document.id]
        return np.zeros(embedder.dimensions, np.float32), table
    vectors = embedder.embed([[word] for word in stems])
    centre = vectors.mean(axis=0) if stems else np.zeros(embedder.dimensions, np.float32)
    weighted = (vectors - centre) * idf[list(numbers.values())][:, None] if stems else vectors
    rows = {word: row for row, word in enumerate(stems)}
    table = np.zeros((len(documents), embedder.dimensions), np.float32)
    for row, document in enumerate(documents):
        if document.words:
            weights = 1 + np.log(np.fromiter(document.words.values(), np.float32, len(document.words)))
            table[row] = weights @ weighted[[rows[word] for word in document.words]]
    lengths = np.linalg.norm(table, axis=1, keepdims=True)
    table /= np.where(lengths > 0, lengths, 1)
    return np.asarray(centre, np.float32), table


def _bm25(
    documents: Sequence[Document], vocabulary: dict[str, int], numbers: dict[str, int]
) -> tuple[Array, Array, Array]:
    """(scores, documents, starts) of the compressed columns that bm25s computes (Lucene's variant)."""
    if not vocabulary:
        return np.zeros(0, np.float32), np.zeros(0, np.int32), np.zeros(1, np.int64)
    import bm25s  # brings scipy along: half a second that a search should not pay

    rows = [[n for word, times in d.words.items() for n in [numbers[word]] * times] for d in documents]
    index = bm25s.BM25(k1=K1, b=B, method="lucene")
    index.index((rows, vocabulary), create_empty_token=False, show_progress=False)
    found = index.scores
    return (
        np.asarray(found["data"], np.float32),
        np.asarray(found["indices"], np.int32),
        np.asarray(found["indptr"], np.int64),
    )
