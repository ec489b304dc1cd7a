"""What a slice of a Flask application keeps, stubs and leaves out, and that it runs."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from agent.extraction.slicing import Demand, read_demands, witnessed_demands
from agent.extraction.slicing.stubs import STUB_SOURCES
from tests.extraction.slicing.slices import program_of, reasons, slice_of, texts
from tests.program import write_repository

APP = {
    "shop/__init__.py": '"""The shop."""\n\n__version__ = "3"\n',
    "shop/app.py": (
        "from flask import Flask, render_template\n\nfrom shop import __version__, settings\nfrom shop.hooks import gate\n\n\n"
        "def create_app():\n"
        '    app = Flask("shop")\n    app.config["KEY"] = settings.KEY\n    app.before_request(gate)\n'
        '    app.jinja_env.globals["version"] = __version__\n'
        "    from shop.views import orders, stock\n\n"
        '    app.register_blueprint(orders.bp, url_prefix="/orders")\n    app.register_blueprint(stock.bp)\n'
        "    register(app)\n    return app\n\n\n"
        "def register(app):\n"
        '    @app.route("/")\n    def home():\n        from shop.reports import headline\n\n        return headline()\n\n'
        '    @app.route("/ping")\n    def ping():\n        return "pong"\n\n'
        "    @app.errorhandler(404)\n    def missing(error):\n"
        '        return render_template("error.html"), 404\n'
    ),
    "shop/settings.py": 'KEY = "k"\n# who pays\nPAYER = "nobody"\n',
    "shop/hooks.py": "def gate():\n    return None\n\n\ndef unused():\n    return 1\n",
    "shop/reports.py": "def headline():\n    return 'much'\n",
    "shop/money.py": (
        "import decimal\nimport json\n\nRATE = 2\n\n\nclass Price(object):\n"
        "    def __init__(self, net):\n        self.net = net\n\n"
        "    def gross(self):  # with tax\n        return self.net * RATE\n\n"
        "    def as_json(self):\n        return json.dumps(self.net)\n\n\n"
        "def old():\n    return decimal.Decimal(1)\n"
    ),
    "shop/views/__init__.py": "",
    "shop/views/orders.py": (
        "from flask import Blueprint, render_template, request\n\nfrom shop.money import Price\n\n"
        'bp = Blueprint("orders", __name__)\n\n\n'
        "@bp.before_request\ndef note():\n    return None\n\n\n"
        '@bp.route("/")\ndef index():\n    return render_template("orders.html", total=Price(2).gross())\n\n\n'
        '@bp.route("/old", methods=["POST"])\ndef old_orders():\n    return request.form["x"]\n'
    ),
    "shop/views/stock.py": (
        "from flask import Blueprint\n\nfrom shop.money import old\n\n"
        'bp = Blueprint("stock", __name__, url_prefix="/stock")\n\n\n'
        "@bp.before_request\ndef check():\n    old()\n\n\n@bp.app_errorhandler(403)\ndef refused(error):\n    return 'no', 403\n\n\n"
        "@bp.before_app_request\ndef everywhere():\n    return None\n\n\n"
        '@bp.route("/<int:item>")\n@bp.route("/all", defaults={"item": 0})\ndef level(item):\n    return str(old())\n'
    ),
    "shop/templates/base.html": "<a href=\"{{ url_for('stock.level', item=1) }}\">{{ version }}</a>{% block b %}{% endblock %}",
    "shop/templates/orders.html": '{% extends "base.html" %}{% block b %}{{ total }}{% endblock %}',
    "shop/templates/error.html": '<link href="/static/style.css">gone',
    "shop/templates/stock.html": "stock",
    "shop/static/style.css": "a {}",
    "shop/static/stock.css": "b {}",
    "wsgi.py": "from shop.app import create_app\n\napplication = create_app()\n",
    "tests/test_shop.py": "def test_it():\n    pass\n",
}


def test_keeps_what_the_handlers_reach() -> None:
    made = slice_of(APP, "GET /orders/")
    files = texts(made)
    assert "class Price" in files["shop/money.py"]
    assert "def gross(self):  # with tax" in files["shop/money.py"]
    assert "RATE = 2" in files["shop/money.py"]


def test_leaves_out_what_nothing_reaches() -> None:
    made = slice_of(APP, "GET /orders/")
    files = texts(made)
    assert "shop/reports.py" not in files
    assert "tests/test_shop.py" not in files
    for gone in ("def old", "as_json", "import json", "import decimal"):
        assert gone not in files["shop/money.py"], gone
    assert "unused" not in files["shop/hooks.py"]
    assert "shop/templates/stock.html" not in files
    assert "shop/static/stock.css" not in files
    assert files["shop/settings.py"] == 'KEY = "k"\n'
    assert reasons(made)["shop.reports"][0] == "removed"
    assert reasons(made)["shop.money.Price.as_json"] == ("removed", "nothing kept mentions it")


def test_puts_stubs_where_others_serve() -> None:
    made = slice_of(APP, "GET /orders/")
    files = texts(made)
    assert (
        'old_orders = bp.route("/old", methods=["POST"])(elsewhere("old_orders", "theirs"))'
        in files["shop/views/orders.py"]
    )
    assert 'ping = app.route("/ping")(elsewhere("ping", "theirs"))' in files["shop/app.py"]
    assert (
        'level = bp.route("/<int:item>")(bp.route("/all", defaults={"item": 0})(elsewhere('
        in files["shop/views/stock.py"]
    )
    assert reasons(made)["shop.app.register.home"] == ("stub", "served by theirs")


def test_hooks_stay_where_their_routes_are_served() -> None:
    files = texts(slice_of(APP, "GET /orders/"))
    assert "def note" in files["shop/views/orders.py"]
    assert "def check" not in files["shop/views/stock.py"], "it would only run before stubs"
    assert "def refused" in files["shop/views/stock.py"], "it is the whole application's"
    assert "def everywhere" in files["shop/views/stock.py"], "so is this"
    assert "def gate" in files["shop/hooks.py"]
    assert "def missing" in files["shop/app.py"]


def test_every_name_in_the_slice_is_bound_and_every_import_used(tmp_path: Path) -> None:
    write_repository(tmp_path, slice_of(APP, "GET /orders/").files)
    command = [sys.executable, "-m", "ruff", "check", "--isolated", "--select", "F821,F401,F811", "."]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stdout


def test_a_slice_of_everything_is_everything_that_is_reached() -> None:
    every = ("GET /orders/", "POST /orders/old", "GET /", "GET /ping", "GET /stock/<int:item>", "GET /stock/all")
    made = slice_of(APP, *every)
    assert not [piece for piece in made.pieces if piece.what == "stub"]
    assert texts(made)["shop/app.py"] == APP["shop/app.py"]
    assert texts(made)["shop/views/stock.py"] == APP["shop/views/stock.py"]


def test_lines_are_counted_without_tests() -> None:
    made = slice_of(APP, "GET /orders/")
    code = {p: t for p, t in APP.items() if p.endswith(".py") and not p.startswith("tests/")}
    assert made.lines_of == sum(t.count("\n") for t in code.values())
    assert made.lines == sum(t.count("\n") for p, t in texts(made).items() if p.endswith(".py"))
    assert made.lines < made.lines_of


def test_the_same_twice() -> None:
    one, two = slice_of(APP, "GET /orders/"), slice_of(APP, "GET /orders/")
    assert one == two


MODELS = {
    "app/__init__.py": "",
    "app/db.py": "from flask_sqlalchemy import SQLAlchemy\n\ndb = SQLAlchemy()\n",
    "app/models.py": (
        "from app.db import db\n\n\n"
        'class Order(db.Model):\n    __tablename__ = "orders"\n    id = db.Column(db.Integer, primary_key=True)\n'
        '    owner_id = db.Column(db.Integer, db.ForeignKey("owners.id"))\n    lines = db.relationship("Line")\n\n'
        "    def total(self):\n        return sum(l.net for l in self.lines)\n\n    def unused_total(self):\n        return 0\n\n\n"
        'class Line(db.Model):\n    __tablename__ = "lines"\n    id = db.Column(db.Integer, primary_key=True)\n'
        '    order_id = db.Column(db.Integer, db.ForeignKey("orders.id"))\n    net = db.Column(db.Integer)\n\n\n'
        'class Owner(db.Model):\n    __tablename__ = "owners"\n    id = db.Column(db.Integer, primary_key=True)\n\n\n'
        'class Note(db.Model):\n    __tablename__ = "notes"\n    id = db.Column(db.Integer, primary_key=True)\n'
        '    order_id = db.Column(db.Integer, db.ForeignKey("orders.id"))\n'
        '    order = db.relationship("Order", backref="notes")\n\n\n'
        'class Alone(db.Model):\n    __tablename__ = "alone"\n    id = db.Column(db.Integer, primary_key=True)\n'
    ),
    "app/web.py": (
        "from flask import Flask\n\nfrom app.db import db\nfrom app.models import Alone, Order\n\n"
        "app = Flask(__name__)\ndb.init_app(app)\n\n\n"
        '@app.route("/order/<int:n>")\ndef order(n):\n    return str(Order.query.get(n).total())\n\n\n'
        '@app.route("/notes/<int:n>")\ndef notes(n):\n    return str(len(Order.query.get(n).notes))\n\n\n'
        '@app.route("/alone")\ndef alone():\n    return str(Alone.query.count())\n'
    ),
}


def test_models_that_only_strings_name() -> None:
    files = texts(slice_of(MODELS, "GET /order/<int:n>"))
    kept = files["app/models.py"]
    assert "class Line" in kept
    assert "class Owner" in kept
    assert "class Alone" not in kept
    assert "class Note" not in kept
    assert "def total" in kept
    assert "unused_total" not in kept
    assert "from app.models import Order\n" in files["app/web.py"]


def test_a_model_that_is_reached_by_its_back_reference() -> None:
    assert "class Note" in texts(slice_of(MODELS, "GET /notes/<int:n>"))["app/models.py"]


def test_what_an_error_says_is_missing_comes_back() -> None:
    program, _ = program_of(MODELS, "GET /order/<int:n>")
    printed = "sqlalchemy.exc.InvalidRequestError: ... expression 'Alone' failed to locate a name (\"name 'Alone' is not defined\")"
    found = read_demands(program, printed)
    assert ("model", "Alone") in {(d.kind, d.name) for d in found}
    made = slice_of(MODELS, "GET /order/<int:n>", demands=found)
    assert "class Alone" in texts(made)["app/models.py"]


@pytest.mark.parametrize(
    ("printed", "wanted"),
    [
        (
            "ImportError: cannot import name 'Note' from 'app.models' (/repo/app/models.py)",
            ("name", "Note", "app.models"),
        ),
        ("ModuleNotFoundError: No module named 'app.db'", ("module", "app.db", "")),
        ("AttributeError: module 'app.models' has no attribute 'Note'", ("name", "Note", "app.models")),
        ("AttributeError: 'Order' object has no attribute 'unused_total'", ("member", "unused_total", "")),
        (
            "  File \"/repo/app/web.py\", line 3, in x\nNameError: name 'notes' is not defined",
            ("name", "notes", "app.web"),
        ),
        ("werkzeug.routing.BuildError: Could not build url for endpoint 'alone'.", ("name", "alone", "app.web")),
        ("sqlalchemy.exc.NoReferencedTableError: ... could not find table 'notes' with which", ("table", "notes", "")),
        (
            "ImproperlyConfigured: The included URLconf 'app.web' does not appear to have any patterns in it.",
            ("name", "urlpatterns", "app.web"),
        ),
    ],
)
def test_reads_what_is_missing(printed: str, wanted: tuple[str, str, str]) -> None:
    program, _ = program_of(MODELS, "GET /order/<int:n>")
    assert wanted in {(d.kind, d.name, d.module) for d in read_demands(program, printed)}


def test_an_error_that_says_nothing_of_the_kind_asks_for_nothing() -> None:
    program, _ = program_of(MODELS, "GET /order/<int:n>")
    assert (
        read_demands(program, "ZeroDivisionError: division by zero\nModuleNotFoundError: No module named 'numpy'") == ()
    )


def test_a_demand_for_a_name_keeps_its_class() -> None:
    made = slice_of(MODELS, "GET /order/<int:n>", demands=[Demand("name", "Alone", "app.models", "asked for")])
    assert reasons(made)["app.models.Alone"] == ("kept", "asked for")


def test_a_stub_takes_the_place_of_functions_and_classes() -> None:
    """With a response of the test's own, since the tests have no Flask."""

    class Response:
        def __init__(self, text: str, status: int, headers: dict[str, str], mimetype: str) -> None:
            self.text, self.status, self.headers = text, status, headers

    made: dict[str, object] = {"Response": Response}
    exec(STUB_SOURCES["flask"].replace("from flask import Response\n", ""), made)
    elsewhere = made["elsewhere"]
    assert callable(elsewhere)
    view = elsewhere("level", "stock")
    assert view.__name__ == "level"
    answer = view(item=3)
    assert (answer.status, answer.headers) == (501, {"X-Served-By": "stock"})
    of_class = view.as_view("level_page")
    assert of_class.__name__ == "level_page"
    assert "POST" in of_class.methods
    assert of_class(item=3).status == 501


def test_what_the_monolith_ran_comes_back() -> None:
    program, _ = program_of(APP, "GET /orders/")
    made = slice_of(APP, "GET /orders/")
    money = APP["shop/money.py"].splitlines()
    inside = money.index("        return json.dumps(self.net)") + 1
    ran = {"shop/money.py": {inside, money.index("        return self.net * RATE") + 1}, "shop/reports.py": {2}}
    found = witnessed_demands(program, made, ran)
    assert {(d.kind, d.name, d.module) for d in found} == {
        ("member", "as_json", ""),
        ("name", "headline", "shop.reports"),
    }
    again = texts(slice_of(APP, "GET /orders/", demands=found))
    assert "def as_json" in again["shop/money.py"]
    assert "def headline" in again["shop/reports.py"]


def test_a_definition_that_was_only_made_did_not_run() -> None:
    program, _ = program_of(APP, "GET /orders/")
    at = APP["shop/money.py"].splitlines().index("def old():") + 1
    assert witnessed_demands(program, slice_of(APP, "GET /orders/"), {"shop/money.py": {at}}) == ()
