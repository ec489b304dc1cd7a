"""Small applications, sliced as they come: files and the routes of a service in, the slice out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from agent.extraction.slicing import Cut, Demand, Program, Slice, slice_service
from agent.extraction.slicing.program import read_program
from tests.systems import graph_of


def program_of(files: Mapping[str, str], *routes: str) -> tuple[Program, Cut]:
    """The program, and the cut for a service ``mine`` that serves these routes (``GET /orders/``); ``theirs`` the others."""
    graph = graph_of(files)
    known = {s.id for s in graph.symbols if s.kind == "route"}
    own = frozenset(f"route:{route}" for route in routes)
    assert own <= known, sorted(known)
    cut = Cut("mine", own, dict.fromkeys(sorted(known - own), "theirs"))
    roles = {path: _role(path) for path in files}
    return read_program(graph, roles, lambda path: files[path].encode(), cut, files), cut


def _role(path: str) -> str:
    if path.startswith("tests/"):
        return "test"
    if "/migrations/" in path and path.endswith(".py"):
        return "migration"
    if "/templates/" in path:
        return "template"
    return "code" if path.endswith(".py") else "data"


def slice_of(
    files: Mapping[str, str], *routes: str, entries: Sequence[str] = (), demands: Sequence[Demand] = ()
) -> Slice:
    program, cut = program_of(files, *routes)
    return slice_service(program, cut, entries, demands)


def texts(made: Slice) -> dict[str, str]:
    return {path: content.decode() for path, content in made.files.items()}


def reasons(made: Slice) -> dict[str, tuple[str, str]]:
    """symbol -> (what became of it, why)."""
    return {piece.symbol: (piece.what, piece.reason) for piece in made.pieces}
