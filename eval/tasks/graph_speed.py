"""What the dependency graph costs, as a multiple of merely parsing the same files in the same process."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, cast

import tree_sitter_python
from tree_sitter import Language as Grammar
from tree_sitter import Parser, Query, QueryCursor

from agent.domain.facts import FileFacts
from agent.graph.build import build_graph
from agent.languages.python import Python
from eval.datasets import sample_folder
from eval.task import Column, Description, Outcome, Request, Skipped, Value

if TYPE_CHECKING:
    from agent.ports import Language

__all__ = ["GRAPH_SPEED", "measure_speed"]

REPEATS = 3
GRAMMAR = Grammar(tree_sitter_python.language())
QUERY = Query(
    GRAMMAR,
    """
    (function_definition name: (identifier) @function)
    (class_definition name: (identifier) @class)
    (import_statement) @import
    (import_from_statement) @from
    (call function: (_) @call)
    """,
)


@dataclass(frozen=True)
class GraphSpeed(Description):
    """The three are measured in turn, so that a busy machine slows them alike; medians of the repetitions."""

    def run(self, request: Request) -> Outcome:
        rows: list[Mapping[str, Value]] = []
        skipped: list[Skipped] = []
        for name, root in _places(request):
            if root.is_dir():
                rows.append({"repository": name, **measure_speed(root, 1 if request.quick else REPEATS)})
            else:
                skipped.append(Skipped(name, f"--sources DIR has no {name}"))
        return Outcome(tuple(rows), tuple(skipped))


def _places(request: Request) -> list[tuple[str, Path]]:
    places = [("orderdesk", sample_folder() / "orderdesk")]
    if request.sources is not None and not request.quick:
        places.append(("django", (request.sources / "django").resolve()))
    return places


def measure_speed(root: Path, repeats: int) -> dict[str, Value]:
    """CPU seconds of one process over all .py files, read beforehand: raw, structure, and structure with calls."""
    files = {path.relative_to(root).as_posix(): path.read_bytes() for path in sorted(root.rglob("*.py"))}
    jobs: dict[str, Callable[[], object]] = {
        "raw": lambda: _raw(files),
        "structure": lambda: _graph(files, flow=False),
        "calls": lambda: _graph(files, flow=True),
    }
    seconds: dict[str, list[float]] = {name: [] for name in jobs}
    for _ in range(repeats):
        for name, job in jobs.items():
            start = time.process_time()
            job()
            seconds[name].append(time.process_time() - start)
    spent = {name: statistics.median(values) for name, values in seconds.items()}
    return {
        "files": len(files),
        "raw_seconds": round(spent["raw"], 3),
        "structure_seconds": round(spent["structure"], 3),
        "structure_ratio": round(spent["structure"] / spent["raw"], 2),
        "calls_seconds": round(spent["calls"], 3),
        "calls_ratio": round(spent["calls"] / spent["raw"], 2),
        "repeats": repeats,
    }


def _raw(files: Mapping[str, bytes]) -> int:
    parser = Parser(GRAMMAR)
    characters = 0
    for source in files.values():
        for nodes in QueryCursor(QUERY).captures(parser.parse(source).root_node).values():
            characters += sum(len(node.text or b"") for node in nodes)
    return characters


def _graph(files: Mapping[str, bytes], *, flow: bool) -> int:
    language = cast("Language", Python(flow=flow))
    facts: dict[str, FileFacts] = {path: language.extract(path, source)[0] for path, source in files.items()}
    return len(build_graph(facts, {}, {"python": language}, [], frozenset(files), {}).dependencies)


GRAPH_SPEED = GraphSpeed(
    name="graph_speed",
    measures="CPU seconds of one process from a repository's Python files, read beforehand, to the graph: definitions, "
    "imports, names and types (structure), and the same with calls followed through values (calls).",
    truth="The process's own CPU clock, in the same process and turn by turn.",
    baselines="Raw: tree-sitter's parse of the same files, one query and the captures' text.",
    limits="Python only, without frameworks, cache or inventory; one core.",
    columns=(
        Column("repository", "Repository"),
        Column("files", "Files"),
        Column("raw_seconds", "Raw s", 2),
        Column("structure_seconds", "Structure s", 2),
        Column("structure_ratio", "Structure / raw", 1),
        Column("calls_seconds", "With calls s", 2),
        Column("calls_ratio", "With calls / raw", 1),
    ),
)
