"""A module without what a slice leaves out: a selection in, text out, edited with LibCST so that what stays reads as before."""

from __future__ import annotations

import ast
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass

import libcst as cst

from agent.extraction.slicing.conventions import always_kept, is_main_block, routing_decorators
from agent.extraction.slicing.modules import Module, Statement
from agent.extraction.slicing.selection import Selection
from agent.extraction.slicing.stubs import stub_text

__all__ = ["Cutting", "cut_module"]


@dataclass(frozen=True)
class Cutting:
    """What is done to a module. ``statements``: index -> "keep", "drop" or "stub"; ``whole`` when nothing is left out."""

    statements: Mapping[int, str]
    aliases: Mapping[int, frozenset[str]]
    members: Mapping[int, frozenset[str]]  # class statement -> methods that go
    stubs: Mapping[str, str]  # symbol ID -> owner
    whole: bool
    gone: frozenset[str] = frozenset()  # names that the module no longer binds


def plan_cut(module: Module, chosen: Selection, inner: Collection[str] = ()) -> Cutting:
    """What becomes of each statement, by the selection. ``inner``: the modules of a package, whose stubs are theirs."""
    statements: dict[int, str] = {}
    aliases: dict[int, frozenset[str]] = {}
    members: dict[int, frozenset[str]] = {}
    stubs = {
        s: o
        for s, o in chosen.stubs.items()
        if s.startswith(module.id + ".") and not any(s.startswith(one + ".") for one in inner)
    }
    for statement in module.statements:
        place = (module.id, statement.index)
        symbol = f"{module.id}.{statement.names[0]}" if statement.kind == "definition" else ""
        if place in chosen.statements or statement.kind == "fixed":
            statements[statement.index] = "keep"
        elif symbol in stubs:
            statements[statement.index] = "stub"
        elif is_main_block(statement.node) and _all_there(module, statement, statements):
            statements[statement.index] = "keep"
        else:
            statements[statement.index] = "drop"
        if statement.kind == "import" and statements[statement.index] == "keep":
            left = {i.alias for i in statement.imports} - chosen.aliases.get(place, set())
            if left:
                aliases[statement.index] = frozenset(chosen.aliases.get(place, set()))
        if place in chosen.members and isinstance(statement.node, ast.ClassDef):
            methods = {m.name for m in statement.node.body if isinstance(m, (ast.FunctionDef, ast.AsyncFunctionDef))}
            gone = frozenset(_optional(statement.node, methods) - set(chosen.members[place]))
            if gone:
                members[statement.index] = gone
    used = {s: o for s, o in stubs.items() if not _is_kept(module, s, statements)}
    whole = not (members or aliases or used) and all(v == "keep" for v in statements.values())
    there = {n for i, what in statements.items() if what != "drop" for n in aliases.get(i, module.statements[i].names)}
    return Cutting(statements, aliases, members, used, whole, frozenset(module.bound) - there)


def _is_kept(module: Module, symbol: str, statements: Mapping[int, str]) -> bool:
    """Whether a handler that others own stays all the same, since kept code uses it."""
    name = symbol[len(module.id) + 1 :]
    return "." not in name and any(
        statements[i] == "keep" and name in module.statements[i].names for i in module.bound.get(name, ())
    )


def _optional(node: ast.ClassDef, methods: set[str]) -> set[str]:
    fixed = {m.name for m in node.body if isinstance(m, (ast.FunctionDef, ast.AsyncFunctionDef)) and always_kept(m)}
    return methods - fixed


def _all_there(module: Module, statement: Statement, statements: Mapping[int, str]) -> bool:
    names = {n.id for n in ast.walk(statement.node) if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Load)}
    return all(statements.get(i) == "keep" for n in names for i in module.bound.get(n, ()) if i < statement.index)


def cut_module(module: Module, cutting: Cutting, stub_module: str) -> str:
    """The module's text without what goes. Raises nothing: a text that LibCST cannot read stays as it is."""
    if cutting.whole or module.tree is None:
        return module.text
    try:
        tree = cst.parse_module(module.text)
        if _count(tree.body) != len(module.statements):
            return module.text
        return _edited(tree, module, cutting, stub_module)
    except (cst.ParserSyntaxError, RecursionError, ValueError):
        return module.text


def _count(body: Sequence[cst.BaseStatement | cst.SimpleStatementLine]) -> int:
    """Statements as a syntax tree of Python's own counts them."""
    return sum(len(node.body) if isinstance(node, cst.SimpleStatementLine) else 1 for node in body)


def _edited(tree: cst.Module, module: Module, cutting: Cutting, stub_module: str) -> str:
    body = list(_body(tree.body, module, cutting))
    if cutting.stubs:
        body.insert(_after_header(body), cst.parse_statement(f"from {stub_module} import elsewhere\n"))
    if body:
        first = body[0]
        leading = [*getattr(first, "leading_lines", ())]
        while leading and leading[0].comment is None:
            leading.pop(0)
        body[0] = first.with_changes(leading_lines=leading)
    return tree.with_changes(body=body).code


def _body(body: Sequence[cst.BaseStatement], module: Module, cutting: Cutting) -> Iterator[cst.BaseStatement]:
    """Statements in the order of the syntax tree: a line with several small ones counts each of them."""
    index = 0
    for node in body:
        if isinstance(node, cst.SimpleStatementLine):
            kept: list[cst.BaseSmallStatement] = []
            for small in node.body:
                if cutting.statements.get(index) == "keep":
                    kept.append(_small(small, module.statements[index], cutting))
                index += 1
            if kept:
                kept[-1] = kept[-1].with_changes(semicolon=cst.MaybeSentinel.DEFAULT)
                yield node.with_changes(body=kept) if len(kept) != len(node.body) or kept != list(node.body) else node
            continue
        what = cutting.statements.get(index)
        statement = module.statements[index]
        index += 1
        if what == "stub":
            symbol = f"{module.id}.{statement.names[0]}"
            follows = index > 1 and cutting.statements.get(index - 2) == "stub"
            yield _stub(statement.node, symbol, cutting, () if follows else leading_of(node), module.text)
        elif what == "keep":
            edited = node.visit(_Members(module.id, cutting, cutting.members.get(statement.index, frozenset())))
            if isinstance(edited, cst.BaseStatement):
                yield edited


