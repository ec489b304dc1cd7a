"""Border rules that a build enforces: import-linter, ArchUnit, dependency-cruiser; module rules of a plan in, files out.

They pass on the commit of the plan: what crosses today is listed in them as an exception, with its place, to be deleted one
by one.
"""

from __future__ import annotations

import json
import re

from agent.domain.boundary import SHARED
from agent.domain.handover import ModuleRules
from agent.domain.plan import Plan
from agent.report.markdown_text import cell, code

__all__ = ["write_rules"]


def write_rules(plan: Plan) -> dict[str, str]:
    """``modules/...``: the map, and one file for each language."""
    rules = plan.handover.rules
    if not rules:
        return {}
    files = {"modules/map.md": _map(plan)}
    for rule in rules:
        if rule.language == "python":
            files["modules/.importlinter"] = _import_linter(rule)
        elif rule.language == "java":
            files["modules/ModuleBordersTest.java"] = _archunit(rule)
        else:
            files["modules/.dependency-cruiser.cjs"] = _dependency_cruiser(rule)
            files["modules/.dependency-cruiser-known-violations.json"] = _known(rule)
    return files


def _map(plan: Plan) -> str:
    lines = ["# Modules", ""]
    for service in plan.boundaries.services:
        tables = ", ".join(code(t) for t in service.owned_tables) or "none"
        lines.append(
            f"- {code(service.name)}: {len(service.units)} units, {service.code_lines:,} lines; schema of its own for: {tables}"
        )
    for rule in plan.handover.rules:
        lines += [
            "",
            f"## Crossings of today ({rule.language}): {len(rule.crossed)}",
            "",
            "| from | unit | to | unit | where |",
            "| --- | --- | --- | --- | --- |",
        ]
        lines += [
            cell(
                _module(c.source_module),
                code(c.source),
                _module(c.target_module),
                code(c.target),
                code(str(c.location)),
            )
            for c in rule.crossed
        ]
    return "\n".join(lines) + "\n"


def _module(name: str) -> str:
    return "shared code" if name == SHARED else code(name)


def _import_linter(rule: ModuleRules) -> str:
    roots = sorted({unit.partition(".")[0] for _, units in rule.modules for unit in units})
    lines = [
        "[importlinter]",
        "root_packages =",
        *(f"    {root}" for root in roots),
        "include_external_packages = False",
        "",
    ]
    everything = dict(rule.modules)
    for name, units in rule.modules:
        foreign = sorted(u for other, found in everything.items() if other != name for u in found)
        known = [c for c in rule.crossed if c.source_module == name]
        lines += [
            f"[importlinter:contract:{_key(name)}]", f"name = {name} uses no other module", "type = forbidden", "as_packages = False", "allow_indirect_imports = True",
            "source_modules =", *(f"    {u}" for u in units), "forbidden_modules =", *(f"    {u}" for u in foreign),
        ]  # fmt: skip
        if known:
            lines += ["ignore_imports =", *(f"    {c.source} -> {c.target}" for c in known)]
        # What the code no longer does must not make the rules fail.
        lines += ["unmatched_ignore_imports_alerting = warn", ""]
    return "\n".join(lines)


