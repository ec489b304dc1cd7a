"""What a Maven or Gradle build needs to compile and test on a newer Java: build files in, edits of single values out.

Versions are pinned, the lowest known to run on Java 21 as well, so that the result is the same on every day.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from packaging.version import InvalidVersion, Version

from agent.domain.patch import Left
from agent.patches.edits import Edit, Lines, left
from agent.patches.maven_pom import Element, Pom, without_lines

__all__ = [
    "LIBRARIES",
    "Library",
    "gradle_levels",
    "level_of",
    "missing_libraries",
    "newer_plugins",
    "raised_levels",
    "says_level",
]

_LEVEL = re.compile(r"(?:1\.)?(\d{1,2})(?:\.0)?")
_CONFIGURED = ("source", "target", "release", "testSource", "testTarget", "testRelease")
_STANDARD = tuple(f"maven.compiler.{name}" for name in _CONFIGURED)
# Read by parents that are elsewhere, or by the build itself
_CUSTOMARY = re.compile(
    r"(?:maven\.compile|java|jdk)(?:[._-]?(?:source|target|release|test|main|compiler?|language))*(?:[._-]?(?:version|level))?",
    re.I,
)
_MAVEN = "org.apache.maven.plugins"


@dataclass(frozen=True)
class _Floor:
    """An artifact below ``lowest`` does not run on the new Java; ``version`` does."""

    group: str
    artifact: str
    lowest: str
    version: str


_FLOORS = (
    _Floor(_MAVEN, "maven-compiler-plugin", "3.8.0", "3.11.0"),
    _Floor(_MAVEN, "maven-surefire-plugin", "2.22.0", "2.22.2"),
    _Floor(_MAVEN, "maven-failsafe-plugin", "2.22.0", "2.22.2"),
    _Floor(_MAVEN, "maven-war-plugin", "3.3.0", "3.4.0"),
    _Floor(_MAVEN, "maven-ejb-plugin", "3.0.0", "3.2.1"),
    _Floor(_MAVEN, "maven-ear-plugin", "3.0.0", "3.3.0"),
    _Floor(_MAVEN, "maven-javadoc-plugin", "3.0.0", "3.6.3"),
    _Floor(_MAVEN, "maven-shade-plugin", "3.3.0", "3.5.3"),
    _Floor("org.apache.felix", "maven-bundle-plugin", "5.1.0", "5.1.9"),
    _Floor("org.jacoco", "jacoco-maven-plugin", "0.8.11", "0.8.12"),
    _Floor("org.projectlombok", "lombok", "1.18.30", "1.18.34"),
)


@dataclass(frozen=True)
class Library:
    """Packages that the JDK shipped up to version 10, and what provides them now. ``others`` are words in the names of
    artifacts that bring them too."""

    imports: re.Pattern[str]
    says: str
    coordinates: tuple[tuple[str, str, str, str], ...]
    others: tuple[str, ...]


def _imported(packages: str) -> re.Pattern[str]:
    return re.compile(rf"^[ \t]*import[ \t]+(?:static[ \t]+)?{packages}", re.MULTILINE)


_PLATFORMS = ("javaee", "jakartaee", "jakarta.jakarta", "jboss-javaee", "geronimo", "spring-boot-starter")
LIBRARIES = (
    Library(
        _imported(r"javax\.xml\.bind\."),
        "javax.xml.bind (JAXB)",
        (("javax.xml.bind", "jaxb-api", "2.3.1", ""), ("org.glassfish.jaxb", "jaxb-runtime", "2.3.9", "runtime")),
        ("jaxb", "xml.bind", *_PLATFORMS),
    ),
    Library(
        _imported(
            r"javax\.annotation\.(?:PostConstruct|PreDestroy|Resources?|Generated|ManagedBean|Priority|security\.|sql\.)"
        ),
        "javax.annotation (PostConstruct, Resource ...)",
        (("javax.annotation", "javax.annotation-api", "1.3.2", ""),),
        ("annotation-api", "annotations-api", "jsr250", *_PLATFORMS),
    ),
    Library(
        _imported(r"javax\.activation\."),
        "javax.activation",
        (("com.sun.activation", "javax.activation", "1.2.0", ""),),
        ("activation", "javax.mail", "jaxb", *_PLATFORMS),
    ),
    Library(
        _imported(r"javax\.(?:xml\.ws|jws|xml\.soap)\b"),
        "javax.xml.ws, javax.jws and javax.xml.soap (JAX-WS)",
        (("com.sun.xml.ws", "jaxws-rt", "2.3.7", ""),),
        ("jaxws", "cxf", "axis2", "xml.ws", *_PLATFORMS),
    ),
    Library(
        _imported(r"javax\.transaction\.(?:[A-Z]|\*)"),
        "javax.transaction",
        (("javax.transaction", "javax.transaction-api", "1.3", ""),),
        ("transaction-api", "jta", *_PLATFORMS),
    ),
)


def level_of(text: str) -> int:
    """``1.8`` and ``8`` give 8; what is no level gives 0."""
    match = _LEVEL.fullmatch(text)
    return int(match[1]) if match else 0


def levels_of(pom: Pom) -> Sequence[int]:
    """Every level that the file says literally."""
    holders = [pom.holder(element) for element in _level_elements(pom)]
    return [level for holder in holders if holder is not None and (level := level_of(pom.said(holder)))]


def says_level(pom: Pom) -> bool:
    """Whether the file itself says for which Java it compiles."""
    return any(pom.said(element) for element in _level_elements(pom))


def raised_levels(pom: Pom, target: int, *, alone: bool) -> list[Edit]:
    """Every place of this file that says for which older Java it compiles; ``alone``: no other file says it for it."""
    places: dict[int, Element] = {}
    for element in _level_elements(pom):
        holder = pom.holder(element)
        if holder is not None and 0 < level_of(pom.said(holder)) < target:
            places[holder.start] = holder
    edits = [pom.replaced(element, str(target)) for _, element in sorted(places.items())]
    if alone and not says_level(pom):
        edits.append(_stated(pom, target))
    return edits


def _stated(pom: Pom, target: int) -> Edit:
    """The compiler plugin's own default is years behind: it has to be told."""
    block = "\n".join(f"<maven.compiler.{name}>{target}</maven.compiler.{name}>" for name in ("source", "target"))
    properties = pom.project.child("properties")
    return pom.appended(properties, block) if properties is not None else pom.added_section("properties", block)


