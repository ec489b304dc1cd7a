"""Seams in Python: a boundary in, a module with a Protocol, today's code behind it and a flag, and moved callers out."""

from __future__ import annotations

import ast
import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from agent.domain.boundary import Service
from agent.domain.code import Dependency
from agent.domain.patch import Left
from agent.domain.verdict import FileChange
from agent.patches.edits import apply_edits, change, left
from agent.patches.python_tree import PythonSource, parse_python
from agent.patches.seams import MOST_LINES, MOST_OPERATIONS, Crossings, Seam, words_of
from agent.patches.seams_callers import Caller
from agent.ports import Codebase

__all__ = ["PythonSeams"]

_PLAIN = frozenset("int str bool float bytes None list dict tuple set object".split())


@dataclass(frozen=True)
class Operation:
    """A module's function that others call, with its parameters as they are declared."""

    name: str
    module: str
    parameters: str
    arguments: str
    returns: str
    doc: str


class PythonSeams:
    """Makes seams one after the other; each is made from what the ones before it left."""

    def __init__(self, code: Codebase) -> None:
        self.code = code
        self.crossings = Crossings(code, "python")
        self.texts: dict[str, str] = {}

    def make(self, service: Service) -> Iterator[Seam]:
        calls = self.crossings.into(service)
        words = words_of(service.name)
        path = self._path(service)
        if not calls or self.code.text(path) is not None:
            return
        todo: list[Left] = []
        operations, moved = self._operations(calls, todo)
        callers, count, used = self._callers(moved, operations, path, "_".join(words), todo)
        operations = {target: o for target, o in operations.items() if target in used}
        if not operations:
            return
        seam = change(path, None, _module(words, service.name, list(operations.values())))
        for changed in callers:
            self.texts[changed.path] = changed.after or ""
        yield Seam(
            service=service.name,
            flag=_flag(words),
            operations=tuple(sorted(o.name for o in operations.values())),
            calls=count,
            changes=(seam, *callers),
            left=tuple(
                sorted(
                    [*todo, *self.crossings.types_that_cross(service)],
                    key=lambda i: (i.where.path, i.where.line, i.text),
                )
            ),
        )

    def is_there(self, service: Service) -> bool:
        return self.code.text(self._path(service)) is not None

    def _path(self, service: Service) -> str:
        folder, name = self._folder(self.crossings.into(service)), "_".join(words_of(service.name))
        return f"{folder}/{name}_seam.py" if folder else f"{name}_seam.py"

    def _text(self, path: str) -> str | None:
        return self.texts.get(path, self.code.text(path))

    def _folder(self, calls: Mapping[str, Sequence[Dependency]]) -> str:
        """The top folder of most operations, so that the seam lies in a package that everybody reaches."""
        by_id = self.crossings.graph.by_id
        tops: Counter[str] = Counter()
        for target, found in calls.items():
            folder = by_id[target].path.rpartition("/")[0]
            while "/" in folder and self.code.text(f"{folder.rpartition('/')[0]}/__init__.py") is not None:
                folder = folder.rpartition("/")[0]
            tops[folder] += len(found)
        return min(tops, key=lambda folder: (-tops[folder], folder)) if tops else ""

    def _operations(
        self, calls: Mapping[str, Sequence[Dependency]], todo: list[Left]
    ) -> tuple[dict[str, Operation], dict[str, Sequence[Dependency]]]:
        operations: dict[str, Operation] = {}
        moved: dict[str, Sequence[Dependency]] = {}
        names: set[str] = set()
        for target, found in calls.items():
            symbol = self.crossings.graph.by_id[target]
            container = self.crossings.graph.by_id.get(symbol.container)
            why = ""
            operation: Operation | None = None
            if container is None or container.kind != "module":
                why = (
                    "it belongs to an object"
                    if container is not None and container.kind == "class"
                    else "it is made when another function runs"
                )
            elif len(operations) == MOST_OPERATIONS:
                why = f"it comes after the first {MOST_OPERATIONS} operations"
            elif symbol.name in names:
                why = "another operation has the same name"
            else:
                operation, why = self._operation(symbol.path, symbol.name, symbol.line, container.id)
            if operation is None:
                if not symbol.name.startswith("__"):
                    todo.append(left(found[0].path, found[0].line, f"the call of {target} stays as it is: {why}"))
                continue
            names.add(operation.name)
            operations[target], moved[target] = operation, found
        return operations, moved

    def _operation(self, path: str, name: str, line: int, module: str) -> tuple[Operation | None, str]:
        source = parse_python(path, self.code.text(path))
        for node in source.tree.body if source else ():
            if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)) and node.name == name:
                if not source or not _is_at(node, line):
                    continue
                written = _parameters(source, node.args)
                if written is None:
                    return None, "a default of its parameters is computed, or shared between calls"
                returns = _annotation(source, node.returns) if isinstance(node, ast.FunctionDef) else ""
                doc = _summary(ast.get_docstring(node) or "")
                # the tree holds characters, the text that it goes into holds bytes
                said = doc.encode("utf-8", "replace").decode("latin-1")
                safe = said if said and '"""' not in said and "\\" not in said and not said.endswith('"') else ""
                return Operation(name, module, written[0], written[1], returns, safe), ""
        return None, "its definition is not a plain function of the module"

    def _callers(
        self,
        moved: Mapping[str, Sequence[Dependency]],
        operations: Mapping[str, Operation],
        seam: str,
        word: str,
        todo: list[Left],
    ) -> tuple[list[FileChange], int, set[str]]:
        by_path: dict[str, list[Dependency]] = {}
        for found in moved.values():
            for dependency in found:
                by_path.setdefault(dependency.path, []).append(dependency)
        changes: list[FileChange] = []
        used: set[str] = set()
        count = lines = 0
        replaced = self._replaced_by_tests()
        for path in sorted(by_path):
            text = self._text(path)
            original = parse_python(path, self.code.text(path))
            source = parse_python(path, text)
            if source is None or original is None or text is None:
                continue
            caller = Caller(source, original, seam, f"{word}_service")
            taken = caller.move(by_path[path], {t: (o.module, o.name) for t, o in operations.items()}, replaced, todo)
            after = apply_edits(text, taken.edits)
            if not taken.edits or parse_python(path, after) is None:
                continue
            lines += 2 * taken.count + 4
            if lines > MOST_LINES - 20 * len(operations):
                todo.append(left(path, 0, "the calls in this file come after the first hundreds of lines"))
                continue
            changes.append(change(path, text, after))
            count += taken.count
            used |= taken.targets
        return changes, count, used

    def _replaced_by_tests(self) -> frozenset[str]:
        """``module.name`` as tests replace it, by any of its forms: the last two parts."""
        found: set[str] = set()
        for path in self.code.paths(".py"):
            if not self.code.is_test(path):
                continue
            text = self.code.text(path) or ""
            if "patch" not in text:
                continue
            for owner, name in re.findall(r"setattr\(\s*([\w.]+)\s*,\s*['\"](\w+)['\"]", text):
                found.add(f"{owner.rpartition('.')[2]}.{name}")
            for owner, name in re.findall(r"patch\.object\(\s*([\w.]+)\s*,\s*['\"](\w+)['\"]", text):
                found.add(f"{owner.rpartition('.')[2]}.{name}")
            for dotted in re.findall(r"(?:patch|setattr)\(\s*['\"]([\w.]+)['\"]", text):
                found.add(".".join(dotted.split(".")[-2:]))
        return frozenset(found)


