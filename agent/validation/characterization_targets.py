"""What can be characterized: places that no test runs in, public Python functions with values to call them with out."""

from __future__ import annotations

import ast
import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from agent.domain.inventory import Location
from agent.ports import Language
from agent.validation.syntax import Syntax, read_syntax, walk

__all__ = ["Target", "choose_targets"]

MOST_PARAMETERS = 5
MOST_VALUES = 9
# Values that find what code does at its edges; each is a literal in Python 2 and 3.
ANYTHING = ("0", "1", "-1", "'abc'", "''", "None", "[]", "[1, 2]", "{}", "7", "2.5", "u'caf\\xe9'", "True")
BY_HINT: Mapping[str, tuple[str, ...]] = {
    "int": ("0", "1", "-1", "7", "100", "-13", "12345"), "float": ("0.0", "1.5", "-2.25", "1000.0", "0.005"),
    "str": ("'abc'", "''", "'a b, c'", "'12.50'", "u'caf\\xe9'", "' x '"), "bytes": ("b'abc'", "b''", "b'\\x00\\xff'"),
    "bool": ("True", "False"), "list": ("[]", "[1, 2, 3]", "['b', 'a']"), "dict": ("{}", "{'a': 1}", "{'b': [2], 'a': 1}"),
    "tuple": ("()", "(1, 2)"), "set": ("set([])", "set([1, 2])"),
}  # fmt: skip
REACHABLE_DECORATORS = frozenset({"staticmethod", "classmethod"})


@dataclass(frozen=True, slots=True)
class Target:
    """A function to call: ``module`` and dotted ``name`` in it; ``root`` is what must be on the path; ``pools`` are the
    literals for each argument. ``lines`` are those of it that no test runs."""

    id: str
    path: str
    module: str
    name: str
    root: str
    pools: tuple[tuple[str, ...], ...]
    lines: tuple[int, ...]


def choose_targets(
    uncovered: Sequence[Location],
    texts: Mapping[str, str],
    languages: Mapping[str, Language],
    paths: Collection[str],
) -> tuple[tuple[Target, ...], tuple[str, ...]]:
    """Targets by path and line, and what is left out, one sentence each.

    ``texts`` are Python files (Latin-1 text) whose calls show what arguments look like: the changed files and the tests.
    """
    known = frozenset(paths)
    trees = {
        path: tree for path, text in sorted(texts.items()) if (tree := read_syntax(path, text, languages)) is not None
    }
    trees = {path: tree for path, tree in trees.items() if tree.language == "python"}
    seen = _values_at_calls(trees.values())
    found: list[Target] = []
    left: list[str] = []
    for path in sorted({place.path for place in uncovered}):
        tree = trees.get(path)
        if tree is None:
            left.append(f"{path}: only Python can be characterized")
            continue
        lines = {place.line for place in uncovered if place.path == path}
        placed: set[int] = set()
        for node, owner in _functions(tree):
            inside = tuple(sorted(n for n in lines if node.start_point[0] + 1 <= n <= node.end_point[0] + 1))
            if not inside:
                continue
            placed.update(inside)
            target = _target(tree, node, owner, inside, seen, known)
            if isinstance(target, str):
                left.append(f"{path}:{node.start_point[0] + 1}: {target}")
            else:
                found.append(target)
        for line in sorted(lines - placed):
            left.append(f"{path}:{line}: not in a function that can be called")
    return tuple(found), tuple(left)


def _functions(tree: Syntax) -> Iterator[tuple[Any, Any]]:
    """(function, class around it or None), for those at the top of a module or of a class there."""
    for node in tree.root.children:
        bare = _undecorated(node)
        if bare.type == "function_definition":
            yield bare, None
        elif bare.type == "class_definition":
            body = bare.child_by_field_name("body")
            for inner in body.children if body is not None else ():
                method = _undecorated(inner)
                if method.type == "function_definition":
                    yield method, bare


def _undecorated(node: Any) -> Any:
    return node.child_by_field_name("definition") if node.type == "decorated_definition" else node


