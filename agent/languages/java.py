"""Java: compilation units to facts, and how package, import and inheritance rules turn names into types.

A file's module ID is its primary type's fully qualified name, so that ``symbol_id(module, "")`` is that type.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any
from weakref import WeakKeyDictionary

from tree_sitter import Parser

from agent.domain.facts import FileFacts, Import
from agent.languages.java_facts import read_java
from agent.languages.java_grammar import GRAMMAR

if TYPE_CHECKING:
    from agent.ports import Layout, Project

__all__ = ["LANGUAGE", "Java"]

MAX_BYTES = 2_000_000
MAX_STEPS = 2_000_000  # of tree-sitter's progress reports; 2 MB of ordinary Java take 50,000
CHUNK = 1 << 10  # a node's text is read back in these pieces, so large ones make every short text cost a large copy
TYPES = frozenset({"class", "interface", "enum"})
PRIMITIVES = frozenset("boolean byte char short int long float double void".split())
JAVA_LANG = frozenset(
    "AbstractMethodError Appendable ArithmeticException ArrayIndexOutOfBoundsException ArrayStoreException "
    "AssertionError AutoCloseable Boolean BootstrapMethodError Byte CharSequence Character Class ClassCastException "
    "ClassCircularityError ClassFormatError ClassLoader ClassNotFoundException ClassValue CloneNotSupportedException "
    "Cloneable Comparable Deprecated Double Enum EnumConstantNotPresentException Error Exception "
    "ExceptionInInitializerError Float FunctionalInterface IllegalAccessError IllegalAccessException "
    "IllegalArgumentException IllegalCallerException IllegalMonitorStateException IllegalStateException "
    "IllegalThreadStateException IncompatibleClassChangeError IndexOutOfBoundsException InheritableThreadLocal "
    "InstantiationError InstantiationException Integer InternalError InterruptedException Iterable "
    "LayerInstantiationException LinkageError Long MatchException Math Module ModuleLayer NegativeArraySizeException "
    "NoClassDefFoundError NoSuchFieldError NoSuchFieldException NoSuchMethodError NoSuchMethodException "
    "NullPointerException Number NumberFormatException Object OutOfMemoryError Override Package Process ProcessBuilder "
    "ProcessHandle Readable Record ReflectiveOperationException Runnable Runtime RuntimeException RuntimePermission "
    "SafeVarargs ScopedValue SecurityException SecurityManager Short StackOverflowError StackTraceElement StackWalker "
    "StrictMath String StringBuffer StringBuilder StringIndexOutOfBoundsException SuppressWarnings System Thread "
    "ThreadDeath ThreadGroup ThreadLocal Throwable TypeNotPresentException UnknownError UnsatisfiedLinkError "
    "UnsupportedClassVersionError UnsupportedOperationException VerifyError VirtualMachineError Void "
    "WrongThreadException".split()
)
OBJECT_METHODS = frozenset("getClass hashCode equals clone toString notify notifyAll wait finalize".split())

# First parts of package names: a qualified name that is no type of the project's leads outside it.
PACKAGE_ROOTS = frozenset("java javax jakarta org com net io edu gov sun jdk".split())


class _Index:
    """The project's Java types by package and by full name; made once per project."""

    def __init__(self, project: Layout, modules: Mapping[str, str]) -> None:
        self.packages: dict[str, dict[str, str]] = {}
        self.types: dict[str, str] = {}
        for path in project.files("java"):
            facts = project.facts(path)
            package = self.packages.setdefault(facts.package, {}) if path in modules else {}
            for definition in facts.definitions:
                if definition.kind in TYPES:
                    full = _join(facts.package, definition.name)
                    self.types.setdefault(full, path)
                    if "." not in definition.name:
                        package.setdefault(definition.name, full)


