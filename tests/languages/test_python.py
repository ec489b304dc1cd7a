"""Python: definitions, imports, references, bindings and SQL fragments of one module, and how imports resolve."""

from __future__ import annotations

import time
from textwrap import dedent

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from agent.domain.facts import Binding, FileFacts, Import, Reference
from agent.graph.resolver import Resolver
from agent.languages.python import LANGUAGE, MAX_BYTES
from tests.systems import edges, graph_of


def facts_of(text: str) -> FileFacts:
    """Facts of one module."""
    return LANGUAGE.extract("m.py", dedent(text).encode())[0]


# ---------------------------------------------------------------- any input

PIECES = st.sampled_from(
    [b"def f(", b"class A:", b"):", b"\n", b"    ", b"import ", b"from . import *", b"x = ", b"f'{", b"}'", b"'", b'"""', b"(", b"]",
     b"lambda: ", b"@d", b"\\", b"\t", b"\x00", b"\xff\xfe", b"print 'x'", b"SELECT a FROM b ", b"if x", b" for y in z", b"async "]
)  # fmt: skip


@settings(max_examples=200, deadline=None)
@given(st.lists(PIECES, max_size=60).map(b"".join) | st.binary(max_size=400))
def test_any_bytes_are_read_without_an_exception(source: bytes):
    facts, root = LANGUAGE.extract("m.py", source)
    assert facts.language == "python"
    assert root is not None
    lines = source.count(b"\n") + 1
    for item in (*facts.definitions, *facts.imports, *facts.references, *facts.bindings, *facts.fragments):
        assert 1 <= item.line <= lines
    names = {d.name for d in facts.definitions} | {""}
    assert {r.scope for r in facts.references} | {i.scope for i in facts.imports} <= names


@pytest.mark.parametrize("encoding", ["utf-8-sig", "latin-1"])
def test_other_encodings(encoding: str):
    facts, _ = LANGUAGE.extract("m.py", "def grüße():\n    return 'ä'\ndef g(): pass\n".encode(encoding))
    assert facts.definitions[-1].name == "g"


def test_a_file_that_is_too_large_says_so():
    facts, root = LANGUAGE.extract("m.py", b"#" * (MAX_BYTES + 1))
    assert "larger than" in facts.failure
    assert root is None


def test_broken_lines_are_counted_and_the_rest_is_read():
    facts = facts_of("def a():\n    pass\n\n)))\n\ndef b():\n    pass\n")
    assert [d.name for d in facts.definitions] == ["a", "b"]
    assert facts.error_lines


def test_python_2_is_read():
    facts = facts_of(
        """
        import urllib2
        def f(x):
            print "value", x
            print >>log, x
            try:
                exec "x = 1"
            except IOError, e:
                raise ValueError, "bad"
            return g(`x`, 0777, u"x")
        def g(a):
            pass
        """
    )
    assert [d.name for d in facts.definitions] == ["f", "g"]
    assert Reference("f", "g", "call", 10) in facts.references
    assert [w.kind for w in facts.wirings] == ["python2"]


# ---------------------------------------------------------------- definitions

NESTED = '''
"""Module."""
import functools

class Outer(Base, metaclass=Meta):
    """What it is. And more."""

    class Inner:
        def deep(self):
            def local():
                return [lambda x: x for x in y]
            return local

    @property
    @functools.lru_cache(maxsize=None)
    def total(self) -> int:
        """The sum
        of it all."""
        return 1

async def run():
    pass
'''


def test_definitions_and_their_scopes():
    facts = facts_of(NESTED)
    assert [(d.name, d.kind, d.line) for d in facts.definitions] == [
        ("Outer", "class", 5),
        ("Outer.Inner", "class", 8),
        ("Outer.Inner.deep", "function", 9),
        ("Outer.Inner.deep.local", "function", 10),
        ("Outer.total", "function", 16),
        ("run", "function", 21),
    ]


def test_documentation_decorators_and_result_types():
    by_name = {d.name: d for d in facts_of(NESTED).definitions}
    assert by_name["Outer"].doc == "What it is."
    assert by_name["Outer.total"].doc == "The sum of it all."
    assert by_name["Outer.total"].decorators == ("property", "functools.lru_cache")
    assert by_name["Outer.total"].returns == "int"
    assert by_name["Outer"].end_line == 19


@pytest.mark.parametrize(
    ("body", "complexity"),
    [
        ("pass", 1),
        ("if a:\n  pass\n elif b:\n  pass\n else:\n  pass", 3),
        ("for a in b:\n  while c:\n   pass", 3),
        ("return a and b or c", 3),
        ("return 1 if a else 2", 2),
        ("try:\n  pass\n except A:\n  pass\n except B:\n  pass", 3),
        ("return [x for x in y if x]", 3),
        ("def inner():\n  if a:\n   pass", 1),
        ("match a:\n  case 1:\n   pass\n  case 2:\n   pass", 3),
    ],
)
def test_complexity_is_one_and_the_decisions(body: str, complexity: int):
    facts, _ = LANGUAGE.extract("m.py", f"def f():\n {body}\n".encode())
    assert facts.definitions[0].complexity == complexity