def _summary(docstring: str) -> str:
    """The first paragraph on one line; empty when it is too long for that."""
    paragraph = " ".join(docstring.strip().split("\n\n")[0].split())
    return paragraph if len(paragraph) <= 105 else ""


def _is_at(node: ast.FunctionDef | ast.AsyncFunctionDef, line: int) -> bool:
    first = min([node.lineno, *(d.lineno for d in node.decorator_list)])
    return first <= line <= node.lineno


def _parameters(source: PythonSource, arguments: ast.arguments) -> tuple[str, str] | None:
    """(parameters as declared, arguments that hand them on); None when a default cannot stand in two places."""
    declared: list[str] = []
    handed: list[str] = []
    plain = [*arguments.posonlyargs, *arguments.args]
    defaults: list[ast.expr | None] = [None] * (len(plain) - len(arguments.defaults)) + list(arguments.defaults)
    for at, (argument, default) in enumerate(zip(plain, defaults, strict=True)):
        one = _parameter(source, argument, default)
        if one is None or argument.arg == "self":
            return None
        declared.append(one)
        handed.append(argument.arg)
        if arguments.posonlyargs and at == len(arguments.posonlyargs) - 1:
            declared.append("/")
    if arguments.vararg:
        declared.append(f"*{arguments.vararg.arg}")
        handed.append(f"*{arguments.vararg.arg}")
    elif arguments.kwonlyargs:
        declared.append("*")
    for argument, default in zip(arguments.kwonlyargs, arguments.kw_defaults, strict=True):
        one = _parameter(source, argument, default)
        if one is None:
            return None
        declared.append(one)
        handed.append(f"{argument.arg}={argument.arg}")
    if arguments.kwarg:
        declared.append(f"**{arguments.kwarg.arg}")
        handed.append(f"**{arguments.kwarg.arg}")
    return ", ".join(["self", *declared]), ", ".join(handed)


