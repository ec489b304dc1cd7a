"""Every place that names what moved is found, with what is done there; what cannot cross says why; edits touch nothing else."""

from __future__ import annotations

from collections.abc import Mapping

import pytest

from agent.extraction.branching.deciding import Decision, Observation, decide, operations_of, own_errors, watched
from agent.extraction.branching.moving import move_callers
from agent.extraction.branching.uses import Use, find_uses
from agent.extraction.slicing import Cut, Program
from agent.extraction.slicing.program import read_program
from tests.systems import graph_of

TAX = """
LIMIT = 5

class Bad(Exception):
    pass

class Rate:
    pass

def rate(country, *, on=None, **more):
    "How much."
    return 20

def slow(n=len("ab")):
    return n

def each():
    yield 1

async def later():
    return 1
"""


def program_of(files: Mapping[str, str]) -> tuple[Program, tuple[Use, ...]]:
    graph = graph_of(files)
    homes = {
        one.id: "tax" if one.id.startswith("shop.tax") else "shop" for one in graph.symbols if one.kind == "module"
    }
    program = read_program(
        graph, dict.fromkeys(files, "code"), lambda path: files[path].encode(), Cut("tax", frozenset(), {}), files
    )
    return program, find_uses(program, graph, homes, "tax")


def with_caller(text: str, **more: str) -> tuple[Program, tuple[Use, ...]]:
    return program_of({"shop/__init__.py": "", "shop/tax.py": TAX, "shop/sales.py": text, **more})


def found(uses: tuple[Use, ...]) -> list[tuple[int, str, str]]:
    return [(one.line, one.target.name, one.how) for one in uses]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("from shop.tax import rate\ndef f():\n    return rate('x')\n", [(3, "rate", "call")]),
        ("from .tax import rate as r\ndef f():\n    return r('x')\n", [(3, "rate", "call")]),
        ("from shop import tax\ndef f():\n    return tax.rate('x')\n", [(3, "rate", "call")]),
        ("import shop.tax\ndef f():\n    return shop.tax.rate('x')\n", [(3, "rate", "call")]),
        ("def f():\n    from shop.tax import rate\n    return rate('x')\n", [(3, "rate", "call")]),
        ("from shop.tax import rate\nnow = rate('x')\n", [(2, "rate", "call at start")]),
        ("from shop.tax import rate\ndef f(rate):\n    return rate('x')\n", []),
        ("from shop.tax import rate\ndef f():\n    return map(rate, [])\n", [(3, "rate", "value")]),
        ("from shop.tax import rate\n@rate\ndef f():\n    pass\n", [(2, "rate", "decorator")]),
        ("from shop.tax import Rate\nclass Mine(Rate):\n    pass\n", [(2, "Rate", "base class")]),
        ("from shop.tax import Rate\ndef f(r: Rate):\n    pass\n", [(2, "Rate", "annotation")]),
        ("from shop.tax import Bad\ndef f():\n    try:\n        pass\n    except Bad:\n        pass\n", [(5, "Bad", "error type")]),
        ("from shop.tax import Rate\ndef f():\n    return Rate()\n", [(3, "Rate", "call")]),
        ("from shop.tax import LIMIT\ndef f():\n    return LIMIT\n", [(3, "LIMIT", "value")]),
        ("from shop.tax import *\ndef f():\n    return rate('x')\n", [(3, "rate", "star import")]),
        ("def f():\n    return 'shop.tax.rate'\n", []),
    ],
)  # fmt: skip
def test_each_place_is_found(text: str, expected: list[tuple[int, str, str]]) -> None:
    assert found(with_caller(text)[1]) == expected


def test_what_only_the_graph_knows_is_listed_too() -> None:
    tax = "class Rate:\n    def of(self, x):\n        return 1\n\n\ndef make() -> Rate:\n    return Rate()\n"
    text = "from shop.tax import make\n\n\ndef f():\n    return make().of(1)\n"
    _, uses = program_of({"shop/__init__.py": "", "shop/tax.py": tax, "shop/sales.py": text})
    assert {(one.target.name, one.how) for one in uses} == {("make", "call"), ("of", "object")}


def seen(use: Use, *cannot: str, raised: tuple[str, ...] = ()) -> Observation:
    return Observation(use.target.symbol, use.path, use.line, (1,), 1, cannot, raised)


def decided(program: Program, uses: tuple[Use, ...], *observations: Observation) -> tuple[Decision, ...]:
    errors = own_errors(program, {"shop.tax": "tax"}, "tax")
    return decide(program, uses, observations, errors, {})


