"""A lambda with several tuples as parameters: ``lambda (a, b), (c, d): a + d`` to ``lambda a_b, c_d: a_b[0] + c_d[1]``.

The fixer of fissix takes a single one only.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from fissix import fixer_base, pytree
from fissix.pgen2 import token

__all__ = ["FixLambdaTuples"]


class FixLambdaTuples(fixer_base.BaseFix):  # type: ignore[misc]
    """Found and called by fissix."""

    run_order = 3  # before its own fixer
    BM_compatible = True
    PATTERN = "lambdef< 'lambda' args=varargslist< any* > ':' body=any >"

    def transform(self, node: Any, results: dict[str, Any]) -> None:  # noqa: ARG002 - called so by fissix
        """Replace each tuple by one name, and what it unpacked to by items of that."""
        places: dict[str, str] = {}
        for child in list(results["args"].children):
            if not isinstance(child, pytree.Node) or not child.children or child.children[0].type != token.LPAR:
                continue
            if child.prev_sibling is not None and child.prev_sibling.type == token.EQUAL:
                continue  # a default value
            names = list(_names(child, ""))
            whole = "_".join(name for name, _ in names)
            places.update({name: whole + index for name, index in names})
            child.replace(pytree.Leaf(token.NAME, whole, prefix=child.prefix))
        body = results["body"]
        for leaf in list(body.leaves()) if isinstance(body, pytree.Node) else [body]:
            before = leaf.prev_sibling
            attribute = before is not None and before.type == token.DOT
            if leaf.type == token.NAME and leaf.value in places and not attribute:
                leaf.value = places[leaf.value]
                leaf.changed()


def _names(node: Any, index: str) -> Iterator[tuple[str, str]]:
    """(name, index into the tuple), nested ones as ``[1][0]``."""
    inner = [child for child in node.children if child.type not in (token.LPAR, token.RPAR)]
    if len(inner) == 1 and isinstance(inner[0], pytree.Node):
        inner = inner[0].children
    number = 0
    for child in inner:
        if child.type == token.COMMA:
            continue
        here = f"{index}[{number}]"
        number += 1
        if isinstance(child, pytree.Leaf):
            yield child.value, here
        else:
            yield from _names(child, here)
