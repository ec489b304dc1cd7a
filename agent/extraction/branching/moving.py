"""Callers that go through the seam: a module and the calls of it that cross in, the smallest edit of it out, by LibCST.

An import all of whose uses cross is turned to the seam; otherwise the calls that cross are, and the import stays.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import libcst as cst
from libcst.metadata import MetadataWrapper, PositionProvider

from agent.extraction.branching.deciding import Decision, Operation
from agent.extraction.branching.uses import Binding, Use
from agent.extraction.slicing.program import Program

__all__ = ["Moved", "move_callers"]

_Key = tuple[int, int]


@dataclass(frozen=True)
class Moved:
    """``files``: path -> content as edited. ``left``: calls that cross, and could not be edited."""

    files: Mapping[str, bytes]
    left: tuple[Use, ...]


@dataclass(frozen=True)
class _Plan:
    """``calls``: place -> what is written there. ``turned``: import -> aliases that come from the seam from now on; ``beside``: imports
    that get one of the seam beside them."""

    calls: Mapping[_Key, str]
    turned: Mapping[_Key, frozenset[str]]
    beside: frozenset[_Key]


def move_callers(
    program: Program, decisions: Sequence[Decision], operations: Iterable[Operation], package: str, seam: str
) -> Moved:
    """``package`` and ``seam`` are the module's name, as in ``shop.seams`` and ``report``."""
    known = {one.target.symbol: one for one in operations}
    by_module: dict[str, list[Decision]] = defaultdict(list)
    for one in decisions:
        by_module[one.use.module].append(one)
    files: dict[str, bytes] = {}
    left: list[Use] = []
    for name, found in sorted(by_module.items()):
        crossing = [one.use for one in found if one.what == "crosses" and one.use.target.symbol in known]
        if not crossing:
            continue
        path = program.modules[name].path
        plan = _plan(program, name, found, crossing, known, seam)
        edited = _edited(program.read(path), plan, package, seam)
        if edited is None:
            left += crossing
        else:
            files[path] = edited
    return Moved(files, tuple(left))


def _plan(
    program: Program, module: str, found: Sequence[Decision], crossing: Sequence[Use],
    known: Mapping[str, Operation], seam: str,
) -> _Plan:  # fmt: skip
    others: set[tuple[_Key, str]] = set()  # aliases that something uses which stays
    uses: dict[Binding, list[Use]] = defaultdict(list)
    for one in found:
        if one.use.binding is not None:
            uses[one.use.binding].append(one.use)
            if one.what != "crosses":
                others.add(((one.use.binding.line, one.use.binding.column), one.use.binding.alias))
    handed_on = _handed_on(program, module)
    turned: dict[_Key, set[str]] = defaultdict(set)
    calls: dict[_Key, str] = {}
    beside: set[_Key] = set()
    for binding, all_of in uses.items():
        mine = [use for use in all_of if use in crossing]
        key = (binding.line, binding.column)
        named = all(known[use.target.symbol].name == use.target.name for use in mine)
        whole = binding.whole or (key, binding.alias) in others or binding.alias in handed_on or not named
        if mine and not whole:
            turned[key].add(binding.alias)
        elif mine:
            beside.add(key)
            calls |= {(use.line, use.column): f"{seam}_seam.{known[use.target.symbol].name}" for use in mine}
    return _Plan(calls, {key: frozenset(names) for key, names in turned.items()}, frozenset(beside))


def _handed_on(program: Program, module: str) -> set[str]:
    """Names that other modules import from this one."""
    return {
        one.name
        for other in program.modules.values()
        for statement in other.statements
        for one in statement.imports
        if one.module == module
    }


def _edited(source: bytes, plan: _Plan, package: str, seam: str) -> bytes | None:
    """None where not every edit finds its place."""
    try:
        wrapper = MetadataWrapper(cst.parse_module(source), unsafe_skip_copy=True)
        edit = _Edit(plan, package, seam)
        edited = wrapper.visit(edit)
        edited.code  # noqa: B018 - a tree that cannot be written fails here
    except (cst.ParserSyntaxError, RecursionError, ValueError, UnicodeError):
        return None
    wanted = len(plan.calls) + len(plan.turned) + len(plan.beside - set(plan.turned))
    return edited.bytes if edit.done == wanted else None


