"""The Python files of a code base as trees, and whether they are Python 2: a `Codebase` in, `Module`s out."""

from __future__ import annotations

import ast
import re
import sys
import warnings
from bisect import bisect_right
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property, lru_cache

from agent.patches.python_source.encoding import decode, encode
from agent.patches.python_source.fixers import reads_python2
from agent.patches.python_source.guards import guarded_lines
from agent.patches.python_source.module import Edit, Module, apply_edits, dotted, parse
from agent.patches.python_source.python2_names import PYTHON2_BUILTINS, PYTHON2_MODULES
from agent.ports import Codebase

__all__ = ["Project", "SourceText", "edited", "is_python2", "parsed"]

_OLD_WORDS = re.compile(
    rb"\b(?:unicode|basestring|xrange|unichr|raw_input|has_key|iteritems|itervalues|iterkeys|execfile|urllib2|urlparse|"
    rb"cPickle|StringIO|ConfigParser|httplib|__metaclass__|__nonzero__|maxint|izip|Queue|StandardError|sets|md5|sha|"
    rb"HTMLParser|htmlentitydefs|UserDict|rfc822|mimetools|sgmllib|commands|thread|long|Cookie|copy_reg|xmlrpclib|cookielib|"
    rb"__builtin__|func_\w+|im_\w+|SocketServer|BaseHTTPServer|Tkinter|new|exceptions|reduce|cmp|unittest2|string)\b"
)
_OLD_ATTRIBUTES = frozenset(
    [
        "has_key",
        "iteritems",
        "itervalues",
        "iterkeys",
        "func_code",
        "func_defaults",
        "func_globals",
        "im_func",
        "im_self",
        "im_class",
        "maxint",
        "getcwdu",
        "xreadlines",
        "izip",
        "imap",
        "ifilter",
    ]
)
_OLD_DEFINITIONS = frozenset(["__nonzero__", "__metaclass__", "__unicode__", "__getslice__", "__cmp__"])
_MOST_GROUPS = 60
_NEWER = re.compile(
    rb"python_requires\s*=\s*['\"]?\s*(?:>=|~=|==|>)\s*3|requires-python\s*=\s*['\"]\s*(?:>=|~=|==|>)\s*3"
)


@dataclass(frozen=True)
class SourceText:
    """A file's text with the name of its encoding."""

    path: str
    latin: str
    text: str
    encoding: str


@dataclass(frozen=True)
class Project:
    """What a rule may ask about the rest of the code."""

    code: Codebase

    @cached_property
    def paths(self) -> tuple[str, ...]:
        return tuple(self.code.paths(".py"))

    @cached_property
    def _known(self) -> frozenset[str]:
        return frozenset(self.paths)

    def has(self, path: str) -> bool:
        """Also of files that no rule touches: generated ones are imported like any other."""
        return path in self._known or self.code.text(path) is not None

    def sources(self) -> Iterator[SourceText]:
        for path in self.paths:
            latin = self.code.text(path)
            if latin is not None:
                text, encoding = decode(latin)
                yield SourceText(path, latin, text, encoding)

    def modules(self) -> Iterator[tuple[SourceText, Module]]:
        for source in self.sources():
            module = parsed(source.path, source.text)
            if module is not None:
                yield source, module

    @cached_property
    def words(self) -> frozenset[str]:
        """Attribute names that the project's classes define, as methods or by assignment to self."""
        found: set[str] = set()
        for _, module in self.modules():
            for node in module.of(ast.FunctionDef):
                found.add(node.name)
        return frozenset(found)


@lru_cache(maxsize=600)
def _tree(path: str, text: str) -> Module | None:
    return parse(path, text)


def parsed(path: str, text: str) -> Module | None:
    """A fresh `Module` over a tree that is kept; None when Python 3 does not read the text."""
    kept = _tree(path, text)
    if kept is None:
        return None
    fresh = Module(path, text, kept.tree)
    for name in ("data", "_starts", "parents", "nodes", "bound", "all_imports", "_locals"):
        fresh.__dict__[name] = getattr(kept, name)  # what is dear and does not change
    return fresh


