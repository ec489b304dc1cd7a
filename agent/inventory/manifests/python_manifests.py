"""Reads Python's manifests (requirements, Pipfile, pyproject.toml, setup.cfg, setup.py): text in, declarations out."""

from __future__ import annotations

import configparser
import re
import tomllib
from typing import Any

from packaging.requirements import InvalidRequirement, Requirement

from agent.inventory.manifests.declared import Declared, line_at, line_with

__all__ = [
    "read_pipfile",
    "read_pyproject",
    "read_requirements",
    "read_setup_cfg",
    "read_setup_py",
    "read_tool_versions",
    "read_version_file",
]

_DEVELOPMENT = re.compile(r"dev|test|doc|lint|ci\b|typing|coverage|local", re.IGNORECASE)
_BACKENDS = {
    "setuptools": "setuptools",
    "hatchling": "Hatch",
    "poetry": "Poetry",
    "flit": "Flit",
    "pdm": "PDM",
    "uv_build": "uv",
    "maturin": "maturin",
    "scikit_build": "scikit-build",
    "mesonpy": "Meson",
}


def read_requirements(text: str, declared: Declared) -> None:
    """A pip requirements file; options and URLs are passed over."""
    declared.build_systems.append(("pip", 0))
    where = declared.path.rpartition("/")
    development = bool(_DEVELOPMENT.search(where[2]) or re.search(r"(?:^|/)docs?$", where[0]))
    for number, line in enumerate(text.splitlines(), 1):
        content = line.split(" #")[0].split(" --")[0].strip().rstrip("\\").strip()
        if content and content[0].isalnum():
            _require(content, number, declared, development=development)


def _require(content: str, line: int, declared: Declared, *, development: bool) -> None:
    try:
        requirement = Requirement(content)
    except InvalidRequirement:
        return
    version = str(requirement.specifier)
    exact = re.fullmatch(r"===?([^,*]+)", version)
    declared.depend("pypi", requirement.name, exact.group(1) if exact else version, line, development=development)


def read_pipfile(text: str, declared: Declared) -> None:
    document = tomllib.loads(text)
    declared.build_systems.append(("Pipenv", 0))
    for section, development in (("packages", False), ("dev-packages", True)):
        _tables_of_versions(text, f"[{section}]", document.get(section), declared, development=development)
    requires = document.get("requires")
    if isinstance(requires, dict):
        version = requires.get("python_full_version") or requires.get("python_version")
        if isinstance(version, str):
            declared.run_on(
                "python", version, f"python_version {version!r}", line_with(text, "[requires]", version), "pypi"
            )


def _tables_of_versions(text: str, heading: str, section: Any, declared: Declared, *, development: bool) -> None:
    """Pipenv's and Poetry's tables: name = "range" or name = {version = "range"}."""
    for name, entry in section.items() if isinstance(section, dict) else ():
        version = entry.get("version", "") if isinstance(entry, dict) else entry
        version = version if isinstance(version, str) and version != "*" else ""
        line = line_with(text, heading, name)
        if name.lower() == "python":
            if version:
                declared.run_on("python", version, f"python = {version!r}", line, "pypi")
            continue
        declared.depend("pypi", name, version.removeprefix("=="), line, development=development)


def read_pyproject(text: str, declared: Declared) -> None:
    document = tomllib.loads(text)
    project = _mapping(document.get("project"))
    tools = _mapping(document.get("tool"))
    backend = _mapping(document.get("build-system")).get("build-backend")
    if isinstance(backend, str):
        name = next((shown for key, shown in _BACKENDS.items() if backend.startswith(key)), backend.split(".")[0])
        declared.build_systems.append((name, line_with(text, "build-backend")))
    elif project or "setuptools" in tools:
        declared.build_systems.append(("setuptools", 0))
    for tool, shown in (("poetry", "Poetry"), ("uv", "uv"), ("pdm", "PDM")):
        if tool in tools:
            declared.build_systems.append((shown, line_with(text, f"tool.{tool}")))
    requires = project.get("requires-python")
    if isinstance(requires, str):
        declared.run_on("python", requires, f"requires-python {requires!r}", line_with(text, "requires-python"), "pypi")
    _require_all(text, project.get("dependencies"), declared, development=False)
    for group, entries in _mapping(project.get("optional-dependencies")).items():
        _require_all(text, entries, declared, development=bool(_DEVELOPMENT.search(group)))
    for entries in _mapping(document.get("dependency-groups")).values():
        _require_all(text, entries, declared, development=True)
    _poetry(text, _mapping(tools.get("poetry")), declared)
    for section in (project.get("scripts"), _mapping(tools.get("poetry")).get("scripts")):
        for name, target in _mapping(section).items():
            declared.enter("cli", name, f"console script {target}", line_with(text, "scripts", name))
    if "pytest" in tools:
        declared.test_runners.append(("pytest", line_with(text, "tool.pytest")))


def _poetry(text: str, poetry: dict[str, Any], declared: Declared) -> None:
    _tables_of_versions(text, "tool.poetry.dependencies", poetry.get("dependencies"), declared, development=False)
    _tables_of_versions(
        text, "tool.poetry.dev-dependencies", poetry.get("dev-dependencies"), declared, development=True
    )
    for name, group in _mapping(poetry.get("group")).items():
        heading = f"tool.poetry.group.{name}.dependencies"
        _tables_of_versions(text, heading, _mapping(group).get("dependencies"), declared, development=True)


