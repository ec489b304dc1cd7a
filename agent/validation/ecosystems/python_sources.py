"""Reads a repository's Python files for what running its tests depends on: a snapshot in; syntax, imports and tests out.

Syntax trees come from the standard library, which reads Python 3 only. A file that it refuses may be Python 2, so imports
and tests are also found line by line. Work is bounded: large files and very many files are left out, and counted.
"""

from __future__ import annotations

import ast
import re
import warnings
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from posixpath import basename, dirname, join

from agent.ports import Snapshot

__all__ = ["Imported", "SourceTests", "Sources", "is_test_path"]

_LARGEST_FILE = 1_000_000
_MOST_FILES = 4_000
_LONGEST_LINE = 2_000
_APART = frozenset(
    "build dist node_modules vendor vendored third_party thirdparty site-packages _vendor externals __pycache__".split()
)
_DATA = frozenset("data fixtures testdata test_data samples snippets templates".split())
_ASIDE = frozenset("example examples demo demos doc docs sandbox benchmark benchmarks bench".split())
_TEST_FOLDER = re.compile(r"(^|_)(tests?|testing|unittests?|testsuite)($|_)", re.I)
_TEST_FILE = re.compile(r"^(test.*|.*_tests?|tests?|.*Tests?|all_?tests?)\.py$", re.I)

# What only Python 2 reads, each at the start of a statement or where no string is likely to hold it.
_TWO = re.compile(
    r"""^\s*print\s+(?:["'\w%`(]|>>)(?![\w.]*\s*=(?!=))      # print "x", print >>f, print (a), b
      |^\s*except\s+[\w.()]+(?:\s*,\s*[\w.]+)*\s*,\s*\w+\s*:  # except Error, e:
      |^\s*raise\s+[\w.]+\s*,\s*\S                           # raise Error, "text"
      |^\s*exec\s+["'\w]+\s*(?:in\s|$)                       # exec code in scope
      |[=(,\s]0[0-7]{2,}\b(?!\.)                             # 0777
      |\bur["']                                              # ur"text"
      |[\w)]\s*<>\s*[\w(]                                    # a <> b
      |=\s*`[^`]+`                                           # x = `y`
      |\b\d+[lL]\b                                           # 10L
      |^\s*def\s+\w+\([^)]*\([\w\s,]+\)[^)]*\)\s*:           # def f(a, (b, c)):
    """,
    re.X | re.M,
)
# Calls that run under 2 only; a file that holds one may still parse under 3.
_TWO_CALLS = re.compile(
    r"\.has_key\(|\.iteritems\(|\bunicode\(|\bbasestring\b|\bxrange\(|\braw_input\(|\.next\(\)|\bunichr\("
)
_TWO_MODULES = frozenset(
    "ConfigParser Queue StringIO cStringIO cPickle urllib2 urlparse httplib Cookie cookielib HTMLParser SocketServer "
    "BaseHTTPServer SimpleHTTPServer __builtin__ commands htmlentitydefs md5 sha sets UserDict copy_reg thread "
    "dummy_thread exceptions robotparser xmlrpclib SimpleXMLRPCServer Tkinter tkMessageBox anydbm dbhash whichdb".split()
)
_LINE_IMPORT = re.compile(
    r"^([ \t]*)(?:from[ \t]+(\.*[\w.]*)[ \t]+import\b|import[ \t]+([\w.]+(?:[ \t]*,[ \t]*[\w.]+)*))", re.M
)
_FROM_IMPORT = re.compile(r"^[ \t]*from[ \t]+(\.*[\w.]*)[ \t]+import[ \t]+(\([^)]{0,2000}\)|[^\n#]{1,500})", re.M)
_CASE = re.compile(r"^[ \t]*class[ \t]+(\w+)[ \t]*\(([^)\n]{0,300})", re.M)
_METHOD = re.compile(r"^[ \t]+(?:async[ \t]+)?def[ \t]+test\w*[ \t]*\(", re.M)
_RUNTEST = re.compile(r"^[ \t]+def[ \t]+runTest[ \t]*\(", re.M)
_FUNCTION = re.compile(r"^(?:async[ \t]+)?def[ \t]+test\w*[ \t]*\([ \t]*\)", re.M)
_FUNCTION_OF_PYTEST = re.compile(r"^(?:async[ \t]+)?def[ \t]+test\w*[ \t]*\(", re.M)
_CLASS = re.compile(r"^class[ \t]+Test\w*", re.M)
_BUILDER = re.compile(r"^def[ \t]+(?:test_suite|suite|additional_tests|load_tests|get_suite)[ \t]*\(", re.M)


@dataclass(frozen=True, slots=True)
class Imported:
    """One import: its first name, the whole dotted name, and whether its failure is provided for or comes late."""

    top: str
    name: str
    line: int
    optional: bool