def _parameter(source: PythonSource, argument: ast.arg, default: ast.expr | None) -> str | None:
    annotation = _annotation(source, argument.annotation)
    said = f"{argument.arg}: {annotation}" if annotation else argument.arg
    if default is None:
        return said
    negative = (
        isinstance(default, ast.UnaryOp)
        and isinstance(default.op, ast.USub)
        and isinstance(default.operand, ast.Constant)
    )
    empty = isinstance(default, ast.Tuple) and not default.elts
    if not (isinstance(default, ast.Constant) or negative or empty) or default.lineno != default.end_lineno:
        return None
    return f"{said} = {source.source(default)}" if annotation else f"{said}={source.source(default)}"


def _annotation(source: PythonSource, node: ast.expr | None) -> str:
    """An annotation that needs no import; empty for any other."""
    if node is None or any(
        not isinstance(n, (ast.Name, ast.Constant, ast.Load, ast.Subscript, ast.BinOp, ast.BitOr))
        for n in ast.walk(node)
    ):
        return ""
    names = {n.id for n in ast.walk(node) if isinstance(n, ast.Name)}
    constants = [n.value for n in ast.walk(node) if isinstance(n, ast.Constant)]
    return source.source(node) if names <= _PLAIN and all(value is None for value in constants) else ""


def _flag(words: Sequence[str]) -> str:
    return f"{'_'.join(words).upper()}_SERVICE"


def _module(words: Sequence[str], service: str, operations: Sequence[Operation]) -> str:
    camel = "".join(word.capitalize() for word in words)
    flag, function = _flag(words), f"{'_'.join(words)}_service"
    ordered = sorted(operations, key=lambda o: o.name)
    lines = [
        f'"""The seam around {service}: what other parts ask of it, and who answers.',
        "",
        f"{flag} names the implementation. Without it the code of this process answers, as it always did; another",
        "implementation is added to IMPLEMENTATIONS.",
        '"""',
        "",
        "import os",
        "from typing import Protocol",
        "",
        "",
        f"class {camel}Service(Protocol):",
        f'    """What other parts ask of {service}."""',
    ]
    for operation in ordered:
        returns = f" -> {operation.returns}" if operation.returns else ""
        lines += ["", f"    def {operation.name}({operation.parameters}){returns}:"]
        lines.append(f'        """{operation.doc or f"As {operation.module}.{operation.name} does."}"""')
    lines += [
        "",
        "",
        f"class InProcess{camel}:",
        '    """Today\'s code. It is imported when it is asked, since it may import callers of this seam itself."""',
    ]
    for operation in ordered:
        package, _, name = operation.module.rpartition(".")
        known = "implementation" if re.search(rf"\b{re.escape(name)}\b", operation.arguments) else name
        alias = f" as {known}" if known != name else ""
        bring = f"from {package} import {name}{alias}" if package else f"import {name}{alias}"
        returns = f" -> {operation.returns}" if operation.returns else ""
        lines += [
            "",
            f"    def {operation.name}({operation.parameters}){returns}:",
            f"        {bring}",
            "",
            f"        return {known}.{operation.name}({operation.arguments})",
        ]
    lines += [
        "",
        "",
        f'IMPLEMENTATIONS = {{"in-process": InProcess{camel}}}',
        "",
        "",
        f"def {function}() -> {camel}Service:",
        f'    """The implementation that {flag} names."""',
        f'    return IMPLEMENTATIONS[os.environ.get("{flag}", "in-process")]()',
        "",
    ]
    return "\n".join(lines)
