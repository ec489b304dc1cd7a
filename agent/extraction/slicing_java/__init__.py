"""Writes the slice of a Java web application that one service needs: graph, inventory and boundary in; files and reasons out."""

from agent.extraction.slicing_java.closure import choose
from agent.extraction.slicing_java.program import JavaProgram, open_java_program
from agent.extraction.slicing_java.repairs import read_java_demands, witnessed_java_demands
from agent.extraction.slicing_java.writing import write_slice

__all__ = ["JavaProgram", "choose", "open_java_program", "read_java_demands", "witnessed_java_demands", "write_slice"]
