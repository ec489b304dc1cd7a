"""Spring Data repositories: interfaces whose methods read and write the table of the entity that they are made for.

`read_repository` takes an outline's type and gives records; `repository_uses` joins them to tables once known.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

from agent.domain.facts import TableUse, Wiring
from agent.frameworks.java_outline import JavaType, find

if TYPE_CHECKING:
    from agent.ports import Project

__all__ = ["read_repository", "repository_uses"]

READS = ("find", "get", "read", "query", "count", "exists", "search", "stream", "load", "list")
WRITES = ("save", "delete", "remove", "insert", "update", "persist", "flush")


def read_repository(declared: JavaType) -> Iterator[Wiring]:
    """``repository`` (entity) and ``derived`` (repository, mode): the queries that Spring Data derives from names."""
    definition = find(declared.annotations, "RepositoryDefinition")
    entity = next((a[0] for name, a in declared.bases if a and name.rpartition(".")[2].endswith("Repository")), "")
    if definition is not None and "domainClass" in definition.arguments:
        entity = (definition.arguments["domainClass"].text or b"").decode("utf-8", "replace").removesuffix(".class")
    if declared.kind != "interface" or not entity:
        return
    yield Wiring("spring", "repository", declared.scope, declared.line, (entity,))
    for method in declared.methods:
        if not find(method.annotations, "Query", "NativeQuery", "Procedure") and "default" not in method.modifiers:
            yield Wiring("spring", "derived", method.scope, method.line, (declared.scope, _mode(method.name)))


def _mode(name: str) -> str:
    return "write" if name.startswith(WRITES) else "read"


def repository_uses(project: Project, tables: Mapping[str, str]) -> Iterator[tuple[str, TableUse]]:
    """Tables that repositories use, by derived queries and by inherited methods that are called on them.

    ``tables``: entity's type ID -> table.
    """
    repositories: dict[str, tuple[str, Wiring, str]] = {}
    for path, wiring in project.wirings("spring", "repository"):
        table = tables.get(project.resolve(path, wiring.scope, wiring.args[0]).target)
        if table is not None:
            repositories[project.symbol_at(path, wiring.scope)] = (path, wiring, table)
    for path, wiring in project.wirings("spring", "derived"):
        owner = repositories.get(project.symbol_at(path, wiring.args[0]))
        if owner is not None:
            yield path, TableUse(wiring.scope, owner[2], wiring.args[1], wiring.line)
    yield from _inherited_calls(project, repositories)


def _inherited_calls(
    project: Project, repositories: Mapping[str, tuple[str, Wiring, str]]
) -> Iterator[tuple[str, TableUse]]:
    """``orders.save(order)`` where ``save`` comes from Spring Data: the repository writes its table."""
    used: set[tuple[str, str]] = set()
    for path in project.files("java") if repositories else ():
        for reference in project.facts(path).references:
            receiver, _, called = reference.name.rpartition(".")
            if reference.kind not in ("call", "use") or not receiver or not called.startswith(READS + WRITES):
                continue
            target = project.resolve(path, reference.scope, receiver).target
            known = repositories.get(target)
            key = (target, _mode(called))
            if known is not None and key not in used and project.definition(f"{target}.{called}") is None:
                used.add(key)
                yield known[0], TableUse(known[1].scope, known[2], key[1], known[1].line)
