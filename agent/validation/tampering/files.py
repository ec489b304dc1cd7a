"""Which files judge a change rather than belong to it: tests, their configuration, CI and coverage settings."""

from __future__ import annotations

import json
import re
import sys
import tomllib
from collections.abc import Callable, Collection, Mapping
from configparser import ConfigParser
from configparser import Error as ConfigError
from typing import Any

from defusedxml.common import DefusedXmlException
from defusedxml.ElementTree import ParseError, fromstring

from agent.domain.verdict import FileChange

__all__ = ["changed_sections", "guarded", "shadows"]

FOLDERS = frozenset(
    """tests test __tests__ spec specs __snapshots__ __mocks__ fixtures testdata test-data test_data
e2e cypress .github .circleci .gitlab .buildkite .jest .mocha testsuite""".split()
)
NAMES = re.compile(
    r"(test_.*|.*_tests?|tests?)\.py|conftest\.py|(sitecustomize|usercustomize|runtests?|noxfile)\.py|.*\.(pth|egg-link|snap|feature)"
    r"|.*[.-](test|tests|spec|cy)\.[cm]?[jt]sx?|(test|tests|specs?)\.[cm]?[jt]s|.*(Tests?|TestCase|IT|Spec)\.(java|kt|groovy|scala|cs|php)|Test[A-Z].*\.(java|kt|php)"
    r"|.*_test\.(go|rb|exs|dart|cc|cpp)|.*_spec\.rb|\.?pytest\.(ini|toml)|tox\.ini|toxfile\.py|nose2?\.cfg|\.noserc|unittest\.cfg|\.stestr\.conf|\.testr\.conf"
    r"|\.coveragerc|\.?codecov\.ya?ml|\.coveralls\.yml|phpunit\.xml(\.dist)?|phpunit.*\.xml|codeception\.ya?ml|behat\.yml|\.mocharc\..*|\.mocharc|mocha\.opts"
    r"|(jest|vitest|karma|ava|wdio|playwright|cypress|jasmine)\.(config|conf)\..*|jest\.(setup|preset)\..*|\.nycrc(\..*)?|\.c8rc(\..*)?|\.taprc|\.tap\.ya?ml|testng.*\.xml|junit-platform\.properties|\.runsettings|.*\.runsettings"
    r"|\.travis\.ya?ml|\.gitlab-ci\.ya?ml|appveyor\.ya?ml|\.appveyor\.ya?ml|azure-pipelines.*\.ya?ml|Jenkinsfile.*|bitbucket-pipelines\.ya?ml|\.drone\.ya?ml|\.cirrus\.ya?ml|cloudbuild\.ya?ml|buildspec\.ya?ml"
)  # fmt: skip
TOOLS = frozenset(
    """pytest _pytest unittest unittest2 nose nose2 mock coverage pluggy xdist hypothesis doctest trial
pytest_cov pytest_django py iniconfig mocha jest chai sinon nyc tap ava vitest""".split()
)
MADE = frozenset(
    {"node_modules", "site-packages", "dist-packages", ".venv", "venv", ".tox", ".nox", "__pycache__", ".eggs"}
)


def guarded(path: str, suite_files: Collection[str] = ()) -> str:
    """Why this file is not part of a change: what it is to the tests; empty when it is product."""
    parts = path.split("/")
    if path in suite_files:
        return "it belongs to the tests"
    if FOLDERS & {part.lower() for part in parts[:-1]}:
        return "it lies in a folder of tests or of their checks"
    if NAMES.fullmatch(parts[-1]):
        return "it is a test, or sets up how tests run"
    if MADE & set(parts):
        return "it lies where installed packages or build results go"
    return ""


def shadows(change: FileChange) -> str:
    """Whether a new file would be loaded in place of a test tool or of the standard library; what it hides."""
    if change.before is not None or change.after is None:
        return ""
    parts = change.path.split("/")
    stem = parts[-1].split(".")[0]
    first = [part for part in parts if part not in ("src", "lib", "app")][:1]
    top = first[0].split(".")[0] if first else stem
    if top in TOOLS or (stem in TOOLS and parts[-1].endswith((".py", ".js", ".cjs", ".mjs", ".so", ".pyc"))):
        return f"it would be loaded in place of {top if top in TOOLS else stem}"
    if parts[-1].endswith((".pyc", ".pyo", ".so", ".pyd", ".dll", ".jar", ".class", ".phar")):
        return "it is loaded as code and cannot be read"
    if len(parts) <= 2 and parts[-1].endswith(".py") and top in sys.stdlib_module_names and len(first) == 1:
        name = top if parts[-1] == f"{top}.py" or parts[-1] == "__init__.py" else ""
        return f"it would be loaded in place of the standard library's {name}" if name else ""
    return ""


def changed_sections(change: FileChange) -> tuple[str, ...]:
    """For files that hold more than test settings: the test sections that a change alters, by name."""
    name = change.path.rsplit("/", 1)[-1]
    reader = next((read for pattern, read in SECTIONS if re.fullmatch(pattern, name)), None)
    if reader is None:
        return ()
    try:
        before = reader(change.before) if change.before is not None else {}
    except UNREADABLE:
        before = {}
    try:
        after = reader(change.after) if change.after is not None else {}
    except UNREADABLE:
        return ("the file as a whole, which cannot be read",)
    return tuple(sorted(key for key in {*before, *after} if before.get(key) != after.get(key)))


UNREADABLE = (ValueError, ConfigError, ParseError, DefusedXmlException, RecursionError, KeyError, TypeError)