@dataclass(frozen=True, slots=True)
class SourceTests:
    """Tests in one file: case classes with methods, plain functions and classes, suite builders, generators."""

    cases: bool = False
    functions: bool = False
    builder: bool = False
    generators: bool = False

    @property
    def any(self) -> bool:
        return self.cases or self.functions


@dataclass
class Sources:
    """The Python files of a snapshot. What was read is kept for the next question."""

    tree: Snapshot
    _texts: dict[str, str] = field(default_factory=dict)

    @cached_property
    def sizes(self) -> dict[str, int]:
        return dict(self.tree.paths())

    @cached_property
    def files(self) -> tuple[str, ...]:
        """Python files that count, sorted: vendored and built ones are left out, and what is too large."""
        found = [
            path
            for path, size in self.sizes.items()
            if path.endswith(".py") and size <= _LARGEST_FILE and not _APART.intersection(path.split("/")[:-1])
        ]
        return tuple(sorted(found, key=lambda path: (path.count("/"), path))[:_MOST_FILES])

    def text(self, path: str) -> str:
        """A file as text, cut where it is too large; empty when it is not there."""
        if path not in self._texts:
            size = self.sizes.get(path)
            try:
                data = self.tree.read(path) if size is not None and size <= _LARGEST_FILE else b""
            except OSError:
                data = b""
            self._texts[path] = data.decode("utf-8", "replace").replace("\r\n", "\n").replace("\r", "\n")
        return self._texts[path]

    def short_lines(self, path: str) -> str:
        """The text without very long lines, for regular expressions to look at."""
        text = self.text(path)
        return "\n".join(line if len(line) <= _LONGEST_LINE else "" for line in text.split("\n"))

    @cached_property
    def _trees(self) -> dict[str, ast.Module | None]:
        return {path: _parse(self.text(path)) for path in self.files}

    @cached_property
    def only_two(self) -> tuple[tuple[str, int], ...]:
        """Files that no Python 3 reads and that hold what Python 2 does: (path, line of the first such thing)."""
        found = []
        for path, tree in self._trees.items():
            if tree is None and (mark := _TWO.search(self.short_lines(path))):
                found.append((path, self.text(path).count("\n", 0, mark.start()) + 1))
        return tuple(sorted(found))

    @cached_property
    def runs_under_two(self) -> tuple[tuple[str, int], ...]:
        """Files that parse under 3 but call or import what only 2 has, without providing for its absence."""
        found = []
        for path, tree in self._trees.items():
            if tree is None:
                continue
            for imported in self.imports(path):
                if imported.top in _TWO_MODULES and not imported.optional and not self.is_local(imported.top):
                    found.append((path, imported.line))
                    break
            else:
                text = self.short_lines(path)
                mark = _TWO_CALLS.search(text)
                if mark and not re.search(r"version_info|PY[23]|PYTHON3|six|basestring\s*=|unicode\s*=", text):
                    found.append((path, text.count("\n", 0, mark.start()) + 1))
        return tuple(sorted(found))

    @cached_property
    def local(self) -> frozenset[str]:
        """Names that an import may mean in this repository: its modules and the folders that hold some."""
        names: set[str] = set()
        for path in self.sizes:
            if path.endswith((".py", ".pyx", ".so", ".c")):
                names.update(path.split("/")[:-1])
                names.add(basename(path).split(".")[0])
        return frozenset(names)

    def is_local(self, name: str) -> bool:
        return name in self.local

    def imports(self, path: str) -> list[Imported]:
        tree = self._trees.get(path)
        return _tree_imports(tree) if tree is not None else list(_line_imports(self.short_lines(path)))

    @cached_property
    def test_files(self) -> tuple[str, ...]:
        """Files that hold tests, by their content; those of examples and documents only when there are no others."""
        found = [path for path in self.files if not _DATA.intersection(path.split("/")[:-1]) and self.tests(path).any]
        inner = [path for path in found if not _ASIDE.intersection(path.split("/")[:-1])] or found
        helpers = self._imported_by(inner)
        # A file with another name that other tests import is their helper: its tests are theirs to run.
        return tuple(sorted(path for path in inner if _TEST_FILE.match(basename(path)) or path not in helpers))

    @cached_property
    def suite_builders(self) -> tuple[str, ...]:
        """Files that put a suite together and hold no case of their own that a runner would find."""
        here = [path for path in self.files if is_test_path(path) and not _DATA.intersection(path.split("/")[:-1])]
        return tuple(sorted(path for path in here if self.tests(path).builder and not self.tests(path).any))

    def _imported_by(self, importers: Sequence[str]) -> set[str]:
        """The files that these import, as far as dotted names tell."""
        names: set[str] = set()
        beside: set[str] = set()
        for path in importers:
            for match in _FROM_IMPORT.finditer(self.short_lines(path)):
                source, what = match.groups()
                for name in re.findall(r"\w+", what):
                    if source.strip("."):
                        names.add(f"{source.strip('.')}.{name}")
                    elif source:
                        beside.add(join(dirname(path), f"{name}.py"))
            for imported in self.imports(path):
                names.add(imported.name)
                beside.add(join(dirname(path), f"{imported.top}.py"))
        found = {path for path in self.files if path in beside}
        for path in self.files:
            parts = path.removesuffix(".py").split("/")
            if any(".".join(parts[at:]) in names for at in range(len(parts) - 1)):
                found.add(path)
        return found

    def tests(self, path: str) -> SourceTests:
        text = self.short_lines(path)
        if "test" not in text.lower():
            return SourceTests()
        methods = bool(_METHOD.search(text))
        bases = [bases for name, bases in _CASE.findall(text) if _is_case(name, bases) or self._is_inherited(bases)]
        named = is_test_path(path)
        cases = bool(bases) and (methods or (named and bool(_RUNTEST.search(text))))
        # Arguments are fixtures where pytest is at home; elsewhere such a function is somebody's predicate.
        function = _FUNCTION_OF_PYTEST if self._knows_pytest or "pytest" in text else _FUNCTION
        plain = named and bool(function.search(text) or (methods and _CLASS.search(text)))
        return SourceTests(
            cases=cases,
            functions=plain,
            builder=bool(_BUILDER.search(text)),
            generators=named and self._has_generators(text),
        )

    def _is_inherited(self, bases: str) -> bool:
        return not self._case_names.isdisjoint(_last_names(bases))

    @cached_property
    def _case_names(self) -> frozenset[str]:
        """Names of classes that are test cases through a class of another file (``class OrderTest(WithDatabase)``)."""
        classes = [
            (name, bases)
            for path in self.files
            if is_test_path(path) or "TestCase" in self.text(path)
            for name, bases in _CASE.findall(self.short_lines(path))
        ]
        found = {name for name, bases in classes if "TestCase" in bases}
        while grown := {
            name for name, bases in classes if name not in found and not found.isdisjoint(_last_names(bases))
        }:
            found |= grown
        return frozenset(found)

    @cached_property
    def _knows_pytest(self) -> bool:
        return any(basename(path) == "conftest.py" for path in self.files)

    def _has_generators(self, text: str) -> bool:
        """Test functions that yield calls: ``yield check, argument``."""
        inside = False
        indent = 0
        for line in text.split("\n"):
            stripped = line.lstrip()
            depth = len(line) - len(stripped)
            if stripped.startswith("def "):
                inside, indent = stripped.startswith("def test"), depth
            elif inside and stripped and depth > indent and re.match(r"yield\s*\(?\s*[\w.]+\s*,", stripped):
                return True
        return False


