"""Reads what a Python repository says that it needs: packages, extras, groups, locked versions; text in, requirements out.

``setup.py`` is never run here: its literal lists are read from the syntax tree, and by text where that is Python 2.
Lines that name an index are left out, as the machine's own settings say where packages come from.
"""

from __future__ import annotations

import ast
import configparser
import json
import re
import tomllib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from posixpath import dirname, join, normpath
from typing import Any

from packaging.requirements import InvalidRequirement, Requirement
from packaging.utils import canonicalize_name

from agent.domain.inventory import Location
from agent.validation.ecosystems.python_sources import Sources

__all__ = ["Declared", "Wanted", "read_declared", "requirement_name"]

_TEST_EXTRAS = ("test", "tests", "testing", "dev", "develop", "development", "all-test", "unittest", "ci")
_MAIN_FILES = ("requirements.txt", "requirements/base.txt", "requirements/common.txt", "requirements/requirements.txt")
_TEST_FILES = re.compile(
    r"^(?:.*/)?(?:requirements[-_./]?(?:dev|develop|development|tests?|testing|ci)\w*|"
    r"(?:dev|develop|test|tests|testing|ci)[-_]?requirements|requirements/(?:dev|develop|development|tests?|testing|local|ci))"
    r"\.(?:txt|pip|in)$",
    re.I,
)
_NOT_FOR_TESTS = frozenset(
    "pre-commit black flake8 ruff isort mypy tox twine wheel build coveralls codecov sphinx mkdocs vermin zest-releaser "
    "pylint bandit djlint mkdocs-material pysnooper ipython ipdb pip python".split()
)


@dataclass(frozen=True, slots=True)
class Wanted:
    """One requirement as pip takes it, and where it is written; ``test`` when only tests need it."""

    text: str
    where: Location
    test: bool = False

    @property
    def name(self) -> str:
        return requirement_name(self.text)


@dataclass(frozen=True)
class Declared:
    """All that was found. ``extras`` and ``own_name`` are the package's, ``locked`` exact versions to hold to by canonical name."""

    wanted: tuple[Wanted, ...] = ()
    extras: tuple[str, ...] = ()
    locked: Mapping[str, str] = field(default_factory=dict)
    lock: str = ""
    installable: bool = False
    own_name: str = ""
    left_out: tuple[tuple[str, Location], ...] = ()
    files: tuple[str, ...] = ()

    @property
    def names(self) -> frozenset[str]:
        return frozenset(wanted.name for wanted in self.wanted if wanted.name)


def requirement_name(text: str) -> str:
    """The canonical name of a requirement; empty for a path or a URL."""
    match = re.match(r"\s*([A-Za-z0-9][\w.-]*)", text)
    return canonicalize_name(match.group(1)) if match else ""


def read_declared(sources: Sources, folder: str = "") -> Declared:
    """What the repository declares in ``folder``, or in its root when that folder says nothing."""
    reader = _Reader(sources, folder)
    reader.read()
    if not reader.wanted and not reader.installable and folder:
        return read_declared(sources)
    return reader.declared()


