"""Mutants: which ones a line gives in each language, that they parse and differ, and that a seed decides them."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from agent.composition import languages
from agent.validation.mutation import mutants
from agent.validation.mutation.edits import edits, small_edits
from agent.validation.syntax import Syntax, read_syntax, same_code

PYTHON = """def price(qty, rate=2):
    total = qty * rate
    if qty >= 10 and rate:
        total -= 5
    for one in range(qty):
        if one is None:
            continue
        log(one, 'seen')
    return round(total[1:], 2)
"""


def texts_of(path: str, text: str, lines: tuple[int, ...]) -> set[str]:
    found = mutants(path, text, lines, languages(), limit=500)
    return {one.apply(text).split("\n")[one.line - 1].strip() for one in found}


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        (1, {"def price(qty, rate=3):", "def price(qty, rate=None):"}),
        (2, {"total = qty / rate", "total = None"}),
        (
            3,
            {
                "if qty > 10 and rate:",
                "if qty >= 11 and rate:",
                "if qty >= 10 or rate:",
                "if not (qty >= 10 and rate):",
            },
        ),
        (4, {"total += 5", "total = 5", "total -= 6", "pass"}),
        (5, {"for one in []:", "for one in range(None):"}),
        (6, {"if one is not None:"}),
        (7, {"break"}),
        (8, {"log('seen', one)", "log(one)", "log(one, 'XXseen')", "log(one, '')", "pass"}),
        (9, {"return None", "return round(total[2:], 2)", "return round(total[1:])", "return round(total[1:], 3)"}),
    ],
)
def test_python_mutants(line: int, expected: set[str]) -> None:
    assert expected <= texts_of("a.py", PYTHON, (line,))


@pytest.mark.parametrize(
    ("path", "text", "expected"),
    [
        ("a.py", "if a <> 1: print 'x', b\n", {"if a == 1: print 'x', b", "if a <> 1: pass", "if a <> 2: print 'x', b"}),
        ("a.js", "if (a === 1 || !b) { f(a, 'x'); }\n", {"if (a !== 1 || !b) { f(a, 'x'); }", "if (a === 1 && !b) { f(a, 'x'); }", "if (a === 1 || b) { f(a, 'x'); }", "if (a === 1 || !b) { ; }"}),
        ("A.java", "class A { int f(int a) { i++; return a < 3 ? 1 : 0; } }\n", {"class A { int f(int a) { i--; return a < 3 ? 1 : 0; } }", "class A { int f(int a) { i++; return a <= 3 ? 1 : 0; } }"}),
        ("a.php", "<?php function f($a) { return $a and true; }\n", {"<?php function f($a) { return $a or true; }", "<?php function f($a) { return $a and false; }"}),
        ("A.cs", "class A { int F(int a) { return a - 2; } }\n", {"class A { int F(int a) { return a + 2; } }"}),
    ],
)  # fmt: skip
def test_mutants_of_other_languages(path: str, text: str, expected: set[str]) -> None:
    assert expected <= texts_of(path, text, (1,))


def test_another_value_of_the_same_type() -> None:
    for value, other in [
        (1, 2),
        (1.5, 2.5),
        ("a", "aX"),
        (b"a", b"aX"),
        (True, False),
        ([], [0]),
        ((1,), (1, 0)),
        ({}, None),
    ]:
        names: dict[str, object] = {"g": lambda value=value: value}
        (text,) = [t for t in texts_of("a.py", "x = g()\n", (1,)) if "lambda" in t]
        exec(text, names)
        assert names["x"] == other


def test_only_the_given_lines_change_and_every_mutant_parses() -> None:
    for one in mutants("a.py", PYTHON, (3, 8), languages(), limit=500):
        assert one.line in (3, 8)
        changed = one.apply(PYTHON)
        tree = read_syntax("a.py", changed, languages())
        assert tree is not None
        assert not tree.broken
        assert changed != PYTHON


def test_the_limit_is_spread_over_the_lines_and_a_seed_decides() -> None:
    few = mutants("a.py", PYTHON, range(2, 10), languages(), limit=8, seed=1)
    assert {one.line for one in few} == set(range(2, 10))
    assert few == mutants("a.py", PYTHON, range(2, 10), languages(), limit=8, seed=1)
    assert any(few != mutants("a.py", PYTHON, range(2, 10), languages(), limit=8, seed=n) for n in range(2, 6))


def test_no_mutants_in_comments_docstrings_and_imports() -> None:
    text = '"""Doc 1 == 2."""\nimport a\n# 1 + 1\nfrom b import c\n'
    assert mutants("a.py", text, range(1, 5), languages(), limit=50) == ()


def tree(text: str, path: str = "a.py") -> Syntax:
    found = read_syntax(path, text, languages())
    assert found is not None
    return found


BEFORE = "def f(a, b):\n    total = a * b\n    if a == 1:\n        x = total\n    else:\n        x = b + 1\n    log(x)\n    return x + total\n"


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("a * b", "a + b"), ("a == 1", "a != 1"), ("a == 1", "not a == 1"), ("b + 1", "b + 2"), ("b + 1", "None"), ("b + 1", "b"),
        ("    log(x)\n", ""), ("log(x)", "pass"), ("log(x)", "log(None)"), ("log(x)", "log()"), ("x + total", "x + b"),
        ("return x + total", "return"), ("return x + total", "return -(x + total)"), ("x = total", "x = ''"),
    ],
)  # fmt: skip
def test_what_a_mutator_could_have_done_is_a_small_edit(old: str, new: str) -> None:
    before, after = tree(BEFORE), tree(BEFORE.replace(old, new))
    found = small_edits(before, after)
    assert len(found) == 1
    assert same_code(before, tree(found[0].undone(before.text, after.text)))


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("    return x + total\n", "    result = x + total\n    return result\n"),
        ("    return x + total\n", "    return sum([x, total])\n"),
        (
            "    if a == 1:\n        x = total\n    else:\n        x = b + 1\n",
            "    if a != 1:\n        x = b + 1\n    else:\n        x = total\n",
        ),
        ("    log(x)\n    return x + total\n", "    done = x + total\n    log(x)\n    return done\n"),
    ],
)
def test_a_refactoring_is_no_small_edit(old: str, new: str) -> None:
    before, after = tree(BEFORE), tree(BEFORE.replace(old, new))
    assert edits(before, after)
    assert small_edits(before, after) == ()


@pytest.mark.parametrize(
    ("path", "before", "after"),
    [
        ("a.py", BEFORE, BEFORE.replace("total", "amount")),
        ("a.js", "function f(a) { const b = a; return b < 1; }", "function f(a) { const c = a; return c < 1; }"),
        (
            "A.java",
            "class A { int f(int a) { int b = a; return b; } }",
            "class A { int f(int a) { int c = a; return c; } }",
        ),
        ("a.php", "<?php function f($a) { $b = $a; return $b; }", "<?php function f($a) { $c = $a; return $c; }"),
    ],
)
def test_a_local_name_changed_throughout_is_no_edit(path: str, before: str, after: str) -> None:
    assert edits(tree(before, path), tree(after, path)) == ()


def test_a_name_that_others_use_is_an_edit() -> None:
    assert edits(tree("def f(a):\n    return a\n"), tree("def f(b):\n    return b\n"))  # callers may name it
    assert edits(tree("x = 1\n"), tree("y = 1\n"))
    assert edits(tree(BEFORE), tree(BEFORE.replace("total", "amount", 2)))
    closure = "def f():\n    n = 1\n    def g():\n        return n\n    return g\n"
    assert edits(tree(closure), tree(closure.replace("n = 1", "m = 1").replace("return n", "return m")))


def test_spelling_comments_and_layout_are_not_code() -> None:
    assert same_code(tree("x = u'a'\nif x <> 3: y = 10L\n"), tree('x = "a"  # why\nif x != 3:\n    y = (10)\n'))
    assert same_code(
        tree('def f():\n    """Old."""\n    return 0777\n'), tree('def f():\n    """New."""\n    return 0o777\n')
    )
    assert not same_code(tree('def f():\n    """>>> f()"""\n'), tree('def f():\n    """>>> g()"""\n'))
    assert not same_code(tree("if a:\n    b()\n    c()\n"), tree("if a:\n    b()\nc()\n"))
    assert not same_code(tree("x = 1\n"), tree("# coding: utf-7\nx = 1\n"))


@settings(max_examples=60)
@given(st.binary(max_size=200), st.binary(max_size=200), st.sampled_from(["a.py", "a.js", "A.java", "a.php", "A.cs"]))
def test_any_bytes_can_be_mutated_and_compared(before: bytes, after: bytes, path: str) -> None:
    one, two = before.decode("latin-1"), after.decode("latin-1")
    mutants(path, one, range(1, 9), languages(), limit=5)
    old, new = read_syntax(path, one, languages()), read_syntax(path, two, languages())
    if old is not None and new is not None:
        same_code(old, new)
        for edit in small_edits(old, new):
            edit.undone(one, two)
