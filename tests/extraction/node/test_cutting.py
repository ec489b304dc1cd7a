"""Slices of small Express programs: files and a service's routes in, the files of the slice out."""

from __future__ import annotations

from collections.abc import Mapping

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agent.extraction.slicing import Cut, Demand, Slice
from agent.extraction.slicing_node import choose, read_node_demands, witnessed_node_demands, write_slice
from agent.extraction.slicing_node.modules import read_module
from agent.extraction.slicing_node.program import NodeProgram, read_node_program, started_by
from agent.languages.javascript import LANGUAGES
from tests.systems import graph_of

APP = """\
var express = require('express');
var app = express();
app.use('/orders', require('./routes/orders'));
app.use('/stock', require('./routes/stock'));
module.exports = app;
"""
ORDERS = """\
// Orders of customers.
var express = require('express');
var stock = require('../models/stock');
var order = require('../models/order');
var money = require('../lib/money');

var router = express.Router();

// one order
router.get('/:no', function (req, res) {
  res.send(order.find(req.params.no) + money.show(1));
});

router.post('/:no/ship', step(stock.ship));

function step(action) {
  return function (req, res) { res.send(action(req.params.no)); };
}

module.exports = router;
"""
STOCK = """\
var express = require('express');
var stock = require('../models/stock');
var router = express.Router();
router.use(function (req, res, next) { stock.touch(); next(); });
router.get('/', function (req, res) {
  res.send(stock.all());
});
module.exports = router;
"""
MODELS = {
    "models/order.js": "var rows = {};\n\nexports.find = function (no) { return rows[no] || exports.none(); };\n\n"
    "exports.none = function () { return 'none'; };\n\n// for the office\nexports.late = function () { return rows; };\n",
    "models/stock.js": "exports.ship = function (no) { return no; };\nexports.touch = function () {};\nexports.all = function () { return []; };\n",
    "lib/money.js": "module.exports = {\n  show: function (n) { return round(n); },\n  parse: function (t) { return t; },\n  zero: 0\n};\n"
    "function round(n) { return n; }\nfunction never() {}\n",
}
FILES = {
    "app.js": APP,
    "routes/orders.js": ORDERS,
    "routes/stock.js": STOCK,
    **MODELS,
    "package.json": "{}",
    "notes.txt": "x",
}


def program_of(files: Mapping[str, str], *routes: str) -> NodeProgram:
    graph = graph_of(files)
    known = {one.id for one in graph.symbols if one.kind == "route"}
    own = frozenset(f"route:{route}" for route in routes)
    assert own <= known, sorted(known)
    cut = Cut("mine", own, dict.fromkeys(sorted(known - own), "theirs"))
    roles = {
        path: "code" if path.endswith(".js") else "template" if path.startswith("views/") else "data" for path in files
    }
    return read_node_program(graph, roles, lambda path: files[path].encode(), cut, files)


def slice_of(files: Mapping[str, str], *routes: str, demands: tuple[Demand, ...] = ()) -> Slice:
    program = program_of(files, *routes)
    return write_slice(program, "mine", choose(program, ["app.js"], demands))


def text(made: Slice, path: str) -> str:
    return made.files[path].decode()


def test_a_route_of_others_keeps_its_address_and_says_whose_it_is() -> None:
    made = slice_of(FILES, "GET /orders/{no}")
    assert "router.post('/:no/ship', require('../figwright_elsewhere')('theirs'));" in text(made, "routes/orders.js")
    assert "router.get('/', require('../figwright_elsewhere')('theirs'));" in text(made, "routes/stock.js")
    assert "501" in text(made, "figwright_elsewhere.js")
    assert ("POST /orders/{no}/ship", "stub") in {(piece.symbol, piece.what) for piece in made.pieces}


def test_what_a_kept_handler_reaches_stays_with_its_comments_and_the_rest_goes() -> None:
    made = slice_of(FILES, "GET /orders/{no}")
    orders = text(made, "routes/orders.js")
    assert orders.startswith("// Orders of customers.\nvar express")
    assert "// one order\nrouter.get('/:no', function (req, res) {\n  res.send(" in orders
    assert "step" not in orders
    assert "models/stock" not in orders
    assert (
        text(made, "models/order.js")
        == MODELS["models/order.js"].partition("// for the office")[0].rstrip("\n") + "\n\n"
    )
    assert (
        text(made, "lib/money.js")
        == "module.exports = {\n  show: function (n) { return round(n); },\n};\nfunction round(n) { return n; }\n"
    )


def test_middleware_of_a_router_that_others_own_stays_with_what_it_needs() -> None:
    made = slice_of(FILES, "GET /orders/{no}")
    assert "stock.touch(); next();" in text(made, "routes/stock.js")
    assert text(made, "models/stock.js") == "exports.touch = function () {};\n"


