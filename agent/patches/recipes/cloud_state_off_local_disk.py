"""Let the environment say where uploads, databases in files and caches lie; today's place stays the default.

What a container writes into its own file system is gone with it, and the second container never sees it. The folder has
to be one that is mounted, and so its path must be something that can be set.

Before
------
    UPLOAD_DIR = "/srv/shop/uploads"
    MEDIA_ROOT = os.path.join(BASE_DIR, "media")
    DB_URL = "sqlite:////srv/shop/shop.db"

After
-----
    UPLOAD_DIR = os.environ.get("UPLOAD_DIR", "/srv/shop/uploads")
    MEDIA_ROOT = os.environ.get("MEDIA_ROOT", os.path.join(BASE_DIR, "media"))
    DB_URL = os.environ.get("DB_URL", "sqlite:////srv/shop/shop.db")

Why
---
Nothing changes until somebody sets the variable: then a volume, or another database, takes the place of the local disk.
A database in a file stays a reason for one single replica; that is named as left to do.

When not
--------
When the folder is part of what is shipped (templates, fixtures), or is already set by the framework's own configuration.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator, Sequence

from agent.domain.patch import Left, Proposal
from agent.patches.edits import Edit, left
from agent.patches.environment import Changed, from_environment, with_os
from agent.patches.python_settings import environment_edit, project_name, python_settings
from agent.patches.python_tree import PythonSource, dotted, python_sources, text_of
from agent.patches.setting_values import LOCAL_STATE, is_environment_like, is_for_development, variable
from agent.ports import Codebase

__all__ = ["RECIPE"]

_STATE_NAMES = frozenset(
    {"MEDIA_ROOT", "UPLOAD_FOLDER", "UPLOAD_DIR", "UPLOAD_PATH", "UPLOADS_DIR", "UPLOADS_DEFAULT_DEST"}
)
_JOINS = frozenset({"os.path.join", "path.join", "str", "Path", "pathlib.Path", "os.path.abspath"})


class StateOffLocalDisk:
    """One patch a file."""

    id = "cloud-state-off-local-disk"
    title = "Let the environment place local state"
    languages = frozenset({"python", "javascript"})
    default = True

    def propose(self, code: Codebase) -> Sequence[Proposal]:
        scripts = [c for c in from_environment(code, LOCAL_STATE) if not c[0].path.endswith(".py")]
        return [self._proposal(found) for found in [*_python(code), *scripts]]

    def _proposal(self, found: Changed) -> Proposal:
        changed, names, todo = found
        return Proposal(
            recipe=self.id,
            title=f"Let the environment place what {changed.path.rpartition('/')[2][:38]} keeps",
            why="A container's own disk goes with it: what lasts has to lie on a volume or in a service, whose place is set from "
            f"outside. Without the variables every place is what it was. Read: {', '.join(names)}.",
            changes=(changed,),
            left=tuple(todo),
        )


def _python(code: Codebase) -> Iterator[Changed]:
    project = project_name(code)
    for source in python_sources(code):
        found = [s for s in python_settings(source) if s.kind in LOCAL_STATE]
        edits = [environment_edit(source, setting, project) for setting in found]
        names = [variable(s.known_as, project) for s in found]
        todo = [_single(source, s.value) for s in found if "sqlite" in str(s.value.value).lower()]
        for name, value, wrapped in _computed(source):
            edits.append(wrapped)
            names.append(name)
            if name.startswith("DATABASE"):
                todo.append(_single(source, value))
        made = with_os(source, edits) if edits else None
        if made is not None:
            yield made, names, todo


def _single(source: PythonSource, value: ast.expr) -> Left:
    return left(
        source.path,
        value.lineno,
        "a database in a file allows one replica only, on a volume: move it to a database server before there are two",
    )


def _computed(source: PythonSource) -> Iterator[tuple[str, ast.expr, Edit]]:
    """(variable, value, edit) of places that the code puts together from its own folder."""
    if is_for_development(source.path):
        return
    for statement in source.tree.body:
        if not (isinstance(statement, ast.Assign) and len(statement.targets) == 1):
            continue
        target = statement.targets[0]
        if not isinstance(target, ast.Name) or not is_environment_like(target.id):
            continue
        if target.id in _STATE_NAMES and _is_place(statement.value):
            yield target.id, statement.value, _wrapped(source, target.id, statement.value)
        elif target.id == "DATABASES" and isinstance(statement.value, ast.Dict):
            for alias, value in _entries(statement.value):
                held = dict(_entries(value)) if isinstance(value, ast.Dict) else {}
                place = held.get("NAME")
                if place is not None and "sqlite" in (text_of(held.get("ENGINE")) or "") and _is_place(place):
                    name = variable(("DATABASE", *([] if alias == "default" else [alias]), "NAME"), "")
                    edit = Edit(*source.span(place), f'os.environ.get("{name}", {source.source(place)})')
                    yield name, place, edit


def _entries(value: ast.Dict) -> Iterator[tuple[str, ast.expr]]:
    for key, held in zip(value.keys, value.values, strict=True):
        word = text_of(key)
        if word:
            yield word, held


def _wrapped(source: PythonSource, name: str, value: ast.expr) -> Edit:
    start, end = source.span(value)
    plain = f'os.environ.get("{name}", {source.source(value)})'
    is_path = isinstance(value, ast.BinOp) or (isinstance(value, ast.Call) and dotted(value.func).endswith("Path"))
    return Edit(start, end, f"Path({plain})" if is_path and _imports_path(source) else plain)


def _imports_path(source: PythonSource) -> bool:
    return any(
        isinstance(s, ast.ImportFrom)
        and s.module == "pathlib"
        and any(a.name == "Path" and not a.asname for a in s.names)
        for s in source.tree.body
    )


def _is_place(value: ast.expr) -> bool:
    """A path that is put together from names and literals alone."""
    if value.lineno != value.end_lineno:
        return False
    if isinstance(value, ast.BinOp):
        return isinstance(value.op, ast.Div) and all(isinstance(n, _PARTS) for n in ast.walk(value))
    if isinstance(value, ast.Call) and dotted(value.func) in _JOINS and not value.keywords:
        return "environ" not in ast.dump(value) and "getenv" not in ast.dump(value)
    relative = text_of(value)
    return relative is not None and bool(relative) and not relative.startswith("/") and "://" not in relative


_PARTS = (ast.BinOp, ast.Div, ast.Name, ast.Attribute, ast.Constant, ast.Load, ast.Call)
RECIPE = StateOffLocalDisk()
