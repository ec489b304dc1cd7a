"""Settings written into Python code: a parsed file in, each setting's name, literal and kind out."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from agent.patches.edits import Edit
from agent.patches.python_tree import PythonSource, dotted, text_of
from agent.patches.setting_values import is_environment_like, is_for_development, is_settings_file, kind_of, variable
from agent.ports import Codebase

__all__ = ["Setting", "environment_edit", "project_name", "python_settings"]

_SETTINGS_CLASS = re.compile(r"(?:Config|Configuration|Settings)$|^(?:Config|Settings)")
_ALIASES = {"DATABASES": "DATABASE", "CACHES": "CACHE"}
_DEEPEST = 6
_MAY_HOLD = re.compile(
    r"^[A-Z_][A-Z0-9_]*(?:\[[^\]\n]*\])?\s*[:=]|^class \w*(?:Config|Settings)|\.config\b", re.MULTILINE
)


@dataclass(frozen=True)
class Setting:
    """One literal that is read from nowhere but the code. ``name`` are its parts from the outside in."""

    name: tuple[str, ...]
    value: ast.Constant
    kind: str

    @property
    def known_as(self) -> tuple[str, ...]:
        """``DATABASES['default']['HOST']`` is known as DATABASE HOST."""
        return _known_as(self.name)


def python_settings(source: PythonSource) -> Iterator[Setting]:
    """Settings of a file in the order of its text: constants of modules and of configuration classes, the dictionaries
    among them, and what is put into an ``app.config``."""
    if is_for_development(source.path) or not _MAY_HOLD.search(source.text):
        return
    settings = is_settings_file(source.path)
    for owner, body in _bodies(source.tree):
        for statement in body:
            yield from _assigned(statement, settings or bool(owner), bool(owner))
    yield from sorted(_configured(source.tree), key=lambda s: (s.value.lineno, s.value.col_offset))


def environment_edit(source: PythonSource, setting: Setting, project: str) -> Edit:
    """The literal as the default of an environment variable; numbers stay numbers."""
    name = variable(setting.known_as, project)
    literal = source.source(setting.value)
    if isinstance(setting.value.value, int):
        return source.replace(setting.value, f'int(os.environ.get("{name}", "{literal}"))')
    quote = "'" if literal.startswith("'") else '"'
    return source.replace(setting.value, f"os.environ.get({quote}{name}{quote}, {literal})")


def project_name(code: Codebase) -> str:
    """The name for variables that would be too general by themselves."""
    return re.sub(r"[^A-Za-z0-9]+", "_", code.inventory.name) or "app"


def _bodies(tree: ast.Module) -> Iterator[tuple[str, Sequence[ast.stmt]]]:
    yield "", tree.body
    for statement in tree.body:
        if isinstance(statement, ast.ClassDef) and _SETTINGS_CLASS.search(statement.name) and not statement.keywords:
            if not any("BaseSettings" in dotted(base) for base in statement.bases):  # reads the environment by itself
                yield statement.name, statement.body
        elif isinstance(statement, (ast.If, ast.Try)):
            yield "", statement.body
            yield "", statement.orelse


def _assigned(statement: ast.stmt, settings: bool, in_class: bool) -> Iterator[Setting]:
    if isinstance(statement, ast.Assign) and len(statement.targets) == 1:
        target, value = statement.targets[0], statement.value
    elif isinstance(statement, ast.AnnAssign) and statement.value is not None and not in_class:
        target, value = statement.target, statement.value
    else:
        return
    if isinstance(target, ast.Name) and is_environment_like(target.id):
        yield from _literals((target.id,), value, settings)
    elif isinstance(target, ast.Subscript):
        key = text_of(target.slice)
        if key and isinstance(target.value, ast.Name) and is_environment_like(target.value.id):
            yield from _literals((target.value.id, key), value, settings)


def _configured(tree: ast.Module) -> Iterator[Setting]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Assign) and len(node.targets) == 1 and isinstance(node.targets[0], ast.Subscript):
            target = node.targets[0]
            key = text_of(target.slice)
            if key and is_environment_like(key) and dotted(target.value).endswith(".config"):
                yield from _literals((key,), node.value, True)
        elif isinstance(node, ast.Call) and dotted(node.func).endswith((".config.update", ".config.from_mapping")):
            for keyword in node.keywords:
                if keyword.arg and is_environment_like(keyword.arg):
                    yield from _literals((keyword.arg,), keyword.value, True)


def _literals(name: tuple[str, ...], value: ast.expr, settings: bool) -> Iterator[Setting]:
    if isinstance(value, ast.Constant):
        held = value.value
        if isinstance(held, (str, int)) and not isinstance(held, bool) and value.lineno == value.end_lineno:
            kind = kind_of(_known_as(name), held, settings=settings)
            if kind:
                yield Setting(name, value, kind)
    elif isinstance(value, ast.Dict) and len(name) < _DEEPEST:
        if "LOGGING" in name[0]:
            return  # handlers of log files are a concern of their own
        for key, held_value in zip(value.keys, value.values, strict=True):
            word = text_of(key)
            if word and re.fullmatch(r"[A-Za-z_][\w-]*", word):
                yield from _literals((*name, word), held_value, settings)


def _known_as(name: Sequence[str]) -> tuple[str, ...]:
    first = _ALIASES.get(name[0], name[0])
    return (first, *(part for part in name[1:] if part != "default"))
