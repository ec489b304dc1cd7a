"""JavaScript and TypeScript: what a file defines, imports, exports and calls, and how its module specifiers resolve.

Two `Language`s over one reader: their grammars differ, their modules do not. A module's ID is its path; what it defines
is ``path#name``. CommonJS and ES modules import each other as bundlers let them.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import tree_sitter_javascript
import tree_sitter_typescript
from tree_sitter import Language as Grammar
from tree_sitter import Parser

from agent.domain.facts import FileFacts, Import
from agent.languages.javascript_reader import Reader, handlers_of
from agent.languages.node_resolution import NodeResolution

if TYPE_CHECKING:
    from agent.ports import Layout, Project

__all__ = ["LANGUAGES", "JavaScript"]

MAX_BYTES = 2_000_000
MAX_HOPS = 20
BUILTINS = frozenset(
    [
        "Array",
        "ArrayBuffer",
        "BigInt",
        "Boolean",
        "Buffer",
        "DataView",
        "Date",
        "Error",
        "EvalError",
        "FormData",
        "Function",
        "Headers",
        "Infinity",
        "Intl",
        "Iterator",
        "JSON",
        "Map",
        "Math",
        "NaN",
        "Number",
        "Object",
        "Promise",
        "Proxy",
        "RangeError",
        "ReferenceError",
        "Reflect",
        "RegExp",
        "Request",
        "Response",
        "Set",
        "String",
        "Symbol",
        "SyntaxError",
        "TypeError",
        "URIError",
        "URL",
        "URLSearchParams",
        "WeakMap",
        "WeakRef",
        "WeakSet",
        "AbortController",
        "Blob",
        "File",
        "FileReader",
        "Event",
        "CustomEvent",
        "EventTarget",
        "EventEmitter",
        "HTMLElement",
        "Element",
        "Node",
        "Image",
        "XMLHttpRequest",
        "WebSocket",
        "Worker",
        "TextEncoder",
        "TextDecoder",
        "Uint8Array",
        "Uint16Array",
        "Uint32Array",
        "Int8Array",
        "Int16Array",
        "Int32Array",
        "Float32Array",
        "Float64Array",
        "alert",
        "atob",
        "btoa",
        "clearImmediate",
        "clearInterval",
        "clearTimeout",
        "confirm",
        "console",
        "crypto",
        "decodeURI",
        "decodeURIComponent",
        "document",
        "encodeURI",
        "encodeURIComponent",
        "escape",
        "eval",
        "exports",
        "fetch",
        "getComputedStyle",
        "global",
        "globalThis",
        "history",
        "isFinite",
        "isNaN",
        "localStorage",
        "location",
        "module",
        "navigator",
        "parseFloat",
        "parseInt",
        "performance",
        "process",
        "prompt",
        "queueMicrotask",
        "require",
        "requestAnimationFrame",
        "screen",
        "sessionStorage",
        "setImmediate",
        "setInterval",
        "setTimeout",
        "structuredClone",
        "unescape",
        "window",
        "self",
        "$",
        "jQuery",
        "arguments",
        "undefined",
        "afterAll",
        "afterEach",
        "before",
        "after",
        "beforeAll",
        "beforeEach",
        "describe",
        "expect",
        "it",
        "jest",
        "test",
        "string",
        "number",
        "boolean",
        "any",
        "unknown",
        "void",
        "never",
        "object",
        "symbol",
        "bigint",
        "null",
        "Partial",
        "Required",
        "Readonly",
        "Record",
        "Pick",
        "Omit",
        "Exclude",
        "Extract",
        "NonNullable",
        "Parameters",
        "ReturnType",
        "InstanceType",
        "Awaited",
        "ReadonlyArray",
        "PromiseLike",
        "Iterable",
        "AsyncIterable",
        "IterableIterator",
        "Generator",
        "AsyncGenerator",
        "ArrayLike",
        "NodeJS",
        "JSX",
        "__dirname",
        "__filename",
    ]
)


class JavaScript:
    """The `Language` of one family of suffixes; `JavaScript` and TypeScript resolve into each other's files."""

    receiver_names = frozenset({"this"})
    super_names = frozenset({"super"})
    implicit_receiver = False
    builtins = BUILTINS

    def __init__(self, name: str, grammars: Mapping[str, Grammar]) -> None:
        self.name = name
        self.suffixes = tuple(grammars)
        self._parsers = {suffix: (Parser(grammar), handlers_of(grammar)) for suffix, grammar in grammars.items()}
        self._resolution: tuple[object, NodeResolution] | None = None
        self._exports: dict[str, tuple[FileFacts, _Exports]] = {}

    def extract(self, path: str, source: bytes) -> tuple[FileFacts, Any]:
        """Facts of one module. Never raises: an unreadable file comes back with ``failure`` set."""
        if len(source) > MAX_BYTES:
            return FileFacts(self.name, failure=f"larger than {MAX_BYTES:,} bytes"), None
        suffix = path[path.rfind(".") :].lower()
        parser, handlers = self._parsers.get(suffix) or next(iter(self._parsers.values()))
        root = parser.parse(source).root_node
        return Reader(self.name, source, root, handlers).facts(), root

    def name_modules(self, layout: Layout) -> Mapping[str, str]:
        """A module is called by its path."""
        return {path: path for path in layout.files(self.name)}

    def unit_kind(self) -> str:
        """Boundaries are drawn around modules."""
        return "module"

    def symbol_id(self, module: str, scope: str) -> str:
        """``src/a.js`` and ``Order.total`` give ``src/a.js#Order.total``."""
        return f"{module}#{scope}" if scope else module

    def implicit_names(self, path: str, project: Project) -> Mapping[str, str]:
        """``exports`` is the module itself; nothing else is visible without an import."""
        return {"exports": project.modules()[path]} if path in project.modules() else {}

    def resolve_import(self, imported: Import, path: str, project: Project) -> Sequence[tuple[str, str, str]]:
        """See `Language.resolve_import`; a name the module only binds comes back as ``path:name`` beside the module."""
        target = self._locate(imported.module, path, project)
        alias = imported.alias
        if target.startswith(("external:", "unresolved:")):
            return ((alias, target, ""),)
        if target not in project.modules():
            return ()  # JSON, a style sheet, a picture
        if imported.name == "*":
            return (("*", target, "exact"),)
        found = self._member(target, imported.name, project)
        if found == target:
            return ((alias, target, "exact"),)
        # What a module only passes on is a dependency of that module; whoever uses the name has an edge of its own.
        own = found.partition("#")[0] == target
        sure = "exact" if own else ""
        return ((alias, found, sure), ("", target, "exact"))

    def _locate(self, specifier: str, path: str, project: Project) -> str:
        if self._resolution is None or self._resolution[0] is not project:
            paths = [*project.files("javascript"), *project.files("typescript")]
            self._resolution = (project, NodeResolution(project, paths))
        return self._resolution[1].locate(specifier, path)

    def _member(self, path: str, name: str, project: Project) -> str:
        """Follows a name through re-exports to what defines it: a symbol ID, a module ID, or ``path:name``."""
        seen: set[tuple[str, str]] = set()
        queue = [(path, name)]
        while queue and len(seen) < MAX_HOPS * 10:
            step = queue.pop(0)
            if step in seen:
                continue
            seen.add(step)
            answer = self._hop(*step, project, queue)
            if answer:
                return answer
        return f"{path}:{name}" if name else path

    def _hop(self, path: str, name: str, project: Project, queue: list[tuple[str, str]]) -> str:
        """The answer when this module has one; else where to look next is put on the queue."""
        exports = self._exports_of(path, project)
        if not name:  # the whole module: in CommonJS that may be a function or a class
            if "module.exports" not in exports.values:
                return path
            name = "default"
        if name == "default" and "default" not in exports.values and "default" not in exports.defined:
            return path if not exports.aliases.get(name) else self._follow(exports, path, name, project, queue)
        if name in exports.defined:
            return self.symbol_id(path, name)
        value = exports.values.get(name, "")
        if value == "{}":
            return path
        if value in exports.defined:
            return self.symbol_id(path, value)
        if value in exports.aliases:
            return self._follow(exports, path, value, project, queue)
        if value:
            return f"{path}:{name}"
        return self._follow(exports, path, name, project, queue)

    def _follow(self, exports: _Exports, path: str, name: str, project: Project, queue: list[tuple[str, str]]) -> str:
        """Through the import that binds the name here, or through every ``export *``."""
        passed = exports.aliases.get(name)
        for imported in [passed] if passed is not None else exports.stars:
            target = self._locate(imported.module, path, project)
            if target.startswith("external:") and passed is not None:
                return f"{path}:{name}"
            if target in project.modules():
                queue.append((target, imported.name if passed is not None else name))
        return ""

    def _exports_of(self, path: str, project: Project) -> _Exports:
        facts = project.facts(path)
        known = self._exports.get(path)
        if known is None or known[0] is not facts:
            known = self._exports[path] = (facts, _Exports(facts))
        return known[1]


class _Exports:
    """What other modules may take from a file: definitions, top-level values, passed-on imports."""

    __slots__ = ("aliases", "defined", "stars", "values")

    def __init__(self, facts: FileFacts) -> None:
        self.defined = frozenset(d.name for d in facts.definitions if "." not in d.name)
        self.values: dict[str, str] = {}
        for binding in facts.bindings:
            if not binding.scope:
                self.values.setdefault(binding.name, binding.value)
        self.aliases = {i.alias: i for i in facts.imports if i.alias and not i.scope}
        self.stars = [i for i in facts.imports if i.name == "*" and not i.alias]


_JS = Grammar(tree_sitter_javascript.language())
_TS = Grammar(tree_sitter_typescript.language_typescript())
_TSX = Grammar(tree_sitter_typescript.language_tsx())

LANGUAGES = (
    JavaScript("javascript", {".js": _JS, ".jsx": _JS, ".mjs": _JS, ".cjs": _JS}),
    JavaScript("typescript", {".ts": _TS, ".tsx": _TSX, ".mts": _TS, ".cts": _TS}),
)
