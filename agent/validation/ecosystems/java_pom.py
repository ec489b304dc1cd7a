"""Reads what a pom.xml says of the Java it needs: XML text in, source level and modules out; broken XML says nothing."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from xml.etree.ElementTree import Element, ParseError

from defusedxml.common import DefusedXmlException
from defusedxml.ElementTree import fromstring

__all__ = ["Pom", "java_level", "read_pom"]

# Names of properties that people give to the level, strongest first.
_LEVELS = (
    "maven.compiler.release",
    "maven.compiler.testRelease",
    "maven.compiler.source",
    "maven.compiler.target",
    "maven.compile.source",
    "java.version",
    "java.source.version",
    "jdk.version",
    "jdk.source.version",
    "java.level",
    "javaVersion",
    "source.version",
)


@dataclass(frozen=True)
class Pom:
    """``level`` is the Java release that it compiles for (8 for 1.8), 0 when it does not say."""

    level: int = 0
    level_text: str = ""
    scala: str = ""  # the version of Scala's library, where it is named
    modules: tuple[str, ...] = ()
    artifacts: frozenset[str] = field(default_factory=frozenset)


def java_level(text: str) -> int:
    """``1.8`` and ``8`` give 8; what is no level gives 0."""
    match = re.fullmatch(r"\s*(?:1\.)?(\d{1,2})(?:\.0)?\s*", text)
    return int(match[1]) if match else 0


def read_pom(text: str) -> Pom:
    """What the file says itself; parents outside of the repository are not read."""
    try:
        root = fromstring(text.encode("utf-8", "replace"))
    except (ParseError, DefusedXmlException, ValueError, LookupError, RecursionError):
        return Pom()
    properties = {_local(child): (child.text or "").strip() for block in _all(root, "properties") for child in block}
    wanted, shown = _level(root, properties)
    modules = tuple((module.text or "").strip() for block in _all(root, "modules") for module in block)
    artifacts = frozenset((one.text or "").strip() for one in _all(root, "artifactId"))
    return Pom(wanted, shown, _scala(root, properties), tuple(filter(None, dict.fromkeys(modules))), artifacts)


def _level(root: Element, properties: Mapping[str, str]) -> tuple[int, str]:
    for plugin in _all(root, "plugin"):
        if "maven-compiler-plugin" not in {(one.text or "").strip() for one in plugin if _local(one) == "artifactId"}:
            continue
        for name in ("release", "testRelease", "source", "target"):
            for element in _all(plugin, name):
                text = _resolved((element.text or "").strip(), properties)
                if java_level(text):
                    return java_level(text), text
    for name in _LEVELS:
        text = _resolved(properties.get(name, ""), properties)
        if java_level(text):
            return java_level(text), text
    return 0, ""


def _scala(root: Element, properties: Mapping[str, str]) -> str:
    for dependency in _all(root, "dependency"):
        parts = {_local(child): (child.text or "").strip() for child in dependency}
        version = _resolved(parts.get("version", ""), properties)
        if parts.get("artifactId") == "scala-library" and re.fullmatch(r"[\d.]{1,20}", version):
            return version
    return ""


def _resolved(text: str, properties: Mapping[str, str]) -> str:
    for _ in range(5):
        match = re.fullmatch(r"\$\{([^}]{1,200})\}", text)
        if match is None:
            break
        text = properties.get(match[1], "")
    return text


def _all(root: Element, name: str) -> Iterable[Element]:
    return (element for element in root.iter() if _local(element) == name)


def _local(element: Element) -> str:
    return str(element.tag).rpartition("}")[2]
