"""Build files in a change: the text before and after in, what of it the tests' own build does not reach out.

No test runs a line of a ``pom.xml``; the build does. Where the environment was made from the changed file, or the runner
reads it at each run, its dependencies, versions and compiler settings were used to get to the first test. What belongs to
packaging, releases or starting the product was not.
"""

from __future__ import annotations

import json
import re
import tomllib
from collections import Counter
from collections.abc import Iterator, Mapping
from configparser import ConfigParser
from configparser import Error as BadSettings
from pathlib import PurePosixPath
from typing import Any
from xml.etree.ElementTree import Element, ParseError

from defusedxml.common import DefusedXmlException
from defusedxml.ElementTree import fromstring

from agent.domain.verdict import FileChange
from agent.validation.changes import added_lines, removed_lines

__all__ = ["READ_AT_EACH_RUN", "unreached"]

# Families whose runners build from these files whenever tests run, not only when the environment is made.
READ_AT_EACH_RUN = frozenset({"java", "go"})

# Nothing but versions of what is installed, or of the toolchain.
_VERSIONS = re.compile(
    r"go\.(mod|sum|work)|modules\.txt|package-lock\.json|npm-shrinkwrap\.json|yarn\.lock|pnpm-lock\.yaml|composer\.lock"
    r"|poetry\.lock|uv\.lock|Pipfile(\.lock)?|[\w.-]*(requirements|constraints|deps)[\w.-]*\.(txt|in)|gradle-wrapper\.properties"
    r"|gradle\.lockfile|\.nvmrc|\.node-version|\.python-version|runtime\.txt|gradle\.properties|libs\.versions\.toml",
    re.IGNORECASE,
)
_MAVEN = frozenset({"modelVersion", "parent", "properties", "dependencies", "dependencyManagement", "modules"})
_MAVEN_BUILD = frozenset(
    "sourceDirectory testSourceDirectory resources testResources extensions directory outputDirectory".split()
)
# Plugins that are bound to a phase up to ``test``.
_MAVEN_PLUGINS = frozenset(
    """maven-compiler-plugin maven-surefire-plugin maven-resources-plugin maven-enforcer-plugin maven-toolchains-plugin
jacoco-maven-plugin build-helper-maven-plugin scala-maven-plugin kotlin-maven-plugin gmavenplus-plugin aspectj-maven-plugin
antlr4-maven-plugin antlr3-maven-plugin jaxb2-maven-plugin protobuf-maven-plugin""".split()
)
_PACKAGE = frozenset(
    "dependencies devDependencies optionalDependencies peerDependencies overrides resolutions engines".split()
)
_COMPOSER = frozenset("require require-dev autoload autoload-dev minimum-stability prefer-stable".split())
_PYPROJECT = re.compile(
    r"build-system\..+|dependency-groups\..+|project\.(dependencies|optional-dependencies|requires-python)"
    r"|tool\.poetry\.(dependencies|dev-dependencies|group)"
)
_SETUP = re.compile(
    r"options\.(install_requires|tests_require|setup_requires|python_requires)|options\.extras_require\..+"
)
_GRADLE = re.compile(
    r"\s*(?:(?:sourceCompatibility|targetCompatibility|(?:options\.)?release|languageVersion|(?:test)?(?:[iI]mplementation|[cC]ompile"
    r"(?:Only|Classpath)?|[rR]untime(?:Only)?)|api|(?:test)?[aA]nnotationProcessor|provided)\b[^\n]*|useJUnit(?:Platform)?\(\)|[\s{})]*|//[^\n]*)"
)


def unreached(change: FileChange) -> tuple[str, ...] | None:
    """What of the change the way to the tests does not use, by name; None when the file is not known as a build file."""
    name = PurePosixPath(change.path).name
    if _VERSIONS.fullmatch(name) or (name.endswith((".txt", ".in")) and "requirements" in change.path.lower()):
        return ()
    if name.endswith((".gradle", ".gradle.kts")):
        return _gradle(change)
    read = {
        "pom.xml": (_maven_parts, _maven_reached),
        "package.json": (_json_parts, _PACKAGE.__contains__),
        "composer.json": (_json_parts, _COMPOSER.__contains__),
        "pyproject.toml": (_toml_parts, _matched(_PYPROJECT)),
        "setup.cfg": (_ini_parts, _matched(_SETUP)),
    }.get(name)
    if read is None:
        return None
    parts, reached = read
    try:
        before, after = (Counter(parts(text or "")) for text in (change.before, change.after))
    except (ValueError, ParseError, DefusedXmlException, LookupError, RecursionError, BadSettings, TypeError):
        return ("what cannot be read",)
    changed = (before - after) + (after - before)
    return tuple(sorted({_shortened(part) for part, _ in changed if not reached(part)}))


def _shortened(part: str) -> str:
    plugin = re.search(r"plugin ([^/]*)", part)
    return plugin[1] if plugin else part[:80]


def _matched(pattern: re.Pattern[str]) -> Any:
    return lambda part: pattern.fullmatch(part) is not None


def _gradle(change: FileChange) -> tuple[str, ...]:
    lines = [*removed_lines(change), *added_lines(change)]
    return tuple(sorted({text.strip()[:60] for _, text in lines if not _GRADLE.fullmatch(text)}))


def _json_parts(text: str) -> Iterator[tuple[str, str]]:
    for key, value in _table(json.loads(text or "{}")).items():
        yield key, json.dumps(value, sort_keys=True)


def _toml_parts(text: str) -> Iterator[tuple[str, str]]:
    for table, entries in tomllib.loads(text).items():
        for key, value in _table(entries).items():
            nested = value.items() if table == "tool" and isinstance(value, dict) else [("", value)]
            for name, one in nested:
                yield ".".join(filter(None, (table, key, name))), repr(one)


def _ini_parts(text: str) -> Iterator[tuple[str, str]]:
    parser = ConfigParser(interpolation=None, strict=False)
    parser.read_string(text)
    for section in parser.sections():
        for key, value in parser.items(section):
            yield f"{section}.{key}", value


def _table(value: object) -> Mapping[str, Any]:
    if not isinstance(value, dict):
        raise TypeError(value)
    return value


def _maven_parts(text: str) -> Iterator[tuple[str, str]]:
    """(where in the file, text) of each element without children; a plugin is named by its artifact."""
    if not text:
        return
    todo: list[tuple[Element, str]] = [(child, "") for child in fromstring(text.encode("latin-1"))]
    while todo:
        element, above = todo.pop()
        name = str(element.tag).rpartition("}")[2]
        if name == "plugin" and above.startswith("build"):
            artifact = next((one.text for one in element if str(one.tag).endswith("artifactId")), "") or ""
            name = f"plugin {artifact.strip()}"
        path = f"{above}/{name}" if above else name
        if len(element):
            todo += [(child, path) for child in element]
        else:
            yield path, f"{sorted(element.attrib.items())} {(element.text or '').strip()}"


def _maven_reached(path: str) -> bool:
    first, _, rest = path.partition("/")
    if first != "build":
        return first in _MAVEN
    if "plugin " in rest:
        return rest.partition("plugin ")[2].partition("/")[0] in _MAVEN_PLUGINS
    return rest.partition("/")[0] in _MAVEN_BUILD