def test_reasons() -> None:
    text = "from shop.tax import rate, slow, each, later, Rate\ndef f():\n    rate('x')\n    slow()\n    each()\n    later()\n    Rate()\n"
    program, uses = with_caller(text)
    assert watched(uses) == {"shop.tax": ["rate", "slow"]}
    assert {one.use.target.name: one.reason for one in decided(program, uses)} == {
        "rate": "no recorded request makes this call, so nothing shows what would have to cross",
        "slow": "a default of its parameters is computed when the program starts",
        "each": "it gives its values one by one",
        "later": "it is awaited",
        "Rate": "it makes an object of the service, and an object cannot be sent",
    }


def test_observations_decide() -> None:
    program, uses = with_caller("from shop.tax import rate\ndef f():\n    return rate('x')\n")
    (use,) = uses
    assert decided(program, uses, seen(use))[0].what == "crosses"
    assert decided(program, uses, seen(use, raised=("shop.tax.Bad", "builtins.ValueError")))[0].what == "crosses"
    assert decided(program, uses, seen(use, "it changes its argument"))[0].reason == "it changes its argument"
    foreign = decided(program, uses, seen(use, raised=("werkzeug.exceptions.NotFound",)))[0]
    assert foreign.reason == "it raises werkzeug.exceptions.NotFound, which is not the service's own"
    (operation,) = operations_of(program, decided(program, uses, seen(use)))
    assert (operation.parameters, operation.passed) == ("country, *, on=None, **more", "country, on=on, **more")


def edited(text: str, *, crossing: str = "rate", **more: str) -> str | None:
    program, uses = with_caller(text, **more)
    decisions = tuple(
        Decision(use, "crosses" if use.target.name == crossing and use.how == "call" else "stays", "") for use in uses
    )
    moved = move_callers(program, decisions, operations_of(program, decisions), "shop.seams", "tax")
    content = moved.files.get("shop/sales.py")
    assert bool(moved.left) == (content is None)
    return content.decode() if content is not None else None


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (
            "from .tax import rate  # old\ndef f():\n    return rate( 'x' )\n",
            "from shop.seams.tax import rate  # old\ndef f():\n    return rate( 'x' )\n",
        ),
        (
            "from shop.tax import rate, LIMIT\n\n\ndef f():\n    return rate('é'), LIMIT\n",
            "from shop.tax import LIMIT\nfrom shop.seams.tax import rate\n\n\ndef f():\n    return rate('é'), LIMIT\n",
        ),
        (
            "from shop.tax import (\n    LIMIT,  # five\n    rate as r,\n)\n\nx = LIMIT\n\ndef f():\n    return r('x')\n",
            "from shop.tax import (\n    LIMIT,  # five\n    rate as r,\n)\nfrom shop.seams.tax import rate as r\n\nx = LIMIT\n\n"
            "def f():\n    return r('x')\n",
        ),
        (
            "from shop import tax\n\n\ndef f():\n    'é'; return 'é', tax.rate('x'), tax.LIMIT\n",
            "from shop import tax\nfrom shop.seams import tax as tax_seam\n\n\ndef f():\n    'é'; return 'é', tax_seam.rate('x'), tax.LIMIT\n",
        ),
        (
            "from shop.tax import rate\n\n\ndef f():\n    return rate('x'), rate\n",
            "from shop.tax import rate\nfrom shop.seams import tax as tax_seam\n\n\ndef f():\n    return tax_seam.rate('x'), rate\n",
        ),
        (
            "def f():\n    from shop.tax import rate\n\n    return rate('x')\n",
            "def f():\n    from shop.seams.tax import rate\n\n    return rate('x')\n",
        ),
        ("from shop.tax import rate; x = 1\ndef f():\n    return rate('x')\n", None),
    ],
)
def test_edits(before: str, after: str | None) -> None:
    assert edited(before) == after


def test_a_name_that_others_import_from_the_caller_keeps_its_meaning() -> None:
    text = "from shop.tax import rate\n\n\ndef f():\n    return rate('x')\n"
    other = "from shop.sales import rate\n\n\ndef g():\n    return [rate]\n"
    after = edited(text, **{"shop/other.py": other})
    assert after is not None
    assert "from shop.tax import rate\n" in after
    assert "tax_seam.rate('x')" in after


def test_line_endings_and_encodings_stay() -> None:
    text = "# coding: latin-1\r\nfrom shop.tax import rate\r\ndef f():\r\n    return rate('x')\r\n"
    assert edited(text) == text.replace("shop.tax", "shop.seams.tax")