class _Reader:
    def __init__(self, sources: Sources, folder: str) -> None:
        self.sources = sources
        self.folder = folder
        self.wanted: list[Wanted] = []
        self.left_out: list[tuple[str, Location]] = []
        self.extras: list[str] = []
        self.locked: dict[str, str] = {}
        self.lock = ""
        self.installable = False
        self.own_name = ""
        self.files: list[str] = []

    def declared(self) -> Declared:
        unique: dict[str, Wanted] = {}
        for wanted in self.wanted:
            unique.setdefault(wanted.text.replace(" ", ""), wanted)
        return Declared(
            tuple(unique.values()),
            tuple(dict.fromkeys(self.extras)),
            dict(sorted(self.locked.items())),
            self.lock,
            self.installable,
            self.own_name,
            tuple(self.left_out),
            tuple(sorted(set(self.files))),
        )

    def read(self) -> None:
        if self._pipfile_lock():
            self._setup_files()
            return
        self._requirements()
        self._setup_files()
        self._locks()
        self._pipfile()
        self._tox()

    def text(self, name: str) -> tuple[str, str]:
        path = join(self.folder, name) if self.folder else name
        text = self.sources.text(path)
        if text:
            self.files.append(path)
        return path, text

    def add(self, text: str, path: str, line: int = 0, *, test: bool = False) -> None:
        text = text.strip()
        try:
            requirement = Requirement(text)
        except InvalidRequirement:
            if text:
                self.left_out.append(
                    (f"{text!r} is no requirement that pip takes as it stands", Location(path=path, line=line))
                )
            return
        if requirement.url:
            self.left_out.append((f"{text!r} comes from elsewhere", Location(path=path, line=line)))
            if requirement.name:
                self.wanted.append(Wanted(requirement.name, Location(path=path, line=line), test))
            return
        if test and canonicalize_name(requirement.name) in _NOT_FOR_TESTS:
            return
        self.wanted.append(Wanted(text, Location(path=path, line=line), test))

    # --- requirements files ---

    def _requirements(self) -> None:
        prefix = f"{self.folder}/" if self.folder else ""
        here = [path.removeprefix(prefix) for path in self.sources.sizes if path.startswith(prefix)]
        mains = [name for name in _MAIN_FILES if name in here]
        tests = sorted(name for name in here if _TEST_FILES.match(name) and name.count("/") <= 1)
        if not mains and not tests:
            mains = sorted(
                name
                for name in here
                if re.fullmatch(r"(?:requirements/|etc/)?[\w-]*requirements[\w-]*\.(txt|pip)", name)
            )
        seen: set[str] = set()
        for name in mains:
            self._requirements_file(prefix + name, seen, test=False)
        for name in tests:
            self._requirements_file(prefix + name, seen, test=True)

    def _requirements_file(self, path: str, seen: set[str], *, test: bool, depth: int = 0) -> None:
        if path in seen or depth > 8 or path not in self.sources.sizes:
            return
        seen.add(path)
        self.files.append(path)
        text = re.sub(r"\\\n", " ", self.sources.text(path))
        for number, raw in enumerate(text.split("\n"), start=1):
            line = re.sub(r"(^|\s)#.*$", "", raw[:2000]).strip()
            if not line:
                continue
            where = Location(path=path, line=number)
            include = re.match(r"(?:-r|--requirement)[\s=]*(\S+)", line)
            constrain = re.match(r"(?:-c|--constraint)[\s=]*(\S+)", line)
            if include or constrain:
                target = normpath(join(dirname(path), (include or constrain).group(1)))  # type: ignore[union-attr]
                if include:
                    self._requirements_file(target, seen, test=test, depth=depth + 1)
                else:
                    self._constraints(target)
            elif line.startswith(
                ("-e", "--editable", "git+", "hg+", "svn+", "bzr+", "http:", "https:", "file:", ".", "/")
            ):
                egg = re.search(r"#egg=([\w.-]+)", line)
                if not re.match(r"(-e|--editable)?[\s=]*\.(/|\[|$)", line):
                    self.left_out.append((f"{line!r} comes from elsewhere", where))
                    if egg:
                        self.wanted.append(Wanted(egg.group(1), where, test))
                elif extras := re.search(r"\[([\w,\s-]+)\]", line):
                    self.extras.extend(part.strip() for part in extras.group(1).split(","))
            elif line.startswith("-"):
                self.left_out.append((f"{line!r}: where packages come from is for the machine to say", where))
            else:
                self.add(re.split(r"\s--\w", line)[0], path, number, test=test)

    def _constraints(self, path: str) -> None:
        self.files.append(path)
        for line in self.sources.text(path).split("\n"):
            match = re.match(r"\s*([\w.-]+)\s*==\s*([\w.!+]+)\s*(?:;|#|$)", line[:500])
            if match:
                self.locked.setdefault(canonicalize_name(match.group(1)), match.group(2))

    # --- locks ---

    def _pipfile_lock(self) -> bool:
        path, text = self.text("Pipfile.lock")
        lock = _json(text)
        found = False
        for section, test in (("default", False), ("develop", True)):
            for name, entry in sorted(_table(lock.get(section)).items()):
                version = _table(entry).get("version")
                if isinstance(version, str) and version.startswith("=="):
                    marker = _table(entry).get("markers")
                    self.add(f"{name}{version}" + (f" ; {marker}" if isinstance(marker, str) else ""), path, test=test)
                    found = True
        self.lock = path if found else ""
        return found

    def _locks(self) -> None:
        for name in ("uv.lock", "poetry.lock", "pdm.lock"):
            path, text = self.text(name)
            packages = _toml(text).get("package")
            versions: dict[str, set[str]] = {}
            for package in packages if isinstance(packages, list) else ():
                entry = _table(package)
                source = _table(entry.get("source"))
                elsewhere = source.keys() & {"editable", "virtual", "directory", "git", "path"}
                if isinstance(entry.get("name"), str) and isinstance(entry.get("version"), str) and not elsewhere:
                    versions.setdefault(canonicalize_name(entry["name"]), set()).add(entry["version"])
            exact = {name: next(iter(found)) for name, found in versions.items() if len(found) == 1}
            if exact:
                self.locked.update(exact)
                self.lock = path
                return

    def _pipfile(self) -> None:
        path, text = self.text("Pipfile")
        table = _toml(text)
        have = {wanted.name for wanted in self.wanted}
        for section, test in (("packages", False), ("dev-packages", True)):
            for name, value in _table(table.get(section)).items():
                version = value if isinstance(value, str) else _table(value).get("version", "*")
                extras = _table(value).get("extras") if not isinstance(value, str) else None
                bracket = f"[{','.join(map(str, extras))}]" if isinstance(extras, list) else ""
                if canonicalize_name(name) not in have:
                    self.add(f"{name}{bracket}{'' if version == '*' else version}", path, _line(text, name), test=test)

    # --- packaging ---

    def _setup_files(self) -> None:
        self._pyproject()
        _, information = self.text("PKG-INFO")
        if match := re.search(r"^Name:[ \t]*([\w.-]+)", information, re.M):
            self._called(match.group(1))
        self._setup_cfg()
        self._setup_py()
        self._egg_info()

    def _called(self, name: object) -> None:
        if isinstance(name, str) and name.strip() and not self.own_name:
            self.own_name = canonicalize_name(name.strip())

    def _pyproject(self) -> None:
        path, text = self.text("pyproject.toml")
        table = _toml(text)
        project = _table(table.get("project"))
        self._called(project.get("name"))
        self.installable |= "build-system" in table or bool(project)
        for item in _strings(project.get("dependencies")):
            self.add(item, path, _line(text, item))
        for extra in _table(project.get("optional-dependencies")):
            if extra.lower() in _TEST_EXTRAS:
                self.extras.append(extra)
                for item in _strings(_table(project.get("optional-dependencies"))[extra]):
                    self.add(item, path, _line(text, item), test=True)
        groups = _table(table.get("dependency-groups"))
        for name in sorted(groups):
            if name.lower() in _TEST_EXTRAS:
                self._group(groups, name, path, text, 0)
        for name in _table(_table(_table(table.get("tool")).get("uv"))):
            if name == "dev-dependencies":
                for item in _strings(table["tool"]["uv"][name]):
                    self.add(item, path, _line(text, item), test=True)
        self._poetry(_table(_table(table.get("tool")).get("poetry")), path, text)

    def _group(self, groups: Mapping[str, Any], name: str, path: str, text: str, depth: int) -> None:
        for item in groups.get(name, ()) if isinstance(groups.get(name), list) else ():
            if isinstance(item, str):
                self.add(item, path, _line(text, item), test=True)
            elif depth < 5 and isinstance(item, dict) and isinstance(item.get("include-group"), str):
                self._group(groups, item["include-group"], path, text, depth + 1)

    def _poetry(self, poetry: Mapping[str, Any], path: str, text: str) -> None:
        sections = [(_table(poetry.get("dependencies")), False), (_table(poetry.get("dev-dependencies")), True)]
        for name, group in sorted(_table(poetry.get("group")).items()):
            if name.lower() in _TEST_EXTRAS:
                sections.append((_table(_table(group).get("dependencies")), True))
        for section, test in sections:
            for name, value in section.items():
                if name.lower() == "python" or (isinstance(value, dict) and value.get("optional")):
                    continue
                version = value if isinstance(value, str) else _table(value).get("version", "*")
                if isinstance(version, str):
                    self.add(name + _poetry_version(version), path, _line(text, name), test=test)

    def _setup_cfg(self) -> None:
        path, text = self.text("setup.cfg")
        config = _ini(text)
        self._called(config.get("metadata", "name", fallback=""))
        if config.has_section("metadata") and (config.has_option("metadata", "name")) and config.has_section("options"):
            self.installable = True
        options = [("install_requires", False), ("tests_require", True), ("setup_requires", True)]
        for option, test in options:
            for item in config.get("options", option, fallback="").split("\n"):
                if item.strip() and not item.strip().startswith("#"):
                    self.add(item, path, _line(text, item.strip()), test=test)
        if config.has_section("options.extras_require"):
            for extra, items in config.items("options.extras_require"):
                if extra.lower() in _TEST_EXTRAS:
                    self.extras.append(extra)
                    for item in items.split("\n"):
                        if item.strip():
                            self.add(item, path, _line(text, item.strip()), test=True)

    def _setup_py(self) -> None:
        path, text = self.text("setup.py")
        if not text:
            return
        self.installable = True
        if match := re.search(r"\bname\s*=\s*u?['\"]([\w.-]+)['\"]", text):
            self._called(match.group(1))
        for keyword, items in _setup_lists(text):
            if keyword.startswith("extras_require:"):
                extra = keyword.partition(":")[2]
                if extra.lower() in _TEST_EXTRAS:
                    self.extras.append(extra)
                    for item in items:
                        self.add(item, path, _line(text, item), test=True)
            else:
                for item in items:
                    self.add(item, path, _line(text, item), test=keyword != "install_requires")

    def _egg_info(self) -> None:
        """A source distribution carries what its setup.py computed when it was made."""
        prefix = f"{self.folder}/" if self.folder else ""
        for path in self.sources.sizes:
            if re.fullmatch(re.escape(prefix) + r"(?:src/|lib/)?[^/]+\.egg-info/requires\.txt", path):
                self.files.append(path)
                section = ""
                for number, line in enumerate(self.sources.text(path).split("\n"), start=1):
                    if line.startswith("["):
                        section = line.strip("[] \t").partition(":")[0]
                    elif line.strip() and (not section or section.lower() in _TEST_EXTRAS):
                        self.add(line, path, number, test=bool(section))

    def _tox(self) -> None:
        path, text = self.text("tox.ini")
        for item in _ini(text).get("testenv", "deps", fallback="").split("\n"):
            item = re.sub(r"^\s*[\w{},.!-]+:\s+", "", item.split(" #")[0]).strip()
            include = re.match(r"-r\s*(?:\{toxinidir\}/)?(\S+)", item)
            if include:
                self._requirements_file(normpath(join(self.folder, include.group(1))), set(), test=True)
            elif item and not item.startswith(("-", "#", ".", "{")):
                name = requirement_name(item)
                if name not in {wanted.name for wanted in self.wanted}:
                    # Factors (django18: Django<1.9) contradict each other; the name alone is what they share.
                    self.add(
                        name
                        if ":" in text and item in text and re.search(r"[\w-]:\s+" + re.escape(item), text)
                        else item,
                        path,
                        _line(text, item),
                        test=True,
                    )


