"""What a service needs of a Node.js program: registrations, entries and demands in, the statements that stay out, each with its reason."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from tree_sitter import Node

from agent.extraction.slicing import Demand
from agent.extraction.slicing_node.modules import Export, Module, Reference, Statement, references, text_of, walk
from agent.extraction.slicing_node.program import NodeProgram, Registration

__all__ = ["Chosen", "choose"]

_WORDS = re.compile(r"[\w@.\-/]{2,200}")
_MOST_TEXT = 400_000
_PAGES = frozenset("ejs pug jade hbs handlebars mustache html htm njk nunjucks twig swig dust eta liquid art".split())


@dataclass
class Chosen:
    """``statements``: (path, index) -> why. ``parts``: (path, index) -> names of properties that stay, for an object that is given
    out. ``whole`` modules stay as they are. ``stubs``: registrations that answer for somebody else. ``dynamic``: not followed."""

    modules: dict[str, str] = field(default_factory=dict)
    statements: dict[tuple[str, int], str] = field(default_factory=dict)
    parts: dict[tuple[str, int], dict[str, str]] = field(default_factory=dict)
    whole: dict[str, str] = field(default_factory=dict)
    files: dict[str, str] = field(default_factory=dict)
    stubs: dict[str, tuple[Registration, ...]] = field(default_factory=dict)
    dynamic: set[tuple[str, int, str]] = field(default_factory=set)


def choose(
    program: NodeProgram, entries: Iterable[str], demands: Iterable[Demand] = (), *, nothing: bool = False
) -> Chosen:
    """``entries`` are modules that start the program; ``nothing``: every route is somebody else's, the service's own too."""
    walkway = _Walk(program, nothing)
    for path, several in sorted(program.registered.items()):
        own = [one for one in several if "" in one.owners]
        if own:
            walkway.module(path, "registers a route of the service")
    for path in entries:
        walkway.module(path, "starts the program")
    for demand in demands:
        walkway.demand(demand)
    walkway.run()
    return walkway.chosen


class _Walk:
    def __init__(self, program: NodeProgram, nothing: bool) -> None:
        self.program = program
        self.chosen = Chosen()
        self.pending: list[tuple[Module, Node, str]] = []
        for path, several in program.registered.items():
            stubs = tuple(one for one in several if nothing or "" not in one.owners)
            if stubs:
                self.chosen.stubs[path] = stubs

    def run(self) -> None:
        while True:
            while self.pending:
                module, node, where = self.pending.pop()
                self._follow(module, node, where)
            if not self._named_files():
                return

    # -- what is wanted

    def demand(self, demand: Demand) -> None:
        reason = demand.reason or "an earlier round lacked it"
        if demand.kind == "file":
            self.chosen.files.setdefault(demand.name, reason)
        elif demand.kind == "module":
            self.module(demand.name, reason)
        elif demand.kind == "whole":
            self.everything(demand.name, reason)
        elif demand.kind == "name" and demand.module in self.program.modules:
            module = self.program.modules[demand.module]
            if demand.name in module.exported:
                self.export(demand.module, demand.name, reason)
            if demand.name in module.bound:
                self.name(demand.module, demand.name, reason)

    def module(self, path: str, reason: str) -> None:
        """That it is loaded: what happens at its top level, and what it gives out as a whole."""
        if path in self.chosen.modules:
            return
        module = self.program.modules.get(path)
        if module is None:
            if path in self.program.files:
                self.chosen.files.setdefault(path, reason)
            return
        self.chosen.modules[path] = reason
        if not module.cuttable:
            self.everything(path, "it cannot be cut: it is no CommonJS, or was not read without an error")
            return
        for statement in module.statements:
            if statement.kind in ("effect", "default"):
                self.keep(module, statement, "runs when the module is loaded")

    def everything(self, path: str, reason: str) -> None:
        self.module(path, reason)
        module = self.program.modules.get(path)
        if module is None or path in self.chosen.whole:
            return
        self.chosen.whole[path] = reason
        for statement in module.statements:
            self.keep(module, statement, reason)
            self._all_parts(module, statement, reason)
            if not module.cuttable:
                self.pending.append((module, statement.node, path))

    def export(self, path: str, name: str, reason: str) -> None:
        self.module(path, reason)
        module = self.program.modules.get(path)
        for export in module.exported.get(name, ()) if module is not None else ():
            assert module is not None
            statement = module.statements[export.index]
            self.keep(module, statement, reason)
            if export.part:
                self._part(module, export, reason)

    def name(self, path: str, name: str, reason: str) -> None:
        module = self.program.modules[path]
        self.module(path, reason)
        for statement in module.statements:
            if name in statement.names and statement.kind != "attached":
                self.keep(module, statement, reason)
        for statement in module.statements:
            if statement.kind == "attached" and name in statement.names:
                self.keep(module, statement, f"belongs to {name}")

    def keep(self, module: Module, statement: Statement, reason: str) -> None:
        place = (module.path, statement.index)
        if place in self.chosen.statements:
            return
        self.chosen.statements[place] = reason
        if statement.kind == "import":
            self._loads(module, statement)
            return
        self.pending.append((module, statement.node, f"{module.path}:{statement.lines[0]}"))

    def _loads(self, module: Module, statement: Statement) -> None:
        for found in references(module, statement.node, self.program.known, ()):
            if found.module != module.path:
                self.module(found.module, f"{module.path}:{found.line} loads it")

    # -- objects that are given out, property by property

    def _part(self, module: Module, export: Export, reason: str) -> None:
        kept = self.chosen.parts.setdefault((module.path, export.index), {})
        if export.name in kept:
            return
        kept[export.name] = reason
        self.pending.append((module, export.node, f"{module.path}:{export.node.start_point[0] + 1}"))

    def _all_parts(self, module: Module, statement: Statement, reason: str) -> None:
        for export in module.exports:
            if export.part and export.index == statement.index:
                self._part(module, export, reason)

    # -- references

    def _follow(self, module: Module, node: Node, where: str) -> None:
        stubs = {(one.start, one.end) for one in self.chosen.stubs.get(module.path, ())}
        parts = {(one.node.start_byte, one.node.end_byte) for one in module.exports if one.part and one.node != node}
        for found in self._references(module, node, stubs, parts):
            self._take(found.kind, found.module, found.name, f"{where} uses it")
        for here in walk(node):
            if here.type == "call_expression" and text_of(here.child_by_field_name("function")) == "require":
                arguments = here.child_by_field_name("arguments")
                if (
                    arguments is not None
                    and arguments.named_children
                    and arguments.named_children[0].type not in ("string",)
                ):
                    self.chosen.dynamic.add((module.path, here.start_point[0] + 1, text_of(here)[:120]))

    def _references(
        self, module: Module, node: Node, stubs: set[tuple[int, int]], parts: set[tuple[int, int]]
    ) -> Iterator[Reference]:
        """Handlers that are stubs are several arguments: each of them is skipped."""
        skip = set(parts)
        for start, end in stubs:
            skip |= {(one.start_byte, one.end_byte) for one in _arguments_between(node, start, end)}
        return references(module, node, self.program.known, skip)

    def _take(self, kind: str, path: str, name: str, reason: str) -> None:
        if kind == "name":
            self.name(path, name, reason)
        elif kind == "export":
            self.export(path, name, reason)
        elif kind == "whole":
            self._whole_value(path, reason)
        else:
            self.module(path, reason)

    def _whole_value(self, path: str, reason: str) -> None:
        """A module's value that goes somewhere as it is: with a value of its own only that, else all that it gives out."""
        self.module(path, reason)
        module = self.program.modules.get(path)
        if module is None:
            return
        for export in module.exports:
            statement = module.statements[export.index]
            self.keep(module, statement, reason)
            if export.part:
                self._part(module, export, reason)

    # -- files that code names

    def _named_files(self) -> bool:
        words: set[str] = set()
        folders: set[str] = set()
        for path, index in list(self.chosen.statements):
            module = self.program.modules[path]
            stubs = self.chosen.stubs.get(path, ())
            for here in walk(module.statements[index].node):
                if here.type == "string_fragment" and not any(one.start <= here.start_byte < one.end for one in stubs):
                    text = text_of(here)
                    words.update(_WORDS.findall(text))
                    if "/" not in text.strip("./"):
                        folders.add(text.strip("./"))
        for path in list(self.chosen.files):
            if path[path.rfind(".") + 1 :] in _PAGES:
                words.update(_WORDS.findall(self.program.read(path)[:_MOST_TEXT].decode("utf-8", "replace")))
        before = len(self.chosen.files)
        for path in self.program.files:
            if path not in self.chosen.files and (why := _named(path, words, folders)):
                self.chosen.files[path] = why
        return len(self.chosen.files) > before or bool(self.pending)


def _named(path: str, words: set[str], folders: set[str]) -> str:
    name = path.rpartition("/")[2]
    stem, _, suffix = name.partition(".")
    for word in (path, f"/{path}", name):
        if word in words:
            return f"code or a page that is kept says {word!r}"
    if suffix.rpartition(".")[2] in _PAGES:
        parts = path[: -len(name)] + stem
        if any(tail in words for tail in _tails(parts)):
            return f"a page that code or another page names: {stem!r}"
    head = path.partition("/")[0]
    if "/" in path and head in folders and head in ("public", "static", "assets", "www", "dist"):
        return f"in {head}, which is served as it is"
    return ""


def _tails(path: str) -> Iterator[str]:
    while path:
        yield path
        path = path.partition("/")[2]


def _arguments_between(node: Node, start: int, end: int) -> Iterator[Node]:
    """The nodes right below an argument list that lie within these bytes."""
    stack = [node]
    while stack:
        here = stack.pop()
        if here.end_byte < start or here.start_byte > end:
            continue
        if here.type == "arguments" and any(one.start_byte == start for one in here.named_children):
            yield from (one for one in here.named_children if start <= one.start_byte and one.end_byte <= end)
            continue
        stack.extend(here.named_children)
