"""Modules with statements taken out: what stays reads as before, and any bytes come through."""

from __future__ import annotations

import ast

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from agent.extraction.slicing.modules import read_module
from agent.extraction.slicing.references import references_of
from agent.extraction.slicing.selection import Selection
from agent.extraction.slicing.writing import cut_module, plan_cut

TEXT = '''\
"""What it is for."""
from __future__ import annotations

import os, sys  # both
import json as j
from shop import (
    one,
    two,  # the second
    three,
)

A = 1; B = 2

# about the class
class C:
    """C."""

    x = A

    def m(self):
        return 1  # kept

    def n(self):
        return two


@wrapped(one)
def f(
    a,
    b = 2,
):
    return os.path

if sys.argv:
    f(1)
__all__ = ["A", "C", "f"]
'''


def cut(
    keep: set[int], aliases: dict[int, set[str]] | None = None, members: dict[int, dict[str, str]] | None = None
) -> str:
    module = read_module("m", "m.py", TEXT.encode(), "code")
    chosen = Selection(modules={"m": ""})
    chosen.statements = {("m", index): "" for index in keep}
    chosen.aliases = {("m", s.index): {i.alias for i in s.imports} for s in module.statements if s.kind == "import"}
    chosen.aliases.update({("m", index): names for index, names in (aliases or {}).items()})
    chosen.members = {("m", index): names for index, names in (members or {}).items()}
    return cut_module(module, plan_cut(module, chosen), "elsewhere")


def every() -> set[int]:
    return {s.index for s in read_module("m", "m.py", TEXT.encode(), "code").statements}


def test_everything_is_the_same_bytes() -> None:
    assert cut(every()) == TEXT


def test_docstring_and_future_always_stay() -> None:
    assert cut(set()) == '"""What it is for."""\nfrom __future__ import annotations\n'


def test_some_names_of_an_import() -> None:
    left = cut(every(), {2: {"sys"}, 4: {"two"}})
    assert "import sys  # both\n" in left
    assert "two,  # the second" in left
    assert "three" not in left
    ast.parse(left)


def test_one_of_two_on_a_line() -> None:
    left = cut(every() - {5})
    assert "\nB = 2\n" in left
    assert "A = 1" not in left


def test_methods_that_nothing_mentions() -> None:
    left = cut(every(), members={7: {"m": "why"}})
    assert "return 1  # kept" in left
    assert "def n" not in left
    assert "# about the class" in left


def test_a_class_that_loses_its_last_method_is_still_a_class() -> None:
    module = read_module("m", "m.py", b"class C(object):\n    def only(self):\n        pass\n", "code")
    chosen = Selection(modules={"m": ""}, statements={("m", 0): ""}, members={("m", 0): {}})
    left = cut_module(module, plan_cut(module, chosen), "elsewhere")
    assert ast.unparse(ast.parse(left)) == "class C(object):\n    pass"


def test_names_that_are_gone_are_no_longer_offered() -> None:
    assert '__all__ = ["A", "f"]' in cut(every() - {7})


def test_formatting_of_what_stays() -> None:
    left = cut(every() - {3, 5, 6})
    assert "@wrapped(one)\ndef f(\n    a,\n    b = 2,\n):\n" in left


@given(st.sets(st.integers(0, 11)))
@settings(max_examples=60)
def test_any_choice_of_statements_is_python_and_nothing_else_changes(keep: set[int]) -> None:
    left = ast.parse(cut(keep)).body
    whole = {ast.unparse(node) for node in ast.parse(TEXT).body}
    known = [
        ast.unparse(node) for node in left if not (isinstance(node, ast.Assign) and "__all__" in ast.unparse(node))
    ]
    assert set(known) <= whole


@given(st.binary(max_size=400))
@settings(max_examples=150)
def test_any_bytes_are_read_and_cut(source: bytes) -> None:
    module = read_module("a.b", "a/b.py", source, "code")
    left = cut_module(module, plan_cut(module, Selection()), "elsewhere")
    if module.tree is not None and module.statements:
        ast.parse(left)


@pytest.mark.parametrize(
    "source", [b"x = " + b"[" * 150 + b"]" * 150, b"x = " + b"-" * 5000 + b"1", b"print 'old'\n", b"\x00", b"\xff\xfe"]
)
def test_what_cannot_be_read_is_one_piece(source: bytes) -> None:
    module = read_module("a", "a.py", source, "code")
    assert module.tree is None
    assert cut_module(module, plan_cut(module, Selection()), "elsewhere") == module.text


@pytest.mark.parametrize(
    ("source", "names"),
    [
        ("def f(a):\n    b = a\n    return b + c", {("c",)}),
        ("def f():\n    return [x for x in y]", {("y",)}),
        ("class K:\n    t = t.default()\n\n    def m(self):\n        return t", {("t", "default"), ("t",)}),
        ("def f(a=d):\n    global g\n    g = h.i.j", {("d",), ("g",), ("h", "i", "j")}),
        ("def f():\n    import m\n    return m.x", set()),
        ("def f():\n    def g():\n        return f2(v)\n    v = 1\n    return g", {("f2",)}),
        ("lambda q: q + r", {("r",)}),
    ],
)
def test_names_that_lead_outside(source: str, names: set[tuple[str, ...]]) -> None:
    assert references_of(ast.parse(source).body, "m", False).names == names


def test_imports_inside_functions_and_texts() -> None:
    found = references_of(
        ast.parse("def f():\n    from ..shop import cart\n    return cart.total('order.html', x__y=1)").body,
        "a.b.c",
        False,
    )
    assert {(i.module, i.name, rest) for i, rest, _ in found.imported} == {("a.shop", "cart", ("total",))}
    assert ("order.html", "total") in found.strings
    assert {"x", "y"} <= found.mentions


def test_what_is_only_registered() -> None:
    found = references_of(ast.parse("path('x/', login(views.Level.as_view(model=Item)), name='l')").body, "m", False)
    assert ("views", "Level", "as_view") in found.registered
    assert ("path",) in found.names
