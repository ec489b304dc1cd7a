"""Imports of a module that lies beside the file.

Before (in `shop/orders.py`, with `shop/prices.py` beside it):

    import prices
    from prices import Price

After:

    from . import prices
    from .prices import Price

Why: Python 2 looked beside the file first; Python 3 does not look there at all.

When not: in a folder that is no package, and in files with `from __future__ import absolute_import`.
"""

# ruff: noqa: ARG001 - every rule takes the same; nested questions are asked in their order

from __future__ import annotations

import ast

from agent.patches.python_source.module import Module
from agent.patches.python_source.project import Project
from agent.patches.python_source.rules import Rule

__all__ = ["RULES"]


def _relative(module: Module, project: Project, guarded: frozenset[int]) -> None:
    folder = module.path.rpartition("/")[0]
    if not folder or not project.has(f"{folder}/__init__.py") or "absolute_import" in module.text:
        return
    for node in module.of(ast.ImportFrom):
        if not node.level and node.module and _beside(project, module.path, folder, node.module):
            start = module.start(node)
            text = module.source(node)
            at = text.index(node.module, 4)
            module.replace(node, f"{text[:at]}.{text[at:]}")
            del start
    for plain in module.of(ast.Import):
        if any(_beside(project, module.path, folder, name.name) for name in plain.names):
            module.replace(plain, _statements(module, project, folder, plain))


def _beside(project: Project, path: str, folder: str, name: str) -> bool:
    first = name.partition(".")[0]
    file = f"{folder}/{first}.py"
    return (project.has(file) and file != path) or project.has(f"{folder}/{first}/__init__.py")


def _statements(module: Module, project: Project, folder: str, node: ast.Import) -> str:
    kept: list[str] = []
    lines: list[str] = []
    for name in node.names:
        local = f" as {name.asname}" if name.asname else ""
        if not _beside(project, module.path, folder, name.name):
            kept.append(name.name + local)
            continue
        head, _, tail = name.name.rpartition(".")
        if not head:
            lines.append(f"from . import {name.name}{local}")
        elif name.asname:
            lines.append(f"from .{head} import {tail}{local}")
        else:
            first = name.name.partition(".")[0]
            lines += [f"from . import {first}", f"from .{head} import {tail} as _{tail}"]
    if kept:
        lines.insert(0, f"import {', '.join(kept)}")
    start = module.line_start(node.lineno)
    before = module.between(start, module.start(node))
    return "; ".join(lines) if before.strip() else (module.newline + before).join(lines)


RULES = (
    Rule(
        id="python3-relative-imports",
        title="Import neighbours relatively",
        why="An import of a module beside the file has to say so: Python 3 looks for a top-level module only.",
        rewrite=_relative,
    ),
)