def _target(
    tree: Syntax, node: Any, owner: Any, lines: tuple[int, ...], seen: Mapping[tuple[str, int], tuple[str, ...]],
    paths: frozenset[str],
) -> Target | str:  # fmt: skip
    def text(one: Any) -> str:
        return tree.text[one.start_byte : one.end_byte]

    name = text(node.child_by_field_name("name"))
    around = text(owner.child_by_field_name("name")) if owner is not None else ""
    if name.startswith("_") or around.startswith("_"):
        return f"{name} is not public"
    decorators = (
        [text(c)[1:].strip() for c in node.parent.children if c.type == "decorator"] if node.parent is not None else []
    )
    if set(decorators) - REACHABLE_DECORATORS:
        return f"{name} is decorated with {', '.join(decorators)}"
    if text(node).startswith("async"):
        return f"{name} is asynchronous"
    parameters = [p for p in node.child_by_field_name("parameters").named_children if p.type != "comment"]
    if owner is not None and "staticmethod" not in decorators:
        parameters = parameters[1:]
    pools: list[tuple[str, ...]] = []
    for number, parameter in enumerate(parameters):
        if parameter.type not in ("identifier", "default_parameter", "typed_parameter", "typed_default_parameter"):
            break  # *rest and what follows it
        if parameter.type.endswith("default_parameter") and number >= 2 and not seen.get((name, number)):
            break  # its default will do
        pools.append(_pool(parameter, text, seen.get((name, number), ())))
    if len(pools) > MOST_PARAMETERS:
        return f"{name} takes {len(pools)} arguments"
    root, module = _module(tree.path, paths)
    if not module:
        return f"{tree.path} cannot be imported under one name"
    dotted = f"{around}.{name}" if around else name
    return Target(f"{tree.path}:{dotted}", tree.path, module, dotted, root, tuple(pools), lines)


def _pool(parameter: Any, text: Any, seen: tuple[str, ...]) -> tuple[str, ...]:
    values = list(seen)
    default = parameter.child_by_field_name("value")
    if default is not None and _literal(text(default)):
        values.append(_literal(text(default)))
    hint = parameter.child_by_field_name("type")
    named = re.findall(r"\w+", text(hint).lower()) if hint is not None else []
    generic = [value for word in named for value in BY_HINT.get(word, ())]
    if "optional" in named or "none" in named:
        generic.append("None")
    # No hint: what the values at hand are tells the kind; their neighbours and a few others tell the edges.
    kinds = {type(ast.literal_eval(value)).__name__ for value in values} - {"NoneType"}
    generic = generic or [value for kind in sorted(kinds) for value in BY_HINT.get(kind, ())]
    return tuple(dict.fromkeys([*values, *generic, *(() if generic else ANYTHING)]))[: max(MOST_VALUES, len(ANYTHING))]


def _values_at_calls(trees: Any) -> Mapping[tuple[str, int], tuple[str, ...]]:
    """(called name, position) -> literals that stand there in some call."""
    found: dict[tuple[str, int], dict[str, None]] = {}
    for tree in trees:
        for node in walk(tree.root):
            if node.type != "call":
                continue
            function, arguments = node.child_by_field_name("function"), node.child_by_field_name("arguments")
            if function is None or arguments is None:
                continue
            name = tree.text[function.start_byte : function.end_byte].rsplit(".", 1)[-1]
            for number, argument in enumerate(a for a in arguments.named_children if a.type != "comment"):
                value = _literal(tree.text[argument.start_byte : argument.end_byte])
                if value and len(found.setdefault((name, number), {})) < MOST_VALUES - 3:
                    found[name, number][value] = None
    return {place: tuple(values) for place, values in found.items()}


def _literal(text: str) -> str:
    """The literal as Python 2 and 3 both read it; empty for anything else."""
    if len(text) > 200:
        return ""
    try:
        value = ast.literal_eval(text.encode("latin-1").decode("utf-8"))
        shown = ascii(value)
    except (ValueError, SyntaxError, RecursionError, MemoryError, TypeError):
        return ""
    if isinstance(value, str) and not value.isascii():
        return f"u{shown}"
    return shown if isinstance(value, str | bytes | int | float | bool | list | tuple | dict | None) else ""


def _module(path: str, paths: frozenset[str]) -> tuple[str, str]:
    """(folder to put on the path, dotted name): up to the first folder that is no package."""
    folders = path.split("/")[:-1]
    stem = path.rsplit("/", 1)[-1].removesuffix(".py")
    parts = [] if stem == "__init__" else [stem]
    while folders and "/".join([*folders, "__init__.py"]) in paths:
        parts.insert(0, folders.pop())
    if not parts or not all(re.fullmatch(r"[A-Za-z_]\w*", part) for part in parts):
        return "", ""
    return "/".join(folders), ".".join(parts)
