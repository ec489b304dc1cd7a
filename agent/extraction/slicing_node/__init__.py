"""Writes the slice of a Node.js monolith that one service needs: graph, inventory and boundary in; files and reasons out."""

from agent.extraction.slicing_node.closure import choose
from agent.extraction.slicing_node.program import NodeProgram, open_node_program, started_by
from agent.extraction.slicing_node.repairs import read_node_demands, witnessed_node_demands
from agent.extraction.slicing_node.writing import write_slice

__all__ = [
    "NodeProgram",
    "choose",
    "open_node_program",
    "read_node_demands",
    "started_by",
    "witnessed_node_demands",
    "write_slice",
]
