"""What names an operand of a COBOL statement may stand for: a literal, or a data item with the literals that reach it.

An operand travels from file to linking as a tuple: the text as written, ``literal``, ``closed`` or ``open`` (whether
anything unknown may reach the item), then the literals of the same file. Copybooks add theirs when the project is known.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from agent.ports import Project

__all__ = ["CopybookValues", "operand"]

MAX_LITERALS = 12


def operand(text: str, scan: Any) -> tuple[str, ...]:
    """An operand as written, ``'NAME'`` or an item's name, with what the file says about it."""
    text = text.strip()
    if text[:1] in "'\"" and text:
        name = text.strip("'\" ").upper()
        return name, "literal", name
    item = text.partition("(")[0].split()[0].upper() if text.partition("(")[0].split() else ""
    literals, closed = scan.literals(item)
    return item, "closed" if closed else "open", *literals[:MAX_LITERALS]


class CopybookValues:
    """The literals of copybooks' items, and the choice of one name for an operand."""

    def __init__(self, project: Project) -> None:
        self._project = project
        self._values: dict[str, dict[str, list[str]]] = {}
        for path, wiring in project.wirings("cobol", "value"):
            self._values.setdefault(path, {}).setdefault(wiring.args[0], []).append(wiring.args[1])

    def choose(
        self, path: str, given: tuple[str, ...], known: Collection[str] | Mapping[str, Any] = ()
    ) -> tuple[str, str]:
        """(name, resolution): the only literal, or the only one that is ``known``; ``""`` when several remain or none."""
        if given[1] == "literal":
            return given[0], "exact"
        literals, fitting = self.candidates(path, given, known)
        if len(fitting) == 1:
            return fitting[0], "exact" if given[1] == "closed" and len(literals) == 1 else "inferred"
        return ("", "ambiguous") if fitting else ("", "unresolved")

    def candidates(
        self, path: str, given: tuple[str, ...], known: Collection[str] | Mapping[str, Any] = ()
    ) -> tuple[list[str], list[str]]:
        """(all literals that the item may hold, those of them that are ``known``)."""
        item, _, *literals = given
        if not literals:
            literals = self._copied(path, item)
        return literals, [name for name in literals if name in known] if known else literals

    def _copied(self, path: str, item: str) -> list[str]:
        for _, _, target, _ in self._project.import_targets(path):
            source = self._project.path_of_module(target) if target.startswith("COPY:") else None
            if source is not None and item in self._values.get(source, {}):
                return self._values[source][item]
        return []