# ---------------------------------------------------------------- references and bindings


@pytest.mark.parametrize(
    ("code", "name"),
    [
        ("a.b(x).c[0].d()", "a.b().c[].d"),
        ("f(1)(2)", "f()"),
        ("(a.b)()", "a.b"),
        ("'x'.join(y)", "str().join"),
        ("(x or y).run()", "?.run"),
        ("super().save()", "super().save"),
        ("(await client.get(1)).json()", "client.get().json"),
    ],
)
def test_calls_as_chains(code: str, name: str):
    source = f"async def f():\n    {code}\n"
    assert Reference("f", name, "call", 2) in facts_of(source).references


def test_kinds_of_references():
    facts = facts_of(
        """
        import lib
        class A(lib.Base, Generic[T], metaclass=M):
            field: "lib.Money" = None
            def f(self, order: Optional[lib.Order], *, n: int = 0) -> list[A]:
                self.total = order.total
                order.status = 1
                order.count += 1
                try:
                    register(lib.handler, key=lib.other)
                except lib.Error:
                    pass
        """
    )
    found = {(r.kind, r.name) for r in facts.references}
    assert {("inherit", "lib.Base"), ("inherit", "Generic")} <= found
    assert {("type", "lib.Order"), ("type", "lib.Money"), ("type", "A")} <= found
    assert {("assign", "self.total"), ("assign", "order.status"), ("assign", "order.count")} <= found
    assert {("use", "lib.handler"), ("use", "lib.other"), ("use", "lib.Error")} <= found
    assert ("call", "register") in found


def test_bindings():
    facts = facts_of(
        """
        rate = load()
        class A:
            items: list[Item] = []
            def __init__(self, repo: Repo, other):
                self.repo = repo
                self.log = Log()
            def f(self, flag=None, *args):
                a = b = Order()
                with open("x") as handle:
                    pass
                for line in a.lines:
                    x, y = line.pair()
                value = first() if flag else second()
                return a
        """
    )
    found = {(b.scope, b.name, b.value, b.declared, b.element) for b in facts.bindings}
    assert {
        ("", "rate", "load()", False, ""),
        ("A", "items", "list", True, "Item"),
        ("A.__init__", "repo", "Repo", True, ""),
        ("A.__init__", "other", "?", False, ""),
        ("A", "repo", "@A.__init__:repo", False, ""),
        ("A", "log", "@A.__init__:Log()", False, ""),
        ("A.f", "flag", "?", False, ""),
        ("A.f", "args", "?", False, ""),
        ("A.f", "a", "Order()", False, ""),
        ("A.f", "b", "Order()", False, ""),
        ("A.f", "handle", "open()", False, ""),
        ("A.f", "line", "a.lines[]", False, ""),
        ("A.f", "x", "?", False, ""),
        ("A.f", "y", "?", False, ""),
        ("A.f", "value", "first()", False, ""),
        ("A.f", "value", "second()", False, ""),
        ("A.f", "return", "a", False, ""),
    } <= found


@pytest.mark.parametrize(
    ("written", "value", "element"),
    [
        ("Order", "Order", ""),
        ("Optional[Order]", "Order", ""),
        ("Order | None", "Order", ""),
        ("None | Order", "Order", ""),
        ("'shop.Order'", "shop.Order", ""),
        ("list[Order]", "list", "Order"),
        ("typing.Sequence['Order']", "typing.Sequence", "Order"),
        ("Optional[List[Order]]", "List", "Order"),
    ],
)
def test_declared_types(written: str, value: str, element: str):
    facts = facts_of(f"def f(x: {written}):\n    pass\n")
    assert Binding("f", "x", value, 1, True, element) in facts.bindings


# ---------------------------------------------------------------- imports


def test_import_statements():
    facts = facts_of(
        """
        import a
        import b.c, d.e as f
        from . import g
        from ..h.i import (j as k,
            l)
        from m import *
        def late():
            from n import o
        """
    )
    assert facts.imports == (
        Import("a", "", "a", 2),
        Import("b.c", "", "b", 3),
        Import("d.e", "", "f", 3),
        Import(".", "g", "g", 4),
        Import("..h.i", "j", "k", 5),
        Import("..h.i", "l", "l", 6),
        Import("m", "*", "", 7),
        Import("n", "o", "o", 9, "late"),
    )


def imports(files: dict[str, str]) -> set[tuple[str, str]]:
    """(importer, imported) edges."""
    return edges(graph_of(files), "import")


PACKAGE = {
    "src/shop/__init__.py": "from .orders import Order\n",
    "src/shop/orders.py": "class Order:\n    pass\nRATE = 1\n",
    "src/shop/sub/__init__.py": "",
    "src/shop/sub/deep.py": "",
}