def test_lines_are_counted_with_the_stubs() -> None:
    made = slice_of(FILES, "GET /orders/{no}")
    assert made.lines == sum(content.count(b"\n") for path, content in made.files.items() if path.endswith(".js"))
    assert made.lines_of == sum(content.count("\n") for path, content in FILES.items() if path.endswith(".js"))
    assert "package.json" in made.files
    assert "notes.txt" not in made.files


def test_a_service_that_serves_nothing_has_a_stub_in_every_route() -> None:
    program = program_of(FILES, "GET /orders/{no}")
    made = write_slice(program, "mine", choose(program, ["app.js"], nothing=True))
    assert text(made, "routes/orders.js").count("figwright_elsewhere") == 2
    assert "('nobody')" in text(made, "routes/orders.js")


@pytest.mark.parametrize(
    ("printed", "demand"),
    [
        ("TypeError: order.late is not a function\n    at /repo/routes/orders.js:9:3", ("name", "late", "models/order.js")),
        ("ReferenceError: step is not defined\n    at Object.<anonymous> (/repo/routes/orders.js:9:3)", ("name", "step", "routes/orders.js")),
        ("Error: Cannot find module '../models/stock'\nRequire stack:\n- /repo/routes/orders.js", ("module", "models/stock.js", "")),
        ("Error: ENOENT: no such file or directory, open '/repo/notes.txt'", ("file", "notes.txt", "")),
    ],
)  # fmt: skip
def test_an_error_names_what_comes_back(printed: str, demand: tuple[str, str, str]) -> None:
    files = {**FILES, "routes/orders.js": ORDERS.replace("order.find(req.params.no)", "order.late()")}
    program = program_of(files, "GET /orders/{no}")
    found = read_node_demands(program, printed)
    assert [(one.kind, one.name, one.module) for one in found] == [demand]
    made = write_slice(program, "mine", choose(program, ["app.js"], found))
    wanted = {"name": demand[1], "module": "", "file": ""}[demand[0]]
    assert wanted in text(made, demand[2] or demand[1])


def test_an_error_that_names_nothing_of_ours_asks_for_nothing() -> None:
    program = program_of(FILES, "GET /orders/{no}")
    assert not read_node_demands(
        program, "TypeError: fish is not a function\n at /repo/node_modules/x.js:1\nError: Cannot find module 'fish'"
    )


def test_what_the_monolith_ran_comes_back() -> None:
    program = program_of(FILES, "GET /orders/{no}")
    made = write_slice(program, "mine", choose(program, ["app.js"]))
    late = MODELS["models/order.js"].split("\n").index("exports.late = function () { return rows; };") + 1
    found = witnessed_node_demands(program, made, {"models/order.js": [late]})
    assert {("name", "late", "models/order.js")} == {(one.kind, one.name, one.module) for one in found}
    again = write_slice(program, "mine", choose(program, ["app.js"], found))
    assert "// for the office\nexports.late" in text(again, "models/order.js")


def test_pages_are_kept_by_their_names() -> None:
    files = {
        "app.js": "var express = require('express');\nvar app = express();\napp.get('/', function (req, res) { res.render('home'); });\n"
        "app.get('/b', function (req, res) { res.render('board'); });\nmodule.exports = app;\n",
        "views/home.ejs": "<%- include('parts/head') %>\n", "views/parts/head.ejs": "<h1></h1>\n", "views/board.ejs": "<b></b>\n",
    }  # fmt: skip
    made = slice_of(files, "GET /")
    assert {"views/home.ejs", "views/parts/head.ejs"} <= set(made.files)
    assert "views/board.ejs" not in made.files


def test_modules_that_are_no_commonjs_are_taken_whole() -> None:
    files = {**FILES, "models/order.js": "export function find(no) { return no; }\nexport function late() {}\n"}
    assert text(slice_of(files, "GET /orders/{no}"), "models/order.js") == files["models/order.js"]


def test_a_name_of_a_function_s_own_hides_the_module_s() -> None:
    shadowed = ORDERS.replace(
        "function (req, res) {\n  res.send(order", "function (req, res, stock) {\n  stock.all(); res.send(order"
    )
    made = slice_of({**FILES, "routes/orders.js": shadowed}, "GET /orders/{no}")
    assert "exports.all" not in text(made, "models/stock.js")


def test_a_manifest_says_what_starts_the_program() -> None:
    assert started_by(
        {"main": "index.js", "scripts": {"start": "NODE_ENV=x node --harmony server.js", "test": "node t.js"}}
    ) == ["server.js", "index.js"]
    assert started_by({"scripts": None, "main": 3}) == []


@given(st.binary(max_size=300))
def test_any_bytes_can_be_read(source: bytes) -> None:
    _, root = LANGUAGES[0].extract("a.js", source)
    module = read_module("a.js", "code", source, root)
    program = NodeProgram({"a.js": module}, {}, {}, lambda _: b"")
    made = write_slice(program, "mine", choose(program, ["a.js"]))
    assert set(made.files) == {"a.js"}
