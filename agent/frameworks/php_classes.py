"""Class names that PHP frameworks read from strings and attributes, as symbols of the project."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from agent.domain.code import Dependency, Symbol

if TYPE_CHECKING:
    from agent.ports import Project

__all__ = ["class_symbol", "join_url", "method_symbol", "route", "snake"]

VARIABLE = re.compile(r"\{[!]?(\w{1,80})[^{}]{0,300}\}")


def class_symbol(project: Project, path: str, written: str) -> str:
    """The type that a class name means in a file; ``""`` when it is none of the project's."""
    bare = written.strip().removesuffix("::class").replace(".", "")
    if not bare:
        return ""
    names = [bare]
    if "\\" in bare:
        facts = project.facts(path)
        first, _, rest = bare.strip("\\").partition("\\")
        alias = next((i for i in facts.imports if i.alias == first and rest), None)
        names = [f"\\{alias.module}\\{alias.name}\\{rest}".replace("\\\\", "\\")] if alias is not None else []
        names += ["\\" + bare.strip("\\"), f"\\{facts.package}\\{bare}"]
    for name in names:
        target = project.resolve(path, "", name).target
        found = project.definition(target) if target else None
        if found is not None and found[1].kind != "function":
            return target
    return ""


def method_symbol(project: Project, owner: str, method: str) -> str:
    """The method of a type or of its bases; the type itself when none has it."""
    for kind in (owner, *project.ancestors(owner)):
        if project.definition(f"{kind}.{method}") is not None:
            return f"{kind}.{method}"
    return owner


def route(
    verb: str, pattern: str, path: str, line: int, handler: str, sure: str = "exact"
) -> tuple[Symbol, Dependency]:
    """``route:GET /orders/{id}`` and its edge to the function that handles it."""
    identifier = f"route:{verb} {pattern}"
    symbol = Symbol(id=identifier, kind="route", path=path, line=line, end_line=line, language="php")
    return symbol, Dependency(identifier, handler, "handle", path, line, sure)


def join_url(*parts: str) -> str:
    """One pattern of several: one slash between parts, none at the end, variables without defaults and expressions."""
    joined = "/".join(part.strip().strip("/") for part in parts if part.strip().strip("/"))
    return "/" + VARIABLE.sub(r"{\1}", re.sub(r"/{2,}", "/", joined).replace("?}", "}"))


def snake(name: str) -> str:
    return re.sub(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])", "_", name).lower()