def is_test_path(path: str) -> bool:
    """Whether the file's name or one of its folders says that it holds tests."""
    if _TEST_FILE.match(basename(path)):
        return True
    return any(_TEST_FOLDER.search(part) for part in dirname(path).split("/") if part)


def _last_names(bases: str) -> list[str]:
    return [base.strip().rpartition(".")[2] for base in bases.split(",")]


def _is_case(name: str, bases: str) -> bool:
    return bool(re.search(r"Test|Case", bases)) or (bool(re.search(r"Tests?$|^Test", name)) and "Base" in bases)


def _parse(text: str) -> ast.Module | None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            return ast.parse(text.removeprefix("\ufeff"))
        except (SyntaxError, ValueError, RecursionError, MemoryError):
            return None


def _tree_imports(tree: ast.Module) -> list[Imported]:
    found: list[Imported] = []
    stack: list[tuple[ast.AST, bool]] = [(tree, False)]
    while stack:
        node, optional = stack.pop()
        if isinstance(node, ast.Import):
            found.extend(Imported(alias.name.split(".")[0], alias.name, node.lineno, optional) for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and not node.level and node.module:
            found.append(Imported(node.module.split(".")[0], node.module, node.lineno, optional))
        late = optional or isinstance(node, ast.Try | ast.If | ast.FunctionDef | ast.AsyncFunctionDef)
        stack.extend((child, late) for child in ast.iter_child_nodes(node) if not isinstance(child, ast.expr))
    return sorted(found, key=lambda one: (one.line, one.name))


def _line_imports(text: str) -> Iterator[Imported]:
    for match in _LINE_IMPORT.finditer(text):
        indent, source, names = match.groups()
        line = text.count("\n", 0, match.start()) + 1
        for name in [source] if source else (names or "").split(","):
            name = name.strip()
            if name and not name.startswith("."):
                yield Imported(name.split(".")[0], name, line, bool(indent))
