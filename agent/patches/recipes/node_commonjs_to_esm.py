"""A package of CommonJS files becomes one of ES modules, all of it at once or nothing.

Before
------
    const fs = require('fs');
    const prices = require('./prices');
    exports.total = function (cart) { return cart.map(prices.of).length; };
    exports.page = path.join(__dirname, 'page.html');

After
-----
    const __dirname = ...;
    import fs from 'fs';
    import * as prices from './prices.js';
    export const total = function (cart) { return cart.map(prices.of).length; };
    export const page = path.join(__dirname, 'page.html');

Why
---
More and more packages come as ES modules only, tools see which exports nobody uses, and browsers read the same files.
A file whose exports are names that others only read gets named exports; one whose exports are changed from outside, or made
in parts, keeps one object as its default. JSON and files inside of other packages stay with ``createRequire``.

When not
--------
For a package that others require, before their next major version. It has to be asked for: ``--recipe node-commonjs-to-esm``.
It changes nothing, and lists every reason, where a part cannot be moved safely: a file that is required in the middle of a
function or after code that runs, names required that are only known at run time, test runners that load no ES modules
(Jest, nodeunit, Mocha before 8), Babel or TypeScript, configuration files in JavaScript, code that is not allowed in strict mode.
"""

from __future__ import annotations

import json
import posixpath
import re
from collections.abc import Mapping, Sequence
from typing import Any

from agent.domain.patch import Left, Proposal
from agent.domain.verdict import FileChange
from agent.patches.edits import left
from agent.patches.javascript_esm import CommonJs, read_commonjs
from agent.patches.javascript_esm_writing import as_module, form_of, used_as_namespace
from agent.patches.javascript_scopes import read_scopes
from agent.patches.javascript_source import read_script
from agent.ports import Codebase

__all__ = ["RECIPE", "NodeCommonJsToEsm"]

_TOOLS = {
    "jest": "Jest loads no ES modules without an experimental switch",
    "nodeunit": "nodeunit loads no ES modules",
    "jasmine-node": "jasmine-node loads no ES modules",
    "proxyquire": "proxyquire replaces what is required, not what is imported",
    "rewire": "rewire reaches into CommonJS files",
    "nyc": "nyc does not measure ES modules: c8 does",
    "istanbul": "istanbul does not measure ES modules: c8 does",
    "typescript": "TypeScript makes the modules: change its settings instead",
    "@babel/core": "Babel makes the modules: change its settings instead",
    "babel-core": "Babel makes the modules: change its settings instead",
    "pkg": "pkg packs CommonJS only",
}
_CONFIGURATION = re.compile(r"(?:^|/)(?:\.\w+rc|[\w.-]+\.conf(?:ig)?|[Gg]ulpfile|[Gg]runtfile)\.js$")
_MOST_FILES = 500


class NodeCommonJsToEsm:
    """One proposal a package."""

    id = "node-commonjs-to-esm"
    title = "Turn CommonJS into ES modules"
    languages = frozenset({"javascript"})
    default = False

    def propose(self, code: Codebase) -> Sequence[Proposal]:
        manifests = [path for path in code.paths("package.json") if path.rpartition("/")[2] == "package.json"]
        found = [self._package(code, path, manifests) for path in manifests]
        return tuple(proposal for proposal in found if proposal is not None)

    def _package(self, code: Codebase, manifest: str, manifests: Sequence[str]) -> Proposal | None:
        text = code.text(manifest) or ""
        described = _described(text)
        if described is None or described.get("type") == "module":
            return None
        files = _files(code, manifest, manifests)
        problems = _tools(manifest, text, described)
        problems += [
            left(path, 1, "a configuration file in CommonJS: rename it to .cjs")
            for path in files
            if _CONFIGURATION.search(path)
        ]
        modules = _read(code, files, problems)
        if not any(module.is_commonjs for module in modules.values()):
            return None
        if len(files) > _MOST_FILES:
            problems.append(left(manifest, 1, f"{len(files)} files are too many for one change"))
        changes: list[FileChange] = []
        if not problems:
            changes = _written(modules, problems)
            stated = _with_type(text)
            if stated == text:
                problems.append(left(manifest, 1, "the manifest's lines are not one for each entry"))
            changes.append(FileChange(path=manifest, before=text, after=stated))
        return self._proposal(sorted(changes, key=lambda one: one.path) if not problems else [], problems, described)

    def _proposal(
        self, changes: Sequence[FileChange], problems: Sequence[Left], described: Mapping[str, Any]
    ) -> Proposal:
        why = "The whole package moves at once, since a CommonJS file cannot require an ES module."
        if not described.get("private"):
            why += " For packages that require this one it is a new major version."
        return Proposal(
            recipe=self.id,
            title="Turn CommonJS into ES modules" if changes else "What keeps CommonJS from becoming ES modules",
            why=why,
            changes=tuple(changes),
            left=tuple(sorted(problems, key=lambda one: (one.where.path, one.where.line, one.text))),
        )


