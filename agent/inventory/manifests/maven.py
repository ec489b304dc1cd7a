"""Reads Maven projects: every pom.xml of a repository in, what each declares out, properties and parents resolved.

Only what the repository holds is known: a version that comes from a parent or bill of materials elsewhere stays empty.
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Mapping

from agent.inventory.manifests.declared import Declared
from agent.inventory.manifests.xml_elements import Element, read_xml

__all__ = ["Pom", "declare_poms", "read_pom"]

_DEPTH = 12


class Pom:
    """One pom.xml, as written."""

    def __init__(self, path: str, root: Element) -> None:
        self.path = path
        self.root = root
        self.parent = root.find("parent")
        self.group = root.value("groupId") or (self.parent.value("groupId") if self.parent else "")
        self.artifact = root.value("artifactId")
        self.version = root.value("version") or (self.parent.value("version") if self.parent else "")
        properties = root.find("properties")
        self.properties = {child.tag: child for child in properties.children} if properties else {}


def read_pom(path: str, data: bytes) -> Pom | None:
    root = read_xml(data)
    return Pom(path, root) if root is not None and root.tag == "project" else None


def declare_poms(poms: Mapping[str, Pom]) -> list[Declared]:
    """What every project declares, in path order."""
    by_name = {(pom.group, pom.artifact): pom for _, pom in sorted(poms.items(), reverse=True)}
    return [_declare(poms[path], _lineage(poms[path], poms, by_name)) for path in sorted(poms)]


def _lineage(pom: Pom, poms: Mapping[str, Pom], by_name: Mapping[tuple[str, str], Pom]) -> list[Pom]:
    """The project and its parents as far as they lie in the repository."""
    line = [pom]
    while len(line) < _DEPTH and line[-1].parent is not None:
        parent = line[-1].parent
        given = parent.find("relativePath")
        relative = given.text if given is not None else "../pom.xml"
        path = posixpath.normpath(posixpath.join(posixpath.dirname(line[-1].path), relative)) if relative else ""
        above = poms.get(path) or poms.get(posixpath.join(path, "pom.xml"))
        if above is None or above.artifact != parent.value("artifactId"):
            above = by_name.get((parent.value("groupId"), parent.value("artifactId")))
        if above is None or above in line:
            break
        line.append(above)
    return line


def _declare(pom: Pom, lineage: list[Pom]) -> Declared:
    declared = Declared(pom.path)
    declared.build_systems.append(("Maven", 0))
    managed = _managed(lineage)
    profiles = pom.root.all("profiles", "profile")
    for owner in (pom.root, *profiles):
        note = f"in profile {owner.value('id')}" if owner is not pom.root else ""
        for dependency in owner.all("dependencies", "dependency"):
            _depend(dependency, managed, lineage, declared, note)
    for plugin in pom.root.all("build", "plugins", "plugin"):
        version = _resolved(plugin.value("version"), lineage)
        name = f"{plugin.value('groupId') or 'org.apache.maven.plugins'}:{plugin.value('artifactId')}"
        declared.depend("maven", name, version, plugin.line, note="as a build plug-in")
    if pom.parent is not None:
        name = f"{pom.parent.value('groupId')}:{pom.parent.value('artifactId')}"
        declared.depend("maven", name, _resolved(pom.parent.value("version"), lineage), pom.parent.line)
    for bill in pom.root.all("dependencyManagement", "dependencies", "dependency"):
        if bill.value("scope") == "import":
            name = f"{_resolved(bill.value('groupId'), lineage)}:{bill.value('artifactId')}"
            declared.depend("maven", name, _resolved(bill.value("version"), lineage), bill.line)
    _java_version(pom, lineage, declared)
    return declared


def _managed(lineage: list[Pom]) -> dict[tuple[str, str], str]:
    versions: dict[tuple[str, str], str] = {}
    for pom in lineage:
        for dependency in pom.root.all("dependencyManagement", "dependencies", "dependency"):
            key = (_resolved(dependency.value("groupId"), lineage), dependency.value("artifactId"))
            versions.setdefault(key, dependency.value("version"))
    return versions


def _depend(
    dependency: Element, managed: Mapping[tuple[str, str], str], lineage: list[Pom], declared: Declared, note: str
) -> None:
    group = _resolved(dependency.value("groupId"), lineage)
    artifact = dependency.value("artifactId")
    version = dependency.value("version") or managed.get((group, artifact), "")
    development = dependency.value("scope") == "test"
    version = _resolved(version, lineage)
    declared.depend("maven", f"{group}:{artifact}", version, dependency.line, development=development, note=note)


def _java_version(pom: Pom, lineage: list[Pom], declared: Declared) -> None:
    """The language level, from the properties that the compiler plugin reads or from its own configuration."""
    for name in (
        "maven.compiler.release",
        "maven.compiler.target",
        "maven.compiler.source",
        "java.version",
        "java.release.version",
    ):
        found = pom.properties.get(name)
        if found is not None:
            declared.run_on("java", _resolved(found.text, lineage), f"<{name}>", found.line)
            return
    plugins = pom.root.all("build", "plugins", "plugin") + pom.root.all(
        "build", "pluginManagement", "plugins", "plugin"
    )
    for plugin in plugins:
        for key in ("release", "target", "source") if plugin.value("artifactId") == "maven-compiler-plugin" else ():
            found = plugin.find("configuration", key)
            if found is not None:
                declared.run_on("java", _resolved(found.text, lineage), f"maven-compiler-plugin <{key}>", found.line)
                return


def _resolved(text: str, lineage: list[Pom]) -> str:
    """The text with its ``${properties}``, which may name each other in a ring, replaced; empty when one is unknown."""
    for _ in range(_DEPTH):
        names = re.findall(r"\$\{([^}$]{1,200})\}", text[:2_000])
        if not names:
            return text
        for name in names:
            text = text.replace(f"${{{name}}}", _property(name, lineage) or "\0")
        if "\0" in text or len(text) > 2_000:
            return ""
    return ""


def _property(name: str, lineage: list[Pom]) -> str:
    if name in ("project.version", "pom.version", "version"):
        return lineage[0].version
    if name in ("project.groupId", "pom.groupId"):
        return lineage[0].group
    if name == "project.parent.version":
        return lineage[0].parent.value("version") if lineage[0].parent else ""
    return next((pom.properties[name].text for pom in lineage if name in pom.properties), "")