def _archunit(rule: ModuleRules) -> str:
    lines = [
        "import com.tngtech.archunit.core.domain.JavaClass;",
        "import com.tngtech.archunit.core.domain.JavaClasses;", "import com.tngtech.archunit.core.importer.ClassFileImporter;",
        "import com.tngtech.archunit.core.importer.ImportOption;", "import java.util.Set;", "import org.junit.jupiter.api.Test;", "",
        "/** Borders of the modules; each entry of KNOWN is a crossing of today, to be removed one by one. */", "class ModuleBordersTest {", "",
        "    private static final JavaClasses CLASSES = new ClassFileImporter()",
        "            .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)", f"            .importPackages({', '.join(_java(p) for p in _packages(rule))});", "",
    ]  # fmt: skip
    for number, (name, units) in enumerate(rule.modules):
        lines.append(f"    /** {_comment(name)} */")
        lines += [f"    private static final Set<String> M{number} = Set.of("]
        lines += [",\n".join(f"            {_java(u)}" for u in units) + ");", ""]
    lines += ["    private static final Set<String> KNOWN = new java.util.HashSet<>(java.util.Arrays.asList("]
    lines += [
        ",\n".join(f"            {_java(f'{c.source} -> {c.target}')}" for c in rule.crossed) + "));"
        if rule.crossed
        else "            new String[0]));",
        "",
    ]
    for number, (name, _) in enumerate(rule.modules):
        others = ", ".join(f"M{n}" for n in range(len(rule.modules)) if n != number)
        lines += [
            "    @Test", f"    void module{number}UsesNoOther() {{ // {_comment(name)}", f"        check(M{number}, {others});", "    }", "",
        ]  # fmt: skip
    lines += [
        "    @SafeVarargs", "    private static void check(Set<String> module, Set<String>... others) {", "        for (JavaClass type : CLASSES) {",
        "            String from = outermost(type);", "            if (!module.contains(from)) {", "                continue;", "            }",
        "            type.getDirectDependenciesFromSelf().forEach(use -> {", "                String to = outermost(use.getTargetClass());",
        "                for (Set<String> other : others) {", '                    if (other.contains(to) && !KNOWN.contains(from + " -> " + to)) {',
        "                        throw new AssertionError(use.getDescription());", "                    }", "                }", "            });", "        }", "    }", "",
        "    private static String outermost(JavaClass type) {", "        String name = type.getName();", "        int nested = name.indexOf('$');",
        "        return nested < 0 ? name : name.substring(0, nested);", "    }", "}",
    ]  # fmt: skip
    return "\n".join(lines) + "\n"


def _packages(rule: ModuleRules) -> list[str]:
    found = sorted({unit.rpartition(".")[0] for _, units in rule.modules for unit in units})
    return [p for p in found if p and not any(p.startswith(f"{o}.") for o in found)] or [""]


def _dependency_cruiser(rule: ModuleRules) -> str:
    paths = dict(rule.paths)
    forbidden = []
    for name, units in rule.modules:
        own = [paths[u] for u in units]
        foreign = sorted({paths[u] for other, found in rule.modules if other != name for u in found} - set(own))
        forbidden.append(
            {
                "name": f"{_key(name)}-uses-no-other-module",
                "severity": "error",
                "from": {"path": _any(own)},
                "to": {"path": _any(foreign)},
            }
        )
    config = {
        "forbidden": forbidden,
        "options": {"doNotFollow": {"path": "node_modules"}, "exclude": {"path": "node_modules"}},
    }
    return (
        "// Run with: depcruise --config modules/.dependency-cruiser.cjs --ignore-known modules/.dependency-cruiser-known-violations.json .\n"
        "module.exports = " + json.dumps(config, indent=2, ensure_ascii=True) + ";\n"
    )


def _known(rule: ModuleRules) -> str:
    paths = dict(rule.paths)
    rows = [
        {"type": "dependency", "from": paths[c.source], "to": paths[c.target],
         "rule": {"severity": "error", "name": f"{_key(c.source_module)}-uses-no-other-module"}}
        for c in rule.crossed
        if paths[c.source] != paths[c.target]
    ]  # fmt: skip
    return json.dumps(rows, indent=1, ensure_ascii=True) + "\n"


def _any(paths: list[str]) -> str:
    return "^(?:" + "|".join(re.escape(p).replace("\\-", "-") for p in paths) + ")$"


def _key(name: str) -> str:
    return re.sub(r"[^A-Za-z0-9]+", "-", name).strip("-").lower() or "module"


def _java(text: str) -> str:
    return json.dumps(text, ensure_ascii=True)


def _comment(text: str) -> str:
    return re.sub(r"[^\w .-]+", " ", text)
