"""Reads the manifests of Java builds other than Maven's, and deployment descriptors: text in, declarations out.

Gradle's build files are programs; dependencies, plug-ins and versions are recognised by their usual spelling.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping

from agent.inventory.manifests.declared import Declared, line_at, line_with
from agent.inventory.manifests.xml_elements import read_xml

__all__ = [
    "declare_gradle",
    "gradle_properties",
    "read_ant",
    "read_gradle_wrapper",
    "read_version_catalog",
    "read_web_xml",
]

_COORDINATES = re.compile(
    r"(?m)^[ \t]*(?:([A-Za-z]{2,40})[ \t(]{1,4}(?:enforcedPlatform|platform|kapt)?[ \t(]{0,3})"
    r"[\"']([\w.-]{1,120}):([\w.-]{1,120})(?::([^\"'\n@]{1,120}))?[\"'@]"
)
_MAP_NOTATION = re.compile(
    r"(?m)^[ \t]*([A-Za-z]{2,40})[ \t(]{1,4}group:[ \t]*[\"']([\w.-]+)[\"'],[ \t]*name:[ \t]*[\"']([\w.-]+)[\"']"
    r"(?:,[ \t]*version:[ \t]*[\"']([^\"'\n]{1,80})[\"'])?"
)
_PLUGIN = re.compile(r"\bid[ \t(]{1,3}[\"']([\w.-]{1,120})[\"']\)?(?:[ \t]+version[ \t(]*[\"']?([^\"'\s)]{1,60}))?")
_ASSIGNED = re.compile(
    r"(?m)^[ \t]*(?:ext\.|def[ \t]+|val[ \t]+|set\(|extra\[)?[\"']?([A-Za-z][\w.]{1,80})[\"']?\]?[ \t]*[=,:][ \t]*"
    r"[\"']([\w.+-]{1,60})[\"']"
)
_LEVEL = re.compile(
    r"\b(sourceCompatibility|targetCompatibility|languageVersion|jvmTarget)\b[^\n\d]{0,60}?(?:VERSION_)?[\"']?(\d{1,2}(?:[._]\d)?)\b"
)


def gradle_properties(text: str) -> dict[str, str]:
    """``gradle.properties``: the names that build files put in versions."""
    return dict(re.findall(r"(?m)^[ \t]*([\w.]{1,80})[ \t]*[=:][ \t]*(\S{1,200})", text))


def declare_gradle(path: str, text: str, properties: Mapping[str, str]) -> Declared:
    """What a build file declares; ``properties`` come from the gradle.properties files of the repository."""
    declared = Declared(path)
    declared.build_systems.append(("Gradle", 0))
    known = {**properties, **dict(_ASSIGNED.findall(text))}
    for found in (*_COORDINATES.finditer(text), *_MAP_NOTATION.finditer(text)):
        configuration, group, artifact, version = found.groups()
        line = line_at(text, found.start(2))
        if configuration == "classpath" and artifact == "spring-boot-gradle-plugin":
            configuration = "implementation"  # the plug-in decides which Spring Boot is used
        development = "test" in configuration.lower() or configuration == "classpath"
        declared.depend(
            "maven", f"{group}:{artifact}", _interpolated(version or "", known), line, development=development
        )
    for found in _PLUGIN.finditer(text):
        version = _interpolated(found.group(2) or "", known)
        declared.depend("maven", f"plugin:{found.group(1)}", version, line_at(text, found.start()))
    found_level = _LEVEL.search(text)
    if found_level:
        how, version = found_level.groups()
        declared.run_on("java", version.replace("_", "."), how, line_at(text, found_level.start()))
    if "useJUnitPlatform" in text:
        declared.test_runners.append(("JUnit 5", line_with(text, "useJUnitPlatform")))
    return declared


def _interpolated(version: str, known: Mapping[str, str]) -> str:
    resolved = re.sub(
        r"\$\{?([\w.]{1,80})\}?", lambda found: known.get(found.group(1).removeprefix("project."), "\0"), version
    )
    return "" if "\0" in resolved else resolved


def read_gradle_wrapper(text: str, declared: Declared) -> None:
    found = re.search(r"gradle-(\d[\w.]{0,20}?)-(?:bin|all)\.zip", text)
    if found:
        declared.run_on("gradle", found.group(1), "distributionUrl of the wrapper", line_at(text, found.start()))


def read_version_catalog(text: str, declared: Declared) -> None:
    """``gradle/libs.versions.toml``."""
    document = tomllib.loads(text)
    versions = document.get("versions", {})
    for section, prefix in (("libraries", ""), ("plugins", "plugin:")):
        for alias, entry in document.get(section, {}).items():
            entry = {"module": entry} if isinstance(entry, str) else entry
            if not isinstance(entry, dict):
                continue
            module = entry.get("module") or entry.get("id") or f"{entry.get('group', '')}:{entry.get('name', '')}"
            group, _, rest = str(module).partition(":")
            artifact, _, version = rest.partition(":")
            given = entry.get("version", version)
            given = versions.get(given["ref"], "") if isinstance(given, dict) and "ref" in given else given
            name = f"plugin:{group}" if prefix else f"{group}:{artifact}"
            declared.depend(
                "maven", name, given if isinstance(given, str) else "", line_with(text, f"[{section}]", alias)
            )


def read_ant(data: bytes, declared: Declared) -> None:
    """Ant's build.xml, told from other files of that name by its targets."""
    root = read_xml(data)
    if root is None or root.tag != "project" or not root.all("target"):
        return
    declared.build_systems.append(("Ant", root.line))
    for element in root.walk():
        level = element.attributes.get("target") or element.attributes.get("source")
        if element.tag == "javac" and level and re.fullmatch(r"[\d.]{1,5}", level):
            declared.run_on("java", level, "javac task", element.line)
            return


def read_web_xml(data: bytes, declared: Declared) -> None:
    """The servlets, with their URL patterns, and the listeners of a web application."""
    root = read_xml(data)
    if root is None or root.tag != "web-app":
        return
    patterns: dict[str, list[str]] = {}
    for mapping in root.all("servlet-mapping"):
        patterns.setdefault(mapping.value("servlet-name"), []).extend(e.text for e in mapping.all("url-pattern"))
    for servlet in root.all("servlet"):
        name = servlet.value("servlet-name")
        target = servlet.value("servlet-class") or servlet.value("jsp-file")
        urls = ", ".join(patterns.get(name, ()))
        declared.enter("web", f"{name} {urls}".strip(), f"servlet {target} in web.xml", servlet.line)
    for listener in root.all("listener"):
        declared.enter("listener", listener.value("listener-class"), "listener in web.xml", listener.line)
    version = root.attributes.get("version", "")
    if re.fullmatch(r"\d\.\d", version):
        declared.depend("maven", "descriptor:web-app", version, root.line)
