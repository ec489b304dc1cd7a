"""Writes one CommonJS file as an ES module: what it requires and exports, and the form of its partners, in; its text out."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator, Mapping
from typing import Any

from agent.domain.patch import Left
from agent.patches.edits import Edit, left, newline_of
from agent.patches.javascript_esm import CommonJs, Require, is_builtin
from agent.patches.javascript_source import edited, line_of

__all__ = ["as_module", "form_of", "used_as_namespace"]

NAMED, DEFAULT, NOTHING = "named", "default", "nothing"
_PACKAGE = re.compile(r"(?:@[\w.-]+/)?[\w.-]+")


def form_of(found: CommonJs, namespace: bool) -> str:
    """How the file exports as a module: names, when it can and everybody who requires it reads no more than members."""
    if namespace and (found.can_be_named() or listed(found)):
        return NAMED
    return DEFAULT if found.whole or found.named or found.loose or found.reads else NOTHING


def listed(found: CommonJs) -> list[str]:
    """``a, b as c`` for ``module.exports = { a, c: b }`` of names that the file declares once and for all; else nothing."""
    if len(found.whole) != 1 or found.named or found.loose or found.reads:
        return []
    value = found.whole[0].child_by_field_name("right")
    parts: list[str] = []
    for one in value.named_children if value.type == "object" else ():
        if one.type == "shorthand_property_identifier":
            key, local = found.script.said(one), one
        elif one.type == "pair" and one.child_by_field_name("value").type == "identifier":
            key, local = found.script.said(one.child_by_field_name("key")), one.child_by_field_name("value")
        else:
            return []
        name = found.script.said(local)
        binding = found.scopes.program.names.get(name)
        if binding is None or any(r.writes for r in binding.references) or not re.fullmatch(r"[A-Za-z_$][\w$]*", key):
            return []
        parts.append(name if key == name else f"{name} as {key}")
    return parts


def used_as_namespace(found: CommonJs, require: Require) -> bool:
    """Whether only members of what was required are read, so that a namespace, which nobody can write to, will do."""
    if require.declaration is None or require.declarator is None:
        return require.declaration is not None
    name = require.declarator.child_by_field_name("name")
    if name.type != "identifier":
        return True
    binding = found.scopes.program.names[found.script.said(name)]
    for reference in binding.references:
        parent = reference.node.parent
        if parent.type != "member_expression" or parent.child_by_field_name("object").id != reference.node.id:
            return False
        around = parent.parent
        changed = (
            around.type in ("assignment_expression", "augmented_assignment_expression")
            and around.child_by_field_name("left").id == parent.id
        )
        if changed or around.type in ("update_expression", "unary_expression"):
            return False
    return True


def as_module(found: CommonJs, forms: Mapping[str, str], *, bound: bool) -> tuple[str, list[Left]]:
    """The file's new text, and what stands in the way. ``bound``: somebody uses what the file exports."""
    writing = _Writing(found, forms)
    edits = list(writing.all(bound))
    return (found.script.text if writing.problems else edited(found.script, edits)), writing.problems


