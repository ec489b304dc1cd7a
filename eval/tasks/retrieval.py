"""Whether a question in other people's words finds the function that it is about."""

from __future__ import annotations

import ast
import hashlib
import os
import re
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import bm25s
import msgspec

from agent.adapters.code_embedder import HashedEmbedder, open_embedder
from agent.adapters.transformer_embedder import TransformerEmbedder
from agent.composition import workbench
from agent.domain.code import DependencyGraph, Symbol
from agent.errors import SettingsError
from agent.index.documents import Document, build_documents
from agent.index.ranking import build_table
from agent.index.tokens import words
from agent.pipeline import Run, make_graph, make_inventory
from agent.settings import Settings
from eval.datasets import sample_folder
from eval.task import Column, Description, Outcome, Request, Skipped, Value
from eval.truths import java_classes

if TYPE_CHECKING:
    from agent.ports import Embedder

__all__ = ["RETRIEVAL", "without_docstrings"]

# The filters of CodeSearchNet (Husain and others, 2019, section 3): documentation of three words or more, functions of
# three lines or more, no constructors, no methods that every class may have, no two with the same documentation.
LEAST_WORDS = 3
LEAST_LINES = 3
STANDARD = re.compile(r"__\w+__|<init>|toString|hashCode|equals|clone|finalize|main")
TOP = 10
JAVADOC = re.compile(r"/\*\*.*?\*/", re.DOTALL)


@dataclass(frozen=True)
class Corpus:
    """Functions of one repository with a documented first sentence, at most ``most`` of them, chosen by hash."""

    name: str
    folder: str
    suffix: str
    most: int


CORPORA = (
    Corpus("django", "django", ".py", 1500),
    Corpus("spring-core", "spring-core", ".java", 1000),
)


@dataclass(frozen=True)
class Retrieval(Description):
    """Documents are made as the index makes them, from sources without documentation; the rank is among the sample."""

    def run(self, request: Request) -> Outcome:
        rows: list[Mapping[str, Value]] = []
        skipped: list[Skipped] = []
        places = [(Corpus("orderdesk", "", ".py", 1500), sample_folder() / "orderdesk")]
        if not request.quick:
            for corpus in CORPORA:
                root = (request.sources or Path()) / corpus.folder
                if request.sources is not None and root.is_dir():
                    places.append((corpus, _unpacked(root.resolve(), request.work / f"{corpus.name}-sources")))
                else:
                    skipped.append(Skipped(corpus.name, f"--sources DIR has no {corpus.folder}"))
        for corpus, root in places:
            rows.extend(measure(corpus, root, request.work))
        return Outcome(tuple(rows), tuple(skipped))


def _unpacked(root: Path, work: Path) -> Path:
    """The folder itself, or what its sources' jar holds."""
    archives = sorted(root.glob("*-sources.jar"))
    return java_classes.unpack_sources(archives[0], work) if archives else root


def measure(corpus: Corpus, root: Path, work: Path) -> list[Mapping[str, Value]]:
    """One row a method: reciprocal rank and recall among the sampled functions."""
    graph = _graph(root, work / corpus.name)
    sample = choose(graph, corpus)
    texts: dict[str, str] = {}

    def text_of(path: str) -> str:
        if path not in texts:
            texts[path] = without_docstrings(path, (root / path).read_text("utf-8", "replace"))
        return texts[path]

    asked = {symbol.id: symbol.doc for symbol in sample}
    bare = tuple(msgspec.structs.replace(symbol, doc="") for symbol in graph.symbols)
    documents = [d for d in build_documents(msgspec.structs.replace(graph, symbols=bare), text_of) if d.id in asked]
    rows: list[Mapping[str, Value]] = []
    for method, answer in _methods(documents).items():
        ranks = [_rank(answer(asked[document.id]), document.id) for document in documents]
        rows.append(
            {
                "case": corpus.name,
                "queries": len(ranks),
                "method": method,
                "mrr": round(sum(1 / rank for rank in ranks if rank) / max(1, len(ranks)), 4),
                "first": round(sum(rank == 1 for rank in ranks) / max(1, len(ranks)), 4),
                "top": round(sum(rank > 0 for rank in ranks) / max(1, len(ranks)), 4),
            }
        )
    return rows


