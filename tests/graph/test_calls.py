"""The precise layer of calls: small programs, and what each caller in them reaches."""

from __future__ import annotations

import random
from textwrap import dedent
from typing import TYPE_CHECKING, cast

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from agent.graph.build import build_graph
from agent.graph.calls import MAX_TARGETS, find_calls
from agent.graph.resolver import Resolver
from agent.languages.python import Python

if TYPE_CHECKING:
    from agent.domain.code import DependencyGraph
    from agent.ports import Language


def reach(files: dict[str, str]) -> dict[str, set[str]]:
    """caller -> what it calls, library names included."""
    language = cast("Language", Python())
    facts = {path: language.extract(path, dedent(text).encode())[0] for path, text in files.items()}
    project = Resolver(facts, {"python": language}, frozenset(files), {})
    found: dict[str, set[str]] = {}
    for site in find_calls(facts, project, language):
        found.setdefault(site.caller, set()).update(site.targets, site.external)
    return found


def graph_of(files: dict[str, str]) -> DependencyGraph:
    language = cast("Language", Python())
    facts = {path: language.extract(path, dedent(text).encode())[0] for path, text in files.items()}
    return build_graph(facts, {}, {"python": language}, [], frozenset(files), {})


CASES = {
    "the argument is what the parameter calls": (
        "def run(job): job()\ndef mail(): pass\nrun(mail)\n",
        {"m": {"m.run"}, "m.run": {"m.mail"}},
    ),
    "a keyword and a default may both be called": (
        "def a(): pass\ndef b(): pass\ndef run(job=a): job()\nrun(job=b)\n",
        {"m": {"m.run"}, "m.run": {"m.a", "m.b"}},
    ),
    "an identity gives each caller its own argument back": (
        "def same(f): return f\ndef a(): pass\ndef b(): pass\ndef one(): same(a)()\ndef two(): same(b)()\n",
        {"m.one": {"m.same", "m.a"}, "m.two": {"m.same", "m.b"}},
    ),
    "a later assignment replaces the earlier one": (
        "def a(): pass\ndef b(): pass\nf = a\nf = b\nf()\n",
        {"m": {"m.b"}},
    ),
    "after a branch either may be called": (
        "def a(): pass\ndef b(): pass\nf = a\nif x:\n    f = b\nf()\n",
        {"m": {"m.a", "m.b"}},
    ),
    "what the loop assigns is called at its start": (
        "def a(): pass\ndef b(): pass\nf = a\nwhile x:\n    f()\n    f = b\n",
        {"m": {"m.a", "m.b"}},
    ),
    "a decorated function runs its wrapper": (
        "def deco(f):\n    def wrapper(): f()\n    return wrapper\n@deco\ndef job(): pass\ndef run(): job()\n",
        {"m": {"m.deco"}, "m.run": {"m.deco.wrapper"}, "m.deco.wrapper": {"m.job"}},
    ),
    "a library's decorator is seen through": (
        "import functools\n@functools.lru_cache\ndef job(): pass\ndef run(): job()\n",
        {"m": {"functools.lru_cache"}, "m.run": {"m.job"}},
    ),
    "the diamond goes by method resolution order": (
        "class A:\n    def f(self): pass\nclass B(A): pass\nclass C(A):\n    def f(self): pass\nclass D(B, C): pass\nD().f()\n",
        {"m": {"m.C.f"}},
    ),
    "super is the next in the receiver's order": (
        """\
        class A:
            def f(self): pass
        class B(A):
            def f(self): super().f()
        class C(A):
            def f(self): pass
        class D(B, C): pass
        D().f()
        """,
        {"m": {"m.B.f"}, "m.B.f": {"builtins.super", "m.A.f", "m.C.f"}},
    ),
    "static, class and property members": (
        """\
        class A:
            @staticmethod
            def s(): pass
            @classmethod
            def make(cls): return cls()
            @property
            def p(self): return self.s
        def run(): A.make().p()
        """,
        {"m.A.make": set(), "m.run": {"m.A.make", "m.A.p", "m.A.s"}},
    ),
    "a handler table": (
        "def a(): pass\ndef b(): pass\nT = {'x': a, 'y': b}\ndef run(k): T[k]()\ndef one(): T['x']()\n"
        "def every():\n    for k, v in T.items(): v()\n",
        {"m.run": {"m.a", "m.b"}, "m.one": {"m.a"}, "m.every": {"builtins.dict.items", "m.a", "m.b"}},
    ),
    "star arguments keep their places": (
        "def a(): pass\ndef b(): pass\ndef run(f, *more): more[0]()\nrun(*(a, b))\n",
        {"m": {"m.run"}, "m.run": {"m.b"}},
    ),
    "with calls both ends, and a context manager yields": (
        """\
        from contextlib import contextmanager
        def job(): pass
        class Lock:
            def __enter__(self): return job
            def __exit__(self, *a): pass
        @contextmanager
        def managed(): yield job
        def one():
            with Lock() as f: f()
        def two():
            with managed() as f: f()
        """,
        {
            "m": {"contextlib.contextmanager"},
            "m.one": {"m.Lock.__enter__", "m.Lock.__exit__", "m.job"},
            "m.two": {"m.managed", "m.job"},
        },
    ),
    "a field holds what the caller passed": (
        "class A:\n    def go(self): pass\nclass B:\n    def __init__(self, a): self.a = a\n    def run(self): self.a.go()\nB(A()).run()\n",
        {"m": {"m.B.__init__", "m.B.run"}, "m.B.run": {"m.A.go"}},
    ),
    "what nobody passes stays unknown": ("def run(job): job()\nclass A:\n    def go(self, x): x.save()\n", {}),
}


