"""FastAPI and Starlette: routers, inclusion and path operations."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from agent.domain.code import DependencyGraph
from agent.frameworks.fastapi import FRAMEWORK
from agent.languages.python import LANGUAGE
from tests.systems import graph_of


def handled(graph: DependencyGraph) -> dict[str, tuple[str, str]]:
    """route -> (handler, resolution)."""
    return {e.source.removeprefix("route:"): (e.target, e.resolution) for e in graph.dependencies if e.kind == "handle"}


def test_routers_and_their_prefixes():
    graph = graph_of(
        {
            "app/__init__.py": "",
            "app/main.py": "from fastapi import FastAPI\nfrom app import items\nfrom app.users import router as users\n"
            "app = FastAPI()\napp.include_router(items.router, prefix='/v1')\napp.include_router(users, prefix=SECRET)\n"
            "@app.get('/')\nasync def root(): pass\n",
            "app/items.py": "from fastapi import APIRouter\nrouter = APIRouter(prefix='/items')\n"
            "@router.post('/{id}')\ndef change(id: int): pass\n"
            "@router.api_route('/both', methods=['GET', 'PUT'])\ndef both(): pass\n"
            "@router.websocket('/ws')\nasync def live(socket): pass\n",
            "app/users.py": "from fastapi import APIRouter\nrouter = APIRouter()\n@router.delete('/users/{id}')\ndef remove(id): pass\n",
        }
    )
    assert handled(graph) == {
        "GET /": ("app.main.root", "exact"),
        "POST /v1/items/{id}": ("app.items.change", "exact"),
        "GET /v1/items/both": ("app.items.both", "exact"),
        "PUT /v1/items/both": ("app.items.both", "exact"),
        "WEBSOCKET /v1/items/ws": ("app.items.live", "exact"),
        "DELETE /users/{id}": ("app.users.remove", "inferred"),
    }


def test_starlette_route_objects():
    graph = graph_of(
        {
            "main.py": "from starlette.applications import Starlette\nfrom starlette.routing import Mount, Route\n"
            "def home(request): pass\ndef order(request): pass\nclass Cart:\n    def post(self, request): pass\n"
            "app = Starlette(routes=[Route('/', home), Mount('/shop', routes=[Route('/o/{id}', endpoint=order),\n"
            "    Route('/cart', Cart, methods=['POST'])])])\n"
        }
    )
    assert handled(graph) == {
        "GET /": ("main.home", "exact"),
        "GET /shop/o/{id}": ("main.order", "exact"),
        "POST /shop/cart": ("main.Cart.post", "exact"),
    }


def test_what_is_no_route():
    graph = graph_of(
        {
            "test_x.py": "from fastapi.testclient import TestClient\nfrom flask import Flask\nflask = Flask(__name__)\n"
            "client = TestClient(app)\nclient.get('/x')\nresult = {}.get('/y')\n"
        }
    )
    assert handled(graph) == {}


PIECES = st.sampled_from(
    [b"@router.get(", b"'/x'", b")", b"\ndef f():", b"APIRouter(", b"Route(", b"Mount(", b"\x00", b"\n"]
)


@settings(max_examples=60, deadline=None)
@given(st.lists(PIECES, max_size=30).map(b"".join) | st.binary(max_size=200))
def test_any_bytes_are_read_without_an_exception(source: bytes):
    facts, root = LANGUAGE.extract("a.py", source)
    assert FRAMEWORK.read("a.py", root, source, facts).language == "python"
