"""Express: routes with their full path through files, factories and lists of mounts."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from agent.domain.code import DependencyGraph
from agent.domain.facts import FileFacts
from agent.frameworks.express import FRAMEWORK
from agent.graph.build import build_graph
from agent.languages.javascript import LANGUAGES


def read(path: str, text: str) -> FileFacts:
    language = next(language for language in LANGUAGES if path.endswith(language.suffixes))
    source = text.encode()
    facts, root = language.extract(path, source)
    return FRAMEWORK.read(path, root, source, facts)


def graph(**files: str) -> DependencyGraph:
    named = {name.replace("__", "/").replace("_", "."): text for name, text in files.items()}
    facts = {path: read(path, text) for path, text in named.items()}
    languages = {language.name: language for language in LANGUAGES}
    return build_graph(facts, {}, languages, [FRAMEWORK], frozenset(named), named)


def handled(found: DependencyGraph) -> dict[str, tuple[str, str]]:
    return {d.source.removeprefix("route:"): (d.target, d.resolution) for d in found.dependencies if d.kind == "handle"}


def test_routes_on_an_app() -> None:
    found = graph(
        app_js="const express = require('express')\nconst app = express()\nfunction show() {}\nfunction guard() {}\n"
        "app.get('/orders/:id', guard, show)\napp.post('/orders', (req, res) => {})\napp.all(['/a', '/b'], show)\n"
        "app.get('title')\n"
    )
    assert handled(found) == {
        "GET /orders/{id}": ("app.js#show", "exact"),
        "POST /orders": ("app.js", "exact"),
        "ANY /a": ("app.js#show", "exact"),
        "ANY /b": ("app.js#show", "exact"),
    }
    assert ("route:GET /orders/{id}", "app.js#guard", "use") in {
        (d.source, d.target, d.kind) for d in found.dependencies
    }
    route = found.by_id["route:POST /orders"]
    assert (route.path, route.line, route.unit) == ("app.js", 6, "app.js")


def test_routers_mounted_across_files() -> None:
    found = graph(
        app_js="import express from 'express'\nimport api from './api'\nconst app = express()\napp.use('/v1', api)\n",
        api_js="const router = require('express').Router()\nrouter.use('/users', require('./users'))\nmodule.exports = router\n",
        users_js="const { Router } = require('express')\nconst c = require('./control')\nconst r = new Router()\n"
        "r.route('/:id(\\\\d+)').get(c.show).delete(c.drop)\nmodule.exports = r\n",
        control_js="exports.show = (req, res) => {}\nexports.drop = (req, res) => {}\n",
    )
    assert handled(found) == {
        "GET /v1/users/{id}": ("control.js#show", "exact"),
        "DELETE /v1/users/{id}": ("control.js#drop", "exact"),
    }


def test_a_factory_and_a_path_known_at_run_time() -> None:
    found = graph(
        app_js="const express = require('express')\nconst plural = require('./plural')\nmodule.exports = (db) => {\n"
        "  const router = express.Router()\n  db.forEach((key) => { router.use(`/${key}`, plural(db)) })\n  return router\n}\n",
        plural_js="const express = require('express')\nmodule.exports = (db) => {\n  const router = express.Router()\n"
        "  function list() {}\n  router.get('/', list)\n  return router\n}\n",
    )
    assert handled(found) == {"GET /{key}": ("plural.js#default.list", "inferred")}


def test_a_function_that_is_given_the_app() -> None:
    found = graph(
        app_js="const app = require('express')()\nrequire('./routes')(app)\n",
        routes_js="module.exports = function (app) {\n  app.get('/health', check)\n}\nfunction check() {}\n",
    )
    assert handled(found)["GET /health"][0] == "routes.js#check"


def test_a_list_of_mounts() -> None:
    found = graph(
        app_js="const express = require('express')\nconst a = require('./a')\nconst router = express.Router()\n"
        "const all = [{ path: '/a', route: a }]\nall.forEach((r) => { router.use(r.path, r.route) })\n",
        a_js="const r = require('express').Router()\nfunction f() {}\nr.get('/x', f)\nmodule.exports = r\n",
    )
    assert handled(found) == {"GET /a/x": ("a.js#f", "exact")}


def test_clients_and_caches_are_no_routers() -> None:
    found = graph(
        a_js="const axios = require('axios')\nconst api = require('axios').create()\nconst cache = new Map()\n"
        "axios.get('/x', cb)\napi.get('/x', cb)\ncache.get('/x', cb)\n$.get('/x', cb)\nrequest(app).get('/x', cb)\n"
    )
    assert handled(found) == {}


def test_a_router_that_mounts_itself_ends() -> None:
    found = graph(a_js="const r = require('express').Router()\nr.use('/a', r)\nr.get('/b', f)\nfunction f() {}\n")
    assert handled(found) == {"GET /b": ("a.js#f", "exact")}


@settings(max_examples=60, deadline=None)
@given(
    st.lists(
        st.sampled_from(
            "app router .get( .use( .route( '/a' `/${b}` , ) ( [ ] { } => function express() require('./r') ; = const /x/".split()
        ),
        max_size=50,
    )
)
def test_any_tokens(tokens: list[str]) -> None:
    source = "const express = require('express')\nconst app = express()\n" + " ".join(tokens)
    assert isinstance(graph(a_js=source, r_ts=source), DependencyGraph)


def test_deep_chains_do_not_recurse() -> None:
    for piece in (".route('/a')", ".get('/a', f)", ".use([[["):
        read("a.js", "const app = require('express')()\napp" + piece * 3000)