def _setup_lists(text: str) -> Iterator[tuple[str, list[str]]]:
    """(keyword, requirements) of the literal lists in a setup.py."""
    try:
        tree = ast.parse(text)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        yield from _setup_lists_by_text(text)
        return
    names: dict[str, ast.expr] = {}
    for node in ast.walk(tree):
        if isinstance(node, ast.Assign) and len(node.targets) == 1 and isinstance(node.targets[0], ast.Name):
            names.setdefault(node.targets[0].id, node.value)
    pairs: list[tuple[str, ast.expr]] = []
    for node in ast.walk(tree):
        if isinstance(node, ast.keyword) and node.arg:
            pairs.append((node.arg, node.value))
        elif isinstance(node, ast.Assign) and len(node.targets) == 1 and isinstance(node.targets[0], ast.Subscript):
            key = node.targets[0].slice
            if isinstance(key, ast.Constant) and isinstance(key.value, str):
                pairs.append((key.value, node.value))
    for keyword, written in pairs:
        value = names.get(written.id, written) if isinstance(written, ast.Name) else written
        if keyword in ("install_requires", "tests_require", "requires_test"):
            yield keyword, _literals(value, names)
        elif keyword == "extras_require" and isinstance(value, ast.Dict):
            for extra, items in zip(value.keys, value.values, strict=True):
                if isinstance(extra, ast.Constant) and isinstance(extra.value, str):
                    yield f"extras_require:{extra.value}", _literals(items, names)


