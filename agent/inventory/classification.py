"""Tells what a file is: path and first bytes in; its language and its role (code, test, migration ...) out."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import cache
from typing import Literal, NamedTuple, cast

from agent.inventory.tables import table

__all__ = ["Role", "TestFolders", "language_of", "parsed_languages", "role_of"]

Role = Literal["code", "test", "migration", "config", "template", "style", "document", "data"]


class _Language(NamedTuple):
    name: str
    kind: Role


class _Rules(NamedTuple):
    names: dict[str, _Language]
    suffixes: dict[str, _Language]
    interpreters: dict[str, _Language]


@cache
def _rules() -> _Rules:
    rules = _Rules({}, {}, {})
    for name, entry in table("languages").items():
        language = _Language(name, cast(Role, entry["kind"]))
        rules.names.update(dict.fromkeys(entry.get("names", ()), language))
        rules.suffixes.update(dict.fromkeys(entry.get("suffixes", ()), language))
        rules.interpreters.update(dict.fromkeys(entry.get("interpreters", ()), language))
    return rules


@cache
def parsed_languages() -> frozenset[str]:
    """Languages whose structure figwright reads."""
    return frozenset(name for name, entry in table("languages").items() if entry.get("parsed", False))


def language_of(path: str, head: bytes) -> tuple[str, Role]:
    """(language, role that its kind suggests); a suffix that nobody knows is named in the language."""
    name = path.rpartition("/")[2]
    rules = _rules()
    known = rules.names.get(name) or _by_suffix(name.lower(), rules)
    if re.match(r"(?:[\w-]{1,60}-)?requirements[^/]{0,60}\.(?:txt|in)$", name):
        known = rules.names["requirements.txt"]
    elif known is None and re.match(r"(Dockerfile|Containerfile)[._-]|\.env\.", name):
        known = rules.names["Dockerfile" if name[0] in "DC" else ".env"]
    if (
        known is None
        and name.lower().endswith(".cls")
        and re.match(rb"\s{0,20}(?:VERSION [\d.]{1,6} CLASS|Attribute VB_)", head)
    ):
        known = rules.suffixes[".bas"]  # TeX and Apex have classes of that suffix too
    if known is None and head.startswith(b"#!"):
        known = _by_interpreter(head, rules)
    if known is None and re.match(r"(LICENSE|LICENCE|README|NOTICE|CHANGES|COPYING)\b", name, re.IGNORECASE):
        known = rules.names["LICENSE"]
    if known is not None:
        return known
    suffix = name.lower().rpartition(".")[2] if "." in name[1:] else ""
    return (f"unknown (.{suffix})" if suffix and len(suffix) <= 12 else "unknown"), "data"


def _by_suffix(name: str, rules: _Rules) -> _Language | None:
    """The longest known suffix decides, so that ``.html.j2`` is not taken for ``.j2``."""
    start = name.find(".")
    while start >= 0:
        if name[start:] in rules.suffixes:
            return rules.suffixes[name[start:]]
        start = name.find(".", start + 1)
    return None


def _by_interpreter(head: bytes, rules: _Rules) -> _Language | None:
    words = head[2:200].split(b"\n", 1)[0].decode("ascii", "replace").split()
    for word in words[:3]:
        program = word.rpartition("/")[2]
        if program == "env" or program.startswith("-") or "=" in program:
            continue
        return rules.interpreters.get(program) or rules.interpreters.get(program.rstrip("0123456789."))
    return None


class TestFolders:
    """Which folders hold tests, judged over all paths: ``test`` in a package may be a product's own test toolkit."""

    __test__ = False  # the name is this project's noun, not a test

    def __init__(self, paths: Iterable[str]) -> None:
        self._toolkits: set[str] = set()
        packages, with_tests = set(), set()
        for path in paths:
            folder, _, name = path.rpartition("/")
            if name == "__init__.py":
                packages.add(folder)
            elif re.match(r"(test_.*|.*_test|tests|conftest)\.py$", name):
                with_tests.update(_and_above(folder))
        self._toolkits = {
            folder
            for folder in packages
            if folder.rpartition("/")[2] in ("test", "testing")
            and folder.rpartition("/")[0] in packages
            and folder not in with_tests
        }
        self._cache: dict[str, bool] = {}

    def holds(self, path: str) -> bool:
        """Whether the file lies in a folder for tests."""
        folder = path.rpartition("/")[0]
        if folder not in self._cache:
            self._cache[folder] = self._judge(folder)
        return self._cache[folder]

    def _judge(self, folder: str) -> bool:
        parts = folder.split("/") if folder else []
        for depth, part in enumerate(parts):
            if part == "main" and depth and parts[depth - 1] == "src":
                return False  # src/main/java/...: below it a package may be called test
            if _patterns().test_folders.match(part) and "/".join(parts[: depth + 1]) not in self._toolkits:
                return True
        return False


def _and_above(folder: str) -> list[str]:
    parts = folder.split("/")
    return ["/".join(parts[: depth + 1]) for depth in range(len(parts))]


class _Patterns(NamedTuple):
    test_folders: re.Pattern[str]
    test_files: re.Pattern[str]
    java_test_files: re.Pattern[str]
    migrations: re.Pattern[str]
    config_files: re.Pattern[str]


@cache
def _patterns() -> _Patterns:
    rules = table("roles")
    return _Patterns(*(re.compile(f"(?:{'|'.join(rules[name])})\\Z") for name in _Patterns._fields))


def role_of(path: str, language: str, kind: Role, tests: TestFolders) -> Role:
    """What the file is for. A test folder says more than a suffix, except of documents."""
    name = path.rpartition("/")[2]
    if kind == "document" and not _patterns().config_files.match(name):
        return (
            "template"
            if re.search(r"(?:^|/)(?:templates|email_templates)/", path) and not tests.holds(path)
            else "document"
        )
    if tests.holds(path) or _patterns().test_files.match(name):
        return "test" if kind in ("code", "template", "style", "config") or language.startswith("unknown") else kind
    if kind == "code" and _patterns().java_test_files.match(name) and "src/main/" not in path:
        return "test"
    if _patterns().migrations.match(path) and kind in ("code", "config"):
        return "migration"
    if _patterns().config_files.match(name):
        return "config"
    if (
        kind == "template"
        and re.match(r"(?:.*/)?(?:docs?|documentation|site|apidocs|javadoc)/", path)
        and path.endswith(("html", "htm"))
    ):
        return "document"
    return kind
