"""SourceFiles -> facts -> Symbols and Dependencies -> one DependencyGraph."""

from agent.graph.build import build_graph
from agent.graph.levels import LEVELS, as_graphml, as_json, at_level
from agent.graph.reading import read_facts

__all__ = ["LEVELS", "as_graphml", "as_json", "at_level", "build_graph", "read_facts"]
