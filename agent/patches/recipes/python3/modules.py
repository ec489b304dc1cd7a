"""Modules of the standard library that moved, were renamed or are gone.

Before:

    import urllib2, ConfigParser
    from cgi import escape
    from UserDict import DictMixin

After:

    import urllib.request, urllib.error, configparser
    from html import escape
    from collections.abc import MutableMapping as DictMixin

Why: Python 3 ordered the standard library anew, and 3.12 and 3.13 dropped more of it. Where nothing of the same name took a
function's place, a call with the same meaning does.

When not: where a `try` already chooses between both names: such places are left alone.
"""

# ruff: noqa: ARG001 - every rule takes the same; nested questions are asked in their order

from __future__ import annotations

import ast
import builtins

from agent.patches.python_source.module import Edit, Module, dotted
from agent.patches.python_source.moved import MODULES, NAMES
from agent.patches.python_source.project import Project
from agent.patches.python_source.rules import Rule
from agent.patches.python_source.snippets import add_snippet

__all__ = ["RULES"]


def _move(module: Module, project: Project, guarded: frozenset[int]) -> None:
    bound: dict[str, str] = {}
    for node in module.nodes:
        if isinstance(node, ast.Import) and node.lineno not in guarded:
            _import(module, project, node, bound)
        elif isinstance(node, ast.ImportFrom) and node.lineno not in guarded and not node.level and node.module:
            _import_from(module, project, node)
    if bound:
        _uses(module, bound, guarded)


def _import(module: Module, project: Project, node: ast.Import, bound: dict[str, str]) -> None:
    parts: list[str] = []
    changed = False
    for name in node.names:
        if _own(project, module.path, name.name):
            parts.append(_as(name.name, name.asname))
        elif name.name in MODULES:
            new = MODULES[name.name]
            changed = True
            if name.asname:
                parts.append(_as(new, name.asname))
            elif "." in name.name:
                parts.append(new)
                bound[name.name] = new
            elif (
                "." in new
                or _bound_again(module, node, name.name)
                or new in module.bound
                or name.name in _kept(module, project)
            ):
                parts.append(_as(new, name.name))
            else:
                parts.append(new)
                bound[name.name] = new
        elif name.name in NAMES:
            wanted = _wanted(module, name.asname or name.name, name.name)
            parts += wanted
            changed = changed or wanted != [_as(name.name, name.asname)]
            bound[name.asname or name.name] = f"{name.name}:"
        else:
            parts.append(_as(name.name, name.asname))
    if changed:
        unique = list(dict.fromkeys(parts))
        if unique:
            module.replace(node, "import " + ", ".join(unique))
        else:
            _drop(module, node)


def _bound_again(module: Module, node: ast.Import, local: str) -> bool:
    """Whether another import gives the name as well: one of them in a ``try``, the other one where it failed."""
    others: list[ast.Import | ast.ImportFrom] = [*module.of(ast.Import), *module.of(ast.ImportFrom)]
    return any((name.asname or name.name) == local for other in others if other is not node for name in other.names)


def _wanted(module: Module, local: str, old: str) -> list[str]:
    """The modules to import in the place of one whose names went to several."""
    table = NAMES[old]
    used = {
        node.attr
        for node in module.of(ast.Attribute)
        if isinstance(node.value, ast.Name)
        and node.value.id == local
        and not module.shadowed(node, local, imports=True)
    }
    found: list[str] = []
    for name in sorted(used):
        new = table.get(name)
        if new is None:
            if old not in _GONE:
                found.append(_as(old, local if local != old else None))
        elif new[0] == "+" and old not in _GONE:
            found.append(_as(old, local if local != old else None))
        elif new[0] not in "=+" and "." in new:
            found.append(new.rpartition(".")[0])
    bare = any(
        node.id == local and not isinstance(module.parents.get(node), ast.Attribute) for node in module.of(ast.Name)
    )
    if (bare or not used) and old not in _GONE:
        found.append(_as(old, local if local != old else None))
    return list(dict.fromkeys(found))


def _uses(module: Module, bound: dict[str, str], guarded: frozenset[int]) -> None:
    dots = {old: new for old, new in bound.items() if "." in old}
    for node in module.of(ast.Attribute):
        if dots and node.lineno not in guarded and dotted(node) in dots:
            module.replace(node, dots[dotted(node)])
        if not isinstance(node.value, ast.Name) or node.lineno in guarded:
            continue
        target = bound.get(node.value.id, "")
        new = NAMES[target[:-1]].get(node.attr) if target.endswith(":") else None
        if new is None or module.shadowed(node, node.value.id, imports=True):
            continue
        if target == "string:" and _string_method(module, node):
            continue
        module.replace(node, add_snippet(module, new[1:]) if new[0] == "+" else new.removeprefix("="))
    for name in module.of(ast.Name):
        target = bound.get(name.id, ":")
        if not target.endswith(":") and name.lineno not in guarded and not module.shadowed(name, name.id, imports=True):
            module.replace(name, target)


def _string_method(module: Module, node: ast.Attribute) -> bool:
    """``string.join(words, sep)`` as ``sep.join(words)``, ``string.strip(line)`` as ``line.strip()``."""
    call = module.parents.get(node)
    if not isinstance(call, ast.Call) or call.func is not node or call.keywords or not call.args:
        return False
    if any(isinstance(arg, ast.Starred) for arg in call.args) or node.attr in {"maketrans", "letters"}:
        return False
    first, *rest = call.args
    if not NAMES["string"][node.attr].startswith("=str."):
        return False
    if node.attr in {"join", "joinfields"}:
        text = f"{_operand(module, rest[0]) if rest else repr(' ')}.join({module.source(first)})"
    else:
        method = {"splitfields": "split"}.get(node.attr, node.attr)
        text = f"{_operand(module, first)}.{method}({', '.join(module.source(arg) for arg in rest)})"
    module.replace(call, text)
    return True


