"""Which file a JavaScript module specifier means: Node's algorithm, package.json, workspaces and tsconfig, on a Layout.

In goes a specifier and the path of the file that has it, out comes a path inside the repository, ``external:<package>``
or ``unresolved:<why>``. Nothing is looked up outside the layout, so installed packages are external by definition.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from agent.ports import Layout

__all__ = ["NODE_MODULES", "NodeResolution", "parse_jsonc"]

NODE_MODULES = frozenset(
    [
        "assert",
        "async_hooks",
        "buffer",
        "child_process",
        "cluster",
        "console",
        "constants",
        "crypto",
        "dgram",
        "diagnostics_channel",
        "dns",
        "domain",
        "events",
        "fs",
        "http",
        "http2",
        "https",
        "inspector",
        "module",
        "net",
        "os",
        "path",
        "perf_hooks",
        "process",
        "punycode",
        "querystring",
        "readline",
        "repl",
        "stream",
        "string_decoder",
        "sys",
        "test",
        "timers",
        "tls",
        "trace_events",
        "tty",
        "url",
        "util",
        "v8",
        "vm",
        "wasi",
        "worker_threads",
        "zlib",
    ]
)
JS_FIRST = (".js", ".mjs", ".cjs", ".jsx", ".ts", ".tsx", ".mts", ".cts", ".d.ts", ".json", ".node")
TS_FIRST = (".ts", ".tsx", ".d.ts", ".mts", ".cts", ".js", ".jsx", ".mjs", ".cjs", ".json", ".node")
COMPILED = {".js": (".ts", ".tsx", ".d.ts"), ".jsx": (".tsx",), ".mjs": (".mts",), ".cjs": (".cts",)}
BUILT = frozenset({"dist", "lib", "build", "out", "es", "esm", "cjs", "umd"})
CONDITIONS = ("source", "import", "module", "require", "node", "default", "browser", "types")
JSONC = re.compile(r'"(?:\\.|[^"\\\n])*"|//[^\n]*|/\*.*?\*/', re.DOTALL)
TRAILING = re.compile(r'"(?:\\.|[^"\\\n])*"|,(?=\s*[}\]])')
PNPM = re.compile(r"^\s*-\s*['\"]?([\w@./*!-]+)['\"]?\s*$", re.MULTILINE)


def parse_jsonc(text: str) -> dict[str, Any]:
    """A JSON object with comments and trailing commas; anything else is an empty one."""
    if len(text) > 1_000_000:
        return {}
    bare = JSONC.sub(lambda m: m.group() if m.group().startswith('"') else " ", text.removeprefix("\ufeff"))
    bare = TRAILING.sub(lambda m: m.group() if m.group().startswith('"') else "", bare)
    try:
        value = json.loads(bare)
    except (ValueError, RecursionError):
        return {}
    return value if isinstance(value, dict) else {}


class NodeResolution:
    """Module resolution in one layout; configuration files are read once."""

    def __init__(self, layout: Layout, paths: Iterable[str]) -> None:
        self._layout = layout
        self._manifests: dict[str, dict[str, Any]] = {}
        self._mappings: dict[str, tuple[str, str, Mapping[str, Any]] | None] = {}
        self._found: dict[tuple[str, str], str] = {}
        folders = {""}
        for path in paths:
            folder = path.rpartition("/")[0]
            while folder and folder not in folders:
                folders.add(folder)
                folder = folder.rpartition("/")[0]
        self._folders = sorted(folders)
        self._packages = self._own_packages()

    def locate(self, specifier: str, path: str) -> str:
        """What the specifier means in the file at ``path``."""
        folder = path.rpartition("/")[0]
        typescript = path.endswith((".ts", ".tsx", ".mts", ".cts"))
        key = (specifier, folder + ("|ts" if typescript else ""))
        found = self._found.get(key)
        if found is None:
            found = self._found[key] = self._locate(specifier, folder, TS_FIRST if typescript else JS_FIRST)
        return found

    def _locate(self, written: str, folder: str, suffixes: tuple[str, ...]) -> str:
        specifier = written.rpartition("!")[2].partition("?")[0].removeprefix("node:")
        if not specifier or "{}" in specifier:
            return "unresolved:computed module name"
        if specifier.startswith("."):
            base = _join(folder, specifier)
            if base is None:
                return "unresolved:outside the repository"
            return self._file(base, suffixes) or "unresolved:no such file"
        if specifier.startswith("/"):
            return self._file(specifier.lstrip("/"), suffixes) or "unresolved:no such file"
        if specifier.startswith("#"):
            inner = self._subpath_import(specifier, folder, suffixes)
            if inner:
                return inner
        if mapped := self._mapped(specifier, folder, suffixes):
            return mapped
        name = "/".join(specifier.split("/")[: 2 if specifier.startswith("@") else 1])
        if written.startswith("node:") or name in NODE_MODULES:
            return f"external:{name}"
        if "://" in specifier:
            return f"external:{specifier.partition('://')[2].partition('/')[0]}"
        owner = self._packages.get(name)
        own = self._nearest(folder)
        if owner is None and own is not None and self._manifest(own).get("name") == name:
            owner = own
        if owner is not None:
            return self._in_package(owner, specifier[len(name) + 1 :], suffixes) or f"unresolved:no such file in {name}"
        return f"external:{name}"

    def _file(self, base: str, suffixes: tuple[str, ...]) -> str:
        """The file a path without its extension, or a directory, stands for."""
        exists = self._layout.exists
        if base and exists(base):
            return base
        stem, dot, extension = base.rpartition(".")
        for suffix in COMPILED.get(dot + extension, ()):
            if exists(stem + suffix):
                return stem + suffix
        for suffix in suffixes if base else ():
            if exists(base + suffix):
                return base + suffix
        prefix = f"{base}/" if base else ""
        if exists(prefix + "package.json"):
            main = self._manifest(base).get("main")
            target = _join(base, main) if isinstance(main, str) else None
            if target and target != base and (found := self._plain(target, suffixes)):
                return found
        return next((f"{prefix}index{s}" for s in suffixes if exists(f"{prefix}index{s}")), "")

    def _plain(self, base: str, suffixes: tuple[str, ...]) -> str:
        exists = self._layout.exists
        candidates = [base, *(base + s for s in suffixes), *(f"{base}/index{s}" for s in suffixes)]
        stem, dot, extension = base.rpartition(".")
        candidates[1:1] = [stem + suffix for suffix in COMPILED.get(dot + extension, ())]
        return next((candidate for candidate in candidates if exists(candidate)), "")

    def _in_package(self, folder: str, subpath: str, suffixes: tuple[str, ...]) -> str:
        """A file of one of the repository's own packages; built files that are not there lead to their sources."""
        manifest = self._manifest(folder)
        for target in _exported(manifest, subpath):
            base = _join(folder, target)
            if base is None:
                continue
            for candidate in (base, *_sources_of(base, folder)):
                if found := self._plain(candidate, suffixes):
                    return found
        prefix = f"{folder}/" if folder else ""
        for candidate in (f"{prefix}{subpath}", f"{prefix}src/{subpath}") if subpath else (f"{prefix}src", folder):
            if found := self._file(candidate.rstrip("/"), suffixes):
                return found
        return ""

    def _subpath_import(self, specifier: str, folder: str, suffixes: tuple[str, ...]) -> str:
        own = self._nearest(folder)
        imports = self._manifest(own).get("imports") if own is not None else None
        for target in _matched(imports, specifier) if isinstance(imports, dict) and own is not None else ():
            base = _join(own or "", target) if target.startswith(".") else None
            if base is not None and (found := self._plain(base, suffixes)):
                return found
        return ""

    def _mapped(self, specifier: str, folder: str, suffixes: tuple[str, ...]) -> str:
        """By ``paths`` and ``baseUrl`` of the nearest tsconfig.json or jsconfig.json."""
        mapping = self._mapping(folder)
        if mapping is None:
            return ""
        paths_root, base_url, paths = mapping
        for target in _matched(paths, specifier):
            base = _join(paths_root, target)
            if base is not None and (found := self._file(base, suffixes)):
                return found
        if base_url != "-" and (base := _join(base_url, specifier)) is not None:
            return self._file(base, suffixes) if "/" in specifier or specifier not in NODE_MODULES else ""
        return ""

    def _mapping(self, folder: str) -> tuple[str, str, Mapping[str, Any]] | None:
        if folder in self._mappings:
            return self._mappings[folder]
        prefix = f"{folder}/" if folder else ""
        found: tuple[str, str, Mapping[str, Any]] | None = None
        for name in ("tsconfig.json", "jsconfig.json"):
            if self._layout.exists(prefix + name):
                found = self._read_mapping(prefix + name)
                break
        else:
            found = self._mapping(folder.rpartition("/")[0]) if folder else None
        self._mappings[folder] = found
        return found

    def _read_mapping(self, path: str) -> tuple[str, str, Mapping[str, Any]] | None:
        """The options of a configuration and of those it extends; the nearest one that has an option wins."""
        base_url, paths, paths_root = "-", None, ""
        for _ in range(6):
            config = parse_jsonc(self._layout.text(path))
            folder = path.rpartition("/")[0]
            options = config.get("compilerOptions")
            options = options if isinstance(options, dict) else {}
            if base_url == "-" and isinstance(options.get("baseUrl"), str):
                base_url = _join(folder, options["baseUrl"]) or ""
            if paths is None and isinstance(options.get("paths"), dict):
                paths, paths_root = options["paths"], folder
            parent = config.get("extends")
            parent = parent[-1] if isinstance(parent, list) and parent else parent
            target = _join(folder, parent) if isinstance(parent, str) and parent.startswith(".") else None
            if target is None:
                break
            path = target if target.endswith(".json") else target + ".json"
        if base_url == "-" and not paths:
            return None
        return (base_url if base_url != "-" else paths_root), base_url, paths or {}

    def _nearest(self, folder: str) -> str | None:
        while True:
            if self._layout.exists(f"{folder}/package.json" if folder else "package.json"):
                return folder
            if not folder:
                return None
            folder = folder.rpartition("/")[0]

    def _manifest(self, folder: str) -> dict[str, Any]:
        if folder not in self._manifests:
            path = f"{folder}/package.json" if folder else "package.json"
            self._manifests[folder] = parse_jsonc(self._layout.text(path)) if self._layout.exists(path) else {}
        return self._manifests[folder]

    def _own_packages(self) -> dict[str, str]:
        """Packages of the repository's workspaces by name: their folders."""
        found: dict[str, str] = {}
        for root in [folder for folder in self._folders if not folder or self._workspace_globs(folder)]:
            globs = self._workspace_globs(root)
            prefix = f"{root}/" if root else ""
            for folder in self._folders:
                if not folder.startswith(prefix) or not any(_glob(folder[len(prefix) :], g) for g in globs):
                    continue
                name = self._manifest(folder).get("name")
                if isinstance(name, str):
                    found.setdefault(name, folder)
        return found

    def _workspace_globs(self, folder: str) -> list[str]:
        prefix = f"{folder}/" if folder else ""
        declared: Any = self._manifest(folder).get("workspaces")
        if isinstance(declared, dict):
            declared = declared.get("packages")
        globs = [g for g in declared if isinstance(g, str)] if isinstance(declared, list) else []
        if self._layout.exists(prefix + "pnpm-workspace.yaml"):
            globs += PNPM.findall(self._layout.text(prefix + "pnpm-workspace.yaml")[:20_000])
        if self._layout.exists(prefix + "lerna.json"):
            listed = parse_jsonc(self._layout.text(prefix + "lerna.json")).get("packages")
            globs += [g for g in listed if isinstance(g, str)] if isinstance(listed, list) else []
        return [g.removeprefix("./").rstrip("/") for g in globs if not g.startswith("!")]