def leading_of(node: cst.CSTNode) -> Sequence[cst.EmptyLine]:
    """One blank line in the place of a definition's comments and blank lines."""
    return [cst.EmptyLine(indent=False)] if getattr(node, "leading_lines", ()) else []


def _stub(
    node: ast.AST, symbol: str, cutting: Cutting, leading: Sequence[cst.EmptyLine], source: str
) -> cst.BaseStatement:
    made = cst.parse_statement(stub_text(node, cutting.stubs[symbol], routing_decorators(node), source))
    return made.with_changes(leading_lines=leading)


def _small(small: cst.BaseSmallStatement, statement: Statement, cutting: Cutting) -> cst.BaseSmallStatement:
    if isinstance(small, (cst.Import, cst.ImportFrom)) and statement.index in cutting.aliases:
        return _fewer(small, cutting.aliases[statement.index])
    if statement.names == ("__all__",):
        gone = {f"{quote}{name}{quote}" for name in cutting.gone for quote in ("'", '"')}
        edited = small.visit(_Listed(gone))
        return edited if isinstance(edited, cst.BaseSmallStatement) else small
    return small


class _Listed(cst.CSTTransformer):
    """Takes names out of ``__all__``."""

    def __init__(self, gone: set[str]) -> None:
        super().__init__()
        self._gone = gone

    def leave_Element(self, original_node: cst.Element, updated_node: cst.Element) -> cst.Element | cst.RemovalSentinel:  # noqa: N802 - LibCST's name
        value = original_node.value
        gone = isinstance(value, cst.SimpleString) and value.value in self._gone
        return cst.RemoveFromParent() if gone else updated_node


def _fewer(node: cst.Import | cst.ImportFrom, wanted: frozenset[str]) -> cst.Import | cst.ImportFrom:
    if isinstance(node.names, cst.ImportStar):
        return node
    kept = [alias for alias in node.names if _bound_name(alias) in wanted]
    if not _broken(node):
        kept[-1] = kept[-1].with_changes(comma=cst.MaybeSentinel.DEFAULT)
    return node.with_changes(names=kept)


def _broken(node: cst.Import | cst.ImportFrom) -> bool:
    """Whether the names stand on lines of their own, in parentheses."""
    return isinstance(node, cst.ImportFrom) and isinstance(node.lpar, cst.LeftParen)


def _bound_name(alias: cst.ImportAlias) -> str:
    if alias.asname is not None and isinstance(alias.asname.name, cst.Name):
        return alias.asname.name.value
    name: cst.BaseExpression = alias.name
    while isinstance(name, cst.Attribute):
        name = name.value
    return name.value if isinstance(name, cst.Name) else ""


class _Members(cst.CSTTransformer):
    """Takes methods out of one class, and puts stubs in the place of functions inside functions."""

    def __init__(self, module: str, cutting: Cutting, gone: frozenset[str]) -> None:
        super().__init__()
        self._scope = [module]
        self._cutting, self._gone = cutting, gone

    def visit_ClassDef(self, node: cst.ClassDef) -> bool:  # noqa: N802 - LibCST's name
        self._scope.append(node.name.value)
        return True

    def visit_FunctionDef(self, node: cst.FunctionDef) -> bool:  # noqa: N802 - LibCST's name
        self._scope.append(node.name.value)
        return ".".join(self._scope) not in self._cutting.stubs

    def leave_ClassDef(  # noqa: N802 - LibCST's name
        self,
        original_node: cst.ClassDef,  # noqa: ARG002 - LibCST's signature
        updated_node: cst.ClassDef,
    ) -> cst.BaseStatement:
        self._scope.pop()
        if isinstance(updated_node.body, cst.IndentedBlock) and not updated_node.body.body:
            return updated_node.with_changes(body=updated_node.body.with_changes(body=[cst.parse_statement("pass\n")]))
        return updated_node

    def leave_FunctionDef(  # noqa: N802 - LibCST's name
        self, original_node: cst.FunctionDef, updated_node: cst.FunctionDef
    ) -> cst.BaseStatement | cst.RemovalSentinel:
        symbol = ".".join(self._scope)
        self._scope.pop()
        if symbol in self._cutting.stubs:
            source = cst.Module([original_node.with_changes(leading_lines=[])]).code
            return _stub(ast.parse(source).body[0], symbol, self._cutting, leading_of(original_node), source)
        if len(self._scope) == 2 and original_node.name.value in self._gone:
            return cst.RemoveFromParent()
        return updated_node


def _after_header(body: Sequence[cst.BaseStatement]) -> int:
    """Behind the docstring and what must come first."""
    at = 0
    for position, node in enumerate(body):
        small = node.body[0] if isinstance(node, cst.SimpleStatementLine) else None
        text = isinstance(small, cst.Expr) and isinstance(small.value, (cst.SimpleString, cst.ConcatenatedString))
        future = (
            isinstance(small, cst.ImportFrom)
            and isinstance(small.module, cst.Name)
            and small.module.value == "__future__"
        )
        if not (text and position == at) and not future:
            break
        at = position + 1
    return at