def _operand(module: Module, node: ast.expr) -> str:
    text = module.source(node)
    simple = isinstance(node, ast.Name | ast.Attribute | ast.Call | ast.Subscript | ast.Constant)
    return text if simple else f"({text})"


def _import_from(module: Module, project: Project, node: ast.ImportFrom) -> None:
    old = node.module or ""
    if _own(project, module.path, old) or (old not in MODULES and old not in NAMES):
        return
    if any(name.name == "*" for name in node.names):
        star = MODULES.get(old) or _STARS.get(old)
        if star:
            lines = [f"from {new} import *" for new in star.split()]
            module.replace(node, _lines(module, node, lines))
        elif old == "types":
            _starred(module)
        return
    groups: dict[str, list[str]] = {}
    extra: list[str] = []
    for name in node.names:
        new = NAMES.get(old, {}).get(name.name)
        local = name.asname or name.name
        if new is None:
            groups.setdefault(MODULES.get(old, old), []).append(_as(name.name, name.asname))
        elif new.startswith("+"):
            used = add_snippet(module, new[1:], replaced=local)
            extra.append(f"{local} = {used}" if local != used else "")
        elif new == "=str.join":
            extra.append(f"{local} = lambda words, between=' ': between.join(words)")
        elif new.startswith("="):
            extra.append(f"{local} = {new[1:]}" if local != new[1:] else "")
        else:
            where, _, what = new.rpartition(".")
            if not where:
                extra.append(f"{local} = {what}" if local != what else "")
            else:
                groups.setdefault(where, []).append(_as(what, local if local != what else None))
    lines = [f"from {where} import {', '.join(names)}" for where, names in groups.items()]
    lines += [line for line in extra if line]
    for line in list(lines):
        needed = line.partition(" = ")[2]
        root, dot, _ = needed.partition(".")
        if dot and root.isidentifier() and not hasattr(builtins, root):
            lines.insert(0, f"import {needed.partition('.')[0]}")
    if lines == [f"from {old} import {', '.join(_as(n.name, n.asname) for n in node.names)}"]:
        return
    if lines:
        module.replace(node, _lines(module, node, lines))
    else:
        _drop(module, node)


def _starred(module: Module) -> None:
    """Names of ``from types import *`` that are gone."""
    for name in module.of(ast.Name):
        new = NAMES["types"].get(name.id, "")
        if new.startswith("=") and name.id not in module.bound:
            module.replace(name, new[1:])


def _lines(module: Module, node: ast.stmt, lines: list[str]) -> str:
    start = module.line_start(node.lineno)
    before = module.between(start, module.start(node))
    if before.strip():
        return "; ".join(lines)
    return (module.newline + before).join(lines)


def _drop(module: Module, node: ast.stmt) -> None:
    module.replace(node, "pass" if _only(module, node) else "")
    if not _only(module, node):
        start, end = module.line_start(node.lineno), module.line_start((node.end_lineno or node.lineno) + 1)
        line = module.between(start, end).strip()
        if line == module.source(node).strip():
            module.edits.pop()
            module.edits.append(Edit(start, end, ""))
        else:
            module.edits.pop()
            module.replace(node, "pass")


def _only(module: Module, node: ast.stmt) -> bool:
    outer = module.parents.get(node)
    for name in ("body", "orelse", "finalbody", "handlers"):
        block = getattr(outer, name, None)
        if isinstance(block, list) and node in block:
            return len(block) == 1 and not isinstance(outer, ast.Module)
    return True


def _kept(module: Module, project: Project) -> frozenset[str]:
    """Names under which other files or strings of this one may reach the module: an attribute, ``__all__``, a patch."""
    known = module.__dict__.get("_kept")
    if known is None:
        known = frozenset(
            node.value for node in module.of(ast.Constant) if isinstance(node.value, str) and node.value in MODULES
        )
        module.__dict__["_kept"] = known
    return frozenset(known)


def _own(project: Project, path: str, name: str) -> bool:
    """Whether the name means a module of the project: beside the file, as implicit relative imports found it, or at the top."""
    first = name.partition(".")[0]
    folder = path.rpartition("/")[0]
    beside = f"{folder}/" if folder else ""
    if beside and (project.has(f"{beside}{first}.py") or project.has(f"{beside}{first}/__init__.py")):
        return f"{beside}{first}.py" != path
    return project.has(f"{first}.py") or project.has(f"{first}/__init__.py")


def _as(name: str, local: str | None) -> str:
    return f"{name} as {local}" if local and local != name else name


_GONE = frozenset(NAMES) - {"os", "types", "string", "itertools", "inspect", "collections", "cgi", "time", "fractions",
                            "base64", "sys", "platform", "unittest", "xml.etree.ElementTree", "xml.etree", "email", "operator", "urllib", "gettext", "imp"}  # fmt: skip
_STARS = {
    "urllib2": "urllib.request urllib.error",
    "urllib": "urllib.request urllib.parse urllib.error",
    "urlparse": "urllib.parse",
}

RULES = (
    Rule(
        id="python3-modules",
        title="Import modules from where Python 3 has them",
        why="Modules of the standard library were renamed, split or removed; the old names cannot be imported.",
        rewrite=_move,
    ),
)