@pytest.mark.parametrize(
    ("statement", "target"),
    [
        ("import shop.orders", "shop.orders"),
        ("from shop import orders", "shop.orders"),
        ("from shop.orders import Order", "shop.orders.Order"),
        ("from shop.orders import RATE", "shop.orders"),
        ("from shop import Order", "shop"),
        ("from shop.orders import *", "shop.orders"),
        ("from ..orders import Order", "shop.orders.Order"),
        ("from .. import orders", "shop.orders"),
        ("from . import deep", "shop.sub.deep"),
        ("from .deep import missing", "shop.sub.deep"),
    ],
)
def test_imports_lead_to_modules_and_their_names(statement: str, target: str):
    assert ("shop.sub.user", target) in imports({**PACKAGE, "src/shop/sub/user.py": statement + "\n"})


def test_a_name_is_followed_through_a_package_that_passes_it_on():
    files = {**PACKAGE, "src/shop/use.py": "from shop import Order as O\ndef f():\n    return O()\n"}
    assert ("shop.use.f", "shop.orders.Order") in edges(graph_of(files))


def test_imports_that_lead_outside_or_nowhere_are_no_edges():
    graph = graph_of({**PACKAGE, "src/shop/use.py": "import json\nfrom shop.gone import x\nfrom ....far import y\n"})
    assert not [e for e in graph.dependencies if e.source == "shop.use" and e.kind == "import"]
    [count] = [c for c in graph.counts if c.language == "python"]
    assert (count.external, count.unresolved) == (1, 2)


def test_scripts_beside_each_other_see_each_other():
    assert ("scripts.run", "scripts.tools") in imports({"scripts/run.py": "import tools\n", "scripts/tools.py": ""})


def test_a_packages_own_folder_is_only_searched_by_python_2():
    files = {"p/__init__.py": "", "p/json.py": "", "p/use.py": "import json\n"}
    assert ("p.use", "p.json") not in imports(files)
    assert ("p.use", "p.json") in imports({**files, "p/old.py": "print 'x'\n"})


def test_module_names():
    names = LANGUAGE.name_modules(
        Resolver(
            {p: FileFacts("python") for p in ("src/a/__init__.py", "src/a/b.py", "tools/run.py", "top.py")},
            {"python": LANGUAGE},
            frozenset(),
            {},
        )
    )
    assert names == {"src/a/__init__.py": "a", "src/a/b.py": "a.b", "tools/run.py": "tools.run", "top.py": "top"}


def test_two_modules_of_one_name_keep_their_paths():
    graph = graph_of({"a/setup.py": "", "b/setup.py": "", "x/p/__init__.py": "", "y/p/__init__.py": ""})
    names = [s.id for s in graph.symbols]
    assert len(names) == len(set(names)) == 4


# ---------------------------------------------------------------- SQL


@pytest.mark.parametrize(
    ("expression", "text"),
    [
        ('"SELECT a FROM orders"', "SELECT a FROM orders"),
        ("'SELECT a ' 'FROM orders'", "SELECT a FROM orders"),
        ("'SELECT a FROM ' + 'orders' + where", "SELECT a FROM orders{}"),
        ('f"SELECT a FROM orders WHERE id = {x}"', "SELECT a FROM orders WHERE id = {}"),
        ("'SELECT a FROM orders WHERE id = %s' % x", "SELECT a FROM orders WHERE id = %s"),
        ("'delete from orders where id = 1'", "delete from orders where id = 1"),
    ],
)
def test_sql_in_strings(expression: str, text: str):
    [fragment] = facts_of(f"def f(x):\n    db.execute({expression})\n").fragments
    assert (fragment.language, fragment.text, fragment.line, fragment.scope) == ("sql", text, 2, "f")


@pytest.mark.parametrize(
    "code",
    ['"""Select an order from the list."""', "x = 'select me'", "# SELECT a FROM b", "x = 'from here'"],
)
def test_text_that_is_no_sql(code: str):
    assert facts_of(code + "\n").fragments == ()


# ---------------------------------------------------------------- bounded work

DEEP = {
    "calls": lambda n: b"x" + b"()" * n,
    "nested calls": lambda n: b"f(" * n + b")" * n,
    "nested lists": lambda n: b"x = " + b"[" * n + b"]" * n,
    "attributes": lambda n: b"x" + b".a()" * n,
    "operators": lambda n: b"x = " + b"'select a from b ' + " * n + b"''",
    "nested functions": lambda n: b"".join(b" " * i + b"def f():\n" for i in range(min(n, 1500))),
}


SHAPES = [
    pytest.param("calls", 3_000),
    pytest.param("nested calls", 8_000),
    ("nested lists", 3_000),
    ("attributes", 3_000),
    ("operators", 3_000),
    ("nested functions", 1_500),
]


@pytest.mark.parametrize(("shape", "depth"), SHAPES)
def test_deep_nesting_takes_no_quadratic_time(shape: str, depth: int):
    source = DEEP[shape](depth)
    begin = time.process_time()
    LANGUAGE.extract("m.py", source)
    assert time.process_time() - begin < 0.8