def _level_elements(pom: Pom) -> Iterator[Element]:
    for name, element in pom.properties().items():
        if name in _STANDARD or _CUSTOMARY.fullmatch(name):
            yield element
    for plugin in pom.plugins():
        if pom.value(plugin, "artifactId") == "maven-compiler-plugin":
            for element in plugin.walk():
                if element.name in _CONFIGURED and not element.children:
                    yield element


def newer_plugins(pom: Pom) -> tuple[list[Edit], list[Left]]:
    """Plugins, and Lombok, in versions that run on the new Java; a javac that the build brings itself is taken out."""
    edits: dict[int, Edit] = {}
    notes: list[Left] = []
    lines = Lines(pom.text)
    for element in [*pom.plugins(), *pom.dependencies(), *_processors(pom)]:
        floor = _floor_of(pom, element)
        version = element.child("version")
        holder = pom.holder(version) if version is not None else None
        if floor is not None and holder is not None and _is_below(pom.said(holder), floor.lowest):
            edits[holder.start] = pom.replaced(holder, floor.version)
        elif floor is not None and version is not None and holder is None:
            where = lines.number(element.start)
            notes.append(
                left(pom.path, where, f"the version of {floor.artifact} is set elsewhere; it needs {floor.lowest}")
            )
    for plugin in pom.plugins():
        if pom.value(plugin, "artifactId") == "maven-compiler-plugin":
            taken = list(_own_compiler(pom, plugin))
            edits.update((element.start, without_lines(pom, element)) for element in taken)
            if taken:
                text = "Error Prone came with a javac of its own that cannot read Java 17; its checks are off until it is set up as a plugin of javac"
                notes.append(left(pom.path, lines.number(plugin.start), text))
    return [edit for _, edit in sorted(edits.items())], notes


