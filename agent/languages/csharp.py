"""C#: files to facts, and how namespaces, usings and inheritance turn names into types.

A file's module ID is its primary type's fully qualified name; the parts of a partial type share it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any
from weakref import WeakKeyDictionary

from tree_sitter import Parser

from agent.domain.facts import FileFacts, Import
from agent.languages.bounded_parsing import parse, unreadable
from agent.languages.csharp_facts import read_csharp
from agent.languages.csharp_grammar import GRAMMAR

if TYPE_CHECKING:
    from agent.ports import Layout, Project

__all__ = ["LANGUAGE", "CSharp"]

TYPES = frozenset({"class", "interface", "enum"})
PREDEFINED = frozenset(
    "bool byte sbyte char decimal double float int uint nint nuint long ulong short ushort object string void dynamic "
    "var Array".split()
)
# What the usings that every project template implies bring in, and members of System.Object.
SYSTEM = frozenset(
    "Action ArgumentException ArgumentNullException ArgumentOutOfRangeException Attribute BitConverter Boolean Console "
    "Convert DateOnly DateTime DateTimeOffset Decimal Delegate Dictionary Enum Enumerable Environment Equals EventArgs "
    "EventHandler Exception FlagsAttribute Flags FormatException Func GC GetHashCode GetType Guid HashSet ICollection "
    "IComparable IDictionary IDisposable IEnumerable IEnumerator IEquatable IFormatProvider IList IQueryable "
    "IReadOnlyCollection IReadOnlyDictionary IReadOnlyList ISet IAsyncEnumerable IAsyncDisposable Int16 Int32 Int64 "
    "IndexOutOfRangeException InvalidCastException InvalidOperationException KeyNotFoundException KeyValuePair Lazy List "
    "Math MemberwiseClone NotImplementedException NotSupportedException NullReferenceException Nullable Object Obsolete "
    "OperationCanceledException Predicate Queue Random ReferenceEquals Serializable SerializableAttribute Single Stack "
    "String StringBuilder StringComparer StringComparison Stream StreamReader StreamWriter File Path Directory Task "
    "CancellationToken CancellationTokenSource Thread ThreadStatic TimeOnly TimeSpan TimeZoneInfo ToString Tuple Type "
    "UnauthorizedAccessException Uri ValueTask ValueTuple Version HttpClient nameof WebApplication Results ILogger "
    "IConfiguration IServiceProvider ConfigureAwait".split()
)


class _Index:
    """The project's types by namespace and by full name; made once per project."""

    def __init__(self, project: Layout, modules: Mapping[str, str]) -> None:
        self.namespaces: dict[str, dict[str, str]] = {}
        self.types: dict[str, str] = {}
        self.visible: dict[str, dict[str, str]] = {}
        self.globals: set[str] = set()
        for path in project.files("csharp"):
            facts = project.facts(path)
            types = self.namespaces.setdefault(facts.package, {}) if path in modules else {}
            for definition in facts.definitions:
                if definition.kind in TYPES:
                    full = _join(facts.package, definition.name)
                    self.types.setdefault(full, path)
                    if "." not in definition.name:
                        types.setdefault(definition.name, full)
            self.globals.update(
                w.args[0] for w in facts.wirings if w.framework == "csharp" and w.kind == "global_using"
            )

    def visible_in(self, namespace: str) -> Mapping[str, str]:
        """Types of the namespace and of those around it, the nearest first; then those of global usings."""
        if namespace not in self.visible:
            found: dict[str, str] = {}
            for space in (*enclosing(namespace), *sorted(self.globals)):
                for name, full in self.namespaces.get(space, {}).items():
                    found.setdefault(name, full)
            for name, full in list(found.items()):
                if name.endswith("Attribute"):
                    found.setdefault(name.removesuffix("Attribute"), full)
            self.visible[namespace] = found | {"::" + name: full for name, full in found.items()}
        return self.visible[namespace]