def _require_all(text: str, entries: Any, declared: Declared, *, development: bool) -> None:
    for entry in entries if isinstance(entries, list) else ():
        if isinstance(entry, str):
            offset = text.find(entry)
            _require(entry, line_at(text, offset) if offset >= 0 else 0, declared, development=development)


def _mapping(value: Any) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}


def read_setup_cfg(text: str, declared: Declared) -> None:
    parser = configparser.RawConfigParser(strict=False)
    try:
        parser.read_string(text)
    except configparser.Error:
        return
    if parser.has_section("metadata") or parser.has_section("options"):
        declared.build_systems.append(("setuptools", 0))
    _requirement_lines(text, parser.get("options", "install_requires", fallback=""), declared, development=False)
    if parser.has_section("options.extras_require"):
        for group, entries in parser.items("options.extras_require"):
            _requirement_lines(text, entries, declared, development=bool(_DEVELOPMENT.search(group)))
    requires = parser.get("options", "python_requires", fallback="")
    if requires:
        declared.run_on("python", requires, f"python_requires {requires!r}", line_with(text, "python_requires"), "pypi")
    scripts = parser.get("options.entry_points", "console_scripts", fallback="")
    for name, target in re.findall(r"(?m)^[ \t]*([\w.-]+)[ \t]*=[ \t]*([\w.:]+)", scripts):
        declared.enter("cli", name, f"console script {target}", line_with(text, "console_scripts", name))
    if parser.has_section("tool:pytest"):
        declared.test_runners.append(("pytest", line_with(text, "[tool:pytest]")))


def _requirement_lines(text: str, block: str, declared: Declared, *, development: bool) -> None:
    for line in block.splitlines():
        if line.strip():
            _require(line.strip(), max(0, line_at(text, text.find(line.strip()))), declared, development=development)


_STRING = r"(?:\"([^\"\n]{1,200})\"|'([^'\n]{1,200})')"
_KEYWORD = re.compile(r"\b(install_requires|tests_require|extras_require|setup_requires)\s*=")


def read_setup_py(text: str, declared: Declared) -> None:
    """What setup() is given in literals; the file is program text and is not run."""
    declared.build_systems.append(("setuptools", 0))
    found = re.search(rf"\bpython_requires\s*=\s*{_STRING}", text)
    if found:
        requires = found.group(1) or found.group(2)
        declared.run_on("python", requires, f"python_requires {requires!r}", line_at(text, found.start()), "pypi")
    else:
        _classified(text, declared)
    for keyword in _KEYWORD.finditer(text):
        end = _closing(text, keyword.end())
        for literal in re.finditer(_STRING, text[keyword.end() : end]):
            content = literal.group(1) or literal.group(2)
            line = line_at(text, keyword.end() + literal.start())
            _require(content, line, declared, development=keyword.group(1) != "install_requires")
    for script in re.finditer(r"[\"']([\w.-]{1,80})\s*=\s*([\w.]{1,200}:[\w.]{1,80})[\"']", text):
        declared.enter("cli", script.group(1), f"console script {script.group(2)}", line_at(text, script.start()))


def _closing(text: str, start: int) -> int:
    """Where the bracket that opens at ``start`` closes; a page further on when it never does."""
    depth = 0
    for position in range(start, min(len(text), start + 10_000)):
        if text[position] in "[({":
            depth += 1
        elif text[position] in "])}":
            depth -= 1
        if depth <= 0 and text[position] in "])},\n" and text[start:position].strip():
            return position
    return min(len(text), start + 4_000)


def _classified(text: str, declared: Declared) -> None:
    """Versions from trove classifiers, when nothing says more: the newest one that is claimed."""
    claims = [
        (tuple(int(part) for part in found.group(1).split(".")), found)
        for found in re.finditer(r"Programming Language :: Python :: (\d\.\d{1,2})\b", text)
    ]
    if claims:
        version, found = max(claims, key=lambda claim: claim[0])
        shown = ".".join(map(str, version))
        declared.run_on("python", shown, f"newest classifier, Python {shown}", line_at(text, found.start()), "pypi")


def read_version_file(text: str, declared: Declared) -> None:
    """``.python-version``, ``runtime.txt``, ``.nvmrc``, ``.node-version``, ``.ruby-version``, ``.java-version``."""
    name = declared.path.rpartition("/")[2]
    line = next((line.strip() for line in text.splitlines() if line.strip() and not line.startswith("#")), "")
    found = re.match(r"(?:(python|node|ruby|jdk|java|temurin|pypy[\d.]*)-)?v?(\d[\w.]{0,20})", line)
    product = {".nvmrc": "nodejs", ".node-version": "nodejs", ".ruby-version": "ruby", ".java-version": "java"}.get(
        name, "python"
    )
    if found:
        declared.run_on(product, found.group(2), f"{line!r} in {name}", 1)


_TOOLS = {
    "python": "python",
    "nodejs": "nodejs",
    "node": "nodejs",
    "java": "java",
    "ruby": "ruby",
    "php": "php",
    "golang": "go",
}


def read_tool_versions(text: str, declared: Declared) -> None:
    for number, line in enumerate(text.splitlines(), 1):
        words = line.split()
        if len(words) >= 2 and words[0] in _TOOLS:
            found = re.search(r"(?:^|-)(\d[\w.]{0,20})", words[1])
            if found:
                declared.run_on(_TOOLS[words[0]], found.group(1), f"{' '.join(words[:2])!r} in .tool-versions", number)