def _processors(pom: Pom) -> Iterator[Element]:
    return (element for element in pom.project.walk() if element.name == "path" and element.child("artifactId"))


def _floor_of(pom: Pom, element: Element) -> _Floor | None:
    artifact = pom.value(element, "artifactId")
    group = pom.value(element, "groupId") or (_MAVEN if element.name == "plugin" else "")
    return next((floor for floor in _FLOORS if (floor.group, floor.artifact) == (group, artifact)), None)


def _is_below(version: str, lowest: str) -> bool:
    try:
        return Version(re.sub(r"[.-](?:RELEASE|Final|GA)$", "", version)) < Version(lowest)
    except InvalidVersion:
        return False


def _own_compiler(pom: Pom, plugin: Element) -> Iterator[Element]:
    """The parts of a compiler plugin's configuration that put an old Error Prone in javac's place."""
    if not any(pom.said(one) == "javac-with-errorprone" for one in plugin.walk() if one.name == "compilerId"):
        return
    for element in plugin.walk():
        if element.name in ("compilerId", "forceJavacCompilerUse"):
            yield element
    block = plugin.child("dependencies")
    if block is not None:
        own = [one for one in block.children if "errorprone" in pom.value(one, "artifactId").replace("_", "")]
        yield from [block] if len(own) == len(block.children) else own


def missing_libraries(pom: Pom, sources: Mapping[str, str], inherited: Sequence[Pom]) -> tuple[list[Edit], list[str]]:
    """Dependencies on what the sources import and the JDK no longer has; and their names for people."""
    known = {one.value(e, "artifactId").lower() for one in (pom, *inherited) for e in one.dependencies()}
    blocks, names = [], []
    for library in LIBRARIES:
        if any(word in artifact for artifact in known for word in library.others):
            continue
        if any(library.imports.search(text) for text in sources.values()):
            names.append(library.says)
            blocks += [_dependency(*one) for one in library.coordinates]
    if not blocks:
        return [], []
    section = pom.project.child("dependencies")
    text = "\n".join(blocks)
    return [pom.appended(section, text) if section is not None else pom.added_section("dependencies", text)], names


def _dependency(group: str, artifact: str, version: str, scope: str) -> str:
    lines = [
        f"\t<groupId>{group}</groupId>",
        f"\t<artifactId>{artifact}</artifactId>",
        f"\t<version>{version}</version>",
    ]
    lines += [f"\t<scope>{scope}</scope>"] if scope else []
    return "\n".join(["<dependency>", *lines, "</dependency>"])


_GRADLE = (
    re.compile(r"^[ \t]*(?:java\.)?(?:source|target)Compatibility[ \t]*(?:=|\()?[ \t]*(?P<value>['\"]?(?:1\.)?\d{1,2}['\"]?)", re.M),
    re.compile(r"\b(?:source|target)Compatibility[ \t]*(?:=|\()?[ \t]*(?:JavaVersion\.)?(?P<value>VERSION_(?:1_)?\d{1,2})\b"),
    re.compile(r"\bJavaLanguageVersion\.of\([ \t]*(?P<value>\d{1,2})[ \t]*\)"),
    re.compile(r"\boptions\.release(?:\.set\(|[ \t]*=)[ \t]*(?P<value>\d{1,2})\b"),
)  # fmt: skip


def gradle_levels(text: str, target: int) -> list[Edit]:
    """The levels that a Gradle build file states literally."""
    edits: dict[int, Edit] = {}
    for pattern in _GRADLE:
        for match in pattern.finditer(text):
            value = match["value"]
            level = int(re.findall(r"\d+", value)[-1])
            if not 0 < level < target:
                continue
            new = f"VERSION_{target}" if value.startswith("VERSION") else re.sub(r"[\d.]+", str(target), value)
            edits[match.start("value")] = Edit(match.start("value"), match.end("value"), new)
    return [edit for _, edit in sorted(edits.items())]