def _package_json(text: str) -> Mapping[str, Any]:
    data = json.loads(_utf8(text))
    if not isinstance(data, dict):
        raise ValueError("no object")
    keys = (
        "scripts",
        "jest",
        "mocha",
        "nyc",
        "c8",
        "ava",
        "tap",
        "vitest",
        "karma",
        "jasmine",
        "standard",
        "directories",
    )
    return {key: data[key] for key in keys if key in data}


def _composer_json(text: str) -> Mapping[str, Any]:
    data = json.loads(_utf8(text))
    return {key: data[key] for key in ("scripts", "autoload-dev", "config") if key in data}


def _pyproject(text: str) -> Mapping[str, Any]:
    data = tomllib.loads(_utf8(text))
    tool = data.get("tool", {})
    names = ("pytest", "coverage", "tox", "nox", "hatch", "poe", "pdm", "taskipy", "nose2", "mutmut", "cosmic-ray")
    found = {f"tool.{name}": tool[name] for name in names if name in tool}
    plugins = data.get("project", {}).get("entry-points", {}).get("pytest11")
    return found | ({"entry-points.pytest11": plugins} if plugins else {})


def _setup_cfg(text: str) -> Mapping[str, Any]:
    parser = ConfigParser(interpolation=None, strict=False, allow_no_value=True)
    parser.read_string(_utf8(text))
    wanted = re.compile(r"(tool:)?pytest|coverage.*|nosetests|aliases|test|tox.*|unittest|zest.*|green")
    found = {name: dict(parser[name]) for name in parser.sections() if wanted.fullmatch(name)}
    plugins = parser.get("options.entry_points", "pytest11", fallback=None)
    return found | ({"pytest11": {"": plugins}} if plugins else {})


def _pom(text: str) -> Mapping[str, Any]:
    root = fromstring(text.encode("latin-1", "replace"))
    found: dict[str, list[str]] = {}
    for node in root.iter():
        tag = node.tag.rsplit("}", 1)[-1]
        if tag == "plugin":
            said = _canonical(node)
            if re.search(
                r"surefire|failsafe|jacoco|cobertura|pitest|antrun|exec-maven|gmaven|groovy|testng|junit", said
            ):
                found.setdefault("plugins that run tests", []).append(said)
        elif re.search(
            r"skip.*test|test.*skip|maven\.test|surefire|failsafe|argLine|jacoco|testFailureIgnore", tag, re.I
        ) or tag in ("testSourceDirectory", "testResources", "profiles", "extensions"):
            found.setdefault(tag, []).append(_canonical(node))
    return {key: sorted(value) for key, value in found.items()}


def _canonical(node: Any) -> str:
    tag = node.tag.rsplit("}", 1)[-1] if isinstance(node.tag, str) else ""
    return f"<{tag}>{(node.text or '').strip()}{''.join(_canonical(child) for child in node)}</{tag}>"


def _gradle(text: str) -> Mapping[str, Any]:
    """Blocks and statements of a build script that are about tests, by their first words; braces are counted, not parsed."""
    found: dict[str, list[str]] = {}
    lines = [re.sub(r"//.*$", "", line[:2000]).strip() for line in text.split("\n")]
    depth, block = 0, ""
    for line in lines:
        if not block and TEST_WORDS.search(line):
            if line.count("{") > line.count("}"):
                block, depth = line, 0
            else:
                found.setdefault("test settings", []).append(line)
                continue
        if block:
            found.setdefault(f"block {block[:60]}", []).append(line)
            depth += line.count("{") - line.count("}")
            if depth <= 0:
                block = ""
    return found


TEST_WORDS = re.compile(
    r"\b(test|tests|Test|useJUnit\w*|useTestNG|jacoco\w*|integrationTest\w*|testLogging|ignoreFailures|onlyIf|testClasses)\b(?!Implementation|Compile|Runtime)"
)


def _settings_py(text: str) -> Mapping[str, Any]:
    return dict(re.findall(r"(?m)^[ \t]*(TEST_\w+|NOSE_ARGS|COVERAGE_\w+)[ \t]*=[ \t]*(.*)$", text))


def _setup_py(text: str) -> Mapping[str, Any]:
    words = re.findall(
        r"\b(test_suite|tests_require|test_loader|test_runner|pytest11|cmdclass)\b[ \t]*[=:'\"]+[ \t]*([^\n]*)", text
    )
    return {name: value for name, value in words if name != "tests_require"}


def _makefile(text: str) -> Mapping[str, Any]:
    found: dict[str, list[str]] = {}
    target = ""
    for line in text.split("\n"):
        match = re.match(r"([\w./-]*(?:test|check|coverage|ci)[\w./-]*)[ \t]*:(?!=)", line)
        target = match.group(1) if match else (target if line.startswith(("\t", " ")) else "")
        if target:
            found.setdefault(target, []).append(line)
    return found


def _utf8(text: str) -> str:
    return text.encode("latin-1", "replace").decode("utf-8", "replace").removeprefix("\ufeff")


SECTIONS: tuple[tuple[str, Callable[[str], Mapping[str, Any]]], ...] = (
    (r"package\.json", _package_json),
    (r"composer\.json", _composer_json),
    (r"pyproject\.toml", _pyproject),
    (r"setup\.cfg", _setup_cfg),
    (r"pom\.xml", _pom),
    (r".*\.gradle(\.kts)?", _gradle),
    (r"settings.*\.py", _settings_py),
    (r"setup\.py", _setup_py),
    (r"[mM]akefile|GNUmakefile", _makefile),
)
