"""Routes that a boundaries file gives to another service than their handler's unit: read, printed, and followed."""

from __future__ import annotations

import pytest

from agent.boundaries import print_boundaries, propose_boundaries, read_boundaries
from agent.domain.boundary import Boundaries
from agent.errors import BoundariesError
from agent.extraction.owning import owners_of
from agent.extraction.slicing import cut_of
from tests.systems import graph_of

FILES = {
    "app/__init__.py": "",
    "app/web.py": (
        "from flask import Blueprint\n\nfrom app.history import lines\n\nweb = Blueprint('web', __name__)\n\n\n"
        "@web.route('/orders')\ndef orders():\n    return 'orders'\n\n\n"
        "@web.route('/history', methods=['GET', 'POST'])\ndef history():\n    return lines()\n"
    ),
    "app/history.py": "def lines():\n    return 'history'\n",
}
TEXT = """version = 1
[services.web]
units = ["app.web"]
[services.history]
units = ["app.history"]
routes = ["GET /history", "POST /history"]
"""


def proposed(text: str) -> Boundaries:
    graph = graph_of(FILES)
    units = sorted({s.unit for s in graph.symbols if s.unit})
    routes = [s.id.removeprefix("route:") for s in graph.symbols if s.kind == "route"]
    return propose_boundaries(graph, (), read_boundaries(text, "boundaries.toml", units, [], routes))


def test_a_route_leaves_the_service_of_its_handlers_unit() -> None:
    found = proposed(TEXT)
    ways = {one.name: one.entry_points for one in found.services}
    assert ways["history"] == ("GET /history", "POST /history")
    assert ways["web"] == ("GET /orders",)
    owners = owners_of(graph_of(FILES), found)
    assert owners.of("GET", "/history", "app.web.history", "app/web.py") == "history"
    assert owners.of("GET", "/orders", "app.web.orders", "app/web.py") == "web"
    cut = cut_of(graph_of(FILES), found, "history")
    assert cut.routes == {"route:GET /history", "route:POST /history"}
    assert cut.owners == {"route:GET /orders": "web"}


def test_the_printed_file_says_the_same() -> None:
    found = proposed(TEXT)
    assert proposed(print_boundaries(found, "")).routes == found.routes != ()


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (("POST /history", "POST /nothing"), "boundaries.toml:6: the code has no route 'POST /nothing'"),
        (('units = ["app.web"]', 'units = ["app.web"]\nroutes = ["GET /history"]'), "is in 'web' and in 'history'"),
    ],
)
def test_a_route_that_contradicts_is_refused(change: tuple[str, str], words: str) -> None:
    with pytest.raises(BoundariesError, match="route") as refused:
        proposed(TEXT.replace(*change))
    assert words in str(refused.value)
