"""Express' table: layers as Express 4 and 5 keep them in; patterns, expressions, methods and handlers in match order out."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest

from agent.extraction.facade import facade_config, route_expression, routes_by_owner
from tests.extraction.node.benches import NODE, SCRIPTS, run

pytestmark = pytest.mark.skipif(not NODE, reason="Node.js is not installed")

# What Express does with registrations, as far as the table sees it: it is not there to be installed in tests.
EXPRESS = """
function Route(path) { this.path = path; this.stack = []; }
const Router = function () { const router = function () {}; Object.setPrototypeOf(router, Router); router.stack = []; return router; };
Router.use = function () {
  const args = Array.from(arguments), path = typeof args[0] === 'function' ? '/' : args.shift();
  args.forEach(function (handle) { this.stack.push({ handle: handle, path: path }); }, this);
  return this;
};
Router.on = function (path, verb, handle) {
  const route = new Route(path);
  (Array.isArray(verb) ? verb : [verb]).forEach(function (one) { route.stack.push({ method: one || undefined, handle: handle }); });
  this.stack.push({ route: route, handle: function () {} });
  return this;
};
const application = { use: function () { Router.use.apply(this._router, arguments.length > 1 && arguments[1].set ? [arguments[0], function mounted() {}] : arguments); return this; } };
const express = function () { const app = function () {}; Object.assign(app, application, { _router: Router(), handle: function () {}, set: function () {} }); return app; };
express.Router = Router; express.application = application;
const routes = require(process.argv[1] + '/routes.js');
routes.loader()('./my-express', express);
const seen = { nameOf: function (file) { return file ? 'app.js' : null; } };
"""


def table(program: str, *asked: tuple[str, str]) -> tuple[list[Any], list[Any]]:
    tail = f"""
const list = routes.table(app);
console.log(JSON.stringify([list.map(function (one) {{ return [one.pattern, one.methods, routes.whole(one.expression), one.handle && one.handle.name]; }}),
  {json.dumps(asked)}.map(function (one) {{ const found = routes.match(list, one[0], one[1]); return found && found.handle.name; }})]));
"""
    found = json.loads(run(SCRIPTS, ["-e", EXPRESS + program + tail, str(SCRIPTS)]))
    return found[0], found[1]


PROGRAM = """
const app = express(), orders = Router(), lines = Router(), office = express();
orders.on('/', 'get', function list() {});
orders.on('/:no', ['get', 'post'], function one() {});
lines.on('/:line(\\\\d+)', 'delete', function line() {});
orders.use('/:no/lines', function guard(req, res, next) {}, lines);
office._router.on(['/a', '/b'], null, function both() {});
app._router.on('/', 'get', function home() {});
app.use(function everywhere() {});
app.use('/orders', orders);
app.use('/office', office);
app._router.on('/files/*', 'get', function file() {});
app._router.on(/^\\/old\\/(\\d+)$/, 'get', function old() {});
app._router.on('/maybe/:what?', 'get', function maybe() {});
"""


def test_the_table_has_whole_patterns_in_match_order() -> None:
    found, _ = table(PROGRAM)
    assert [(pattern, methods, name) for pattern, methods, _, name in found] == [
        ("/", ["GET", "HEAD"], "home"), ("/orders", ["GET", "HEAD"], "list"), ("/orders/{no}", ["GET", "HEAD"], "one"),
        ("/orders/{no}", ["POST"], "one"), ("/orders/{no}/lines/{line}", ["DELETE"], "line"), ("/office/a", [], "both"),
        ("/office/b", [], "both"), ("/files/*", ["GET", "HEAD"], "file"), ("~^\\/old\\/(\\d+)$", ["GET", "HEAD"], "old"),
        ("/maybe/{what}", ["GET", "HEAD"], "maybe"),
    ]  # fmt: skip


ASKED = (
    ("GET", "/?page=2", "home"), ("HEAD", "/orders/", "list"), ("GET", "/Orders/K1", "one"), ("POST", "/orders/K1?x=/y", "one"),
    ("PUT", "/orders/K1", None), ("DELETE", "/orders/K1/lines/7", "line"), ("DELETE", "/orders/K1/lines/x", None), ("PATCH", "/office/b", "both"),
    ("GET", "/files/a/b.txt", "file"), ("GET", "/old/12", "old"), ("GET", "/old/x", None), ("GET", "/maybe", "maybe"), ("GET", "/maybe/so", "maybe"),
    ("GET", "/orders/K1/other", None),
)  # fmt: skip


def test_a_request_is_matched_as_express_does() -> None:
    _, names = table(PROGRAM, *((method, target) for method, target, _ in ASKED))
    assert names == [name for _, _, name in ASKED]


def test_the_facade_decides_by_the_same_expressions() -> None:
    found, _ = table(PROGRAM)
    for method, target, name in ASKED:
        path = target.partition("?")[0]
        mine = [
            who for pattern, methods, expression, who in found
            for route in routes_by_owner(pattern, tuple(methods), False, lambda _: "mine", "mine", expression)
            if (not methods or method in methods) and re.fullmatch(route_expression(route) or "", path)
        ]  # fmt: skip
        assert (mine[0] if mine else None) == name, (method, target)


def test_the_facade_keeps_the_table_s_order() -> None:
    routes = [
        *routes_by_owner("/b/{x}", ("GET",), False, lambda _: "mine", "mine", "^(?i:/b/[^/]+)/?$"),
        *routes_by_owner("/a", ("GET",), False, lambda _: "other", "mine", "^(?i:/a)/?$"),
    ]
    config = facade_config(routes, (1, 2, 3))
    assert config.index('"~^(?:GET) (?i:/b/[^/]+)/?$" service;') < config.index('"~^(?:GET) (?i:/a)/?$" monolith;')