class _Edit(cst.CSTTransformer):
    METADATA_DEPENDENCIES = (PositionProvider,)

    def __init__(self, plan: _Plan, package: str, seam: str) -> None:
        super().__init__()
        self._plan, self._package, self._seam = plan, package, seam
        self.done = 0

    def _at(self, node: cst.CSTNode) -> _Key:
        start = self.get_metadata(PositionProvider, node).start
        return start.line, start.column

    def leave_Call(self, original_node: cst.Call, updated_node: cst.Call) -> cst.BaseExpression:  # noqa: N802 - LibCST's name
        text = self._plan.calls.get(self._at(original_node.func))
        if text is None or not isinstance(original_node.func, (cst.Name, cst.Attribute)):
            return updated_node
        self.done += 1
        made = cst.parse_expression(text)
        return updated_node.with_changes(func=made)

    def leave_SimpleStatementLine(  # noqa: N802 - LibCST's name
        self, original_node: cst.SimpleStatementLine, updated_node: cst.SimpleStatementLine
    ) -> cst.BaseStatement | cst.FlattenSentinel[cst.BaseStatement]:
        small = original_node.body[0]
        if len(original_node.body) != 1 or not isinstance(small, (cst.Import, cst.ImportFrom)):
            return updated_node
        key = self._at(small)
        turned, beside = self._plan.turned.get(key), key in self._plan.beside
        if turned is None and not beside:
            return updated_node
        self.done += 1
        lines: list[cst.BaseStatement] = [updated_node]
        if turned is not None and isinstance(small, cst.ImportFrom):
            lines = self._turned(updated_node, small, turned)
        if beside:
            lines.append(_line(f"from {self._package} import {self._seam} as {self._seam}_seam\n"))
        return cst.FlattenSentinel(lines)

    def _turned(
        self, line: cst.SimpleStatementLine, node: cst.ImportFrom, aliases: frozenset[str]
    ) -> list[cst.BaseStatement]:
        if isinstance(node.names, cst.ImportStar):
            return [line]
        moved = [one for one in node.names if _bound(one) in aliases]
        kept = [one for one in node.names if _bound(one) not in aliases]
        module = cst.parse_expression(f"{self._package}.{self._seam}")
        if not isinstance(module, cst.Attribute):
            return [line]
        if not kept:
            return [line.with_changes(body=[node.with_changes(module=module, relative=())])]
        names = [one.with_changes(comma=cst.MaybeSentinel.DEFAULT) for one in moved]
        added = node.with_changes(
            module=module, relative=(), names=[*names], lpar=None, rpar=None,
            whitespace_after_import=cst.SimpleWhitespace(" "),
        )  # fmt: skip
        if "#" in cst.Module([]).code_for_node(node):
            # A name that goes would take its comment with it: the seam's import comes after, and binds the name anew
            return [line, cst.SimpleStatementLine([_spread(added)])]
        if node.lpar is None:
            kept[-1] = kept[-1].with_changes(comma=cst.MaybeSentinel.DEFAULT)
        plain = cst.SimpleStatementLine([_spread(added)])
        return [line.with_changes(body=[node.with_changes(names=kept)]), plain]


def _spread(node: cst.ImportFrom) -> cst.ImportFrom:
    """On one line, whatever stood between the names before."""
    if isinstance(node.names, cst.ImportStar):
        return node
    last = len(node.names) - 1
    comma = cst.Comma(whitespace_after=cst.SimpleWhitespace(" "))
    return node.with_changes(
        names=[
            one.with_changes(comma=comma if i < last else cst.MaybeSentinel.DEFAULT) for i, one in enumerate(node.names)
        ]
    )


def _line(text: str) -> cst.SimpleStatementLine:
    made = cst.parse_statement(text)
    assert isinstance(made, cst.SimpleStatementLine)  # it is ours
    return made


def _bound(alias: cst.ImportAlias) -> str:
    if alias.asname is not None and isinstance(alias.asname.name, cst.Name):
        return alias.asname.name.value
    return alias.name.value if isinstance(alias.name, cst.Name) else ""
