"""Names resolve as the language says; what cannot be known stays ambiguous or unresolved, and is counted."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.systems import edges, graph_of


def resolutions(graph, source, target):
    return {e.resolution for e in graph.dependencies if (e.source, e.target) == (source, target)}


def test_import_of_a_module_a_name_and_a_reexport():
    graph = graph_of(
        {
            "shop/__init__.py": "from .orders import Order\n",
            "shop/orders.py": "class Order:\n    def total(self):\n        return 1\n",
            "shop/app.py": "from shop import Order\nimport shop.orders\n\ndef run():\n    return Order().total()\n",
        }
    )
    assert ("shop.app", "shop") in edges(graph, "import")
    assert ("shop.app", "shop.orders") in edges(graph, "import")
    assert ("shop.app.run", "shop.orders.Order.total") in edges(graph, "call")
    assert resolutions(graph, "shop.app.run", "shop.orders.Order.total") == {"exact"}


def test_the_standard_library_wins_over_a_sibling_of_the_same_name_in_python_3():
    graph = graph_of(
        {
            "shop/__init__.py": "",
            "shop/json.py": "def dumps(x):\n    return x\n",
            "shop/api.py": "import json\n\ndef f():\n    return json.dumps(1)\n",
        }
    )
    assert not {t for s, t in edges(graph) if s.startswith("shop.api") and t.startswith("shop.json")}


def test_a_sibling_is_imported_implicitly_in_python_2():
    graph = graph_of(
        {
            "shop/__init__.py": "",
            "shop/tax.py": "def rate():\n    print 'x'\n    return 1\n",
            "shop/api.py": "import tax\n\ndef f():\n    return tax.rate()\n",
        }
    )
    assert ("shop.api.f", "shop.tax.rate") in edges(graph, "call")


def test_a_field_assigned_in_the_constructor_has_its_type():
    graph = graph_of(
        {
            "a.py": "class Repo:\n    def save(self, x):\n        pass\n",
            "b.py": (
                "from a import Repo\n\nclass Service:\n    def __init__(self):\n        self.repo = Repo()\n"
                "    def run(self):\n        self.repo.save(1)\n"
            ),
        }
    )
    assert ("b.Service.run", "a.Repo.save") in edges(graph, "call")


def test_inherited_members_resolve_along_the_bases():
    graph = graph_of(
        {
            "a.py": "class Base:\n    def close(self):\n        pass\n    def helper_only_here(self):\n        pass\n",
            "b.py": (
                "from a import Base\n\nclass Child(Base):\n    def close(self):\n        super().close()\n"
                "        self.helper_only_here()\n"
            ),
        }
    )
    assert ("b.Child", "a.Base") in edges(graph, "inherit")
    assert ("b.Child.close", "a.Base.close") in edges(graph, "call")
    assert ("b.Child.close", "a.Base.helper_only_here") in edges(graph, "call")


def test_a_parameter_shadows_an_import():
    graph = graph_of(
        {
            "tax.py": "def rate():\n    return 1\n",
            "b.py": "import tax\n\ndef f(tax):\n    return tax.rate()\n\ndef g():\n    return tax.rate()\n",
        }
    )
    calls = edges(graph, "call")
    assert ("b.g", "tax.rate") in calls
    assert resolutions(graph, "b.f", "tax.rate") <= {"inferred"}  # by its unique name at most, never exact


def test_several_candidates_stay_ambiguous_and_make_no_edge():
    graph = graph_of(
        {
            "a.py": "class A:\n    def settle_account(self):\n        pass\n",
            "b.py": "class B:\n    def settle_account(self):\n        pass\n",
            "c.py": "def f(thing):\n    thing.settle_account()\n",
        }
    )
    assert [a.candidates for a in graph.ambiguous] == [("a.A.settle_account", "b.B.settle_account")]
    assert not edges(graph, "call")
    (count,) = [c for c in graph.counts if c.language == "python"]
    assert count.ambiguous == 1


def test_common_member_names_are_never_guessed():
    graph = graph_of(
        {"a.py": "class Box:\n    def append(self, x):\n        pass\n", "b.py": "def f(q):\n    q.append(1)\n"}
    )
    assert not edges(graph, "call")


def test_bases_and_imports_in_a_circle_come_to_an_end():
    graph = graph_of(
        {
            "a.py": "from b import B\nclass A(B):\n    def f(self):\n        return self.g()\n",
            "b.py": "from a import A\nclass B(A):\n    def g(self):\n        return self.f()\n",
        }
    )
    assert ("a.A", "b.B") in edges(graph, "inherit")


def test_a_package_that_is_the_repository_is_called_as_its_own_imports_call_it():
    graph = graph_of(
        {
            "__init__.py": "",
            "db/__init__.py": "from mylib.core import x\n",
            "core.py": "x = 1\n",
            "web.py": "from mylib.db import x\nimport mylib.core\n",
        }
    )
    assert ("mylib.web", "mylib.core") in edges(graph, "import")


@pytest.mark.parametrize(
    "text", ["from . import x\n", "from ...a import b\n", "import a.b.c as d\n", "from a import *\n"]
)
def test_odd_imports_are_counted_not_lost(text):
    graph = graph_of({"p/__init__.py": "", "p/m.py": text})
    (count,) = [c for c in graph.counts if c.language == "python"]
    assert count.total == 1


NAMES = st.sampled_from(["a", "b", "pkg.c", "pkg.d"])
STATEMENTS = st.sampled_from(
    [
        "import a", "import pkg.c as z", "from b import *", "from pkg import d", "from .c import K", "class K(z.K): pass",
        "class L(K):\n    def m(self):\n        return self.m().n[0]", "def f(x, *y, z=a): return f(x)(y).w", "x = y = a.b(c)",
        "for i in a.b: i.c()", "with a() as b: b.c()", "print 'two'", "def g(:", "\tx", "lambda: a.b", "K().m().n()",
    ]
)  # fmt: skip


@settings(max_examples=60, deadline=None)
@given(st.dictionaries(NAMES, st.lists(STATEMENTS, max_size=8), min_size=1))
def test_any_program_gives_a_sound_graph_whatever_the_order_of_files(program):
    files = {f"{name.replace('.', '/')}.py": "\n".join(lines) + "\n" for name, lines in program.items()}
    files["pkg/__init__.py"] = ""
    graph = graph_of(files)
    ids = {s.id for s in graph.symbols}
    assert all(e.source in ids and e.target in ids for e in graph.dependencies)
    assert graph == graph_of(dict(reversed(files.items())))


def test_a_function_with_two_definitions_in_c_stays_ambiguous_with_both() -> None:
    graph = graph_of(
        {
            "port.h": "int port_open(void);",
            "unix.c": '#include "port.h"\nint port_open(void) { return 1; }',
            "windows.c": '#include "port.h"\nint port_open(void) { return 2; }',
            "main.c": '#include "port.h"\nint main(void) { return port_open(); }',
        }
    )
    assert [found.candidates for found in graph.ambiguous] == [("unix.c#port_open", "windows.c#port_open")]
