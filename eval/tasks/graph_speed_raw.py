"""The floor under the graph's cost: parse, one capture query and the captures' text, against structure in the same process."""

from __future__ import annotations

import gc
import statistics
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, cast

import tree_sitter_java
import tree_sitter_python
from tree_sitter import Language as Grammar
from tree_sitter import Parser, Query, QueryCursor

from agent.graph import build_graph
from agent.languages.java import Java
from agent.languages.python import Python

if TYPE_CHECKING:
    from agent.ports import Language

__all__ = ["measure_in_turns"]

PYTHON, JAVA = Grammar(tree_sitter_python.language()), Grammar(tree_sitter_java.language())
QUERIES = {
    ".py": Query(
        PYTHON,
        """
        (function_definition name: (identifier) @function)
        (class_definition name: (identifier) @class)
        (import_statement) @import
        (import_from_statement) @from
        (call function: (_) @call)
        """,
    ),
    ".java": Query(
        JAVA,
        """
        (class_declaration name: (identifier) @class)
        (interface_declaration name: (identifier) @class)
        (enum_declaration name: (identifier) @class)
        (method_declaration name: (identifier) @function)
        (import_declaration) @import
        (type_identifier) @type
        (method_invocation object: (_)? @object name: (identifier) @call)
        """,
    ),
}
GRAMMARS = {".py": PYTHON, ".java": JAVA}


def measure_in_turns(root: Path, suffix: str, repeats: int) -> dict[str, float]:
    """Medians of CPU seconds: ``raw``, ``structure``, and ``calls`` for Python; sources are read beforehand."""
    files = {path.relative_to(root).as_posix(): path.read_bytes() for path in sorted(root.rglob(f"*{suffix}"))}
    jobs: dict[str, Callable[[], object]] = {"raw": lambda: _raw(files, suffix)}
    if suffix == ".py":
        jobs["structure"] = lambda: _graph(files, cast("Language", Python(flow=False)))
        jobs["calls"] = lambda: _graph(files, cast("Language", Python()))
    else:
        jobs["structure"] = lambda: _graph(files, cast("Language", Java()))
    seconds: dict[str, list[float]] = {name: [] for name in jobs}
    for _ in range(repeats):
        for name, job in jobs.items():
            gc.collect()
            gc.disable()  # as where files are read and the graph is built
            start = time.process_time()
            job()
            seconds[name].append(time.process_time() - start)
            gc.enable()
    return {name: statistics.median(values) for name, values in seconds.items()}


def _raw(files: Mapping[str, bytes], suffix: str) -> int:
    parser, query = Parser(GRAMMARS[suffix]), QUERIES[suffix]
    characters = 0
    for source in files.values():
        for nodes in QueryCursor(query).captures(parser.parse(source).root_node).values():
            characters += sum(len(node.text or b"") for node in nodes)
    return characters


def _graph(files: Mapping[str, bytes], language: Language) -> int:
    facts = {path: language.extract(path, source)[0] for path, source in files.items()}
    return len(build_graph(facts, {}, {language.name: language}, [], frozenset(files), {}).dependencies)
