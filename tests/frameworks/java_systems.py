"""Small Java systems read with the real languages, frameworks and graph builder."""

from __future__ import annotations

from collections.abc import Mapping

from agent.domain.code import DependencyGraph
from agent.domain.facts import FileFacts
from agent.frameworks import ejb, java_constants, jaxrs, jdbc, jpa, mybatis, servlet, spring, stripes
from agent.graph.build import build_graph
from agent.graph.reading import read_file
from agent.languages import html, java, jsp, xml

LANGUAGES = {module.LANGUAGE.name: module.LANGUAGE for module in (html, java, jsp, xml)}
FRAMEWORKS = tuple(
    module.FRAMEWORK for module in (java_constants, spring, servlet, jaxrs, ejb, stripes, jpa, mybatis, jdbc)
)


def facts_of(files: Mapping[str, str | bytes]) -> dict[str, FileFacts]:
    """Facts of each file that has a language here."""
    content = {path: text.encode() if isinstance(text, str) else text for path, text in files.items()}
    found: dict[str, FileFacts] = {}
    for path in sorted(content):
        language = next((la for la in LANGUAGES.values() if path.endswith(la.suffixes)), None)
        if language is not None:
            found[path] = read_file(path, content.__getitem__, language, FRAMEWORKS)
    return found


def graph_of(files: Mapping[str, str | bytes]) -> DependencyGraph:
    """The dependency graph of files given as path -> text."""
    roles = dict.fromkeys(files, "code")
    return build_graph(facts_of(files), roles, LANGUAGES, FRAMEWORKS, frozenset(files), {})


def edges(graph: DependencyGraph, *kinds: str) -> set[tuple[str, str]]:
    """(source, target) of the dependencies of these kinds."""
    return {(e.source, e.target) for e in graph.dependencies if e.kind in kinds}