def _join(folder: str, relative: str) -> str | None:
    """The path relative to the folder, normalised; None when it leaves the repository."""
    parts = folder.split("/") if folder else []
    for part in relative.split("/"):
        if part == "..":
            if not parts:
                return None
            parts.pop()
        elif part not in ("", "."):
            parts.append(part)
    return "/".join(parts)


def _glob(folder: str, pattern: str) -> bool:
    """Whether a workspace pattern means this folder; ``*`` stays within one level."""
    if "**" in pattern:
        return fnmatchcase(folder, pattern.replace("**", "*")) or fnmatchcase(folder, pattern.replace("/**", ""))
    return folder.count("/") == pattern.count("/") and fnmatchcase(folder, pattern)


def _matched(table: Mapping[str, Any], specifier: str) -> Iterator[str]:
    """Targets of the most specific matching pattern first, ``*`` filled in."""
    ranked = sorted(table, key=lambda key: (-len(key.partition("*")[0]), key))
    for pattern in ranked:
        before, star, after = pattern.partition("*")
        if not (specifier == pattern if not star else specifier.startswith(before) and specifier.endswith(after)):
            continue
        filled = specifier[len(before) : len(specifier) - len(after)] if star else ""
        for target in _targets(table[pattern]):
            yield target.replace("*", filled)


