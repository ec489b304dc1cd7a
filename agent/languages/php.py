"""PHP: files to facts, and how namespaces, use statements and includes turn names into symbols.

A file is a module whose ID is its path; what it defines is ``src/Order.php#Order.total``. Classes are found by their
full names wherever they lie, as an autoloader does; functions and classes without a namespace are the whole program's.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any
from weakref import WeakKeyDictionary

from tree_sitter import Parser

from agent.domain.facts import FileFacts, Import
from agent.languages.bounded_parsing import parse, unreadable
from agent.languages.php_builtins import CLASSES, FUNCTIONS, HELPERS
from agent.languages.php_facts import read_php
from agent.languages.php_grammar import GRAMMAR
from agent.languages.php_include import DIRECTORY, ONE_OF, candidates, pattern_of
from agent.languages.php_names import PRIMITIVES

if TYPE_CHECKING:
    from agent.ports import Layout, Project

__all__ = ["LANGUAGE", "Php"]

MAX_MEANT = 60  # files that one include by a variable name may mean
TYPES = frozenset({"class", "interface", "enum"})


class _Index:
    """The project's classes and functions by full name, in lower case as PHP compares them; made once per project."""

    def __init__(self, project: Layout, language: Php, modules: Mapping[str, str]) -> None:
        self.types: dict[str, list[str]] = {}
        self.functions: dict[str, list[str]] = {}
        self.namespaces: set[str] = set()
        self.by_name: dict[str, list[str]] = {}
        self.visible: dict[str, _Visible] = {}
        for path in project.files(language.name):
            facts = project.facts(path)
            self.by_name.setdefault(path.rpartition("/")[2], []).append(path)
            elsewhere = {w.scope: w.args[0] for w in facts.wirings if w.framework == "php" and w.kind == "namespace"}
            for definition in facts.definitions:
                if "." in definition.name:
                    continue
                namespace = elsewhere.get(definition.name, facts.package)
                full = f"{namespace}\\{definition.name}".strip("\\").lower()
                table = self.types if definition.kind in TYPES else self.functions
                table.setdefault(full, []).append(language.symbol_id(modules.get(path, path), definition.name))
                parts = namespace.lower().split("\\")
                self.namespaces.update("\\".join(parts[: n + 1]) for n in range(len(parts)) if namespace)

    def find(self, full: str) -> Sequence[str]:
        return self.types.get(full) or self.functions.get(full) or ()


class _Visible(Mapping[str, str]):
    """What a name means in a namespace without import. A name that two files define is left to the includes."""

    def __init__(self, index: _Index, namespace: str) -> None:
        self._index = index
        self._prefix = f"{namespace.lower()}\\" if namespace else ""

    def get(self, name: str, default: Any = None) -> Any:
        if name.startswith("$"):
            return default
        lower = name.lower()
        index = self._index
        found: Sequence[str]
        if lower.startswith("\\"):
            found = index.find(lower[1:])
        else:
            spaces = (self._prefix + lower, lower) if self._prefix else (lower,)
            # A class falls back to nothing, a function to the global one.
            found = index.types.get(spaces[0], ())
            if not found or not name[:1].isupper():
                functions = next((f for f in (index.functions.get(s) for s in spaces) if f), ())
                found = functions or found
        return found[0] if len(found) == 1 else default

    def __getitem__(self, name: str) -> str:
        found = self.get(name)
        if found is None:
            raise KeyError(name)
        return str(found)

    def __contains__(self, name: object) -> bool:
        return isinstance(name, str) and self.get(name) is not None

    def __iter__(self) -> Iterator[str]:
        return iter(sorted({*self._index.types, *self._index.functions}))

    def __len__(self) -> int:
        return len(self._index.types) + len(self._index.functions)


