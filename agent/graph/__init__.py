"""SourceFiles -> facts -> Symbols and Dependencies -> one DependencyGraph."""

from agent.graph.build import build_graph
from agent.graph.levels import LEVELS, as_graphml, as_json, at_level
from agent.graph.reading import facts_key, read_facts
from agent.graph.remembered import Remembered

__all__ = ["LEVELS", "Remembered", "as_graphml", "as_json", "at_level", "build_graph", "facts_key", "read_facts"]