def _methods(documents: Sequence[Document]) -> dict[str, Callable[[str], list[str]]]:
    def with_embedder(embedder: Embedder) -> Callable[[str], list[str]]:
        table = build_table(documents, embedder)
        return lambda query: [name for name, _ in table.rank(query, TOP, embedder)]

    ids = [document.id for document in documents]
    plain = bm25s.BM25()
    plain.index([[w for w, n in d.words.items() for _ in range(n)] for d in documents], show_progress=False)

    def dull(query: str) -> list[str]:
        found, scores = plain.retrieve([list(words(query))], k=min(TOP, len(ids)), show_progress=False)
        return [ids[i] for i, score in zip(found[0], scores[0], strict=True) if score > 0]

    def transformer() -> dict[str, Callable[[str], list[str]]]:
        try:
            folder = os.environ.get("FIGWRIGHT_MINILM")
            return {
                "figwright, --embeddings minilm": with_embedder(TransformerEmbedder(Path(folder) if folder else None))
            }
        except SettingsError:
            return {}

    return {
        **transformer(),
        "figwright": with_embedder(open_embedder()),
        "figwright, hashed vectors": with_embedder(HashedEmbedder()),
        "BM25 on split words": dull,
    }


def choose(graph: DependencyGraph, corpus: Corpus) -> list[Symbol]:
    """The sample: chosen by a hash of the ID, so that it is the same everywhere and nobody picked it."""
    able = [
        symbol
        for symbol in graph.symbols
        if symbol.kind == "function"
        and symbol.path.endswith(corpus.suffix)
        and symbol.role == "code"
        and len(symbol.doc.split()) >= LEAST_WORDS
        and symbol.end_line - symbol.line + 1 >= LEAST_LINES
        and not STANDARD.fullmatch(symbol.name)
    ]
    times = Counter(symbol.doc for symbol in able)
    able = [symbol for symbol in able if times[symbol.doc] == 1]
    able.sort(key=lambda symbol: hashlib.sha256(symbol.id.encode()).hexdigest())
    return able[: corpus.most]


def without_docstrings(path: str, text: str) -> str:
    """The text with every docstring (Python) or doc comment (Java) blanked; line numbers stay as they are."""
    if not path.endswith(".py"):
        return JAVADOC.sub(lambda match: "\n" * match[0].count("\n"), text)
    try:
        tree = ast.parse(text)
    except (SyntaxError, ValueError):
        return text
    lines = text.split("\n")
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef | ast.Module) and node.body:
            first = node.body[0]
            if (
                isinstance(first, ast.Expr)
                and isinstance(first.value, ast.Constant)
                and isinstance(first.value.value, str)
            ):
                for number in range(first.lineno - 1, first.end_lineno or first.lineno):
                    lines[number] = ""
    return "\n".join(lines)


def _rank(found: Sequence[str], wanted: str) -> int:
    return found.index(wanted) + 1 if wanted in found else 0


def _graph(root: Path, cache: Path) -> DependencyGraph:
    run = Run()
    with workbench(str(root), Settings(cache_dir=cache)) as bench:
        return make_graph(bench, make_inventory(bench, run, None), run)[0]


RETRIEVAL = Retrieval(
    name="retrieval",
    measures="Mean reciprocal rank (first ten) of the documented function, and how often it is first or among ten, when the "
    "question is the first sentence of its documentation and the index has not seen any documentation.",
    truth="The function that the sentence documents.",
    baselines="In the same run: BM25 (bm25s as it comes) over the same words, and figwright with hashed instead of pretrained "
    "vectors, as it is installed without the extra.",
    limits="A sentence repeats words of its function more than a stranger's question would, which favours spelling. "
    "Field weights and the vectors' share were chosen on django's queries; spring-core was not looked at for that.",
    data="the sample orderdesk; --sources with django and spring-core, skipped by name with the command that gets each",
    budget=10,
    quick_budget=0.15,
    columns=(
        Column("case", "Repository", role="name"),
        Column("queries", "Functions"),
        Column("method", "Method", role="name"),
        Column("mrr", "MRR@10", 3, role="higher"),
        Column("first", "First", 3, role="higher"),
        Column("top", "Among ten", 3, role="higher"),
    ),
)
