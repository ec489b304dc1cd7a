"""The PyCG micro-benchmark: small Python programs by category, each with the calls that its authors wrote down."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, cast

from agent.domain.code import DependencyGraph
from agent.graph.build import build_graph
from agent.graph.calls import find_calls
from agent.graph.resolver import Resolver
from agent.languages.python import Python
from eval.truths.missing import MissingTruthError

if TYPE_CHECKING:
    from agent.ports import Language

__all__ = ["Snippet", "by_values", "dull_calls", "named_calls", "read_snippets"]

Pairs = set[tuple[str, str]]
BUILT_IN_TYPES = {"str": "<**PyStr**>", "dict": "<**PyDict**>", "list": "<**PyList**>"}
DEFINED = re.compile(r"^(\s*)(def|class)\s+(\w+)", re.MULTILINE)
CALLED = re.compile(r"(?<!def )(?<!class )\b(\w+)\(")


@dataclass(frozen=True)
class Snippet:
    """One program: its files by relative path, and the truth's (caller, callee) pairs."""

    name: str
    category: str
    files: dict[str, bytes]
    truth: frozenset[tuple[str, str]]


def read_snippets(checkout: Path) -> list[Snippet]:
    """All snippets that have a callgraph.json, by path."""
    root = checkout / "micro-benchmark" / "snippets"
    found = []
    for answer in sorted(root.glob("*/*/callgraph.json")):
        folder = answer.parent
        graph = json.loads(answer.read_text("utf-8"))
        truth = frozenset((caller, callee) for caller, callees in graph.items() for callee in callees)
        files = {path.relative_to(folder).as_posix(): path.read_bytes() for path in sorted(folder.rglob("*.py"))}
        found.append(Snippet(f"{folder.parent.name}/{folder.name}", folder.parent.name, files, truth))
    if not found:
        raise MissingTruthError(f"{root.relative_to(checkout.parent)} holds no callgraph.json")
    return found


def by_values(snippet: Snippet) -> Pairs:
    """figwright's call layer: what `find_calls` answers, with calls into libraries and lambdas by the truth's names."""
    language = cast("Language", Python())
    facts = {path: language.extract(path, source)[0] for path, source in snippet.files.items()}
    project = Resolver(facts, {"python": language}, frozenset(snippet.files), {})
    found: Pairs = set()
    for site in find_calls(facts, project, language):
        found |= {(site.caller, target) for target in site.targets}
        found |= {(site.caller, _external(name)) for name in site.external}
    return found


def _external(name: str) -> str:
    module, _, rest = name.partition(".")
    if module != "builtins":
        return name
    kind, _, method = rest.partition(".")
    return f"{BUILT_IN_TYPES[kind]}.{method}" if method and kind in BUILT_IN_TYPES else f"<builtin>.{rest}"


def named_calls(snippet: Snippet) -> Pairs:
    """figwright without the call layer: names through scopes, imports and types; a type stands for its ``__init__``."""
    language = cast("Language", Python(flow=False))
    facts = {path: language.extract(path, source)[0] for path, source in snippet.files.items()}
    graph = build_graph(facts, {}, {"python": language}, [], frozenset(snippet.files), {})
    return {
        (edge.source, target)
        for edge in graph.dependencies
        if edge.kind == "call" and (target := _function(graph, edge.target))
    }


def _function(graph: DependencyGraph, target: str) -> str:
    symbol = graph.by_id[target]
    if symbol.kind == "class":
        creation = f"{target}.__init__"
        return creation if creation in graph.by_id else ""
    return target


def dull_calls(snippet: Snippet) -> Pairs:
    """``name(`` inside a definition, told by indentation, means every function of that name in the program."""
    defined: dict[str, list[str]] = {}
    texts = {}
    for path, source in snippet.files.items():
        module = path.removesuffix(".py").removesuffix("/__init__").replace("/", ".")
        texts[module] = source.decode("utf-8", "replace")
        for name, scope in _scopes(texts[module]):
            if name:
                defined.setdefault(name, []).append(f"{module}.{scope}")
    found: Pairs = set()
    for module, text in texts.items():
        stack: list[tuple[int, str]] = []
        for line in text.splitlines():
            indent = len(line) - len(line.lstrip())
            while stack and line.strip() and stack[-1][0] >= indent:
                stack.pop()
            match = DEFINED.match(line)
            if match:
                stack.append((indent, match.group(3)))
                continue
            caller = ".".join([module, *(name for _, name in stack)])
            found |= {(caller, target) for name in CALLED.findall(line) for target in defined.get(name, ())}
    return found


def _scopes(text: str) -> list[tuple[str, str]]:
    """(name of a function, its scope path), by indentation."""
    stack: list[tuple[int, str]] = []
    found = []
    for match in DEFINED.finditer(text):
        indent = len(match.group(1).lstrip("\n"))
        while stack and stack[-1][0] >= indent:
            stack.pop()
        stack.append((indent, match.group(3)))
        scope = ".".join(name for _, name in stack)
        found.append((match.group(3) if match.group(2) == "def" else "", scope))
    return found
