"""Flask: routes with their full paths, handlers, endpoints and what they render."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from agent.domain.code import DependencyGraph
from agent.frameworks.flask import FRAMEWORK
from agent.languages.python import LANGUAGE
from tests.systems import edges, graph_of


def routes(graph: DependencyGraph) -> dict[str, str]:
    """route -> handler; ``""`` without one."""
    found = {s.id.removeprefix("route:"): "" for s in graph.symbols if s.kind == "route"}
    for edge in graph.dependencies:
        if edge.kind == "handle":
            found[edge.source.removeprefix("route:")] = edge.target
    return found


APP = """
from flask import Flask
from shop import orders
from shop.stock import bp as stock_bp

def create_app():
    app = Flask(__name__)
    app.register_blueprint(orders.bp, url_prefix="/orders")
    app.register_blueprint(stock_bp)
    register(app)
    return app

def register(app):
    @app.route("/ping")
    def ping():
        return "pong"

    def wall():
        return ""
    app.add_url_rule("/wall", "wall", wall)
"""
ORDERS = """
from flask import Blueprint, redirect, render_template, url_for
bp = Blueprint("orders", __name__, url_prefix="/ignored")
PATH = "/<int:id>"

@bp.route("/", strict_slashes=False)
def index():
    return render_template("orders/list.html")

@bp.route(PATH + "/edit", methods=["GET", "post"])
def edit(id):
    return redirect(url_for(".index"))

@bp.post("/new")
def new():
    return redirect(url_for("stock.levels"))

@bp.before_request
def gate():
    pass
"""
STOCK = """
from flask import Blueprint
bp = Blueprint("stock", __name__, url_prefix="/stock")
inner = Blueprint("inner", __name__)
bp.register_blueprint(inner, url_prefix="/deep")

@bp.get("/levels")
def levels():
    return ""

@inner.route("/x")
def x():
    return ""
"""
SHOP = {"shop/__init__.py": "", "shop/app.py": APP, "shop/orders.py": ORDERS, "shop/stock.py": STOCK}


def test_routes_carry_the_prefix_of_their_registration():
    assert routes(graph_of(SHOP)) == {
        "GET /ping": "shop.app.register.ping",
        "GET /wall": "shop.app.register.wall",
        "GET /orders/": "shop.orders.index",
        "GET /orders/<int:id>/edit": "shop.orders.edit",
        "POST /orders/<int:id>/edit": "shop.orders.edit",
        "POST /orders/new": "shop.orders.new",
        "GET /stock/levels": "shop.stock.levels",
        "GET /stock/deep/x": "shop.stock.x",
    }


def test_a_route_stands_where_its_decorator_stands():
    symbol = graph_of(SHOP).by_id["route:POST /orders/new"]
    assert (symbol.path, symbol.line, symbol.language) == ("shop/orders.py", 14, "python")


def test_endpoints_lead_to_their_handlers():
    uses = edges(graph_of(SHOP), "use")
    assert ("shop.orders.new", "shop.stock.levels") in uses
    assert ("shop.orders.edit", "shop.orders.index") in uses


def test_hooks_belong_to_the_module_that_made_the_blueprint():
    assert ("shop.orders", "shop.orders.gate") in edges(graph_of(SHOP), "use")


def test_templates_link_by_endpoint():
    page = "{% extends 'base.html' %}\n<a href=\"{{ url_for('orders.index') }}\">Orders</a>"
    graph = graph_of({**SHOP, "shop/templates/orders/list.html": page, "shop/templates/base.html": "<html>"})
    assert ("template:orders/list.html", "shop.orders.index") in edges(graph, "use")
    assert ("shop.orders.index", "template:orders/list.html") in edges(graph, "render")
    assert ("template:orders/list.html", "template:base.html") in edges(graph, "render")


def test_a_blueprint_that_is_never_registered_is_only_inferred():
    graph = graph_of({"lone.py": STOCK})
    found = {e.source: e.resolution for e in graph.dependencies if e.kind == "handle"}
    assert found["route:GET /stock/levels"] == "inferred"


def test_class_based_views_and_resources_answer_what_they_define():
    graph = graph_of(
        {
            "web.py": """
from flask import Blueprint, Flask
from flask.views import MethodView
from flask_restful import Api, Resource
app = Flask(__name__)
bp = Blueprint("api", __name__, url_prefix="/api")
api = Api(bp)
app.register_blueprint(bp)

class Base(MethodView):
    def get(self):
        return ""

class Orders(Base):
    def post(self):
        return ""

class Person(Resource):
    def delete(self, id):
        return ""

view = Orders.as_view("orders")
app.add_url_rule("/orders", view_func=view)
api.add_resource(Person, "/people/<int:id>", "/persons/<int:id>")
"""
        }
    )
    assert routes(graph) == {
        "GET /orders": "web.Orders",
        "POST /orders": "web.Orders.post",
        "DELETE /api/people/<int:id>": "web.Person.delete",
        "DELETE /api/persons/<int:id>": "web.Person.delete",
    }


def test_blueprints_registered_in_a_loop():
    graph = graph_of(
        {
            "web.py": """
from flask import Blueprint, Flask
a = Blueprint("a", __name__)
b = Blueprint("b", __name__)
app = Flask(__name__)
for bp in (a, b):
    app.register_blueprint(bp, url_prefix="/v1")

@a.route("/a")
def first(): pass

@b.route("/b")
def second(): pass
"""
        }
    )
    assert set(routes(graph)) == {"GET /v1/a", "GET /v1/b"}


def test_what_is_no_route():
    graph = graph_of(
        {
            "client.py": "import requests\ns = requests.Session()\n\n@s.get('/x')\ndef f(): pass\n\ns.get('/y')\n",
            "web.py": "from flask import Flask\napp = Flask(__name__)\nvalue = app.config.get('/z')\n"
            "# @app.route('/gone')\nDOC = \"@app.route('/text')\"\n",
        }
    )
    assert routes(graph) == {}


def test_a_rule_that_is_computed_is_counted_and_not_invented():
    source = b"from flask import Flask\napp = Flask(__name__)\n@app.route(make() + name)\ndef f(): pass\n"
    facts, root = LANGUAGE.extract("web.py", source)
    facts = FRAMEWORK.read("web.py", root, source, facts)
    kinds = [w.kind for w in facts.wirings if w.framework == "flask"]
    assert "unresolved" in kinds
    assert "route" not in kinds


def test_a_blueprint_registered_on_itself_ends():
    graph = graph_of(
        {
            "web.py": "from flask import Blueprint\nbp = Blueprint('a', __name__)\nbp.register_blueprint(bp)\n"
            "@bp.route('/x')\ndef x(): pass\n"
        }
    )
    assert "GET /x" in routes(graph)


PIECES = st.sampled_from(
    [b"@app.route(", b"'/x'", b")", b"\ndef f():", b" Blueprint(", b"url_for(", b"\x00", b"bp=", b"\n"]
)


@settings(max_examples=60, deadline=None)
@given(st.lists(PIECES, max_size=30).map(b"".join) | st.binary(max_size=200))
def test_any_bytes_are_read_without_an_exception(source: bytes):
    facts, root = LANGUAGE.extract("a.py", source)
    assert FRAMEWORK.read("a.py", root, source, facts).language == "python"
