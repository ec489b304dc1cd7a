"""From Python 2 to Python 3.11 and later, in a chain of steps of one concern each.

Before
------
    print "%d of %d" % (done, len(jobs) / 2)
    for name in prices.keys(): ...
    token = base64.b64encode(hmac.new(key, text, sha).digest())

After
-----
    print("%d of %d" % (done, len(jobs) // 2))
    for name in list(prices.keys()): ...
    token = base64.b64encode(hmac.new(to_bytes(key), to_bytes(text), sha).digest()).decode("ascii")

Why
---
Python 2 has had no security fixes since 2020, and fewer and fewer libraries run on it. The steps only make sense together;
each is kept as far as it loses no test that passed before, and those that guess are kept only when more tests pass.

When not
--------
A program that has to go on running under Python 2. Places where it chooses between both versions itself are left alone.
Bytes and text are the programmer's to decide: what tests do not run deserves a look wherever bytes come in or go out.
"""

from __future__ import annotations

from agent.patches.python_source.series import Series
from agent.patches.recipes.python3 import (
    attributes,
    builtins,
    bytes_as_text,
    classes,
    decoding,
    division,
    docstrings,
    edges,
    exceptions,
    fileobjects,
    generators,
    guesses,
    modules,
    printing,
    relative,
    renamed,
    scopes,
    sorting,
    syntax,
    unittests,
)

__all__ = ["RECIPE"]

RECIPE = Series(
    id="python3",
    title="Go from Python 2 to Python 3",
    steps=(
        *syntax.RULES,
        *attributes.RULES,
        *builtins.RULES,
        *modules.RULES,
        *relative.RULES,
        *generators.RULES,
        *unittests.RULES,
        *docstrings.RULES,
        *renamed.RULES,
        *scopes.RULES,
        *classes.RULES,
        *sorting.RULES,
        *exceptions.RULES,
        *division.RULES,
        *decoding.RULES,
        *printing.RULES,
        *edges.RULES,
        *fileobjects.RULES,
    ),
    guesses=(
        *division.GUESSES,
        *guesses.LITERALS,
        *bytes_as_text.GUESSES,
        *guesses.GUESSES,
        *sorting.GUESSES,
        *printing.GUESSES,
        *fileobjects.GUESSES,
    ),
)
