"""Seams in Java: a boundary in, an interface, today's class behind it and a flag, and moved callers out."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from agent.domain.boundary import Service
from agent.domain.code import Dependency
from agent.domain.patch import Left
from agent.domain.verdict import FileChange
from agent.patches.edits import change, left
from agent.patches.java_source import JavaSource, read_java_source
from agent.patches.seams import MOST_OPERATIONS, Crossings, Seam, words_of
from agent.patches.seams_java_callers import move_calls
from agent.ports import Codebase

__all__ = ["JavaSeams"]


@dataclass(frozen=True)
class Method:
    """A public method of the class behind the seam, as it is declared."""

    name: str
    head: str  # type parameters, type, name, parameters, throws
    arguments: tuple[str, ...]
    returns: bool


class JavaSeams:
    """Makes seams around one class of a boundary: the one that is called most from outside and keeps nothing itself."""

    def __init__(self, code: Codebase) -> None:
        self.code = code
        self.crossings = Crossings(code, "java")
        self.texts: dict[str, str] = {}

    def is_there(self, service: Service) -> bool:
        name = f"/{_camel(service)}Seam.java"
        return any(True for _ in self.code.paths(name))

    def make(self, service: Service) -> Iterator[Seam]:
        if self.is_there(service):
            return
        calls = self.crossings.into(service)
        for owner, path in self._classes(calls):
            source = read_java_source(path, self._text(path))
            found = self._seam(service, owner, source, calls) if source is not None else None
            if found is not None:
                for changed in found.changes:
                    self.texts[changed.path] = changed.after or ""
                yield found
                return

    def _text(self, path: str) -> str | None:
        return self.texts.get(path, self.code.text(path))

    def _classes(self, calls: Mapping[str, Sequence[Dependency]]) -> list[tuple[str, str]]:
        """Top-level classes whose functions are called from outside, most called first, services before anything else."""
        by_id = self.crossings.graph.by_id
        counts: Counter[str] = Counter()
        for target, found in calls.items():
            container = by_id.get(by_id[target].container)
            if container is not None and container.kind == "class" and container.id == container.unit:
                counts[container.id] += len(found)
        ranked = sorted(counts, key=lambda i: (not re.search(r"(?:Service|Facade|Manager|Bean)$", i), -counts[i], i))
        return [(identifier, by_id[identifier].path) for identifier in ranked]

    def _seam(
        self, service: Service, owner: str, source: JavaSource, calls: Mapping[str, Sequence[Dependency]]
    ) -> Seam | None:
        simple = owner.rpartition(".")[2]
        made = _instance(source, simple)
        methods = _methods(source, simple)
        if not made or not methods:
            return None
        by_id = self.crossings.graph.by_id
        todo: list[Left] = []
        places = sorted({d.path for t, found in calls.items() if by_id[t].container == owner for d in found})
        camel = _camel(service)
        used: set[str] = set()
        count = 0
        changes: list[FileChange] = []
        for path in places:
            caller = read_java_source(path, self._text(path))
            moved = move_calls(caller, source.package(), simple, camel, set(methods)) if caller is not None else None
            if caller is None or moved is None:
                todo.append(left(path, 0, f"{simple} is used here in another way than by calling its methods"))
                continue
            if len(used | moved.names) > MOST_OPERATIONS:
                todo.append(left(path, 0, f"its calls of {simple} come after the first {MOST_OPERATIONS} operations"))
                continue
            used |= moved.names
            count += moved.count
            changes.append(change(path, caller.text, moved.after))
        if not changes:
            return None
        operations = [method for name in sorted(used) for method in methods[name]]
        return Seam(
            service=service.name,
            flag=_flag(service),
            operations=tuple(sorted(used)),
            calls=count,
            changes=(*_files(service, source, simple, made, operations), *changes),
            left=tuple(
                sorted(
                    [*todo, *self.crossings.types_that_cross(service)],
                    key=lambda i: (i.where.path, i.where.line, i.text),
                )
            ),
        )


def _camel(service: Service) -> str:
    return "".join(word.capitalize() for word in words_of(service.name))


def _flag(service: Service) -> str:
    return f"{'_'.join(words_of(service.name)).upper()}_SERVICE"


def _body(source: JavaSource, simple: str) -> Any:
    for node in source.root.named_children:
        if node.type == "class_declaration" and source.said(node.child_by_field_name("name")) == simple:
            return node.child_by_field_name("body")
    return None


def _modifiers(source: JavaSource, node: Any) -> set[str]:
    for child in node.children:
        if child.type == "modifiers":
            return set(re.findall(r"[a-z]+", re.sub(r"@\w+(?:\([^)]*\))?", "", source.said(child))))
    return set()


def _instance(source: JavaSource, simple: str) -> str:
    """How the class is made: empty when it keeps something between calls, or has no constructor without parameters."""
    body = _body(source, simple)
    if body is None:
        return ""
    constructors: list[str] = []
    for node in body.named_children:
        modifiers = _modifiers(source, node)
        if node.type == "constructor_declaration" and "private" not in modifiers:
            constructors.append(source.said(node.child_by_field_name("parameters")).strip("() \t\r\n"))
        elif node.type == "constructor_declaration":
            constructors.append("private")
        elif node.type == "field_declaration" and not modifiers & {"static", "final"}:
            return ""
    shared = any(
        node.type == "method_declaration"
        and source.said(node.child_by_field_name("name")) == "getInstance"
        and source.said(node.child_by_field_name("parameters")) == "()"
        and "static" in _modifiers(source, node)
        for node in body.named_children
    )
    if shared:
        return f"{simple}.getInstance()"
    return f"new {simple}()" if not constructors or "" in constructors else ""


def _methods(source: JavaSource, simple: str) -> dict[str, list[Method]]:
    """Public methods of objects by name, overloads together."""
    found: dict[str, list[Method]] = {}
    for node in _body(source, simple).named_children:
        if node.type != "method_declaration":
            continue
        modifiers = _modifiers(source, node)
        if "public" not in modifiers or "static" in modifiers:
            continue
        name = source.said(node.child_by_field_name("name"))
        parameters = node.child_by_field_name("parameters")
        names = tuple(
            source.said(p.child_by_field_name("name")) or source.said(p.named_children[-1]).lstrip(". ")
            for p in parameters.named_children
            if p.type in ("formal_parameter", "spread_parameter")
        )
        body = node.child_by_field_name("body")
        first = next(c for c in node.children if c.type not in ("modifiers", "line_comment", "block_comment"))
        head = " ".join(source.text[first.start_byte : body.start_byte if body else node.end_byte].split()).rstrip("; ")
        returns = source.said(node.child_by_field_name("type")) != "void"
        found.setdefault(name, []).append(Method(name, head, names, returns))
    return found


def _files(
    service: Service, source: JavaSource, simple: str, made: str, operations: Sequence[Method]
) -> tuple[FileChange, ...]:
    folder, package, camel, end = source.path.rpartition("/")[0], source.package(), _camel(service), source.newline
    flag = _flag(service)
    said = " ".join(method.head for method in operations)
    imports = sorted(full for name, full in source.imports().items() if re.search(rf"\b{re.escape(name)}\b", said))
    head = [f"package {package};", ""] if package else []
    brought = [
        line
        for group in ([i for i in imports if i.startswith("java")], [i for i in imports if not i.startswith("java")])
        if group
        for line in (*(f"import {full};" for full in group), "")
    ]
    interface = [
        *head,
        *brought,
        f"/** What other parts ask of {service.name}. */",
        f"public interface {camel}Operations {{",
    ]
    inside = [
        *head,
        *brought,
        f"/** Today's code: {simple}, in this process. */",
        f"class InProcess{camel}Operations implements {camel}Operations {{",
        "",
        f"    private final {simple} code = {made};",
    ]
    for method in operations:
        interface += ["", f"    {method.head};"]
        inside += [
            "",
            "    @Override",
            f"    public {method.head} {{",
            f"        {'return ' if method.returns else ''}code.{method.name}({', '.join(method.arguments)});",
            "    }",
        ]
    seam = [
        *head,
        "/**",
        f" * Who answers for {service.name}: {flag} names it. Without it the code of this",
        " * process answers, as it always did.",
        " */",
        f"public final class {camel}Seam {{",
        "",
        f"    private {camel}Seam() {{",
        "    }",
        "",
        f"    public static {camel}Operations current() {{",
        f'        String name = System.getenv("{flag}");',
        '        if (name == null || name.equals("in-process")) {',
        f"            return new InProcess{camel}Operations();",
        "        }",
        f'        throw new IllegalStateException("{flag} names no implementation: " + name);',
        "    }",
    ]
    names = (f"{camel}Operations", f"InProcess{camel}Operations", f"{camel}Seam")
    return tuple(
        change(f"{folder}/{name}.java" if folder else f"{name}.java", None, end.join([*lines, "}", ""]))
        for name, lines in zip(names, (interface, inside, seam), strict=True)
    )