class Php:
    """The `Language` of PHP 4 to 8; the unit is the file."""

    name = "php"
    suffixes = (".php", ".php3", ".php4", ".php5", ".phtml", ".inc")
    receiver_names = frozenset({"this"})
    super_names = frozenset({"parent"})
    implicit_receiver = False
    builtins = CLASSES | FUNCTIONS | HELPERS | PRIMITIVES

    def __init__(self) -> None:
        self._parser = Parser(GRAMMAR)
        self._indexes: WeakKeyDictionary[Any, _Index] = WeakKeyDictionary()

    def unit_kind(self) -> str:
        """Boundaries are drawn around files."""
        return "module"

    def extract(self, path: str, source: bytes) -> tuple[FileFacts, Any]:  # noqa: ARG002
        """Facts of one file. Never raises: what cannot be parsed in bounded work has ``failure`` set."""
        why = unreadable(source)
        root = None if why else parse(self._parser, source)
        if root is None:
            return FileFacts(self.name, failure=why or "parser gave up"), None
        return read_php(root, source), root

    def name_modules(self, layout: Layout) -> Mapping[str, str]:
        """A file's ID is its path."""
        return {path: path for path in layout.files(self.name)}

    def symbol_id(self, module: str, scope: str) -> str:
        """``src/Order.php`` and ``Order.total`` give ``src/Order.php#Order.total``."""
        return f"{module}#{scope}" if scope else module

    def resolve_import(self, imported: Import, path: str, project: Project) -> Sequence[tuple[str, str, str]]:
        """A use statement, a name with its namespace, or an include."""
        index = self._index(project)
        if imported.name == "*":
            return self._include(imported.module, path, project, index)
        full = f"{imported.module}\\{imported.name}".strip("\\")
        written_out = imported.alias.startswith("\\")
        found = index.find(full.lower())
        if found:
            sure = "exact" if len(found) == 1 else "inferred"
            return ((imported.alias, found[0], "" if written_out else sure),)
        if full.lower() in index.namespaces:
            return ()
        if not imported.module and imported.name in self.builtins:
            return ((imported.alias, f"external:{imported.name}", ""),)
        if imported.module.lower() in index.namespaces:
            if written_out and self._global_function(imported.name, index):
                return ((imported.alias, self._global_function(imported.name, index), ""),)
            return ((imported.alias, f"unresolved:no such class in namespace {imported.module}", ""),)
        return ((imported.alias, f"external:{library(full)}", ""),)

    def _global_function(self, name: str, index: _Index) -> str:
        found = index.functions.get(name.lower(), ())
        return found[0] if len(found) == 1 else ("external:" + name if name in FUNCTIONS else "")

    def _include(self, written: str, path: str, project: Project, index: _Index) -> Sequence[tuple[str, str, str]]:
        several, written = written.startswith(ONE_OF), written.removeprefix(ONE_OF)
        for candidate, certain in candidates(written, path):
            sure = "inferred" if several else certain
            if project.exists(candidate) and candidate in project.modules():
                alias = "*" if project.facts(candidate).language == self.name else ""
                return ((alias, project.symbol_at(candidate, "") if not alias else candidate, sure),)
            if project.exists(candidate):
                return ()
        pattern = pattern_of(written, path) if "{}" in written else None
        if pattern is not None:
            meant = [p for p in project.files(self.name) if p != path and pattern.match(p)]
            if 0 < len(meant) <= MAX_MEANT:
                return tuple(("*", each, "inferred") for each in meant)
            why = "too many files could be included" if meant else "included file is not in the repository"
            return (("", f"unresolved:{why}", ""),)
        tail = written.rpartition("{}")[2].removeprefix(DIRECTORY)
        parts = [part for part in tail.split("/") if part not in ("", ".")]
        while parts and parts[0] == "..":
            parts = parts[1:]
        if not parts or ".." in parts or ("{}" in written and not tail.startswith("/") and len(parts) < 2):
            return (("", "unresolved:include computed at run time", ""),)
        if "vendor" in parts[:2] or parts[-1] == "autoload.php":
            return (("", "external:composer", ""),)
        suffix = "/" + "/".join(parts)
        matches = [p for p in index.by_name.get(parts[-1], ()) if f"/{p}".endswith(suffix)]
        if not matches and "{}" in written and len(parts) > 1 and not tail.startswith("/"):
            suffix = "/" + "/".join(parts[1:])  # "{}lib/db.php" may be "../" . "lib/db.php" or "my" . "lib/db.php"
            matches = [p for p in index.by_name.get(parts[-1], ()) if f"/{p}".endswith(suffix)]
        if len(matches) == 1:
            return (("*", matches[0], "inferred"),)
        why = "several files could be included" if matches else "included file is not in the repository"
        return (("", f"unresolved:{why}", ""),)

    def implicit_names(self, path: str, project: Project) -> Mapping[str, str]:
        """The same namespace's classes and functions, and the functions of the global one."""
        index = self._index(project)
        namespace = project.facts(path).package
        if namespace not in index.visible:
            index.visible[namespace] = _Visible(index, namespace)
        return index.visible[namespace]

    def _index(self, project: Project) -> _Index:
        index = self._indexes.get(project)
        if index is None:
            index = self._indexes[project] = _Index(project, self, project.modules())
        return index


def library(full: str) -> str:
    r"""The leading segments that name a package: ``Symfony\Component\Console`` of its classes."""
    parts = full.split("\\")
    return "\\".join(parts[: max(1, min(len(parts) - 1, 3))])


LANGUAGE = Php()