def edited(source: SourceText, module: Module) -> str | None:
    """The file as Latin-1 after the module's edits; None when nothing changed or the result is no longer Python."""
    if not module.edits:
        return None
    text = apply_edits(module.data, module.edits).decode("utf-8", "surrogatepass")
    if not _sound(source, text):
        text = apply_edits(module.data, _sound_edits(source, module)).decode("utf-8", "surrogatepass")
    if text == source.text or not _sound(source, text):
        return None
    try:
        return encode(text, source.encoding)
    except UnicodeEncodeError:
        return None


def _sound(source: SourceText, text: str) -> bool:
    return parse(source.path, text) is not None and (compiles(text) or not compiles(source.text))


def _sound_edits(source: SourceText, module: Module) -> list[Edit]:
    """The edits of those statements that are still Python after them: one that fails does not take the rest with it."""
    starts = [module.line_start(statement.lineno) for statement in module.tree.body]
    groups: dict[int, list[Edit]] = {}
    for edit in module.edits:
        groups.setdefault(bisect_right(starts, edit.start), []).append(edit)
    if not 1 < len(groups) <= _MOST_GROUPS:
        return []
    kept: list[Edit] = []
    for _, edits in sorted(groups.items()):
        text = apply_edits(module.data, [*kept, *edits]).decode("utf-8", "surrogatepass")
        if _sound(source, text):
            kept += edits
    return kept


def compiles(text: str) -> bool:
    """Whether Python 3 takes the text for a module; nothing of it is run."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            compile(text, "module", "exec", dont_inherit=True)
        except (SyntaxError, ValueError, RecursionError, MemoryError):
            return False
    return True


def is_python2(code: Codebase) -> bool:
    """Whether the commit that was read is written for Python 2 and not yet for Python 3."""
    original = getattr(code, "original", None) or code.text
    for name in ("setup.cfg", "pyproject.toml", "setup.py"):
        if _NEWER.search((original(name) or "").encode("latin-1", "replace")):
            return False
    return any(_old(path, original(path) or "") for path in code.paths(".py"))


@lru_cache(maxsize=4000)
def _old(path: str, latin: str) -> bool:
    text, _ = decode(latin)
    if not _OLD_WORDS.search(latin.encode("latin-1", "replace")):
        return parse(path, text) is None and reads_python2(text)
    module = parse(path, text)
    if module is None:
        return reads_python2(text)
    guarded = guarded_lines(module)
    return any(node.lineno not in guarded for node in _old_nodes(module))  # type: ignore[attr-defined]


def _old_nodes(module: Module) -> Iterator[ast.AST]:
    for node in module.nodes:
        if isinstance(node, ast.Name):
            builtin = node.id in PYTHON2_BUILTINS and isinstance(node.ctx, ast.Load)
            if (builtin and node.id not in module.bound) or node.id == "__metaclass__":
                yield node
        elif isinstance(node, ast.Import | ast.ImportFrom):
            if any(name.partition(".")[0] in PYTHON2_MODULES and not _local(name, module) for name in imported(node)):
                yield node
        elif isinstance(node, ast.FunctionDef):
            if node.name in _OLD_DEFINITIONS and not _both(module, node):
                yield node
        elif isinstance(node, ast.Attribute) and node.attr in _OLD_ATTRIBUTES and isinstance(node.ctx, ast.Load):
            own = node.attr == "has_key" and dotted(node.value).startswith("self")  # a cache may well have that method
            yield from () if own else (node,)


def _both(module: Module, node: ast.FunctionDef) -> bool:
    """``__nonzero__`` beside ``__bool__``, ``__unicode__`` at all: a file may keep those for Python 2."""
    if node.name in {"__unicode__", "__cmp__", "__getslice__"}:
        return True
    outer = module.class_of(node)
    return outer is not None and any("__bool__" in ast.dump(child)[:200] for child in outer.body)


def _local(name: str, module: Module) -> bool:
    del module
    return name.partition(".")[0] in sys.stdlib_module_names and name.partition(".")[0] not in PYTHON2_MODULES


def imported(node: ast.Import | ast.ImportFrom) -> Mapping[str, str]:
    """The absolute module names of an import statement."""
    if isinstance(node, ast.Import):
        return {alias.name: alias.name for alias in node.names}
    return {} if node.level or not node.module else {node.module: node.module}
