"""Border rules for a system that stays one deployable: its modules, and every dependency that crosses them today.

A rule that fails on its first day is switched off on its second: today's crossings are listed as exceptions, so that the
rules pass, and each exception that is deleted holds from then on.
"""

from __future__ import annotations

from collections import defaultdict

from agent.domain.boundary import SHARED
from agent.domain.handover import Crossed, ModuleRules
from agent.domain.inventory import Location
from agent.roadmap.ground import Ground

__all__ = ["find_rules"]

LANGUAGES = {"python": "python", "java": "java", "javascript": "javascript", "typescript": "javascript"}
# What a tool that checks imports can see. Types and calls of Java are dependencies of a class file.
SEEN = {"python": {"import"}, "java": {"import", "call", "type", "inherit", "use"}, "javascript": {"import"}}


def find_rules(ground: Ground) -> tuple[ModuleRules, ...]:
    """Nothing for a system that splits; else one for each language that a rule can be enforced in."""
    if ground.boundaries.verdict == "split" or len(ground.boundaries.services) < 2:
        return ()
    languages = {s.id: s.language for s in ground.graph.symbols if s.id in ground.service_of_unit}
    modules: dict[str, dict[str, list[str]]] = defaultdict(lambda: defaultdict(list))
    for unit in ground.boundaries.units:
        language = LANGUAGES.get(languages.get(unit.id, ""))
        if language and unit.service != SHARED:
            modules[language][unit.service].append(unit.id)
    paths = {u.id: u.path for u in ground.boundaries.units}
    crossed = _crossed(ground, languages)
    return tuple(
        ModuleRules.model_validate(
            {"language": language,
             "modules": tuple((name, tuple(sorted(units))) for name, units in sorted(found.items())),
             "paths": tuple((u, paths[u]) for units in found.values() for u in sorted(units)),
             "crossed": tuple(c for c in crossed if LANGUAGES.get(languages.get(c.source, "")) == language)}
        )
        for language, found in sorted(modules.items())
        if len(found) > 1
    )  # fmt: skip


def _crossed(ground: Ground, languages: dict[str, str]) -> list[Crossed]:
    homes = ground.service_of_unit
    found: dict[tuple[str, str], Crossed] = {}
    for edge in ground.graph.dependencies:
        source = ground.graph.by_id[edge.source]
        if source.role != "code":
            continue
        a, b = source.unit or source.id, ground.graph.unit_of(edge.target)
        language = LANGUAGES.get(languages.get(a, ""), "")
        if a == b or a not in homes or b not in homes or edge.kind not in SEEN.get(language, ()):
            continue
        if SHARED in (homes[a], homes[b]) or homes[a] == homes[b] or (a, b) in found:
            continue
        found[a, b] = Crossed(
            source=a,
            target=b,
            source_module=homes[a],
            target_module=homes[b],
            location=Location(path=edge.path, line=edge.line),
        )
    return [found[key] for key in sorted(found)]
