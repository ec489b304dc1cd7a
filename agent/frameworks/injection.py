"""Dependency injection by annotations: beans, injection points, and which implementation an interface leads to.

Shared by Spring and Jakarta EE, which differ in their annotations and not in the rule: a bean is injected by its type;
among several the primary one, the named one, or the one named like the variable.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from agent.domain.code import Dependency
from agent.domain.facts import Wiring
from agent.frameworks.java_outline import JavaType, Outline, find

if TYPE_CHECKING:
    from agent.ports import Project

__all__ = ["read_beans", "wire"]

QUALIFIERS = ("Qualifier", "Named", "Resource", "EJB")
LOMBOK = ("RequiredArgsConstructor", "AllArgsConstructor")
SEVERAL = frozenset({"List", "Set", "Collection", "Map", "Instance", "ObjectProvider", "Iterable"})


def read_beans(
    outline: Outline, framework: str, stereotypes: frozenset[str], points: frozenset[str], *, constructors: bool
) -> Iterator[Wiring]:
    """``bean`` (stereotype, name, primary) and ``inject`` (type, element, qualifier, variable) records of a file.

    ``constructors``: a bean's constructor parameters are injected without any annotation (Spring).
    """
    for declared in outline.types:
        stereotype = next((a for a in declared.annotations if a.name in stereotypes), None)
        if stereotype is not None:
            name = (*outline.texts(stereotype, "value", "name"), "")[0]
            primary = "primary" if find(declared.annotations, "Primary") else ""
            yield Wiring(framework, "bean", declared.scope, declared.line, (stereotype.name, name, primary))
        for kind, element, names, line in _points(declared, outline, points, constructors and stereotype is not None):
            yield Wiring(framework, "inject", declared.scope, line, (kind, element, *names))


def _points(
    declared: JavaType, outline: Outline, points: frozenset[str], by_constructor: bool
) -> Iterator[tuple[str, str, tuple[str, str], int]]:
    generated = by_constructor and find(declared.annotations, *LOMBOK) is not None
    for member in declared.fields:
        final = generated and "final" in member.modifiers and "static" not in member.modifiers
        if final or any(a.name in points for a in member.annotations):
            qualifier = (*outline.texts(find(member.annotations, *QUALIFIERS), "value", "name", "beanName"), "")[0]
            yield member.type, member.element, (qualifier, member.name), member.line
    builders = [m for m in declared.methods if m.is_constructor]
    for method in declared.methods:
        annotated = any(a.name in points for a in method.annotations)
        implicit = by_constructor and method.is_constructor and len(builders) == 1
        if annotated or implicit or find(method.annotations, "Bean"):
            for parameter in method.parameters:
                qualifier = (*outline.texts(find(parameter.annotations, *QUALIFIERS), "value"), "")[0]
                yield parameter.type, parameter.element, (qualifier, parameter.name), method.line


def wire(project: Project, framework: str, made: dict[str, list[tuple[str, str]]] | None = None) -> list[Dependency]:
    """Edges from each injected interface or base type to the bean that stands for it, labelled inferred.

    ``made``: types provided otherwise (factory methods, XML): type ID -> [(bean's type ID, bean name)].
    """
    beans: dict[str, list[tuple[str, str, bool]]] = {}
    for path, wiring in project.wirings(framework, "bean"):
        bean = project.symbol_at(path, wiring.scope)
        for base in project.ancestors(bean):
            beans.setdefault(base, []).append((bean, wiring.args[1], wiring.args[2] == "primary"))
    for kind, listed in (made or {}).items():
        beans.setdefault(kind, []).extend((bean, name, False) for bean, name in listed if bean != kind)
    edges: set[Dependency] = set()
    for path, wiring in project.wirings(framework, "inject"):
        kind, element, qualifier, variable = wiring.args
        several = kind.rpartition(".")[2] in SEVERAL
        target = project.resolve(path, wiring.scope, element if element and several else kind).target
        found = sorted(set(beans.get(target, ())))
        chosen = found if several else _choose(found, qualifier, variable)
        for bean, _, _ in chosen:
            place = project.definition(bean)
            if place is not None:
                edges.add(Dependency(target, bean, "use", place[0], place[1].line, "inferred"))
    return sorted(edges, key=lambda e: (e.source, e.target))


def _choose(beans: list[tuple[str, str, bool]], qualifier: str, variable: str) -> list[tuple[str, str, bool]]:
    """The one bean that the container would take; nothing when only it knows."""
    if len({bean for bean, _, _ in beans}) == 1:
        return beans[:1]
    wanted = qualifier or variable
    named = [b for b in beans if (b[1] or _default_name(b[0])) == wanted]
    primary = [b for b in beans if b[2]]
    for group in (named if qualifier else [], primary, named):
        if len({bean for bean, _, _ in group}) == 1:
            return group[:1]
    return []


def _default_name(bean: str) -> str:
    simple = bean.rpartition(".")[2]
    return simple if simple[:2].isupper() else simple[:1].lower() + simple[1:]
