"""Routes of Python programs without a large framework."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from agent.frameworks.wsgi import FRAMEWORK
from agent.frameworks.wsgi_patterns import is_pattern, url_pattern
from agent.languages.python import LANGUAGE
from tests.systems import graph_of

VIEWS = "def home(request): pass\ndef show(request, sku): pass\ndef save(request): pass\nclass Items:\n    def get(self): pass\n    def POST(self): pass\n"


def routes(files: dict[str, str]) -> dict[str, tuple[str, int, str]]:
    graph = graph_of(files)
    return {e.source[6:]: (e.target, e.line, e.resolution) for e in graph.dependencies if e.kind == "handle"}


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("/items", "/items"), ("^/items/?$", "/items"), (r"^/items/(?P<sku>[^/]+)$", "/items/{sku}"), (r"/items/([^/]+)/edit", "/items/{}/edit"),
        (r"^items/(\d{2,4})/$", "/items/{}/"), (r"/a/(?:b|c)/x\.html", "/a//x.html"), (r"\A/x/\w+\Z", "/x/{}"), ("/(.*)", "/{}"), ("^$", "/"),
        ("/items/{sku}", "/items/{sku}"), ("/x/([^)]+)/y", "/x/{}/y"), ("/(broken", "/{}"), ("/[broken", "/[broken"), ("/f/.*", "/f/{}"),
    ],
)  # fmt: skip
def test_expressions_become_paths(written: str, expected: str) -> None:
    assert url_pattern(written) == expected


@settings(max_examples=200, deadline=None)
@given(st.text(alphabet="/^$()[]{}?P<a>.*+\\d|", max_size=60))
def test_any_expression(text: str) -> None:
    is_pattern(text)
    assert url_pattern(text).startswith("/")


def test_a_table_that_is_gone_through_is_exact() -> None:
    table = (
        "import re\nfrom shop import views\nfrom shop.views import show\nSTAFF, ALL = range(2)\nPAGES_OF_US = [\n    (r'^/$', views.home, ALL),\n"
        "    (r'/items/([^/]+)', show, STAFF),\n    (re.compile('^/buy$'), views.Items),\n    ('/gone', views.nowhere, ALL),\n    ('POST', '/save', views.save),\n]\n"
        "def application(environ, start_response):\n    for pattern, page, who in PAGES_OF_US:\n        if re.match(pattern, environ['PATH_INFO']):\n            return page()\n"
    )
    assert routes({"shop/__init__.py": "", "shop/views.py": VIEWS, "shop/app.py": table}) == {
        "ANY /": ("shop.views.home", 6, "exact"), "ANY /items/{}": ("shop.views.show", 7, "exact"), "GET /buy": ("shop.views.Items.get", 8, "exact"),
        "POST /buy": ("shop.views.Items.POST", 8, "exact"), "POST /save": ("shop.views.save", 10, "exact"),
    }  # fmt: skip


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("ROUTES = [('/', home), ('/s', show)]\n", {"ANY /", "ANY /s"}),
        ("url_map = {'/': home, ('POST', '/s'): save}\n", {"ANY /", "POST /s"}),
        ("ROUTES = [('/', {'GET': home, 'POST': save})]\n", {"GET /", "POST /"}),
        ("ROUTES = [('/', home, ['GET', 'POST'])]\n", {"GET /", "POST /"}),
        ("FILES = [('/etc/passwd', home)]\n", set()),  # no name of a table, and nothing goes through it
        ("ROUTES = [('a', home), ('b', show)]\n", set()),  # no patterns
        ("ROUTES = [('/x', MODE), ('/y', 3)]\n", set()),  # nothing that handles
        ("def test_x():\n    cases = [('/x', home)]\n    for path, page in cases: pass\n", set()),
    ],
)
def test_tables_by_name_are_inferred(text: str, expected: set[str]) -> None:
    found = routes({"views.py": VIEWS, "a.py": f"from views import *\nfrom views import home, show, save\n{text}"})
    assert set(found) == expected
    assert {resolution for _, _, resolution in found.values()} <= {"inferred"}


def test_web_py_names_its_classes_in_strings() -> None:
    text = "import web\nurls = ('/', 'Index', '/items/(.*)', 'shop.Items')\nclass Index:\n    def GET(self): pass\napp = web.application(urls, globals())\n"
    shop = "class Items:\n    def GET(self, x): pass\n    def POST(self, x): pass\n"
    assert routes({"a.py": text, "shop.py": shop}) == {
        "GET /": ("a.Index.GET", 2, "exact"), "GET /items/{}": ("shop.Items.GET", 2, "exact"), "POST /items/{}": ("shop.Items.POST", 2, "exact"),
    }  # fmt: skip


@pytest.mark.parametrize(
    "text",
    [
        "import tornado.web\napp = tornado.web.Application([(r'/items', Items), tornado.web.url(r'/s', Items, name='s')])\n",
        "import webapp2\napp = webapp2.WSGIApplication([('/items', Items), webapp2.Route('/s', handler='a.Items')])\n",
        "from google.appengine.ext import webapp\napp = webapp.WSGIApplication([('/items', Items), ('/s', Items)], debug=True)\n",
    ],
)
def test_handler_lists_of_tornado_and_webapp(text: str) -> None:
    found = routes({"a.py": "class Items(Base):\n    def get(self): pass\n    def post(self): pass\n" + text})
    assert {key: value[0] for key, value in found.items()} == {
        "GET /items": "a.Items.get", "POST /items": "a.Items.post", "GET /s": "a.Items.get", "POST /s": "a.Items.post",
    }  # fmt: skip
    assert {value[2] for value in found.values()} == {"exact"}


def test_comparisons_of_the_path() -> None:
    text = (
        "import re\ndef items(environ): pass\ndef save(environ): pass\ndef fetch(environ): pass\n"
        "def application(environ, start_response):\n    path = environ.get('PATH_INFO', '')\n    if path == '/items' and environ['REQUEST_METHOD'] == 'GET':\n"
        "        log('x')\n        return items(environ)\n    elif path in ('/save', '/store'):\n        page = save\n    elif path.startswith('/files/'):\n"
        "        return fetch(environ)\n    elif re.match(r'^/i/(\\d+)$', environ['PATH_INFO']):\n        return []\n    if path != '/no' and other == '/never':\n        items(1)\n"
    )
    assert routes({"a.py": text}) == {
        "GET /items": ("a.items", 7, "exact"), "ANY /save": ("a.save", 10, "exact"), "ANY /store": ("a.save", 10, "exact"),
        "ANY /files/*": ("a.fetch", 12, "inferred"), "ANY /i/{}": ("a.application", 14, "exact"),
    }  # fmt: skip


def test_the_standard_librarys_server() -> None:
    text = (
        "from BaseHTTPServer import BaseHTTPRequestHandler\nclass H(BaseHTTPRequestHandler):\n    def do_GET(self):\n        if self.path == '/x':\n"
        "            self.show()\n    def show(self): pass\n    def do_POST(self):\n        self.rfile.read()\nclass Other:\n    def do_GET(self): pass\n"
    )
    found = routes({"a.py": text})
    assert found == {"GET /x": ("a.H.show", 4, "exact"), "POST /*": ("a.H.do_POST", 7, "inferred")}


def test_xml_rpc_servers() -> None:
    text = (
        "from SimpleXMLRPCServer import SimpleXMLRPCServer\ndef ping(): pass\ndef add(a): pass\nclass Base:\n    def bins(self): pass\n"
        "class Scanner(Base):\n    def move(self): pass\n    def _hidden(self): pass\ndef serve():\n    server = SimpleXMLRPCServer(('', 1))\n"
        "    server.register_function(ping)\n    server.register_function(add, 'stock.add')\n    server.register_instance(Scanner())\n"
    )
    assert routes({"a.py": text}) == {
        "RPC ping": ("a.ping", 11, "exact"), "RPC stock.add": ("a.add", 12, "exact"),
        "RPC move": ("a.Scanner.move", 13, "exact"), "RPC bins": ("a.Base.bins", 13, "exact"),
    }  # fmt: skip
    assert routes({"a.py": "def ping(): pass\nbus.register_function(ping)\n"}) == {}


def test_bottle_and_falcon() -> None:
    text = (
        "from bottle import Bottle, route\napp = Bottle()\n@route('/a')\ndef a(): pass\n@app.post('/b/<id:int>')\ndef b(id): pass\n"
        "@app.route('/c', method=['GET', 'PUT'])\ndef c(): pass\n@cache.get('key')\ndef d(): pass\n"
    )
    assert {key: value[0] for key, value in routes({"a.py": text}).items()} == {
        "GET /a": "a.a", "POST /b/<id:int>": "a.b", "GET /c": "a.c", "PUT /c": "a.c",
    }  # fmt: skip
    falcon = "import falcon\nclass Items:\n    def on_get(self, q, r): pass\nitems = Items()\napp = falcon.API()\napp.add_route('/items/{id}', items)\n"
    assert routes({"a.py": falcon}) == {"GET /items/{id}": ("a.Items.on_get", 6, "inferred")}


def test_pyramid_joins_names_across_files() -> None:
    found = routes(
        {
            "app.py": "from pyramid.config import Configurator\nimport views\ndef main():\n    config = Configurator()\n    config.add_route('item', '/items/{id}')\n"
            "    config.add_route('home', '/')\n    config.add_route('none', '/none')\n    config.add_view(views.home, route_name='home')\n",
            "views.py": "from pyramid.view import view_config, view_defaults\ndef home(request): pass\n@view_defaults(route_name='item')\nclass Item:\n"
            "    @view_config(request_method='GET')\n    def show(self): pass\n    @view_config(request_method='POST')\n    def save(self): pass\n",
        }
    )
    assert found == {
        "GET /items/{id}": ("views.Item.show", 5, "exact"), "POST /items/{id}": ("views.Item.save", 5, "exact"), "ANY /": ("views.home", 6, "exact"),
    }  # fmt: skip


def test_cherrypy_mounts_objects_below_objects() -> None:
    text = (
        "import cherrypy\nclass Items:\n    @cherrypy.expose\n    def index(self): pass\n    def show(self, sku): pass\n    show.exposed = True\n"
        "    def hidden(self): pass\nclass Root:\n    items = Items()\n    @cherrypy.expose\n    def default(self): pass\ncherrypy.quickstart(Root(), '/shop')\n"
    )
    assert routes({"a.py": text}) == {
        "ANY /shop/items": ("a.Items.index", 3, "exact"), "ANY /shop/items/show": ("a.Items.show", 6, "exact"), "ANY /shop/{}": ("a.Root.default", 10, "exact"),
    }  # fmt: skip


def test_selector_and_controllers() -> None:
    assert routes(
        {"a.py": "import selector\ndef show(e, s): pass\napp = selector.Selector()\napp.add('/x[/]', GET=show)\n"}
    ) == {"GET /x[/]": ("a.show", 4, "exact")}
    found = routes(
        {
            "app/config/routing.py": "from routes import Mapper\ndef make(map):\n    map.connect('item', '/items/{id}', controller='items', action='show')\n",
            "app/controllers/items.py": "class ItemsController(Base):\n    def show(self, id): pass\n",
        }
    )
    assert {key: value[2] for key, value in found.items()} == {"ANY /items/{id}": "inferred"}


def test_other_frameworks_keep_their_routes() -> None:
    flask = "from flask import Flask\napp = Flask(__name__)\n@app.route('/x')\ndef x(): pass\nROUTES = [('/y', x)]\n"
    assert set(routes({"a.py": flask})) == {"GET /x"}
    django = "from django.http import HttpResponse\ndef x(request):\n    if request.path_info == '/':\n        return HttpResponse()\n"
    assert routes({"a.py": django}) == {}


PIECES = [
    b"ROUTES = [", b"('/x', f),", b"(r'^/(", b"', f)", b"]\n", b"def f(environ, start_response):\n", b"  if environ['PATH_INFO'] == '/x':\n", b"    return f(1)\n",
    b"import cherrypy, bottle, web, pyramid, xmlrpclib\n", b"@route('/a')\n", b"x.add_route('a', '/b', f)\n", b"s.register_instance(", b"C())\n", b"class C(HTTPRequestHandler):\n",
    b"  def do_GET(self): pass\n", b"web.application(", b"('/', 'C')", b")\n", b"  f.exposed = True\n", b"\xff\0", b"{'/x': {'GET': f}}", b"@view_config(route_name='a')\n",
]  # fmt: skip


@settings(max_examples=200, deadline=None)
@given(st.one_of(st.binary(max_size=200), st.lists(st.sampled_from(PIECES), max_size=25).map(b"".join)))
def test_any_bytes(source: bytes) -> None:
    facts, root = LANGUAGE.extract("a.py", source)
    FRAMEWORK.read("a.py", root, source, facts)