def _targets(value: Any) -> Iterator[str]:
    """The strings of a package.json ``exports`` entry, source conditions first."""
    stack = [value]
    for _ in range(200):
        if not stack:
            return
        current = stack.pop()
        if isinstance(current, str):
            yield current
        elif isinstance(current, list):
            stack.extend(reversed(current))
        elif isinstance(current, dict):
            known = [name for name in CONDITIONS if name in current]
            stack.extend(current[name] for name in reversed(known))


def _exported(manifest: Mapping[str, Any], subpath: str) -> Iterator[str]:
    """Files a package offers at a subpath, by ``exports``, then by its entry fields."""
    exports = manifest.get("exports")
    wanted = f"./{subpath}" if subpath else "."
    if isinstance(exports, dict) and any(isinstance(key, str) and key.startswith(".") for key in exports):
        yield from _matched({key: exports[key] for key in exports if isinstance(key, str)}, wanted)
    elif exports is not None and not subpath:
        yield from _targets(exports)
    if not subpath:
        for name in ("source", "module", "main", "types", "typings"):
            if isinstance(manifest.get(name), str):
                yield manifest[name]


def _sources_of(base: str, folder: str) -> Iterator[str]:
    """Where the source of a built file usually lies: ``dist/x.js`` comes from ``src/x``."""
    prefix = f"{folder}/" if folder else ""
    parts = base[len(prefix) :].split("/")
    if len(parts) < 2 or parts[0] not in BUILT:
        return
    skip = 2 if len(parts) > 2 and parts[1] in BUILT else 1
    for kept in dict.fromkeys((skip, 1)):
        stem = "/".join(parts[kept:])
        for ending in (".d.ts", ".js", ".mjs", ".cjs"):
            stem = stem.removesuffix(ending)
        yield f"{prefix}src/{stem}"
        yield prefix + stem