def _literals(value: ast.expr, names: Mapping[str, ast.expr], depth: int = 0) -> list[str]:
    if isinstance(value, ast.Constant) and isinstance(value.value, str):
        return [line.strip() for line in value.value.split("\n") if line.strip()]
    if isinstance(value, ast.List | ast.Tuple | ast.Set):
        return [text for item in value.elts for text in _literals(item, names, depth + 1)]
    if isinstance(value, ast.BinOp) and isinstance(value.op, ast.Add):
        return _literals(value.left, names, depth + 1) + _literals(value.right, names, depth + 1)
    if isinstance(value, ast.Name) and depth < 8 and value.id in names:
        return _literals(names[value.id], names, depth + 1)
    return []


def _setup_lists_by_text(text: str) -> Iterator[tuple[str, list[str]]]:
    for match in re.finditer(r"\b(install_requires|tests_require)\b['\"\]\s]*=\s*\[([^\]]{0,4000})\]", text):
        body = re.sub(r"#[^\n]*", "", match.group(2))
        yield match.group(1), re.findall(r"['\"]([^'\"\n]+)['\"]", body)


def _poetry_version(version: str) -> str:
    """Poetry's ``^1.2`` and ``~1.2`` as PEP 440; an alternative (``||``) is left open."""
    version = version.strip()
    if version in ("*", "") or "|" in version:
        return ""
    match = re.fullmatch(r"([\^~])(\d+(?:\.\d+)*)\S*", version)
    if match:
        parts = [int(part) for part in match.group(2).split(".")]
        keep = next((at for at, part in enumerate(parts) if part), len(parts) - 1)
        if match.group(1) == "~":
            keep = min(1, len(parts) - 1)
        upper = [*parts[:keep], parts[keep] + 1]
        return f">={match.group(2)},<{'.'.join(map(str, upper))}"
    return version if version[0] in "<>=!~" else f"=={version}"


def _ini(text: str) -> configparser.ConfigParser:
    parser = configparser.ConfigParser(interpolation=None, strict=False)
    parser.optionxform = str  # type: ignore[assignment,method-assign]
    try:
        parser.read_string(text)
    except (configparser.Error, ValueError):
        return configparser.ConfigParser(interpolation=None)
    return parser


def _toml(text: str) -> Mapping[str, Any]:
    try:
        return tomllib.loads(text) if text else {}
    except (ValueError, RecursionError):
        return {}


def _json(text: str) -> Mapping[str, Any]:
    try:
        return _table(json.loads(text)) if text else {}
    except (ValueError, RecursionError):
        return {}


def _table(value: Any) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}


def _strings(value: Any) -> Iterable[str]:
    return [item for item in value if isinstance(item, str)] if isinstance(value, list) else []


def _line(text: str, what: str) -> int:
    at = text.find(what)
    return text.count("\n", 0, at) + 1 if at >= 0 else 0