class _Writing:
    def __init__(self, found: CommonJs, forms: Mapping[str, str]) -> None:
        self._found, self._forms = found, forms
        self._script = found.script
        self._head: list[str] = []
        self._newline = newline_of(found.script.text)
        self.problems: list[Left] = []

    def all(self, bound: bool) -> Iterator[Edit]:
        found = self._found
        kept = bool(found.keeps)
        done: set[int] = set()
        for require in found.requires:
            if not self._is_import(require):
                kept = True
                if require.target:
                    self._problem(require)
            elif require.declaration.start_byte not in done:
                done.add(require.declaration.start_byte)
                yield from self._statement(require.declaration)
        for test in found.mains:
            yield Edit(test.start_byte, test.end_byte, "process.argv[1] === fileURLToPath(import.meta.url)")
        yield from self._exports(bound)
        self._meta(kept)
        if self._head:
            at = self._start()
            yield Edit(at, at, self._newline.join([*self._head, ""]))

    def _is_import(self, require: Require) -> bool:
        found = self._found
        if require.declaration is None or not found.hoists(require):
            return False
        if require.specifier.startswith(".") and not require.target:
            return False  # JSON
        if not require.target and not is_builtin(require.specifier) and not _PACKAGE.fullmatch(require.specifier):
            return False  # a file within another package: only require guesses its suffix
        if require.declarator is None:
            return True
        names = [
            one
            for one in found.scopes.program.names.values()
            for d in one.declarations
            if d.whole.id == require.declarator.id
        ]
        if any(len(one.declarations) != 1 or any(r.writes for r in one.references) for one in names):
            return False
        return not any(child.type == "comment" for child in require.declaration.children)

    def _problem(self, require: Require) -> None:
        if require.declaration is None:
            text = f"{require.specifier} is required in the middle: an import would load it at the start"
        elif not self._found.hoists(require):
            text = f"{require.specifier} is required after code that runs: an import would run before it"
        else:
            text = f"what {require.specifier} gives is assigned to again"
        self.problems.append(left(self._script.path, line_of(require.call), text))

    def _statement(self, statement: Any) -> Iterator[Edit]:
        """A statement with its requires as imports, what else it declares after them."""
        ours = [
            require
            for require in self._found.requires
            if require.declaration is not None and require.declaration.id == statement.id
        ]
        lines = [line for require in ours if self._is_import(require) for line in self._imports(require)]
        if statement.type != "expression_statement":
            imported = {require.declarator.id for require in ours if self._is_import(require)}
            rest = [self._script.said(one) for one in statement.named_children if one.id not in imported]
            if rest:
                lines.append(f"{self._script.said(statement.children[0])} {', '.join(rest)};")
        yield Edit(statement.start_byte, statement.end_byte, self._newline.join(lines))

    def _imports(self, require: Require) -> list[str]:
        text = require.call.child_by_field_name("arguments").named_children[0]
        quote = self._script.text[text.start_byte]
        source = _relative(self._script.path, require.target) if require.target else require.specifier
        source = f"{quote}{source}{quote}"
        if require.declarator is None:
            return [f"import {source};"]
        name = require.declarator.child_by_field_name("name")
        names = self._forms.get(require.target) == NAMED
        if name.type == "identifier":
            return [f"import {'* as ' if names else ''}{self._script.said(name)} from {source};"]
        if names or is_builtin(require.specifier):
            parts = [self._part(one) for one in name.named_children]
            return [f"import {{ {', '.join(parts)} }} from {source};"]
        whole = self._free_name(require)
        return [f"import {whole} from {source};", f"const {self._script.said(name)} = {whole};"]

    def _part(self, one: Any) -> str:
        if one.type != "pair_pattern":
            return self._script.said(one)
        key, value = (self._script.said(one.child_by_field_name(field)) for field in ("key", "value"))
        return f"{key} as {value}"

    def _free_name(self, require: Require) -> str:
        stem = re.sub(r"\W+", "_", posixpath.basename(require.specifier).partition(".")[0]) or "required"
        taken = {name for scope in self._found.scopes.every for name in scope.names} | self._found.scopes.free.keys()
        name = f"{stem}Module"
        while name in taken:
            name += "_"
        return name

    def _exports(self, bound: bool) -> Iterator[Edit]:
        found, script = self._found, self._script
        form = self._forms[script.path]
        names = listed(found)
        if form == NAMED and names:
            statement = found.whole[0].parent
            yield Edit(statement.start_byte, statement.end_byte, f"export {{ {', '.join(names)} }};")
        elif form == NAMED:
            for name, assignment in found.named.items():
                target = assignment.child_by_field_name("left")
                yield Edit(target.start_byte, target.end_byte, f"export const {name}")
            for name, node in found.reads:
                yield Edit(node.start_byte, node.end_byte, name)
        elif len(found.whole) == 1 and not (found.named or found.loose or found.reads):
            yield from self._one_value(found.whole[0])
        elif found.whole:
            self._head.append("const module = { exports: {} };")
            if "exports" in found.scopes.free:
                self._head.append("const exports = module.exports;")
            yield Edit(
                len(script.text),
                len(script.text),
                f"{'' if script.text.endswith(self._newline) else self._newline}export default module.exports;{self._newline}",
            )
        elif form == DEFAULT or bound:
            self._head += ["const exports = {};", "export { exports as default };"]
            for reference in found.scopes.free.get("module", ()):
                if reference.node.parent.type == "member_expression" and not any(
                    m.start_byte <= reference.node.start_byte < m.end_byte for m in found.mains
                ):
                    yield Edit(reference.node.parent.start_byte, reference.node.parent.end_byte, "exports")

    def _one_value(self, assignment: Any) -> Iterator[Edit]:
        value = assignment.child_by_field_name("right")
        named = value.child_by_field_name("name") is not None and value.type in (
            "function_expression",
            "generator_function",
            "class",
        )
        yield Edit(assignment.start_byte, value.start_byte, "export default (" if named else "export default ")
        if named:
            yield Edit(value.end_byte, value.end_byte, ")")

    def _meta(self, kept: bool) -> None:
        """What CommonJS gives to every file and an ES module has to ask for."""
        free = self._found.scopes.free
        imports, lines = [], []
        if kept:
            imports.append("import { createRequire } from 'module';")
            lines.append("const require = createRequire(import.meta.url);")
        if self._found.mains or {"__filename", "__dirname"} & free.keys():
            imports.append("import { fileURLToPath } from 'url';")
        if "__dirname" in free:
            lines.append("const __dirname = fileURLToPath(new URL('.', import.meta.url)).replace(/[\\\\/]$/, '');")
        if "__filename" in free:
            lines.append("const __filename = fileURLToPath(import.meta.url);")
        self._head = [*imports, *lines, *self._head]
        for name in ("createRequire", "fileURLToPath"):
            if any(name in line for line in imports) and any(name in scope.names for scope in self._found.scopes.every):
                self.problems.append(left(self._script.path, 1, f"{name} has another meaning in this file"))

    def _start(self) -> int:
        """Behind a first line for the shell, directives and the comment at the top."""
        at = 0
        children = self._script.root.children
        for node in children:
            directive = (
                node.type == "expression_statement"
                and node.named_child_count == 1
                and node.named_children[0].type == "string"
            )
            if node.type != "hash_bang_line" and not directive:
                first = next((one for one in children[children.index(node) :] if one.type != "comment"), None)
                return int(first.start_byte) if first is not None else len(self._script.text)
            at = int(node.end_byte)
        return at


def _relative(path: str, target: str) -> str:
    found = posixpath.relpath(target, posixpath.dirname(path) or ".")
    return found if found.startswith(".") else f"./{found}"