@pytest.mark.parametrize("name", CASES)
def test_what_a_call_reaches(name: str) -> None:
    text, wanted = CASES[name]
    found = reach({"m.py": text})
    assert found == {caller: targets for caller, targets in wanted.items() if targets}


def test_across_modules_and_re_exports() -> None:
    files = {
        "shop/__init__.py": "from .mail import send\n",
        "shop/mail.py": "def send(): pass\n",
        "shop/jobs.py": "from shop import send\nimport lib.client as c\nJOBS = [send]\ndef run():\n    JOBS[0]()\n    c.Api().post()\n",
    }
    assert reach(files) == {"shop.jobs.run": {"shop.mail.send", "lib.client.Api", "lib.client.Api.post"}}


def test_a_decorated_function_is_still_needed() -> None:
    text = "def deco(f):\n    def wrapper(): f()\n    return wrapper\n@deco\ndef job(): pass\ndef run(): job()\n"
    edges = {(e.target, e.kind) for e in graph_of({"m.py": text}).outgoing["m.run"]}
    assert edges == {("m.deco.wrapper", "call"), ("m.job", "use")}


def test_a_call_of_too_many_is_ambiguous() -> None:
    count = MAX_TARGETS + 2
    text = "def run(job): job()\n" + "".join(f"def f{n}(): run(f{n})\n" for n in range(count))
    graph = graph_of({"m.py": text})
    assert not [e for e in graph.dependencies if e.source == "m.run"]
    assert [(a.source, a.name, len(a.candidates)) for a in graph.ambiguous] == [("m.run", "job", count)]


def test_more_values_than_are_followed_are_no_answer() -> None:
    text = "def run(job): job()\n" + "".join(f"def f{n}(): run(f{n})\n" for n in range(40))
    graph = graph_of({"m.py": text})
    assert not [e for e in graph.dependencies if e.source == "m.run"]
    assert [c.unresolved for c in graph.counts] == [1]


def test_creating_an_object_calls_its_type_and_its_first_method() -> None:
    edges = graph_of({"m.py": "class A:\n    def __init__(self): pass\ndef run(): A()\n"}).outgoing["m.run"]
    assert {(e.target, e.kind, e.resolution) for e in edges} >= {
        ("m.A", "call", "exact"),
        ("m.A.__init__", "call", "exact"),
    }


HOSTILE = {
    "a chain of classes": "class C0: pass\n"
    + "".join(f"class C{n}(C{n - 1}):\n    def f(self): return super().f()\n" for n in range(1, 200))
    + "C199().f()\n",
    "classes in a circle": "class A(A): pass\nclass B(C): pass\nclass C(B): pass\nC().x()\n",
    "deep brackets": "(" * 2000 + "f()" + ")" * 2000,
    "deep branches": "".join(" " * n + "if f():\n" for n in range(200)) + " " * 200 + "g()\n",
    "lists that grow": "x = 1\nwhile x:\n    x = [x]\ndef f(a): return f([a])\nf(1)\ns = [1]\nwhile s: s = s[1:]\n",
    "names that grow": "import lib\ny = lib.z\nwhile y: y = y.next.next\n",
    "a property of itself": "class A:\n    @property\n    def p(self): return self.p\n    def __iter__(self): return iter(self)\n"
    "for i in A(): i()()\n",
}


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_source_ends(name: str) -> None:
    reach({"m.py": HOSTILE[name]})


PIECES = ["def f(a=g): return a(h)", "f(g)", "g = f", "class A(B):\n    def m(self): self.m()", "A().m()", "x[0]()",
          "x = [f, g]", "for i in x: i(f)", "@f\ndef h(*a, **k): a[0](**k)", "with A() as y: y()", "y = lambda z: z(f)",
          "from n import *", "import n", "n.f(h)", "B = A", "h(*x, k=f)", "d = {'a': f}", "d['a'] = g", "d['a']()"]  # fmt: skip


@settings(max_examples=40, deadline=None)
@given(st.lists(st.sampled_from(PIECES), max_size=12), st.lists(st.sampled_from(PIECES), max_size=12), st.randoms())
def test_the_answer_does_not_depend_on_the_order_of_files(
    one: list[str], two: list[str], chance: random.Random
) -> None:
    files = {"m.py": "\n".join(one), "n.py": "\n".join(two), "o.py": "import m\nm.f(m.g)\n"}
    shuffled = list(files.items())
    chance.shuffle(shuffled)
    assert graph_of(dict(shuffled)) == graph_of(files)


@settings(max_examples=60, deadline=None)
@given(st.text(alphabet="fg=()[]{}:,.*@ \n\t'\"lambdefclsxyw1\0é", max_size=80))
def test_any_text_is_read(text: str) -> None:
    reach({"m.py": text})