class Java:
    """The `Language` of .java files; the unit is the top-level type."""

    name = "java"
    suffixes = (".java",)
    receiver_names = frozenset({"this"})
    super_names = frozenset({"super"})
    implicit_receiver = True
    builtins = JAVA_LANG | PRIMITIVES | OBJECT_METHODS | PACKAGE_ROOTS

    def __init__(self) -> None:
        self._parser = Parser(GRAMMAR)
        self._indexes: WeakKeyDictionary[Any, _Index] = WeakKeyDictionary()

    def unit_kind(self) -> str:
        """Boundaries are drawn around top-level types."""
        return "type"

    def extract(self, path: str, source: bytes) -> tuple[FileFacts, Any]:  # noqa: ARG002
        """Facts of one compilation unit. Never raises: what cannot be parsed in bounded work has ``failure`` set."""
        if len(source) > MAX_BYTES:
            return FileFacts(self.name, failure=f"larger than {MAX_BYTES:,} bytes"), None
        if source.startswith((b"\xff\xfe", b"\xfe\xff")):
            return FileFacts(self.name, failure="UTF-16, not UTF-8 text"), None
        root = self._parse(source)
        if root is None:
            return FileFacts(self.name, failure="parser gave up"), None
        return read_java(root, source), root

    def _parse(self, source: bytes) -> Any:
        steps = 0

        def too_long(_offset: int, _error: bool) -> bool:
            nonlocal steps  # counted in the parser's steps and not in seconds: the same answer on every machine
            steps += 1
            return steps > MAX_STEPS

        try:
            tree = self._parser.parse(lambda at, _: source[at : at + CHUNK], progress_callback=too_long)
        except ValueError:
            self._parser.reset()
            return None
        return tree.root_node

    def name_modules(self, layout: Layout) -> Mapping[str, str]:
        """The primary type of each file: the one named like it, else the first; a file without types is its path."""
        return {path: primary_type(path, layout.facts(path)) for path in layout.files(self.name)}

    def symbol_id(self, module: str, scope: str) -> str:
        """``com.shop.Order`` and ``Order.total`` give ``com.shop.Order.total``."""
        if not scope:
            return module
        if "/" in module or module.endswith(".java"):
            return f"{module}#{scope}"
        return _join(module.rpartition(".")[0], scope)

    def resolve_import(self, imported: Import, path: str, project: Project) -> Sequence[tuple[str, str, str]]:  # noqa: ARG002
        """Single-type, on-demand and static imports (JLS 7.5).

        An on-demand import binds names and is no dependency in itself: the types that are used are.
        """
        index = self._index(project)
        if imported.name == "*":
            return self._on_demand(imported.module, index, project)
        target = _join(imported.module, imported.name)
        if target in index.types:
            return ((imported.alias, target, "exact"),)
        if imported.module in index.types:  # a static import
            return ((imported.alias, target, "exact"),)
        if imported.module in index.packages:
            return ((imported.alias, f"unresolved:no such type in package {imported.module}", ""),)
        return ((imported.alias, f"external:{library(imported.module)}", ""),)

    def _on_demand(self, module: str, index: _Index, project: Project) -> Sequence[tuple[str, str, str]]:
        if module in index.types:
            owner = project.facts(index.types[module])
            scope = module[len(owner.package) + 1 :] if owner.package else module
            members = {d.name: "" for d in owner.definitions} | {f"{b.scope}.{b.name}": "" for b in owner.bindings}
            inside = [name for name in members if name.rpartition(".")[0] == scope and "(" not in name]
            bound = [(name.rpartition(".")[2], _join(owner.package, name), "") for name in sorted(inside)]
            return [("", module, "exact"), *bound]
        if module in index.packages:
            return [(name, full, "") for name, full in sorted(index.packages[module].items())]
        return (("*", f"external:{library(module)}", ""),)

    def implicit_names(self, path: str, project: Project) -> Mapping[str, str]:
        """The top-level types of the same package."""
        return self._index(project).packages.get(project.facts(path).package, {})

    def _index(self, project: Project) -> _Index:
        index = self._indexes.get(project)
        if index is None:
            index = self._indexes[project] = _Index(project, project.modules())
        return index


def primary_type(path: str, facts: FileFacts) -> str:
    """The module ID of a file."""
    stem = path.rpartition("/")[2].removesuffix(".java")
    tops = [d.name for d in facts.definitions if d.kind in TYPES and "." not in d.name]
    if not tops:
        return path
    return _join(facts.package, stem if stem in tops else tops[0])


def library(module: str) -> str:
    """The leading package segments that name a library: two for the JDK's and Jakarta's own, else up to three.

    Type names (static and nested imports) are not part of it.
    """
    parts = module.split(".")
    size = next((i for i, part in enumerate(parts) if part[:1].isupper()), len(parts))
    keep = 2 if parts[0] in ("java", "javax", "jakarta", "kotlin", "scala", "jdk") else 3
    return ".".join(parts[: max(1, min(size, keep))])


def _join(package: str, name: str) -> str:
    return f"{package}.{name}" if package else name


LANGUAGE = Java()
