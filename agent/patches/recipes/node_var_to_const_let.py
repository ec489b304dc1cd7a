"""``var`` becomes ``const``, or ``let`` where the name is assigned again.

Before
------
    var total = 0;
    for (var i = 0; i < lines.length; i++) {
      var line = lines[i];
      total += line.price;
    }

After
-----
    let total = 0;
    for (let i = 0; i < lines.length; i++) {
      const line = lines[i];
      total += line.price;
    }

Why
---
A name is visible where it is meant and nowhere else, a constant says so, and what is used before it has a value fails
instead of being ``undefined``. Engines have had both since Node 6.

When not
--------
For code that still has to run on Node before 6 or in a browser without a build. A ``var`` stays, and is listed
with the reason, wherever the difference could matter: it is used before its line or outside of its block, a function made
in a loop uses it, it is declared twice, it belongs to a ``switch`` case, ``eval`` or ``with`` is near, or it stands at the
top of a script that is no module and so belongs to the page. Tests keep theirs: they judge the change.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from agent.domain.inventory import Location
from agent.domain.patch import Left, Proposal
from agent.domain.verdict import FileChange
from agent.patches.edits import Edit
from agent.patches.javascript_source import SUFFIXES, Script, edited, line_of, read_script
from agent.patches.javascript_vars import decide
from agent.patches.small_parts import in_small_parts
from agent.ports import Codebase

__all__ = ["RECIPE", "NodeVarToConstLet"]

_REQUIRE = re.compile(r"require\((?:'[^'\n]*'|\"[^\"\n]*\")\)(?:\.[\w$]+)*$")


class NodeVarToConstLet:
    """First what files require, all together; then the rest, one proposal a file or, where there are very many, a folder."""

    id = "node-var-to-const-let"
    title = "Declare variables with const and let"
    languages = frozenset({"javascript"})
    default = True

    def propose(self, code: Codebase) -> Sequence[Proposal]:
        required: list[FileChange] = []
        rest: list[FileChange] = []
        left: list[Left] = []
        for path in code.paths(*SUFFIXES):
            text = code.text(path)
            if text is not None and "var" in text and not code.is_test(path):
                after = _changed(path, text, left, required=True)
                required += [FileChange(path=path, before=text, after=after)] if after != text else []
                last = _changed(path, after, [], required=False)
                rest += [FileChange(path=path, before=after, after=last)] if last != after else []
        why = (
            "The names are visible only where they are declared, and constants say that they are. Every one was checked for "
            "uses before its line, outside of its block, and in functions made in loops; those in doubt were left alone."
        )
        first = "The modules that a file requires are bound once. Every name was checked for uses before its line."
        return (
            *in_small_parts(self.id, "Require modules with const", first, required, (), together=True),
            *in_small_parts(self.id, "Use const and let", why, rest, left),
        )


def _changed(path: str, text: str, left: list[Left], *, required: bool) -> str:
    """``required``: only statements that do no more than require modules; otherwise the others."""
    script = read_script(path, text)
    if script is None:
        left.append(Left(where=Location(path=path), text="the file does not parse, or is not written by hand"))
        return text
    edits: list[Edit] = []
    for decision in decide(script):
        keyword = next(child for child in decision.node.children if child.type == "var")
        if not decision.word:
            where = Location(path=path, line=line_of(keyword))
            left.append(Left(where=where, text=f"var stays: {decision.why}"))
        elif _only_requires(script, decision.node) == required:
            edits.append(Edit(keyword.start_byte, keyword.end_byte, decision.word))
    return edited(script, edits)


def _only_requires(script: Script, node: Any) -> bool:
    if node.parent.type != "program":
        return False
    values = [one.child_by_field_name("value") for one in node.named_children if one.type == "variable_declarator"]
    return all(value is not None and _REQUIRE.match(script.said(value)) for value in values)


RECIPE = NodeVarToConstLet()