def _described(text: str) -> dict[str, Any] | None:
    try:
        found = json.loads(text)
    except (ValueError, RecursionError):
        return None
    return found if isinstance(found, dict) else None


def _files(code: Codebase, manifest: str, manifests: Sequence[str]) -> list[str]:
    folder = manifest.rpartition("/")[0]
    inner = [other.rpartition("/")[0] for other in manifests if other != manifest]
    inner = [other for other in inner if other and (not folder or other.startswith(f"{folder}/"))]
    return [
        path
        for path in code.paths(".js")
        if (not folder or path.startswith(f"{folder}/")) and not any(path.startswith(f"{other}/") for other in inner)
    ]


def _tools(manifest: str, text: str, described: Mapping[str, Any]) -> list[Left]:
    known: dict[str, str] = {}
    for part in ("dependencies", "devDependencies"):
        block = described.get(part)
        known.update({str(name): str(version) for name, version in block.items()} if isinstance(block, dict) else {})
    said = [(name, why) for name, why in _TOOLS.items() if name in known]
    version = re.search(r"\d+", known.get("mocha", ""))
    if version is not None and int(version[0]) < 8:
        said.append(("mocha", f"Mocha {version[0]} loads no ES modules: version 8 does"))
    programs = described.get("bin")
    for program in programs.values() if isinstance(programs, dict) else [programs] if isinstance(programs, str) else []:
        if not str(program).endswith((".js", ".mjs", ".cjs")):
            said.append((str(program), f"{program} is a program without a suffix: Node would read it as an ES module"))
    lines = text.split("\n")
    return [
        left(manifest, next((n for n, line in enumerate(lines, 1) if f'"{word}"' in line), 1), why)
        for word, why in said
    ]


def _read(code: Codebase, files: Sequence[str], problems: list[Left]) -> dict[str, CommonJs]:
    known = frozenset(code.paths())
    modules: dict[str, CommonJs] = {}

    def resolve(path: str, specifier: str) -> str | None:
        base = posixpath.normpath(posixpath.join(posixpath.dirname(path), specifier))
        for candidate in (base, f"{base}.js", f"{base}.json", f"{base}/index.js"):
            if candidate in known:
                return candidate if candidate.endswith(".js") else ""
        return None

    for path in files[:_MOST_FILES]:
        script = read_script(path, code.text(path))
        if script is None:
            problems.append(left(path, 1, "the file does not parse, or is not written by hand"))
            continue
        module = read_commonjs(script, read_scopes(script), resolve)
        if module.is_commonjs:
            modules[path] = module
            problems += module.problems
    return modules


def _written(modules: Mapping[str, CommonJs], problems: list[Left]) -> list[FileChange]:
    only_read = dict.fromkeys(modules, True)
    bound: set[str] = set()
    for module in modules.values():
        for require in module.requires:
            if require.target in modules:
                only_read[require.target] = only_read[require.target] and used_as_namespace(module, require)
                if require.declarator is not None:
                    bound.add(require.target)
    forms = {path: form_of(module, only_read[path]) for path, module in modules.items()}
    changes: list[FileChange] = []
    for path, module in modules.items():
        for require in module.requires:
            if require.target and require.target not in modules and require.declarator is not None:
                problems.append(left(path, 1, f"{require.specifier} exports nothing"))
        after, found = as_module(module, forms, bound=path in bound)
        problems += found
        if after != module.script.text:
            changes.append(FileChange(path=path, before=module.script.text, after=after))
        elif not found:
            problems.append(left(path, 1, "what came of it does not parse"))
    return changes


def _with_type(text: str) -> str:
    """The manifest with its type stated, behind its version or name."""
    for key in ("version", "name"):
        match = re.search(rf'^([ \t]*)"{key}"[ \t]*:[ \t]*"[^"\n]*",[ \t]*(\r?\n)', text, re.MULTILINE)
        if match is not None and text[: match.start()].count("{") == 1:
            return f'{text[: match.end()]}{match[1]}"type": "module",{match[2]}{text[match.end() :]}'
    return text


RECIPE = NodeCommonJsToEsm()
