"""Small repositories written to disk and read with the real languages, frameworks and graph builder."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from pathlib import PurePosixPath

from agent.composition import frameworks, languages
from agent.domain.code import DependencyGraph
from agent.domain.inventory import SourceFile
from agent.graph import build_graph, read_facts


def graph_of(files: Mapping[str, str | bytes]) -> DependencyGraph:
    """The dependency graph of files given as path -> text; paths with ``test`` in a folder are tests."""
    content = {p: t.encode() if isinstance(t, str) else t for p, t in files.items()}
    suffixes = {suffix: language.name for language in languages().values() for suffix in language.suffixes}
    listed = [
        SourceFile(
            path=path,
            language=suffixes.get(PurePosixPath(path).suffix, "text"),
            role="test" if path.startswith("tests/") or "/test/" in path else "code",
            bytes=len(data),
            lines=data.count(b"\n"),
            code_lines=data.count(b"\n"),
            digest=hashlib.sha256(data).hexdigest(),
        )
        for path, data in sorted(content.items())
    ]
    facts = read_facts(listed, content.__getitem__, languages(), frameworks())
    roles = {f.path: f.role for f in listed}
    texts = {p: d.decode() for p, d in content.items() if p.endswith(".json")}
    return build_graph(facts, roles, languages(), frameworks(), frozenset(content), texts)


def edges(graph: DependencyGraph, kind: str = "") -> set[tuple[str, str]]:
    """(source, target) of the dependencies of one kind, or of all."""
    return {(e.source, e.target) for e in graph.dependencies if not kind or e.kind == kind}