class CSharp:
    """The `Language` of .cs files; the unit is the top-level type."""

    name = "csharp"
    suffixes = (".cs", ".csx")
    receiver_names = frozenset({"this"})
    super_names = frozenset({"base"})
    implicit_receiver = True
    builtins = PREDEFINED | SYSTEM

    def __init__(self) -> None:
        self._parser = Parser(GRAMMAR)
        self._indexes: WeakKeyDictionary[Any, _Index] = WeakKeyDictionary()

    def unit_kind(self) -> str:
        """Boundaries are drawn around top-level types."""
        return "type"

    def extract(self, path: str, source: bytes) -> tuple[FileFacts, Any]:  # noqa: ARG002
        """Facts of one file. Never raises: what cannot be parsed in bounded work has ``failure`` set."""
        why = unreadable(source)
        root = None if why else parse(self._parser, source)
        if root is None:
            return FileFacts(self.name, failure=why or "parser gave up"), None
        return read_csharp(root, source), root

    def name_modules(self, layout: Layout) -> Mapping[str, str]:
        """The primary type of each file: the one named like it, else the first; a file without types is its path."""
        return {path: primary_type(path, layout.facts(path)) for path in layout.files(self.name)}

    def symbol_id(self, module: str, scope: str) -> str:
        """``Shop.Order`` and ``Order.Total`` give ``Shop.Order.Total``."""
        if not scope:
            return module
        if "/" in module or module.endswith((".cs", ".csx")):
            return f"{module}#{scope}"
        return _join(module.rpartition(".")[0], scope)

    def resolve_import(self, imported: Import, path: str, project: Project) -> Sequence[tuple[str, str, str]]:
        """A using of a namespace, a type or an alias; or a type that is named with its namespace.

        A using binds names and is no dependency in itself: the types that are used are.
        """
        index = self._index(project)
        spaces = enclosing(project.facts(path).package)
        if imported.name == "*":
            for space in spaces:
                module = _join(space, imported.module)
                if module in index.namespaces:
                    attributes = {n.removesuffix("Attribute"): f for n, f in index.namespaces[module].items()}
                    bound = sorted((attributes | index.namespaces[module]).items())
                    # "::Order" is the type where a member has its name.
                    return [(alias, full, "") for n, full in bound for alias in (n, "::" + n)]
                if module in index.types:
                    return self._static(module, index, project)
            return (("*", f"external:{library(imported.module)}", ""),)
        written = _join(imported.module, imported.name)
        usings = [i.module for i in project.facts(path).imports if i.name == "*"] if "::" in imported.alias else []
        for space in (*spaces, *usings):
            if _join(space, written) in index.types:
                return ((imported.alias, _join(space, written), "" if "::" in imported.alias else "exact"),)
        if imported.module in index.namespaces:
            return ((imported.alias, f"unresolved:no such type in namespace {imported.module}", ""),)
        return ((imported.alias, f"external:{library(imported.module or written)}", ""),)

    def _static(self, module: str, index: _Index, project: Project) -> Sequence[tuple[str, str, str]]:
        owner = project.facts(index.types[module])
        scope = module[len(owner.package) + 1 :] if owner.package else module
        members = {d.name: "" for d in owner.definitions} | {f"{b.scope}.{b.name}": "" for b in owner.bindings}
        inside = [name for name in members if name.rpartition(".")[0] == scope and "(" not in name]
        bound = [(name.rpartition(".")[2], _join(owner.package, name), "") for name in sorted(inside)]
        return [("", module, "exact"), *bound]

    def implicit_names(self, path: str, project: Project) -> Mapping[str, str]:
        """The types of the same namespace, of those around it, and of global usings."""
        return self._index(project).visible_in(project.facts(path).package)

    def _index(self, project: Project) -> _Index:
        index = self._indexes.get(project)
        if index is None:
            index = self._indexes[project] = _Index(project, project.modules())
        return index


def primary_type(path: str, facts: FileFacts) -> str:
    """The module ID of a file."""
    stem = path.rpartition("/")[2].partition(".")[0]
    tops = [d.name for d in facts.definitions if d.kind in TYPES and "." not in d.name]
    if not tops:
        return path
    return _join(facts.package, stem if stem in tops else tops[0])


def enclosing(namespace: str) -> Sequence[str]:
    """``A.B.C``, ``A.B``, ``A`` and the global namespace."""
    parts = namespace.split(".") if namespace else []
    return [".".join(parts[:end]) for end in range(len(parts), -1, -1)]


def library(module: str) -> str:
    """The leading parts that name a library: two."""
    return ".".join(module.split(".")[:2])


def _join(namespace: str, name: str) -> str:
    return f"{namespace}.{name}" if namespace and name else namespace or name


LANGUAGE = CSharp()
